import type { Allocation, Candidate, Decision, PlanDocument } from '../model/index.ts';
import { parallelismName } from '../model/index.ts';
import { nodeFill, replicaRange, responseHeadroom, sloHeadroom } from '../plan/index.ts';
import { formatNumber, formatPercent, formatUsd } from '../units/index.ts';
import type { MicroUsd } from '../units/index.ts';

/**
 * A candidate in a few words: `vllm fp8 tp4 (8192 tokens × 256 seqs)`; the role of one that does a part of the work
 * stands in front, the stages of an uneven pipeline behind its sizes.
 */
export function candidatePhrase(candidate: Candidate): string {
  const { batch, weightPrecision, kvPrecision } = candidate;
  const precision =
    weightPrecision === kvPrecision ? weightPrecision : `${weightPrecision}/kv-${kvPrecision}`;
  const role = candidate.role === 'aggregated' ? '' : `${candidate.role} `;
  return `${role}${candidate.engine} ${precision} ${parallelismName(candidate.parallelism)}${stagePhrase(candidate)} (${batch.maxBatchedTokens} tokens × ${batch.maxSequences} seqs)`;
}

/** ` [48 layers h100-sxm + 32 layers a100-sxm]` of a pipeline whose stages are not alike. */
function stagePhrase({ stages }: Candidate): string {
  if (stages === undefined) return '';
  return ` [${stages.map(({ layers, accelerator }) => `${layers} layers ${accelerator}`).join(' + ')}]`;
}

/** `3`, or `3–5` when the number of replicas follows the hour of the week. */
export function replicaPhrase(allocation: Allocation): string {
  const { min, max } = replicaRange(allocation);
  return min === max ? String(min) : `${min}–${max}`;
}

/** Money per month: `41,234.56 USD/month`. */
export function perMonth(amount: MicroUsd): string {
  return `${formatUsd(amount)} USD/month`;
}

/** Money with a sign: `+1,204.00`. */
export function signedUsd(amount: MicroUsd): string {
  return `${amount >= 0 ? '+' : ''}${formatUsd(amount)}`;
}

/** What is known about the quality of the answer: `optimal`, `feasible, at most 1.2 % above the bound`. */
export function statusPhrase(decision: Pick<Decision, 'status' | 'gap'>): string {
  switch (decision.status) {
    case 'optimal':
      return 'optimal (gap 0 %)';
    case 'feasible-with-gap':
      // The gap is a share of the cost; what lies above the bound is a share of the bound.
      return `feasible, at most ${formatPercent(decision.gap / (1 - decision.gap), 2)} above the best possible`;
    case 'heuristic':
      return 'heuristic (no bound)';
    case 'infeasible':
      return 'infeasible';
  }
}

/** Replicas of all pod sets in their busiest window, summed. */
export function totalReplicas(plan: Pick<PlanDocument, 'decision'>): number {
  return plan.decision.allocations.reduce((sum, allocation) => sum + replicaRange(allocation).max, 0);
}

/** The SLO in one phrase: the tightest limit decides. */
export function sloPhrase(plan: Pick<PlanDocument, 'problem' | 'decision'>): string {
  const limits = [
    ...sloHeadroom(plan).map(({ workload, limit, headroom }) => ({
      where: `${workload} ${limit.metric} ${limit.percentile}`,
      headroom,
    })),
    ...responseHeadroom(plan).map(({ workload, percentile, headroom }) => ({
      where: `${workload} response ${percentile}`,
      headroom,
    })),
  ];
  const tightest = limits.reduce<(typeof limits)[number] | undefined>(
    (worst, item) => (worst === undefined || item.headroom < worst.headroom ? item : worst),
    undefined,
  );
  if (tightest === undefined) return 'no latency limit';
  const { where } = tightest;
  return tightest.headroom < 0
    ? `SLO broken by ${formatPercent(-tightest.headroom, 2)} (${where})`
    : `SLO met with ${confidencePhrase(plan)}${formatPercent(tightest.headroom, 2)} headroom (${where})`;
}

/** The confidence in a few words for the sentence of a plan: `90 % confidence and `; empty without one. */
export function confidencePhrase({ decision }: Pick<PlanDocument, 'decision'>): string {
  const levels = decision.workloads.flatMap((item) => item.confidence?.level ?? []);
  if (levels.length === 0) return '';
  const all =
    levels.length === decision.workloads.length
      ? ''
      : ` for ${levels.length} of ${plural(decision.workloads.length, 'workload')}`;
  return `${formatPercent(Math.min(...levels))} confidence${all} and `;
}

/** `1 object`, `3 objects`. */
export function plural(count: number, noun: string, many = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : many}`;
}

/** The one sentence a plan ends with. */
export function planSentence(plan: PlanDocument): string {
  const verdicts = plan.policy.verdicts.filter(
    (item) => item.outcome === 'violation' && item.level === 'mandatory',
  );
  const policy =
    verdicts.length === 0 ? '' : `, ${plural(verdicts.length, 'mandatory violation')}: not applicable`;
  return `Plan for ${plan.stack}: ${perMonth(plan.cost.totalPerMonth)}, ${fleetPhrase(plan)}, ${sloPhrase(plan)}, ${statusPhrase(plan.decision)}, ${plural(plan.objects.length, 'object')}${policy}.`;
}

/** What runs, in figures: `3 replicas`, `4 services with 27 replicas on 6 nodes`, or both. */
function fleetPhrase(plan: PlanDocument): string {
  const models = plural(totalReplicas(plan), 'replica');
  const count = plan.decision.services?.length ?? 0;
  const fill = nodeFill(plan);
  if (count === 0) return models;
  const shared = `${plural(count, 'service')} with ${plural(fill?.pods ?? 0, 'replica')} on ${plural(fill?.nodes ?? 0, 'node')}`;
  return plan.decision.workloads.length === 0 ? shared : `${models}, ${shared}`;
}

/** A request rate: `4.2/s`. */
export function ratePhrase(rate: number): string {
  return `${formatNumber(rate, 3)}/s`;
}
