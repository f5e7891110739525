import type { PlanDocument, WorkloadDecision } from '../../../model/index.ts';
import { formatDuration, formatPercent } from '../../../units/index.ts';
import { searchLine } from '../../aims-phrases.ts';
import { plural } from '../../phrases.ts';
import { REJECTION_MEANINGS } from '../../text/rejection-meanings.ts';
import { capacityChart } from '../charts/capacity-chart.ts';
import { latencyChart } from '../charts/latency-chart.ts';
import { paretoChart, paretoTable } from '../charts/pareto-chart.ts';
import { replayChart, replaySentence } from '../charts/replay-chart.ts';
import { weekChart } from '../charts/week-chart.ts';
import { bar } from '../markup/bar.ts';
import { headroomTone, verdict } from '../markup/badges.ts';
import { html } from '../markup/markup.ts';
import type { Markup } from '../markup/markup.ts';
import { columnsOf, folded, htmlTable } from '../markup/table.ts';
import type { ReplayTimeline, ReportDocument, WorkloadEvidence } from '../report-document.ts';
import { drawWithin } from './detail.ts';
import type { Detail, Drawn } from './detail.ts';
import { workloadFacts } from './workload-facts.ts';
import type { WorkloadFacts } from './workload-facts.ts';
import {
  choiceWords,
  decisionFacts,
  failureTable,
  limitTable,
  replicaCount,
  wholeUsd,
} from './workload-words.ts';

/** So many workloads are open from the start; more are closed, and the page stays short. */
const OPEN_WORKLOADS = 2;
/** A list of so many can be searched. */
const SEARCHED_WORKLOADS = 8;
/** Examples of candidates rejected for one reason. */
const EXAMPLES = 3;

/** Every workload with what was chosen, why, and how well it is known; a line each that opens. */
export function workloadsSection({ plan, evidence }: ReportDocument): Markup {
  const all = workloadFacts(plan, evidence);
  const isOpen = all.length <= OPEN_WORKLOADS;
  const search =
    all.length < SEARCHED_WORKLOADS
      ? undefined
      : html`<div class="tools" hidden data-tools>
          <label>Find <input type="search" data-filter autocomplete="off" spellcheck="false" /></label
          ><label
            >Order
            <select data-sort>
              <option value="cost">by cost</option>
              <option value="headroom">least headroom first</option>
              <option value="name">by name</option>
            </select></label
          ><button type="button" data-open-all>Open all</button
          ><span role="status" data-count>${plural(all.length, 'workload')}</span>
        </div>`;
  const urgent = all.toSorted((a, b) => Number(isBroken(b)) - Number(isBroken(a)));
  const drawn = drawWithin(urgent, (facts, detail) => workloadBody(plan, facts, detail));
  const bodies = new Map(urgent.map((facts, index) => [facts, drawn[index]?.markup]));
  const rows = all.map((facts, index) => workload(plan, facts, { index, isOpen, body: bodies.get(facts) }));
  return html`${HOW_TO_READ}${briefNote(drawn)}${search}
    <div class="workloads" data-list>${rows}</div>`;
}

function isBroken({ headroom }: WorkloadFacts): boolean {
  return headroom !== undefined && headroom < 0;
}

/** Which workloads hold less, and where the rest is. */
function briefNote(drawn: readonly Drawn[]): Markup {
  const count = (detail: Drawn['detail']): number => drawn.filter((item) => item.detail === detail).length;
  const [brief, figures] = [count('brief'), count('figures')];
  if (brief + figures === 0) return html``;
  const parts = [
    `${count('full')} are told in full (those with a broken SLO, then the dearest)`,
    ...(brief > 0 ? [`${brief} in brief`] : []),
    ...(figures > 0 ? [`${figures} by their figures`] : []),
  ];
  return html`<p class="note">
    So that this page stays small, ${parts.join(', ')}. The plan holds the rest:
    <code>plimsoll explain</code>.
  </p>`;
}

/** Said once for all drawings. */
const HOW_TO_READ = folded(
  'How to read the drawings',
  html`<ul class="note">
    <li>
      Latency: the share of requests that is served within a time, in the busiest window. Marks are
      percentiles, thick bars their 95 % interval where one is known, red lines the limits of the SLO. A
      dotted curve joins percentiles where the curve between them is not known.
    </li>
    <li>
      Load: how latency grows with the load of one replica. The diamond is the busiest window; right of the
      dotted line the SLO is not planned to hold.
    </li>
    <li>Week: demand below what the replicas planned for the hour serve within the SLO.</li>
    <li>
      Marks can be pointed at, or reached with Tab and the arrow keys; the figures stand below each drawing.
    </li>
  </ul>`,
);

function workload(
  plan: PlanDocument,
  facts: WorkloadFacts,
  {
    index,
    isOpen,
    body,
  }: { readonly index: number; readonly isOpen: boolean; readonly body: Markup | undefined },
): Markup {
  const { headroom } = facts;
  const risk =
    headroom === undefined
      ? html`<span class="verdict plain">no limit</span>`
      : verdict(
          headroomTone(headroom),
          headroom < 0
            ? `broken by ${formatPercent(-headroom, 2)}`
            : `${formatPercent(headroom, 2)} headroom`,
        );
  const tightest = facts.limits.toSorted((a, b) => a.headroom - b.headroom)[0];
  const latency =
    tightest === undefined
      ? ''
      : `${tightest.name} ${formatDuration(tightest.value)} ≤ ${formatDuration(tightest.limit)}`;
  return html`<details
    class="workload"
    id="w${index}"
    ${isOpen ? html` open` : undefined}
    data-name="${facts.name} ${facts.team}"
    data-cost="${facts.perMonth}"
    data-headroom="${headroom ?? 9}"
  >
    <summary>
      <h3><bdi>${facts.name}</bdi></h3>
      <span class="runs">${choiceWords(facts)}</span><span class="count">${replicaCount(plan, facts)}</span
      ><span class="latency">${latency}</span><span class="risk">${risk}</span
      ><span class="money">${wholeUsd(facts.perMonth)}<small> USD/month</small></span>
    </summary>
    <div class="body">${body}</div>
  </details>`;
}

function workloadBody(plan: PlanDocument, facts: WorkloadFacts, detail: Detail): Markup {
  const { evidence, model } = facts;
  const figures = html`${decisionFacts(plan, facts)}${limitTable(facts)}`;
  if (detail === 'figures') return figures;
  const charts =
    evidence === undefined
      ? html`<p class="note">No distributions were computed for this workload.</p>`
      : evidenceCharts(evidence, detail);
  const failures =
    detail === 'full' ? folded('Failures that were checked', failureTable(plan, facts.name)) : undefined;
  return html`${figures}${charts}${model === undefined ? undefined : candidates(model.decision, detail)}${failures}`;
}

function evidenceCharts(evidence: WorkloadEvidence, detail: Detail): Markup {
  const isBrief = detail === 'brief';
  const limited = evidence.latencies.filter((item) => item.limits.length > 0);
  const latencies = isBrief && limited.length > 0 ? limited : evidence.latencies;
  const charts = [
    ...latencies.map((item) => latencyChart(item, isBrief)),
    ...(evidence.capacityCurve === undefined ? [] : [capacityChart(evidence.capacityCurve, isBrief)]),
    weekChart(evidence.hours, isBrief),
  ];
  return html`<div class="charts">${charts}</div>
    ${evidence.replay === undefined ? undefined : replayPart(evidence.replay, isBrief)}`;
}

function replayPart(replay: ReplayTimeline, isBrief: boolean): Markup {
  return isBrief
    ? html`<p>${replaySentence(replay)}</p>`
    : html`<div class="wide">${replayChart(replay)}</div>`;
}

function candidates(decision: WorkloadDecision, detail: Detail): Markup {
  const rejected = folded(
    `${plural(decision.rejected.length, 'candidate')} rejected, by reason`,
    reasonTable(decision, detail === 'full' ? EXAMPLES : 0),
  );
  return detail === 'full'
    ? html`<div class="wide">${paretoChart(decision)}</div>
        <p class="note">${searchLine(decision)}</p>
        ${rejected}`
    : html`${folded('Candidates that nothing else beats', paretoTable(decision))}${rejected}`;
}

/** Why candidates are out: how many for each reason, with some of them. */
function reasonTable(decision: WorkloadDecision, examples: number): Markup {
  const byReason = Map.groupBy(decision.rejected, (item) => item.reason);
  const groups = [...byReason].sort(([, a], [, b]) => b.length - a.length);
  const most = Math.max(1, ...groups.map(([, items]) => items.length));
  const titles = ['Reason', 'Candidates', ...(examples > 0 ? ['For example'] : [])];
  return htmlTable({
    caption: `Why candidates of ${decision.workload} are out`,
    columns: columnsOf(titles, ['Candidates']),
    rows: groups.map(([reason, items]) => [
      html`${(REJECTION_MEANINGS as Readonly<Record<string, string | undefined>>)[reason] ?? reason}${bar(items.length / most, 'c0')}`,
      items.length,
      ...(examples > 0
        ? [
            items
              .slice(0, examples)
              .map((item) => html`<div><code>${item.candidate}</code> ${item.detail}</div>`),
          ]
        : []),
    ]),
  });
}
