import type { BindingConstraint, LlmWorkload, Offering, Rejection, ServingPlan } from '../../model/index.ts';
import { profileStatistics } from '../../traffic/index.ts';
import { requestsPerSecond } from '../../units/index.ts';
import type { WorkloadEvaluation } from '../evaluate-workload.ts';
import { brokenMerits, ranked } from '../search/merits.ts';
import type { SearchRequest } from '../search/request.ts';
import { aggregatedPlan } from '../search/serving-plans.ts';
import type { Finalist } from '../search/serving-plans.ts';

/** A workload with the finalists that its aims leave, in the order in which placements should try them. */
export interface AimedEvaluation {
  readonly evaluation: WorkloadEvaluation;
  /** Whether placements may choose among all finalists by cost; otherwise the first that can be placed is wanted. */
  readonly isByCost: boolean;
  /** Why no finalist is left; empty where one is. */
  readonly binding: readonly BindingConstraint[];
}

/** Where and for how much the finalists of a workload are weighed. */
export interface Demand {
  readonly offerings: readonly Offering[];
  /** Requests per second in the busiest window. */
  readonly peak: number;
}

/** Whether a workload is planned for least cost with no limit beside its SLO, so that nothing more need be known. */
export function isPlain({ objective, limits }: Pick<LlmWorkload, 'objective' | 'limits'>): boolean {
  return objective === 'cost' && Object.keys(limits).length === 0;
}

/**
 * Leaves out finalists that break a limit beside the SLO and puts the others in the order of the objective, each as
 * the fewest replicas that carry the busiest window. One long simulation per finalist at its share of that window; none
 * where the workload is planned for least cost alone.
 */
export function narrow(evaluation: WorkloadEvaluation, demand: Demand): AimedEvaluation {
  const { workload } = evaluation.workload;
  // Roles are no plans by themselves: those of workloads served apart are placed by cost.
  if (isPlain(workload) || evaluation.finalists.length === 0 || evaluation.roles !== undefined)
    return { evaluation, isByCost: true, binding: [] };
  const outlooks = evaluation.finalists.map((finalist) => ({
    finalist,
    plan: outlookOf(evaluation, finalist, demand),
  }));
  const isWithin = ({ plan }: (typeof outlooks)[number]): boolean =>
    brokenMerits(plan, workload.limits).length === 0;
  const kept = outlooks.filter(isWithin);
  const order = ranked(
    kept.map(({ plan }) => plan),
    workload.objective,
  );
  const isByCost = workload.objective === 'cost';
  const finalists = isByCost ? kept : [...kept].sort((a, b) => order.indexOf(a.plan) - order.indexOf(b.plan));
  const rejected = outlooks
    .filter((item) => !isWithin(item))
    .map(({ finalist, plan }) => overLimits(finalist, plan, workload));
  return {
    evaluation: {
      ...evaluation,
      finalists: finalists.map(({ finalist }) => finalist),
      rejected: [...evaluation.rejected, ...rejected].sort((a, b) => (a.candidate < b.candidate ? -1 : 1)),
    },
    isByCost,
    binding:
      kept.length > 0
        ? []
        : [
            nearestLimits(
              outlooks.map(({ plan }) => plan),
              workload,
            ),
          ],
  };
}

/** As few replicas of a finalist as carry the busiest window, and what they make of it. */
function outlookOf(evaluation: WorkloadEvaluation, finalist: Finalist, demand: Demand): ServingPlan {
  const { bench, workload } = evaluation;
  const { candidate, capacity } = finalist.evaluated;
  const replicas = Math.max(1, Math.ceil(demand.peak / capacity.rate.low - 1e-9));
  const share = Math.max(LEAST_RATE, demand.peak / replicas);
  const { evidence } = bench.simulateAt(finalist.shape, candidate.batch, share);
  const { isl, osl } = profileStatistics(workload.profile);
  const request: SearchRequest = {
    workload,
    offerings: demand.offerings,
    accelerators: {},
    load: { kind: 'rate', rate: requestsPerSecond(demand.peak) },
    objective: workload.workload.objective,
    limits: workload.workload.limits,
    modes: ['aggregated'],
  };
  return aggregatedPlan(
    finalist,
    { replicas, evidence },
    { request, bench, tokens: { input: isl.mean, output: osl.mean } },
  );
}

/** Requests per second at which a replica is read where it is asked for nothing. */
const LEAST_RATE = 1e-3;

function overLimits({ evaluated }: Finalist, plan: ServingPlan, { limits }: LlmWorkload): Rejection {
  const { id, workload, pool } = evaluated.candidate;
  const detail = brokenMerits(plan, limits)
    .map((item) => item.text)
    .join(', ');
  return { candidate: id, workload, pool, reason: 'limit-exceeded', detail };
}

/** The limits that the nearest plan breaks, and what they would have to be. */
export function nearestLimits(
  plans: readonly ServingPlan[],
  { id, limits }: Pick<LlmWorkload, 'id' | 'limits'>,
): BindingConstraint {
  const [nearest] = plans
    .map((plan) => ({ plan, broken: brokenMerits(plan, limits) }))
    .sort((a, b) => (a.broken[0]?.ratio ?? 1) - (b.broken[0]?.ratio ?? 1));
  const broken = nearest?.broken ?? [];
  const names = broken.map((item) => item.limit).join(' and ');
  const texts = broken.map((item) => item.text).join(' and ');
  const shape = nearest?.plan.parts.map(({ candidate }) => candidate.id).join(' + ') ?? '';
  return {
    constraint: `limits/${id}/${names}`,
    description: `the configuration that comes nearest to the limits of ${id}, ${shape}, has ${texts}`,
    relaxation: { change: `loosen ${names} of ${id} to ${texts}` },
  };
}

/**
 * The sets of finalists to place, one after the other until one can be placed: of each workload that is not planned by cost
 * its best one, then its two best, and so on; of others all.
 */
export function steps(aimed: readonly AimedEvaluation[]): readonly (readonly WorkloadEvaluation[])[] {
  const most = Math.max(1, ...aimed.map((item) => (item.isByCost ? 1 : item.evaluation.finalists.length)));
  return Array.from({ length: most }, (_, index) =>
    aimed.map(({ evaluation, isByCost }) =>
      isByCost ? evaluation : { ...evaluation, finalists: evaluation.finalists.slice(0, index + 1) },
    ),
  );
}
