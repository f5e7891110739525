import type { BindingConstraint } from '../../model/index.ts';
import { crewOf } from '../capacity/crew.ts';
import type { GatherCrew } from '../capacity/crew.ts';
import { paretoSet } from '../capacity/pareto.ts';
import type { WorkloadEvaluation } from '../evaluate-workload.ts';
import { QUICK_SPLIT_EFFORT, evaluateRoles } from './evaluate-roles.ts';

/** Two pools of replicas and a router are worth their complexity when they save this share of the cost (*assumed*). */
const WORTHWHILE_SAVING = 0.03;

/** What the choice of modes needs. */
export interface ServingOptions {
  readonly gatherCrew: GatherCrew | undefined;
  readonly effort: 'quick' | 'normal';
  readonly offerings: Parameters<typeof evaluateRoles>[1]['offerings'];
  /** Accelerators by pool id; Infinity means no limit. */
  readonly accelerators: Readonly<Record<string, number>>;
  readonly isPast: () => boolean;
  /** Cost per month of the cheapest plan for one workload alone; Infinity when there is none. */
  readonly loneCost: (evaluation: WorkloadEvaluation) => Promise<number>;
}

/**
 * The evaluation of a workload in the mode in which it is to be served: as it is where it asks for aggregated serving; with
 * roles where it asks for disaggregated serving; of `any` with roles where they make its lone plan at least 3 % cheaper.
 * Rejections and work of both modes stay with either.
 */
export async function inServingMode(
  evaluation: WorkloadEvaluation,
  options: ServingOptions,
): Promise<WorkloadEvaluation> {
  const { serving } = evaluation.workload.workload;
  if (serving === 'aggregated') return evaluation;
  const split = await withRoles(evaluation, options);
  if (serving === 'disaggregated') return split;
  const { roles: _, ...whole } = split;
  const aggregated = { ...whole, finalists: evaluation.finalists, pareto: evaluation.pareto };
  if (split.finalists.length === 0) return aggregated;
  const apart = await options.loneCost(split);
  if (evaluation.finalists.length === 0) return split;
  const together = await options.loneCost(evaluation);
  return apart <= together * (1 - WORTHWHILE_SAVING) ? split : aggregated;
}

/** The evaluation with its roles measured; without finalists where one of them has none. */
async function withRoles(
  evaluation: WorkloadEvaluation,
  options: ServingOptions,
): Promise<WorkloadEvaluation> {
  const { bench, runnable, work } = evaluation;
  const crew = options.gatherCrew?.(bench.subject) ?? crewOf(bench);
  try {
    const roles = await evaluateRoles(runnable, {
      bench,
      crew,
      offerings: options.offerings,
      accelerators: options.accelerators,
      effort: options.effort === 'quick' ? QUICK_SPLIT_EFFORT : undefined,
      isPast: options.isPast,
    });
    const isWhole = roles.prefill.length > 0 && roles.decode.length > 0;
    const finalists = isWhole ? [...roles.prefill, ...roles.decode] : [];
    return {
      ...evaluation,
      roles,
      finalists,
      pareto: [roles.prefill, roles.decode].flatMap((role) => paretoSet(role.map((item) => item.evaluated))),
      rejected: [...evaluation.rejected, ...roles.rejected].sort((a, b) =>
        a.candidate < b.candidate ? -1 : 1,
      ),
      enumerated: evaluation.enumerated + roles.work.options,
      work: {
        ...work,
        candidates: work.candidates + roles.work.candidates,
        simulations: work.simulations + roles.work.simulations,
        requests: work.requests + roles.work.requests,
      },
    };
  } finally {
    await crew.close();
  }
}

/** Why a workload that must be served apart cannot be, and what would do. */
export function explainRoles({ workload, roles }: WorkloadEvaluation): readonly BindingConstraint[] {
  const { id } = workload.workload;
  const lacking = (['prefill', 'decode'] as const).filter((role) => roles?.[role].length === 0);
  const details = lacking.map((role) => {
    const reasons = (roles?.rejected ?? []).filter(({ candidate }) => candidate.endsWith(`-${role}`));
    const nearest = reasons.find(({ reason }) => reason === 'slo-not-met') ?? reasons[0];
    return `no ${role} replicas keep the limits (${nearest === undefined ? 'no shape leaves room for both roles' : nearest.detail})`;
  });
  return [
    {
      constraint: `serving/${id}`,
      description: `${id} is to be served disaggregated, but ${details.join(' and ')}`,
      relaxation: { change: `set serving of ${id} to any or aggregated, or loosen its limits` },
    },
  ];
}
