import { worldSize } from '../../model/index.ts';
import type { BindingConstraint, LimitedMerits, LoadEvidence } from '../../model/index.ts';
import { profileStatistics } from '../../traffic/index.ts';
import { joules, microUsd, seconds, watts } from '../../units/index.ts';
import type { MicroUsd } from '../../units/index.ts';
import type { WorkloadEvaluation } from '../evaluate-workload.ts';
import type { PlacementSolution } from '../placement/solution.ts';
import { brokenMerits } from '../search/merits.ts';

/** What was placed of a workload in its busiest window. */
export interface Placed {
  readonly solution: PlacementSolution;
  /** Id of the busiest window. */
  readonly window: string;
  /** Candidate that carries most, and the evidence of one of its replicas. */
  readonly main: string;
  readonly point: LoadEvidence;
  /** Power of the replicas that `point` is about, watts; absent: of one replica of `main`. */
  readonly power?: number;
}

/** What the placed replicas of a workload reach, by the names of its limits; undefined where it has none. */
export function placedMerits(evaluation: WorkloadEvaluation, placed: Placed): LimitedMerits | undefined {
  const { limits } = evaluation.workload.workload;
  return Object.keys(limits).length === 0 ? undefined : meritsOfPlaced(evaluation, placed);
}

/**
 * What the placed replicas of a workload reach. Money and throughput
 * are those of all replicas at capacity; latency and energy those of the candidate that carries most, at the demand.
 */
export function meritsOfPlaced(evaluation: WorkloadEvaluation, placed: Placed): LimitedMerits {
  const { workload, profile } = evaluation.workload;
  const { isl, osl } = profileStatistics(profile);
  const finalists = new Map(evaluation.finalists.map((item) => [item.evaluated.candidate.id, item]));
  const replicas = placed.solution.replicas.filter(
    (item) => item.workload === workload.id && item.window === placed.window,
  );
  const sum = (of: (item: (typeof replicas)[number]) => number): number =>
    replicas.reduce((total, item) => total + item.count * of(item), 0);
  const byRole = Map.groupBy(replicas, (item) => item.option.candidate.role);
  // A request passes every role.
  const rates = [...byRole.values()].map((own) =>
    own.reduce((total, item) => total + item.count * item.option.rate, 0),
  );
  const rate = rates.length === 0 ? 0 : Math.min(...rates);
  const price = sum((item) => finalists.get(item.option.candidate.id)?.evaluated.listCostPerHour ?? 0);
  const accelerators = sum((item) => worldSize(item.option.candidate.parallelism));
  const main = finalists.get(placed.main);
  const { point } = placed;
  const powerOfMain =
    main === undefined
      ? 0
      : evaluation.bench
          .performanceOf(main.shape, main.evaluated.candidate.batch)
          .power({ busyShare: point.busyShare, meanBatch: point.meanBatch });
  const power = placed.power ?? powerOfMain;
  const tokensPerHour = rate * (isl.mean + osl.mean) * 3600;
  return {
    costPerMillionTokens: microUsd(tokensPerHour > 0 ? (price / tokensPerHour) * 1e6 : 0),
    throughputPerAccelerator: (rate * osl.mean) / Math.max(1, accelerators),
    latency: seconds(point.latency.e2e.p99.value),
    energyPerOutputToken: joules(point.outputTokensPerSecond > 0 ? power / point.outputTokensPerSecond : 0),
  };
}

/** The limits that a placement breaks although its finalists keep them: spare replicas run at a lower load. */
export function brokenByPlacement(
  evaluations: readonly WorkloadEvaluation[],
  decided: {
    readonly workload: string;
    readonly merits: LimitedMerits | undefined;
    /** Cost of the placement. */
    readonly perMonth: MicroUsd;
  },
): readonly BindingConstraint[] {
  const { merits, perMonth } = decided;
  const workload = evaluations.find((item) => item.workload.workload.id === decided.workload)?.workload
    .workload;
  if (merits === undefined || workload === undefined) return [];
  const broken = brokenMerits(
    { merits: { ...merits, costPerMonth: microUsd(0), power: watts(0) } },
    workload.limits,
  );
  return broken.map(({ limit, text }) => ({
    constraint: `limits/${workload.id}/${limit}`,
    description: `with the replicas that survive what ${workload.id} must, it has ${text}`,
    relaxation: {
      change: `loosen ${limit} of ${workload.id} to ${text}`,
      perMonth,
    },
  }));
}
