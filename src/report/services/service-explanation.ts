import type { PlanDocument, ServiceAllocation, ServiceDecision, ServiceDocument } from '../../model/index.ts';
import { busiestWindow, responseHeadroom, serviceSummaries } from '../../plan/index.ts';
import { compareText, formatDuration, formatNumber, formatPercent, formatUsd } from '../../units/index.ts';
import { perMonth, plural, ratePhrase } from '../phrases.ts';
import { availabilityLines } from '../text/availability-text.ts';
import { constraintLines } from '../text/explain-story.ts';
import { sensitivityHint } from '../text/explain-text.ts';
import { linesOf, renderSections, renderSectionsMarkdown } from '../text/explained-sections.ts';
import type { ExplainedSection } from '../text/explained-sections.ts';
import { sensitivitySection } from '../what-if/sensitivity-text.ts';
import type { SensitivityReport } from '../what-if/sensitivity-report.ts';
import { printableValue } from '../printable.ts';
import { PLAIN } from '../text/palette.ts';
import type { Palette } from '../text/palette.ts';
import { renderTable } from '../text/table.ts';
import type { TableView } from '../text/table.ts';
import { shapePhrase } from './service-rows.ts';

/** Scenarios and windows shown; all are in plan.json. */
const SHOWN = 8;

/** Why a service got its size, its replicas and its places, as a story for a terminal: load, losses, alternatives, rules, what would change it. */
export function renderServiceExplanation(
  plan: PlanDocument,
  decision: ServiceDecision,
  palette: Palette = PLAIN,
  sensitivity?: SensitivityReport,
): string {
  return renderSections(
    explainedSections(printableValue(plan), printableValue(decision), sensitivity),
    palette,
  );
}

/** The same as Markdown. */
export function renderServiceExplanationMarkdown(
  plan: PlanDocument,
  decision: ServiceDecision,
  sensitivity?: SensitivityReport,
): string {
  return renderSectionsMarkdown(explainedSections(plan, decision, sensitivity));
}

function explainedSections(
  plan: PlanDocument,
  decision: ServiceDecision,
  sensitivity: SensitivityReport | undefined,
): readonly ExplainedSection[] {
  const { workload } = decision;
  const told = (title: string, text: string): ExplainedSection => ({ title, blocks: [linesOf(text)] });
  const tabled = (title: string, render: (view: TableView) => string): ExplainedSection => ({
    title,
    blocks: [{ kind: 'laid-out', render }],
  });
  return [
    told(`Why ${workload} runs as it does`, reasonLines(plan, decision)),
    tabled('Replicas by window', (view) => windowTable(plan, decision, view)),
    tabled('Where it runs in the busiest window', (view) => placeTable(plan, workload, view)),
    tabled('Other sizes of replica', (view) => alternativeLines(decision, view)),
    told('What each rule costs', constraintLines(plan).join('\n')),
    sensitivity === undefined
      ? told('What would change the answer', sensitivityHint(workload))
      : sensitivitySection(sensitivity),
    tabled('Response time seen by callers from outside', (view) => responseLines(plan, decision, view)),
    tabled('Availability', (view) => availabilityLines(decision.availability, view)),
    told('Requests', trafficLines(plan, workload)),
    told('Assumptions', assumptionLines(plan, workload)),
  ];
}

function reasonLines(plan: PlanDocument, decision: ServiceDecision): string {
  const { shape } = decision;
  const summary = serviceSummaries(plan).find((item) => item.workload === decision.workload);
  const declared = declaredService(plan, decision.workload);
  const size = Number.isFinite(shape.ratePerReplica)
    ? `one replica of ${shapePhrase(shape)} carries ${ratePhrase(shape.ratePerReplica)}${busyPhrase(decision)}`
    : `one replica asks for ${shapePhrase(shape)}; its rate is never the limit`;
  const tolerates = declared?.slo?.tolerates ?? 'correlation-group';
  const counts =
    summary === undefined
      ? []
      : [
          `${ratePhrase(summary.requestRate)} at its peak need ${plural(summary.needed, 'replica')}; ${sparePhrase(summary.planned - summary.needed, tolerates)}`,
        ];
  const cost = summary === undefined ? [] : [`its share of the nodes costs ${perMonth(summary.perMonth)}`];
  return [size, ...counts, ...cost].join('\n');
}

function busyPhrase({ shape }: ServiceDecision): string {
  const { evidence } = shape;
  if (evidence === undefined) return '';
  const latency = Object.entries(evidence.latency).at(-1);
  const time = latency === undefined ? '' : `, ${latency[0]} ${formatDuration(latency[1])}`;
  return ` (${formatPercent(evidence.utilisation, 2)} busy${time}; ${evidence.provenance.evidence}: ${evidence.provenance.source})`;
}

const LOSSES: Readonly<Record<string, string>> = {
  nothing: 'no loss is to be survived',
  node: 'the loss of any one node is survived',
  'correlation-group':
    'the loss of any one node or of all spot capacity that is reclaimed together is survived',
  zone: 'the loss of a whole zone is survived',
};

function sparePhrase(spares: number, tolerates: string): string {
  const reason = LOSSES[tolerates] ?? `the loss of a ${tolerates} is survived`;
  return spares > 0
    ? `${plural(spares, 'spare')} so that ${reason} and the availability is kept`
    : `no spares: ${reason}`;
}

function windowTable({ decision: plan }: PlanDocument, decision: ServiceDecision, view: TableView): string {
  const rows = plan.windows.flatMap((window) => {
    const load = decision.load[window.id];
    return load === undefined
      ? []
      : [
          [
            window.id,
            plural(window.hours.length, 'hour'),
            ratePhrase(load.requestRate),
            String(load.needed),
            String(load.planned),
          ],
        ];
  });
  const table = renderTable(
    [
      { title: 'WINDOW' },
      { title: 'OF THE WEEK', align: 'right' },
      { title: 'REQUESTS', align: 'right' },
      { title: 'NEEDED', align: 'right' },
      { title: 'PLANNED', align: 'right' },
    ],
    rows.slice(0, SHOWN),
    view,
  );
  return withMore(table, rows.length - SHOWN, 'window');
}

/** Replicas by zone and by what may be lost at once, with the nodes that hold them. */
function placeTable(plan: PlanDocument, workload: string, view: TableView): string {
  const busiest = busiestWindow(plan.decision)?.id;
  const offerings = new Map(plan.offerings.map((offering) => [offering.id, offering]));
  const places = new Map<string, { replicas: number; nodes: number; most: number }>();
  for (const group of plan.decision.packing ?? []) {
    const pods = group.pods[workload] ?? 0;
    const offering = offerings.get(group.offering);
    if (group.window !== busiest || pods === 0 || offering === undefined) continue;
    const { zone, capacityType, instanceType, correlationGroup } = offering;
    const cell = capacityType === 'spot' ? correlationGroup : 'node by node';
    const key = [zone, capacityType, cell, instanceType.name].join('\n');
    const place = places.get(key) ?? { replicas: 0, nodes: 0, most: 0 };
    places.set(key, {
      replicas: place.replicas + pods * group.nodes,
      nodes: place.nodes + group.nodes,
      most: Math.max(place.most, pods),
    });
  }
  const rows = [...places]
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, { replicas, nodes, most }]) => [
      ...key.split('\n'),
      String(replicas),
      String(nodes),
      String(most),
    ]);
  const table = renderTable(
    [
      { title: 'ZONE' },
      { title: 'CAPACITY' },
      { title: 'LOST TOGETHER' },
      { title: 'INSTANCE TYPE' },
      { title: 'REPLICAS', align: 'right' },
      { title: 'NODES', align: 'right' },
      { title: 'MOST ON ONE', align: 'right' },
    ],
    rows.slice(0, 3 * SHOWN),
    view,
  );
  return withMore([podSetLines(plan, workload), table].join('\n'), rows.length - 3 * SHOWN, 'place');
}

function podSetLines(plan: PlanDocument, workload: string): string {
  const own = (plan.decision.serviceAllocations ?? []).filter((item) => item.workload === workload);
  const base = own.filter((item) => item.tier === 'base');
  const count = (podSets: readonly ServiceAllocation[]): number => {
    const busiest = busiestWindow(plan.decision)?.id ?? '';
    return podSets
      .flatMap((item) => Object.values(item.replicas[busiest] ?? {}))
      .reduce((sum, replicas) => sum + replicas, 0);
  };
  return `${count(base)} on capacity that stays, ${count(own) - count(base)} on spot capacity`;
}

function responseLines(plan: PlanDocument, decision: ServiceDecision, view: TableView): string {
  if (decision.response === undefined) return '';
  const limits = new Map(
    responseHeadroom(plan)
      .filter((item) => item.workload === decision.workload)
      .map((item) => [item.percentile as string, item]),
  );
  return renderTable(
    [
      { title: 'PERCENTILE' },
      { title: 'EXPECTED', align: 'right' },
      { title: 'LIMIT', align: 'right' },
      { title: 'HEADROOM', align: 'right' },
    ],
    Object.entries(decision.response.latency)
      .sort(([a], [b]) => compareText(a, b))
      .map(([percentile, value]) => {
        const limit = limits.get(percentile);
        return [
          percentile,
          formatDuration(value),
          limit === undefined ? '–' : formatDuration(limit.limit),
          limit === undefined ? '–' : formatPercent(limit.headroom, 2),
        ];
      }),
    view,
  );
}

function alternativeLines({ alternatives }: ServiceDecision, view: TableView): string {
  const rows = alternatives.map((item) => [item.shape, `+${formatUsd(item.extraPerMonth)}`]);
  const table = renderTable(
    [{ title: 'SIZE' }, { title: 'USD/MONTH MORE', align: 'right' }],
    rows.slice(0, SHOWN),
    view,
  );
  return withMore(table, rows.length - SHOWN, 'size');
}

function trafficLines(plan: PlanDocument, workload: string): string {
  const traffic = plan.serviceTraffic?.find((item) => item.workload === workload);
  if (traffic === undefined) return '';
  const classes = traffic.classes.map(
    (item) =>
      `from outside, ${item.id}: mean ${ratePhrase(item.meanRate)}, busiest hour ${ratePhrase(item.peakRate)}, CV of gaps ${formatNumber(item.burstiness, 3)}`,
  );
  const services = plan.problem.services ?? [];
  const calls = namesOf(declaredService(plan, workload));
  const callers = services.filter((item) => namesOf(item).includes(workload)).map((item) => item.id);
  return [
    `all: mean ${ratePhrase(traffic.meanRate)}, busiest hour ${ratePhrase(traffic.peakRate)}`,
    ...classes,
    ...(callers.length === 0 ? [] : [`called by ${callers.sort(compareText).join(', ')}`]),
    ...(calls.length === 0 ? [] : [`calls ${calls.join(', ')}`]),
  ].join('\n');
}

/** The services that a service calls, those of single request classes included, sorted. */
function namesOf(service: ServiceDocument | undefined): readonly string[] {
  const calls = [
    ...(service?.calls ?? []),
    ...(service?.requestClasses ?? []).flatMap((item) => item.calls ?? []),
  ];
  return [...new Set(calls.map((call) => call.service))].sort(compareText);
}

function assumptionLines(plan: PlanDocument, workload: string): string {
  return plan.assumptions
    .filter((item) => item.subject === workload || item.subject === 'plan' || item.subject === 'services')
    .map((item) => `${item.statement} [${item.evidence}]`)
    .join('\n');
}

function declaredService(plan: PlanDocument, workload: string): ServiceDocument | undefined {
  return plan.problem.services?.find((item) => item.id === workload);
}

function withMore(table: string, left: number, noun: string): string {
  return left > 0 ? `${table}\n… and ${plural(left, `more ${noun}`)} (all in plan.json)` : table;
}
