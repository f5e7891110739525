import type { PlanDocument, Rejection, RejectionReason, WorkloadDecision } from '../../model/index.ts';
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
import { sensitivitySection } from '../what-if/sensitivity-text.ts';
import type { SensitivityReport } from '../what-if/sensitivity-report.ts';
import { availabilityLines } from './availability-text.ts';
import { linesOf, renderSections, renderSectionsMarkdown } from './explained-sections.ts';
import type { ExplainedBlock, ExplainedSection } from './explained-sections.ts';
import {
  acceleratorLines,
  constraintLines,
  costPerMillionRequests,
  parallelismLines,
  precisionLines,
  spotLines,
} from './explain-story.ts';
import { printableValue } from '../printable.ts';
import { PLAIN } from './palette.ts';
import type { Palette } from './palette.ts';
import { REJECTION_MEANINGS } from './rejection-meanings.ts';

export { REJECTION_MEANINGS } from './rejection-meanings.ts';

/** How many rejected candidates of one reason are listed with their figures. */
const EXAMPLES_PER_REASON = 4;

/** Why a workload got what it got, as a story for a terminal: the choice, its rivals, what rules cost, what would change it. */
export function renderExplanation(
  plan: PlanDocument,
  decision: WorkloadDecision,
  palette: Palette = PLAIN,
  sensitivity?: SensitivityReport,
): string {
  return renderSections(
    explainedSections(printableValue(plan), printableValue(decision), sensitivity),
    palette,
  );
}

/** The same as Markdown. */
export function renderExplanationMarkdown(
  plan: PlanDocument,
  decision: WorkloadDecision,
  sensitivity?: SensitivityReport,
): string {
  return renderSectionsMarkdown(explainedSections(plan, decision, sensitivity));
}

function explainedSections(
  plan: PlanDocument,
  decision: WorkloadDecision,
  sensitivity: SensitivityReport | undefined,
): readonly ExplainedSection[] {
  const { workload } = decision;
  const told = (title: string, lines: readonly string[]): ExplainedSection => ({
    title,
    blocks: [linesOf(...lines)],
  });
  return [
    told(`Why ${workload} runs as it does`, winnerLines(plan, decision)),
    told('Why this accelerator', acceleratorLines(plan, decision)),
    told('Why this parallelism', parallelismLines(decision)),
    told('Why this precision', precisionLines(plan, decision)),
    told('Why this spot share', spotLines(plan, decision)),
    told('What each rule costs', constraintLines(plan)),
    sensitivity === undefined
      ? told('What would change the answer', [sensitivityHint(workload)])
      : sensitivitySection(sensitivity),
    told('Aims', aimLines(only(plan, decision))),
    { title: 'Memory of one accelerator', blocks: [memoryTable(decision)] },
    {
      title: 'Availability',
      blocks: [{ kind: 'laid-out', render: (view) => availabilityLines(decision.availability, view) }],
    },
    {
      title: 'Alternatives that are not dominated (cost, p99 latency, energy)',
      blocks: [paretoTable(decision)],
    },
    told('Search', [searchLine(decision)]),
    told('Rejected', rejectionLines(decision.rejected)),
    told('What the traffic was', trafficLines(plan, workload)),
    told('Assumptions', assumptionLines(plan, workload)),
  ];
}

/** How to ask for the sensitivity, for explanations without it. */
export function sensitivityHint(workload: string): string {
  return `Run \`plimsoll explain ${workload} --sensitivity\`: prices ±20 %, traffic ±50 %, latency limits ±25 %, and the price at which the runner-up wins.`;
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

function winnerLines(plan: PlanDocument, decision: WorkloadDecision): readonly string[] {
  const podSets = plan.decision.allocations.filter((item) => item.workload === decision.workload);
  const chosen = decision.chosen.map((item) => {
    const { capacity } = item;
    return `${candidatePhrase(item.candidate)} on ${item.candidate.pool}: one replica sustains ${ratePhrase(capacity.rate.value)} (${ratePhrase(capacity.rate.low)} – ${ratePhrase(capacity.rate.high)}); above it ${capacity.limitedBy} breaks first; ${formatUsd(costPerMillionRequests(item), 2)} USD per million requests at list price`;
  });
  const placed = podSets.map(
    (item) => `${replicaPhrase(item)} × ${item.id} on ${item.capacityType} capacity (${item.tier})`,
  );
  return [...chosen, ...placed, runnerUpLine(plan, decision)];
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

function memoryTable(decision: WorkloadDecision): ExplainedBlock {
  return {
    kind: 'table',
    columns: [
      { title: 'CANDIDATE' },
      { title: 'WEIGHTS', align: 'right' },
      { title: 'ACTIVATIONS', align: 'right' },
      { title: 'RESERVE', align: 'right' },
      { title: 'KV CACHE', align: 'right' },
      { title: 'OF', align: 'right' },
      { title: 'KV TOKENS', align: 'right' },
    ],
    rows: decision.chosen.map(({ candidate, memory }) => [
      candidatePhrase(candidate),
      formatBytes(memory.weights),
      formatBytes(memory.activations),
      formatBytes(memory.reserve),
      formatBytes(memory.kvCache),
      formatBytes(memory.capacity),
      String(memory.kvBlocks * memory.blockTokens),
    ]),
  };
}

function paretoTable(decision: WorkloadDecision): ExplainedBlock {
  return {
    kind: 'table',
    columns: [
      { title: 'CANDIDATE' },
      { title: 'POOL' },
      { title: 'RATE', align: 'right' },
      { title: 'USD/1M REQUESTS', align: 'right' },
      { title: 'TTFT P99', align: 'right' },
      { title: 'TPOT P99', align: 'right' },
      { title: 'J/TOKEN', align: 'right' },
    ],
    rows: decision.pareto.map((item) => [
      candidatePhrase(item.candidate),
      item.candidate.pool,
      ratePhrase(item.capacity.rate.value),
      formatUsd(costPerMillionRequests(item)),
      formatDuration(item.capacity.evidence.latency.ttft.p99.value),
      formatDuration(item.capacity.evidence.latency.tpot.p99.value),
      formatNumber(item.energyPerOutputToken, 3),
    ]),
  };
}

function rejectionLines(rejected: readonly Rejection[]): readonly string[] {
  const reasons = Object.keys(REJECTION_MEANINGS) as RejectionReason[];
  return reasons
    .map((reason) => ({ reason, items: rejected.filter((item) => item.reason === reason) }))
    .filter(({ items }) => items.length > 0)
    .flatMap(({ reason, items }) => {
      const shown = items.slice(0, EXAMPLES_PER_REASON).map((item) => `  ${item.candidate}: ${item.detail}`);
      const more = items.length - shown.length;
      return [
        `${items.length} × ${reason}: ${REJECTION_MEANINGS[reason]}`,
        ...shown,
        ...(more > 0 ? [`  … and ${more} more (all in plan.json)`] : []),
      ];
    });
}

function trafficLines(plan: PlanDocument, workload: string): readonly string[] {
  return plan.traffic
    .filter((item) => item.workload === workload)
    .map(
      (item) =>
        `${item.profile}: mean ${ratePhrase(item.meanRate)}, busiest hour ${ratePhrase(item.peakRate)}, CV of gaps ${formatNumber(item.burstiness, 3)}; input ${formatNumber(item.isl.mean)} tokens (p99 ${formatNumber(item.isl.p99)}), output ${formatNumber(item.osl.mean)} (p99 ${formatNumber(item.osl.p99)}); prefix hits ${formatPercent(item.prefixHitRate, 2)}\nsource: ${item.source}`,
    );
}

function assumptionLines(plan: PlanDocument, workload: string): readonly string[] {
  return plan.assumptions
    .filter((item) => item.subject === workload || item.subject === 'plan')
    .map((item) => `${item.statement} [${item.evidence}]`);
}
