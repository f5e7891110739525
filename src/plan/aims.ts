import { isConfidence, OBJECTIVES, parseAims } from '../model/index.ts';
import type { ObjectiveLimits, PlanDocument, PlanningAims, ServingChoice } from '../model/index.ts';

/** What a workload was planned for. */
export interface WorkloadAims extends PlanningAims {
  readonly workload: string;
  readonly serving: ServingChoice;
}

/** What each workload of a plan was planned for, in the order of the problem: flags before its own words before those of the problem. */
export function plannedAims(plan: Pick<PlanDocument, 'problem' | 'inputs'>): readonly WorkloadAims[] {
  const { objective: named, confidence: share } = plan.inputs.flags;
  const objective = OBJECTIVES.find((name) => name === named);
  const confidence = Number(share);
  const common = parseAims(plan.problem);
  return plan.problem.workloads.map((workload) => ({
    workload: workload.id,
    ...parseAims(workload, common),
    ...(objective === undefined ? {} : { objective }),
    ...(isConfidence(confidence) ? { confidence } : {}),
    serving: workload.serving ?? 'aggregated',
  }));
}

/** A limit that stands beside the SLO: money per month is limited by budgets. */
export type LimitName = Exclude<keyof ObjectiveLimits, 'costPerMonth'>;

/** The limits in the order in which they are shown. */
export const LIMIT_NAMES: readonly LimitName[] = [
  'costPerMillionTokens',
  'throughputPerAccelerator',
  'latency',
  'energyPerOutputToken',
];

/** One limit of a workload beside what its replicas reach. */
export interface LimitHeadroom {
  readonly workload: string;
  readonly name: LimitName;
  /** At most, of throughput at least, in the unit of `ObjectiveLimits`. */
  readonly limit: number;
  readonly value: number;
  /** Share of the limit that is left; negative when the limit is broken. */
  readonly headroom: number;
}

/** Every limit that stands beside an SLO with what is reached, in stable order; plans without those figures give none. */
export function limitHeadroom(
  plan: Pick<PlanDocument, 'problem' | 'inputs' | 'decision'>,
): readonly LimitHeadroom[] {
  return plannedAims(plan).flatMap(({ workload, limits }) => {
    const merits = plan.decision.workloads.find((item) => item.workload === workload)?.merits;
    if (merits === undefined) return [];
    return LIMIT_NAMES.flatMap((name): LimitHeadroom[] => {
      const limit = limits[name];
      const value = merits[name];
      if (limit === undefined) return [];
      const slack = 1 - value / limit;
      return [
        { workload, name, limit, value, headroom: name === 'throughputPerAccelerator' ? -slack : slack },
      ];
    });
  });
}
