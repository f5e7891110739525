import type { PlanDocument } from '../../model/index.ts';
import { sloHeadroom } from '../../plan/index.ts';
import { formatAvailability, formatDuration, formatPercent, formatUsd } from '../../units/index.ts';
import { SHOWN_ROWS } from '../cut-rows.ts';
import { shownWorkloads, tokenPrice } from '../finance/cost-rows.ts';
import { spotForecastLine } from '../finance/spot-forecast-line.ts';
import { aimLines, limitRows, searchLine } from '../aims-phrases.ts';
import {
  candidatePhrase,
  perMonth,
  planSentence,
  plural,
  ratePhrase,
  replicaPhrase,
  statusPhrase,
} from '../phrases.ts';
import { serviceSections } from '../services/service-sections.ts';
import { printableValue } from '../printable.ts';
import { PLAIN } from './palette.ts';
import type { Palette } from './palette.ts';
import { renderTable } from './table.ts';

/** Blanks before the lines of a section. */
const INDENT = 2;

/**
 * A plan as text for a terminal: pod sets, services, SLO evidence, cost, checks, policies; one sentence last. Tables of services are
 * cut unless `isFull`.
 */
export function renderPlan(given: PlanDocument, palette: Palette = PLAIN, isFull = false): string {
  const plan = printableValue(given);
  const most = isFull ? Infinity : SHOWN_ROWS;
  const sections = [
    section('Pod sets', allocationTable(plan, palette), palette),
    ...serviceSections(plan, palette, most).map(([title, body]) => section(title, body, palette)),
    section('Aims', aimLines(plan).join('\n'), palette),
    section('SLO at the busiest window (95 % interval)', sloTable(plan, palette), palette),
    section('Cost', costTable(plan, most, palette), palette),
    section('What constraints cost', constraintPriceTable(plan, palette), palette),
    section('Proof', proofLines(plan, palette), palette),
    section('Policies', policyLines(plan, palette), palette),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n\n${palette.bold(planSentence(plan))}\n`;
}

/** The end of a `plan` run: the pod sets, the evidence, what was done with it (`notes`), and the sentence. */
export function renderPlanSummary(
  given: PlanDocument,
  palette: Palette = PLAIN,
  notes: readonly string[] = [],
): string {
  const plan = printableValue(given);
  const sections = [
    section('Pod sets', allocationTable(plan, palette), palette),
    ...serviceSections(plan, palette).map(([title, body]) => section(title, body, palette)),
    section('Aims', aimLines(plan).join('\n'), palette),
    section('SLO at the busiest window (95 % interval)', sloTable(plan, palette), palette),
    section('Policies', policyLines(plan, palette), palette),
    notes.join('\n'),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n\n${palette.bold(planSentence(plan))}\n`;
}

function section(title: string, body: string, palette: Palette): string {
  return body === '' ? '' : `${palette.bold(title)}\n${indent(body)}`;
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : `${' '.repeat(INDENT)}${line}`))
    .join('\n');
}

function allocationTable(plan: PlanDocument, palette: Palette): string {
  return renderTable(
    [
      { title: 'POD SET' },
      { title: 'CANDIDATE' },
      { title: 'POOL' },
      { title: 'CAPACITY' },
      { title: 'REPLICAS', align: 'right' },
      { title: 'PER REPLICA', align: 'right' },
    ],
    plan.decision.allocations.map((item) => [
      item.id,
      candidatePhrase(item.candidate),
      `${item.pool} (${item.instanceType})`,
      item.capacityType,
      replicaPhrase(item),
      ratePhrase(item.plannedRatePerReplica),
    ]),
    { ...palette, indent: INDENT },
  );
}

function sloTable(plan: PlanDocument, palette: Palette): string {
  const latency = sloHeadroom(plan).map((item) => [
    item.workload,
    `${item.limit.metric} ${item.limit.percentile} ≤ ${formatDuration(item.limit.limit)}`,
    `${formatDuration(item.value)} (${formatDuration(item.low)} – ${formatDuration(item.high)})`,
    headroomCell(item.headroom, palette),
  ]);
  const limits = limitRows(plan).map(([workload, limit, reached, headroom]) => [
    workload,
    limit,
    reached,
    headroomCell(headroom, palette),
  ]);
  const availability = plan.decision.workloads.map(({ availability: item }) => [
    item.workload,
    `availability ≥ ${formatAvailability(item.target)}`,
    formatAvailability(item.achieved),
    item.achieved >= item.target ? palette.good('met') : palette.bad('missed'),
  ]);
  return renderTable(
    [
      { title: 'WORKLOAD' },
      { title: 'LIMIT' },
      { title: 'PREDICTED' },
      { title: 'HEADROOM', align: 'right' },
    ],
    [...latency, ...limits, ...availability],
    { ...palette, indent: INDENT },
  );
}

function headroomCell(headroom: number, palette: Palette): string {
  const text = formatPercent(headroom, 2);
  return headroom < 0 ? palette.bad(text) : palette.good(text);
}

function costTable(plan: PlanDocument, most: number, palette: Palette): string {
  const { items, more } = shownWorkloads(plan.cost, most);
  const rows = items.map((item) => [
    item.workload,
    formatUsd(item.perMonth),
    formatUsd(item.perThousandRequests, 4),
    tokenPrice(item),
  ]);
  const table = renderTable(
    [
      { title: 'WORKLOAD' },
      { title: 'USD/MONTH', align: 'right' },
      { title: 'USD/1K REQUESTS', align: 'right' },
      { title: 'USD/1M TOKENS', align: 'right' },
    ],
    rows,
    { ...palette, indent: INDENT },
  );
  const total = `total ${perMonth(plan.cost.totalPerMonth)}, list price ${perMonth(plan.cost.listPerMonth)}; prices of ${plan.inputs.priceDates.oldest} to ${plan.inputs.priceDates.newest}`;
  return [table, more, total, spotForecastLine(plan.cost)].filter((line) => line !== '').join('\n');
}

function constraintPriceTable(plan: PlanDocument, palette: Palette): string {
  return renderTable(
    [{ title: 'CONSTRAINT' }, { title: 'USD/MONTH', align: 'right' }, { title: 'MEANING', isMinor: true }],
    plan.decision.constraintPrices.map((item) => [
      item.constraint,
      formatUsd(item.perMonth),
      item.description,
    ]),
    { ...palette, indent: INDENT },
  );
}

function proofLines(plan: PlanDocument, palette: Palette): string {
  const { decision } = plan;
  const broken = decision.checks.filter((check) => !check.holds);
  const lines = [
    `${statusPhrase(decision)}; objective ${perMonth(decision.objectivePerMonth)}, bound ${perMonth(decision.boundPerMonth)}, solver ${decision.solver}`,
    broken.length === 0
      ? palette.good(`${plural(decision.checks.length, 'constraint')} recomputed, all hold`)
      : palette.bad(
          `${broken.length} of ${plural(decision.checks.length, 'constraint')} broken: ${broken.map((check) => check.constraint).join(', ')}`,
        ),
    ...decision.workloads.map(searchLine),
  ];
  return lines.join('\n');
}

function policyLines(plan: PlanDocument, palette: Palette): string {
  const open = plan.policy.verdicts.filter((item) => item.outcome === 'violation');
  const waived = plan.policy.verdicts.filter((item) => item.outcome === 'waived').length;
  const head = `${plural(plan.policy.rulesEvaluated, 'rule')}, ${plural(open.length, 'violation')}${waived > 0 ? `, ${waived} waived` : ''}`;
  const lines = open.map((item) => {
    const mark = item.level === 'mandatory' ? palette.bad('mandatory') : palette.caution(item.level);
    return `${mark} ${item.pack}/${item.rule} on ${item.subject}: ${item.message}`;
  });
  return [head, ...lines].join('\n');
}
