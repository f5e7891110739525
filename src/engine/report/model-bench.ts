import type { Candidate, LoadEvidence, TimeWindow } from '../../model/index.ts';
import { LONGEST_RUN, MeasuringBench, placedFleet } from '../../optimize/index.ts';
import type { PlacedFleet, RoleShape, Shape, Share } from '../../optimize/index.ts';
import { busiestWindow } from '../../plan/index.ts';
import { plannedConfiguration } from '../planned-configuration.ts';
import type { ResolvedTraffic } from '../resolve-traffic.ts';
import type { PlannedWorkload } from '../simulate-plan.ts';
import { isServedApart, operatingShare, placedLoad } from './placed-load.ts';

/** What carries a language model in the busiest window. */
export type OperatingSubject =
  | {
      readonly kind: 'replica';
      readonly shape: Shape;
      readonly batch: Candidate['batch'];
      readonly share: Share;
    }
  | { readonly kind: 'fleet'; readonly fleet: PlacedFleet };

/** A language model of a plan on the bench that it was planned with: the same requests, seed and step times. */
export interface ModelBench {
  readonly planned: PlannedWorkload;
  readonly traffic: ResolvedTraffic;
  readonly bench: MeasuringBench;
  readonly busiest: TimeWindow;
  readonly subject: OperatingSubject;
}

/** What a run showed, and the latencies of its requests in order of arrival, seconds, NaN for none. */
export interface ObservedRun {
  readonly evidence: LoadEvidence;
  readonly perRequest: Readonly<Record<'ttft' | 'tpot' | 'e2e', Float64Array>>;
}

/** The bench of a workload; undefined where the plan deploys nothing of it in the busiest window, or on offerings it does not hold. */
export function modelBench(planned: PlannedWorkload, traffic: ResolvedTraffic): ModelBench | undefined {
  const { plan, stack, workload } = planned;
  const busiest = busiestWindow(plan.decision);
  const subject = busiest === undefined ? undefined : subjectOf(planned, busiest);
  if (busiest === undefined || subject === undefined) return undefined;
  const bench = new MeasuringBench({
    workload: workload.id,
    profile: traffic.profile,
    limits: workload.slo.limits,
    seed: plan.inputs.seed,
    coefficients: stack.coefficients,
    longest: LONGEST_RUN,
  });
  return { planned, traffic, bench, busiest, subject };
}

/** The simulation at the operating point, as the plan's evidence was made. */
export function runAtPoint({ bench, subject }: ModelBench): ObservedRun {
  return subject.kind === 'fleet'
    ? bench.fleetRunAt(subject.fleet.parts, subject.fleet.rate)
    : bench.runAt(subject.shape, subject.batch, subject.share.rate);
}

function subjectOf(planned: PlannedWorkload, busiest: TimeWindow): OperatingSubject | undefined {
  const { plan, workload } = planned;
  if (isServedApart(plan, workload.id)) {
    const placed = { solution: placedLoad(plan), busiest };
    const fleet = placedFleet(workload.id, roleShapes(planned), placed);
    return fleet === undefined ? undefined : { kind: 'fleet', fleet };
  }
  const share = operatingShare(plan, workload.id);
  const allocation = plan.decision.allocations.find((item) => item.candidate.id === share?.candidate);
  const shape = allocation === undefined ? undefined : shapeOf(allocation.candidate, planned);
  if (share === undefined || shape === undefined || allocation === undefined) return undefined;
  return { kind: 'replica', shape, batch: allocation.candidate.batch, share };
}

function roleShapes(planned: PlannedWorkload): Parameters<typeof placedFleet>[1] {
  const { plan, workload } = planned;
  const shapesOf = (role: Candidate['role']): readonly RoleShape[] =>
    plan.decision.allocations
      .filter((item) => item.workload === workload.id && item.candidate.role === role)
      .flatMap(({ candidate }) => {
        const shape = shapeOf(candidate, planned);
        return shape === undefined ? [] : [{ shape, evaluated: { candidate } }];
      });
  return { prefill: shapesOf('prefill'), decode: shapesOf('decode') };
}

/** The shape that a planned candidate is of. */
function shapeOf(candidate: Candidate, { plan, architecture }: PlannedWorkload): Shape | undefined {
  const offering = plan.offerings.find((item) => item.pool === candidate.pool);
  const configuration = plannedConfiguration(candidate, architecture, plan.offerings);
  if (offering === undefined || configuration === undefined) return undefined;
  const { id, workload, pool, engineVersion, podGroup } = candidate;
  return { id, workload, pool, offering, engineVersion, configuration, podGroup };
}
