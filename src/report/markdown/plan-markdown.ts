import type { PlanDocument } from '../../model/index.ts';
import { sloHeadroom } from '../../plan/index.ts';
import {
  formatAvailability,
  formatDuration,
  formatNumber,
  formatPercent,
  formatUsd,
} from '../../units/index.ts';
import { aimLines, limitRows, searchLine } from '../aims-phrases.ts';
import {
  candidatePhrase,
  perMonth,
  planSentence,
  ratePhrase,
  replicaPhrase,
  statusPhrase,
} from '../phrases.ts';
import { cutRows, SHOWN_ROWS } from '../cut-rows.ts';
import { shownItems, shownWorkloads, tokenPrice } from '../finance/cost-rows.ts';
import { spotForecastLine } from '../finance/spot-forecast-line.ts';
import { serviceEvidenceMarkdown, serviceTrafficMarkdown, servicesMarkdown } from './services-markdown.ts';
import { REJECTION_MEANINGS } from '../text/explain-text.ts';
import type { ConstraintCheck, RejectionReason } from '../../model/index.ts';
import { escapeMarkdown, fold, inlineCode, markdownTable } from './markdown.ts';

/** The report written beside a plan (`report.md`): sentence first, evidence, money, proof, details folded. */
export function renderPlanMarkdown(plan: PlanDocument): string {
  const parts = [
    `# Plan ${inlineCode(plan.stack)}`,
    escapeMarkdown(planSentence(plan)),
    '## What runs',
    allocations(plan),
    servicesMarkdown(plan),
    aims(plan),
    '## Evidence',
    evidence(plan),
    '## Cost',
    cost(plan),
    constraintPrices(plan),
    '## Proof',
    proof(plan),
    '## Policies',
    policies(plan),
    '## Details',
    fold('Candidates rejected, by reason', rejections(plan)),
    fold('Traffic', traffic(plan)),
    fold('Requests of services', serviceTrafficMarkdown(plan)),
    fold(`Objects (${plan.objects.length})`, objects(plan)),
    fold(
      'Assumptions',
      plan.assumptions
        .map(
          (item) =>
            `- **${escapeMarkdown(item.subject)}** (${escapeMarkdown(item.evidence)}): ${escapeMarkdown(item.statement)}`,
        )
        .join('\n'),
    ),
    fold('Inputs', inputs(plan)),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function allocations(plan: PlanDocument): string {
  return markdownTable(
    ['Pod set', 'Candidate', 'Pool', 'Instance type', 'Capacity', 'Tier', 'Replicas', 'Rate per replica'],
    plan.decision.allocations.map((item) => [
      item.id,
      candidatePhrase(item.candidate),
      item.pool,
      item.instanceType,
      item.capacityType,
      item.tier,
      replicaPhrase(item),
      ratePhrase(item.plannedRatePerReplica),
    ]),
  );
}

function aims(plan: PlanDocument): string {
  const lines = aimLines(plan).map((line) => `- ${escapeMarkdown(line)}`);
  return lines.length === 0 ? '' : `## Aims\n\n${lines.join('\n')}`;
}

function evidence(plan: PlanDocument): string {
  const latency = markdownTable(
    ['Workload', 'Limit', 'Predicted', '95 % interval', 'Headroom'],
    sloHeadroom(plan).map((item) => [
      item.workload,
      `${item.limit.metric} ${item.limit.percentile} ≤ ${formatDuration(item.limit.limit)}`,
      formatDuration(item.value),
      `${formatDuration(item.low)} – ${formatDuration(item.high)}`,
      formatPercent(item.headroom, 2),
    ]),
  );
  const limits = markdownTable(
    ['Workload', 'Limit beside the SLO', 'Reached', 'Headroom'],
    limitRows(plan).map(([workload, limit, reached, headroom]) => [
      workload,
      limit,
      reached,
      formatPercent(headroom, 2),
    ]),
  );
  const load = markdownTable(
    [
      'Workload',
      'Requests simulated',
      'Rate per replica',
      'Goodput',
      'Busy',
      'Mean batch',
      'Peak KV',
      'Preemptions',
      'Availability',
    ],
    plan.decision.workloads.map(({ workload, operatingPoint: point, availability }) => [
      workload,
      String(point.requests),
      ratePhrase(point.requestRate),
      formatPercent(point.goodputShare),
      formatPercent(point.busyShare, 2),
      formatNumber(point.meanBatch, 3),
      formatPercent(point.peakKvShare, 2),
      String(point.preemptions),
      `${formatAvailability(availability.achieved)} of ${formatAvailability(availability.target)}`,
    ]),
  );
  return [latency, limits, load, serviceEvidenceMarkdown(plan)].filter((part) => part !== '').join('\n\n');
}

function cost(plan: PlanDocument): string {
  const lines = shownItems(plan.cost);
  const workloads = shownWorkloads(plan.cost);
  const items = markdownTable(
    ['Workload', 'Pool', 'Zone', 'Capacity', 'Node hours', 'USD/hour', 'List USD', 'USD/month'],
    lines.items.map((item) => [
      item.workload,
      `${item.pool} (${item.instanceType})`,
      item.zone,
      item.capacityType,
      formatNumber(item.nodeHours, 6),
      formatUsd(item.unitPrice, 4),
      formatUsd(item.listCost),
      formatUsd(item.effectiveCost),
    ]),
  );
  const units = markdownTable(
    ['Workload', 'USD/month', 'USD per 1,000 requests', 'USD per 1M tokens'],
    workloads.items.map((item) => [
      item.workload,
      formatUsd(item.perMonth),
      formatUsd(item.perThousandRequests, 4),
      tokenPrice(item),
    ]),
  );
  const { oldest, newest } = plan.inputs.priceDates;
  const dates = `Total **${perMonth(plan.cost.totalPerMonth)}** (730 h), list price ${perMonth(plan.cost.listPerMonth)}. Prices of ${escapeMarkdown(oldest)} to ${escapeMarkdown(newest)}.`;
  const forecast = escapeMarkdown(spotForecastLine(plan.cost));
  return [items, lines.more, units, workloads.more, dates, forecast]
    .filter((part) => part !== '')
    .join('\n\n');
}

function constraintPrices(plan: PlanDocument): string {
  const table = markdownTable(
    ['Constraint', 'Costs USD/month', 'Meaning'],
    plan.decision.constraintPrices.map((item) => [
      item.constraint,
      formatUsd(item.perMonth),
      item.description,
    ]),
  );
  return table === '' ? '' : `### What constraints cost\n\n${table}`;
}

function proof(plan: PlanDocument): string {
  const { decision } = plan;
  const head = `${statusPhrase(decision)}: objective ${perMonth(decision.objectivePerMonth)}, proven bound ${perMonth(decision.boundPerMonth)}, solver ${escapeMarkdown(decision.solver)}. Every constraint was recomputed from the answer:`;
  // Services have several checks per window each; those of language models are few and listed whole.
  const most = decision.services === undefined ? Infinity : 4 * SHOWN_ROWS;
  const { rows, more } = cutRows(tightestFirst(decision.checks, most).map(checkCells), 'constraint', most);
  const checks = markdownTable(['Constraint', 'Used', 'Limit', 'Unit', 'Holds'], rows);
  return `${head}\n\n${fold(`${decision.checks.length} constraints, ${decision.checks.filter((check) => !check.holds).length} broken`, [checks, more].filter((part) => part !== '').join('\n\n'))}${searches(plan)}`;
}

function checkCells(check: ConstraintCheck): readonly string[] {
  return [
    check.constraint,
    formatNumber(check.used, 6),
    formatNumber(check.limit, 6),
    check.unit,
    check.holds ? 'yes' : '**no**',
  ];
}

/** The checks as they are, or those with least room first where not all are shown. */
function tightestFirst(checks: readonly ConstraintCheck[], most: number): readonly ConstraintCheck[] {
  if (checks.length <= most) return checks;
  const room = ({ holds, used, limit }: ConstraintCheck): number =>
    holds ? Math.abs(limit - used) / Math.max(Math.abs(limit), Math.abs(used), 1e-9) : -1;
  return checks.toSorted((a, b) => room(a) - room(b));
}

/** What was searched, of the workloads whose search tells it. */
function searches({ decision }: PlanDocument): string {
  const lines = decision.workloads.filter((item) => item.proof !== undefined).map(searchLine);
  return lines.length === 0 ? '' : `\n\n${lines.map((line) => `- ${escapeMarkdown(line)}`).join('\n')}`;
}

function policies(plan: PlanDocument): string {
  const open = plan.policy.verdicts.filter((item) => item.outcome !== 'pass');
  const table = markdownTable(
    ['Level', 'Rule', 'Subject', 'Outcome', 'Message'],
    open.map((item) => [item.level, `${item.pack}/${item.rule}`, item.subject, item.outcome, item.message]),
  );
  const head = `${plan.policy.rulesEvaluated} rules evaluated; ${plan.policy.passes ? 'the plan may be applied' : 'the plan may **not** be applied'}.`;
  return table === '' ? head : `${head}\n\n${table}`;
}

function rejections(plan: PlanDocument): string {
  const rows = plan.decision.workloads.flatMap((decision) =>
    (Object.keys(REJECTION_MEANINGS) as RejectionReason[]).flatMap((reason) => {
      const items = decision.rejected.filter((item) => item.reason === reason);
      const [example] = items;
      return example === undefined
        ? []
        : [
            [
              decision.workload,
              reason,
              String(items.length),
              REJECTION_MEANINGS[reason],
              `${example.candidate}: ${example.detail}`,
            ],
          ];
    }),
  );
  return markdownTable(['Workload', 'Reason', 'Count', 'Meaning', 'Example'], rows);
}

function traffic(plan: PlanDocument): string {
  return markdownTable(
    [
      'Workload',
      'Profile',
      'Mean rate',
      'Busiest hour',
      'CV of gaps',
      'Input mean / p99',
      'Output mean / p99',
      'Prefix hits',
      'Source',
    ],
    plan.traffic.map((item) => [
      item.workload,
      item.profile,
      ratePhrase(item.meanRate),
      ratePhrase(item.peakRate),
      formatNumber(item.burstiness, 3),
      `${formatNumber(item.isl.mean)} / ${formatNumber(item.isl.p99)}`,
      `${formatNumber(item.osl.mean)} / ${formatNumber(item.osl.p99)}`,
      formatPercent(item.prefixHitRate, 2),
      item.source,
    ]),
  );
}

function objects(plan: PlanDocument): string {
  return markdownTable(
    ['Kind', 'Namespace', 'Name', 'File'],
    plan.objects.map((item) => [item.kind, item.namespace, item.name, item.path]),
  );
}

function inputs(plan: PlanDocument): string {
  const rows = [
    ['tool version', plan.inputs.toolVersion],
    ['seed', String(plan.inputs.seed)],
    ...Object.entries(plan.inputs.flags).map(([name, value]) => [`--${name}`, value]),
    ...Object.entries(plan.inputs.hashes).map(([name, value]) => [`${name} sha256`, value]),
  ];
  return markdownTable(['Input', 'Value'], rows);
}
