import { latencySafety } from '../accuracy/index.ts';
import type {
  BindingConstraint,
  Decision,
  LatencySafety,
  LatencyMetric,
  LlmWorkload,
  ResolvedProblem,
  WorkloadDecision,
} from '../model/index.ts';
import type { OperatorCoefficients } from '../perf/index.ts';
import { formatNumber, formatPercent, microUsd } from '../units/index.ts';
import { ttftShareOf } from './certainties.ts';

/** Safety factors by workload id. */
export type SafetyByWorkload = Readonly<Record<string, LatencySafety>>;

/** How problems are decided. */
export interface Decider {
  readonly coefficients: OperatorCoefficients;
  /** Whether the time is limited: then no lower confidence is tried. */
  readonly isTimed: boolean;
  /** `share` is the part of the time limit it may take, 0..1. */
  readonly decide: (problem: ResolvedProblem, safety: SafetyByWorkload, share: number) => Promise<Decision>;
}

/** Confidences tried in place of one at which no plan exists, highest first. */
const LOWER_LEVELS = [0.95, 0.9, 0.8, 0.7, 0.6];

/**
 * Decides a problem so that each workload that asks for a confidence keeps its SLO at it. The problem is decided once
 * with trust in predictions too: that tells what the safety costs, and how end-to-end latency is made up. Where only
 * the confidence stands in the way of a plan, the answer names the highest one at which there is a plan.
 */
export async function decideWithConfidence(problem: ResolvedProblem, decider: Decider): Promise<Decision> {
  const { coefficients, decide } = decider;
  if (problem.workloads.every(({ workload }) => workload.confidence === undefined))
    return decide(problem, {}, 1);
  const trusting = await decide(problem, {}, 0.5);
  if (trusting.status === 'infeasible') return trusting;
  const safety = safetyByWorkload(problem, coefficients, trusting);
  const decision = await decide(problem, safety, 0.5);
  if (decision.status !== 'infeasible') return withEvidence(decision, trusting, { problem, safety });
  const binding = await confidenceConstraints({ problem, trusting, safety }, decider);
  return { ...decision, bindingConstraints: [...decision.bindingConstraints, ...binding] };
}

/**
 * The safety factors of every workload that asks for a confidence.
 * @param decision tells the share of TTFT in end-to-end latency; absent: the worse known of both parts counts
 */
export function safetyByWorkload(
  { workloads }: ResolvedProblem,
  { errorBands }: OperatorCoefficients,
  decision?: Decision,
): SafetyByWorkload {
  return Object.fromEntries(
    workloads.flatMap(({ workload }): [string, LatencySafety][] => {
      if (workload.confidence === undefined) return [];
      const point = decision?.workloads.find((item) => item.workload === workload.id)?.operatingPoint;
      const request = {
        level: workload.confidence,
        engines: workload.engines,
        bands: errorBands,
        metrics: limitedMetrics(workload),
        ...(point === undefined ? {} : { ttftShare: ttftShareOf(point.latency) }),
      };
      return [[workload.id, latencySafety(request)]];
    }),
  );
}

/** The factors of the engines allowed at one fixed level: they change with the errors, not with the confidence asked for; undefined where none is. */
export function safetyErrors(
  { workloads }: ResolvedProblem,
  { errorBands }: OperatorCoefficients,
): LatencySafety | undefined {
  const asking = workloads.filter(({ workload }) => workload.confidence !== undefined);
  if (asking.length === 0) return undefined;
  const engines = [...new Set(asking.flatMap(({ workload }) => workload.engines))].sort();
  return latencySafety({ level: 0.9, engines, bands: errorBands });
}

function limitedMetrics({ slo, limits }: LlmWorkload): readonly LatencyMetric[] {
  return [
    ...slo.limits.map((item) => item.metric),
    ...(limits.latency === undefined ? [] : ['e2e' as const]),
  ];
}

interface Asked {
  readonly problem: ResolvedProblem;
  readonly safety: SafetyByWorkload;
}

/** The decision with what the confidence is, rests on and costs. */
function withEvidence(decision: Decision, trusting: Decision, { problem, safety }: Asked): Decision {
  const costWithout = trusting.objectivePerMonth;
  const extraCost = microUsd(decision.objectivePerMonth - costWithout);
  const workloads = decision.workloads.map((item): WorkloadDecision => {
    const asked = safety[item.workload];
    const resolved = problem.workloads.find(({ workload }) => workload.id === item.workload);
    const main = item.chosen[0];
    if (asked === undefined || resolved === undefined || main === undefined) return item;
    const factors =
      asked.factors[`${main.candidate.engine}/${main.evidence}`] ?? asked.factors[`*/${main.evidence}`];
    return factors === undefined
      ? item
      : { ...item, confidence: { level: asked.level, factors, costWithout, extraCost } };
  });
  return { ...decision, workloads };
}

/** What the confidence of each workload asks for, and the highest one at which there is a plan. */
async function confidenceConstraints(
  asked: Asked & { readonly trusting: Decision },
  decider: Decider,
): Promise<readonly BindingConstraint[]> {
  const { problem, safety, trusting } = asked;
  const nearest = decider.isTimed ? undefined : await nearestLevel(asked, decider);
  return Object.entries(safety).map(([id, { level, factors }]) => {
    const engine = problem.workloads.find(({ workload }) => workload.id === id)?.workload.engines[0] ?? '*';
    const { ttft = 1, tpot = 1 } = factors[`${engine}/fitted`] ?? {};
    return {
      constraint: `confidence/${id}`,
      description:
        `${id} keeps its SLO with ${formatPercent(level)} confidence only where predictions leave room: TTFT may be ` +
        `${formatNumber(ttft, 3)} times as long as predicted, TPOT ${formatNumber(tpot, 3)} times`,
      relaxation:
        nearest === undefined
          ? { change: `drop the confidence of ${id}`, perMonth: trusting.objectivePerMonth }
          : {
              change: `lower the confidence of ${id} to ${formatPercent(nearest.level)}`,
              perMonth: nearest.decision.objectivePerMonth,
            },
    };
  });
}

/** The highest of the lower levels at which there is a plan, for all workloads that ask for a confidence; by bisection. */
async function nearestLevel(
  { problem, trusting }: { readonly problem: ResolvedProblem; readonly trusting: Decision },
  { coefficients, decide }: Decider,
): Promise<{ readonly level: number; readonly decision: Decision } | undefined> {
  const asks = problem.workloads.flatMap(({ workload }) => workload.confidence ?? []);
  const levels = LOWER_LEVELS.filter((level) => level < Math.max(...asks));
  let best: { readonly level: number; readonly decision: Decision } | undefined;
  let [from, to] = [0, levels.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const level = levels[middle] ?? 0.6;
    const lowered = withLevelAtMost(problem, level);
    const decision = await decide(lowered, safetyByWorkload(lowered, coefficients, trusting), 1);
    if (decision.status === 'infeasible') from = middle + 1;
    else {
      best = { level, decision };
      to = middle;
    }
  }
  return best;
}

function withLevelAtMost(problem: ResolvedProblem, level: number): ResolvedProblem {
  return {
    ...problem,
    workloads: problem.workloads.map((item) =>
      item.workload.confidence === undefined
        ? item
        : {
            ...item,
            workload: { ...item.workload, confidence: Math.min(level, item.workload.confidence) },
          },
    ),
  };
}
