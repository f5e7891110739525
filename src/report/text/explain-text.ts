import type {
  EvaluatedCandidate,
  PlanDocument,
  Rejection,
  RejectionReason,
  WorkloadDecision,
} from '../../model/index.ts';
import { plannedAims } from '../../plan/index.ts';
import {
  formatBytes,
  formatDuration,
  formatNumber,
  formatPercent,
  formatUsd,
  usd,
} from '../../units/index.ts';
import { aimLines, searchLine } from '../aims-phrases.ts';
import { candidatePhrase, perMonth, ratePhrase, replicaPhrase } from '../phrases.ts';
import { availabilityLines } from './availability-text.ts';
import { PLAIN } from './palette.ts';
import type { Palette } from './palette.ts';
import { renderTable } from './table.ts';

/** What each rejection code means, as a sentence fragment. */
export const REJECTION_MEANINGS: Readonly<Record<RejectionReason, string>> = {
  'invalid-parallelism': 'the parallel sizes do not divide the model',
  'unsupported-precision': 'the accelerator cannot run this precision',
  'does-not-divide-node': 'the replica does not divide the accelerators of a node',
  'out-of-memory': 'the weights and reserves exceed the memory',
  'kv-too-small': 'the KV cache cannot hold one long request',
  'not-executable': 'the engine cannot run it as modelled',
  'step-exceeds-tpot': 'even one request alone decodes slower than the TPOT limit',
  'prefill-exceeds-ttft': 'even one request alone takes longer to its first token than the TTFT limit',
  dominated: 'another shape of the same size is at least as fast in every step and holds as much',
  'bound-exceeds-best': 'by an analytic bound it cannot be better than what was measured',
  unstable: 'it cannot serve even a small rate without a growing queue',
  'slo-not-met': 'no request rate keeps the SLO',
  costlier: 'it meets the SLO at a higher cost per request',
  'limit-exceeded': 'it breaks a limit set beside the SLO',
  'not-measured': 'the time ran out before it was measured',
};

/** How many rejected candidates of one reason are listed with their figures. */
const EXAMPLES_PER_REASON = 4;

/** Why a workload got what it got: winner, runner-up, alternatives, rejections by reason. */
export function renderExplanation(
  plan: PlanDocument,
  decision: WorkloadDecision,
  palette: Palette = PLAIN,
): string {
  const sections = [
    [`Why ${decision.workload} runs as it does`, winnerLines(plan, decision)],
    ['Aims', aimLines(only(plan, decision)).join('\n')],
    ['Memory of one accelerator', memoryTable(decision)],
    ['Availability', availabilityLines(decision.availability)],
    ['Alternatives that are not dominated (cost, p99 latency, energy)', paretoTable(decision)],
    ['Search', searchLine(decision)],
    ['Rejected', rejectionLines(decision.rejected)],
    ['What the traffic was', trafficLines(plan, decision.workload)],
    ['Assumptions', assumptionLines(plan, decision.workload)],
  ] as const;
  return `${sections
    .filter(([, body]) => body !== '')
    .map(([title, body]) => `${palette.bold(title)}\n${body.replaceAll(/^(?=.)/gm, '  ')}`)
    .join('\n\n')}\n`;
}

/** The plan as if it had this workload alone. */
function only(plan: PlanDocument, decision: WorkloadDecision): PlanDocument {
  const workloads = plan.problem.workloads.filter((item) => item.id === decision.workload);
  return {
    ...plan,
    problem: { ...plan.problem, workloads },
    decision: { ...plan.decision, workloads: [decision] },
  };
}

function winnerLines(plan: PlanDocument, decision: WorkloadDecision): string {
  const podSets = plan.decision.allocations.filter((item) => item.workload === decision.workload);
  const chosen = decision.chosen.map((item) => {
    const { capacity } = item;
    return `${candidatePhrase(item.candidate)} on ${item.candidate.pool}: one replica sustains ${ratePhrase(capacity.rate.value)} (${ratePhrase(capacity.rate.low)} – ${ratePhrase(capacity.rate.high)}); above it ${capacity.limitedBy} breaks first; ${formatUsd(costPerMillionRequests(item), 2)} USD per million requests at list price`;
  });
  const placed = podSets.map(
    (item) => `${replicaPhrase(item)} × ${item.id} on ${item.capacityType} capacity (${item.tier})`,
  );
  return [...chosen, ...placed, runnerUpLine(plan, decision)].join('\n');
}

function runnerUpLine(plan: PlanDocument, decision: WorkloadDecision): string {
  if (decision.runnerUp === undefined) {
    const aims = plannedAims(plan).find((item) => item.workload === decision.workload);
    if (plan.decision.solver === 'search') return 'Runner-up: not looked for by a search of one cluster.';
    return aims === undefined || aims.objective === 'cost'
      ? 'No plan exists without the chosen candidates.'
      : 'Other candidates are worse by the objective, whatever they cost.';
  }
  const extra = decision.runnerUp.perMonth - plan.decision.objectivePerMonth;
  return `Runner-up: ${decision.runnerUp.candidate}, a plan at ${perMonth(decision.runnerUp.perMonth)} (${formatUsd(usd(extra / 1e6))} USD/month more).`;
}

function costPerMillionRequests(item: EvaluatedCandidate): ReturnType<typeof usd> {
  const perRequest = item.listCostPerHour / 1e6 / 3600 / Math.max(item.capacity.rate.value, 1e-9);
  return usd(perRequest * 1e6);
}

function memoryTable(decision: WorkloadDecision): string {
  return renderTable(
    [
      { title: 'CANDIDATE' },
      { title: 'WEIGHTS', align: 'right' },
      { title: 'ACTIVATIONS', align: 'right' },
      { title: 'RESERVE', align: 'right' },
      { title: 'KV CACHE', align: 'right' },
      { title: 'OF', align: 'right' },
      { title: 'KV TOKENS', align: 'right' },
    ],
    decision.chosen.map(({ candidate, memory }) => [
      candidatePhrase(candidate),
      formatBytes(memory.weights),
      formatBytes(memory.activations),
      formatBytes(memory.reserve),
      formatBytes(memory.kvCache),
      formatBytes(memory.capacity),
      String(memory.kvBlocks * memory.blockTokens),
    ]),
  );
}

function paretoTable(decision: WorkloadDecision): string {
  return renderTable(
    [
      { title: 'CANDIDATE' },
      { title: 'POOL' },
      { title: 'RATE', align: 'right' },
      { title: 'USD/1M REQUESTS', align: 'right' },
      { title: 'TTFT P99', align: 'right' },
      { title: 'TPOT P99', align: 'right' },
      { title: 'J/TOKEN', align: 'right' },
    ],
    decision.pareto.map((item) => [
      candidatePhrase(item.candidate),
      item.candidate.pool,
      ratePhrase(item.capacity.rate.value),
      formatUsd(costPerMillionRequests(item)),
      formatDuration(item.capacity.evidence.latency.ttft.p99.value),
      formatDuration(item.capacity.evidence.latency.tpot.p99.value),
      formatNumber(item.energyPerOutputToken, 3),
    ]),
  );
}

function rejectionLines(rejected: readonly Rejection[]): string {
  const reasons = Object.keys(REJECTION_MEANINGS) as RejectionReason[];
  return reasons
    .map((reason) => ({ reason, items: rejected.filter((item) => item.reason === reason) }))
    .filter(({ items }) => items.length > 0)
    .map(({ reason, items }) => {
      const shown = items.slice(0, EXAMPLES_PER_REASON).map((item) => `  ${item.candidate}: ${item.detail}`);
      const more = items.length - shown.length;
      return [
        `${items.length} × ${reason}: ${REJECTION_MEANINGS[reason]}`,
        ...shown,
        ...(more > 0 ? [`  … and ${more} more (all in plan.json)`] : []),
      ].join('\n');
    })
    .join('\n');
}

function trafficLines(plan: PlanDocument, workload: string): string {
  return plan.traffic
    .filter((item) => item.workload === workload)
    .map(
      (item) =>
        `${item.profile}: mean ${ratePhrase(item.meanRate)}, busiest hour ${ratePhrase(item.peakRate)}, CV of gaps ${formatNumber(item.burstiness, 3)}; input ${formatNumber(item.isl.mean)} tokens (p99 ${formatNumber(item.isl.p99)}), output ${formatNumber(item.osl.mean)} (p99 ${formatNumber(item.osl.p99)}); prefix hits ${formatPercent(item.prefixHitRate, 2)}\nsource: ${item.source}`,
    )
    .join('\n');
}

function assumptionLines(plan: PlanDocument, workload: string): string {
  return plan.assumptions
    .filter((item) => item.subject === workload || item.subject === 'plan')
    .map((item) => `${item.statement} [${item.evidence}]`)
    .join('\n');
}
