import { OBJECTIVE_MEANINGS } from '../model/index.ts';
import type { PlanDocument, WorkloadDecision } from '../model/index.ts';
import { limitHeadroom, plannedAims } from '../plan/index.ts';
import type { LimitName } from '../plan/index.ts';
import { formatDuration, formatNumber, formatPercent, formatUsd, microUsd } from '../units/index.ts';
import { plural, signedUsd } from './phrases.ts';

/** How a limit reads: its name, its direction, and its amounts. */
interface LimitWords {
  readonly name: string;
  readonly sign: '≤' | '≥';
  readonly amount: (value: number) => string;
}

const LIMIT_WORDS: Readonly<Record<LimitName, LimitWords>> = {
  costPerMillionTokens: {
    name: 'cost per 1M tokens',
    sign: '≤',
    amount: (value) => `${formatUsd(microUsd(value), 4)} USD`,
  },
  throughputPerAccelerator: {
    name: 'output per accelerator',
    sign: '≥',
    amount: (value) => `${formatNumber(value, 4)} tokens/s`,
  },
  latency: { name: 'e2e p99', sign: '≤', amount: (value) => formatDuration(value) },
  energyPerOutputToken: {
    name: 'energy per output token',
    sign: '≤',
    amount: (value) => `${formatNumber(value, 3)} J`,
  },
};

/** A limit in words: `cost per 1M tokens ≤ 2.0000 USD`. */
export function limitPhrase(name: LimitName, limit: number): string {
  const { name: words, sign, amount } = LIMIT_WORDS[name];
  return `${words} ${sign} ${amount(limit)}`;
}

/** The name of a limit in words: `cost per 1M tokens`. */
export function limitTitle(name: LimitName): string {
  return LIMIT_WORDS[name].name;
}

/** An amount in the unit of a limit: `3.2 J`. */
export function limitAmount(name: LimitName, value: number): string {
  return LIMIT_WORDS[name].amount(value);
}

/** Rows of a table of limits: workload, limit, what is reached, headroom as a share. */
export function limitRows(
  plan: PlanDocument,
): readonly (readonly [workload: string, limit: string, reached: string, headroom: number])[] {
  return limitHeadroom(plan).map((item) => [
    item.workload,
    limitPhrase(item.name, item.limit),
    limitAmount(item.name, item.value),
    item.headroom,
  ]);
}

/** What a plan strives for and how surely it keeps its SLOs, one line each; none for a plan of least cost that trusts predictions. */
export function aimLines(plan: PlanDocument): readonly string[] {
  const objectives = plannedAims(plan).flatMap(({ workload, objective }) =>
    objective === 'cost' ? [] : [`${workload}: ${OBJECTIVE_MEANINGS[objective]}, within its SLO`],
  );
  return [
    ...objectives,
    ...plan.decision.workloads.flatMap(servingLine(plan)),
    ...plan.decision.workloads.flatMap(confidenceLine),
    ...safetyCost(plan),
  ];
}

function servingLine(plan: PlanDocument): (decision: WorkloadDecision) => readonly string[] {
  return ({ workload }) => {
    const own = plan.decision.allocations.filter((item) => item.workload === workload);
    return own.some(({ candidate }) => candidate.role !== 'aggregated')
      ? [`${workload}: prefill replicas hand prompts over to decode replicas`]
      : [];
  };
}

function confidenceLine({ workload, confidence }: WorkloadDecision): readonly string[] {
  if (confidence === undefined) return [];
  const { ttft, tpot } = confidence.factors;
  return [
    `${workload}: keeps its SLO with ${formatPercent(confidence.level)} confidence: there is room for TTFT ${formatNumber(ttft, 3)} times and TPOT ${formatNumber(tpot, 3)} times as long as predicted`,
  ];
}

/** What the confidence of a plan costs; it is one figure for the whole plan. */
function safetyCost({ decision }: PlanDocument): readonly string[] {
  const asked = decision.workloads.find((item) => item.confidence?.extraCost !== undefined)?.confidence;
  if (asked?.extraCost === undefined || asked.costWithout === undefined) return [];
  return [
    `that confidence costs ${signedUsd(asked.extraCost)} USD/month beside ${formatUsd(asked.costWithout)} USD/month of the plan that trusts predictions`,
  ];
}

/** What the search of candidates looked at and how sure it is that nothing better was missed. */
export function searchLine(decision: WorkloadDecision): string {
  const { workload, counts, rejected, proof } = decision;
  if (proof === undefined) {
    return `${workload}: ${plural(counts.enumerated, 'candidate')}, ${plural(rejected.length, 'rejection')}, ${plural(counts.simulated, 'candidate')} simulated in ${plural(counts.simulations, 'run')}`;
  }
  const left = Object.entries(proof.left).filter(([, count]) => count > 0);
  const reasons = left.map(([reason, count]) => `${count} × ${reason}`).join(', ');
  const total = left.reduce((sum, [, count]) => sum + count, 0);
  const gap =
    proof.gap === undefined
      ? ''
      : `; no candidate can be more than ${formatPercent(proof.gap, 2)} better by bounds`;
  return `${workload}: ${plural(proof.enumerated, 'candidate')}, ${total} left out${total === 0 ? '' : ` (${reasons})`}, ${plural(proof.simulated, 'candidate')} simulated in ${plural(proof.simulations, 'run')} of ${plural(proof.requests, 'request')} in all${gap}${proof.isComplete ? '' : '; the time ran out before all were measured'}`;
}
