import type { PlanDocument, RejectionReason, WorkloadDecision } from '../../../model/index.ts';
import { formatDuration, formatPercent } from '../../../units/index.ts';
import { plural } from '../../phrases.ts';
import { REJECTION_MEANINGS } from '../../text/explain-text.ts';
import { capacityChart } from '../charts/capacity-chart.ts';
import { latencyChart } from '../charts/latency-chart.ts';
import { paretoChart } from '../charts/pareto-chart.ts';
import { replayChart } from '../charts/replay-chart.ts';
import { weekChart } from '../charts/week-chart.ts';
import { bar } from '../markup/bar.ts';
import { headroomTone, verdict } from '../markup/badges.ts';
import { html } from '../markup/markup.ts';
import type { Markup } from '../markup/markup.ts';
import { columnsOf, folded, htmlTable } from '../markup/table.ts';
import type { ReportDocument, WorkloadEvidence } from '../report-document.ts';
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
  return html`${search}
    <div class="workloads" data-list>
      ${all.map((facts, index) => workload(plan, facts, { index, isOpen }))}
    </div>`;
}

function workload(
  plan: PlanDocument,
  facts: WorkloadFacts,
  { index, isOpen }: { readonly index: number; readonly isOpen: boolean },
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
    <div class="body">${workloadBody(plan, facts)}</div>
  </details>`;
}

function workloadBody(plan: PlanDocument, facts: WorkloadFacts): Markup {
  const { evidence, model } = facts;
  return html`${decisionFacts(plan, facts)}${limitTable(facts)}${evidence === undefined ? html`<p class="note">No distributions were computed for this workload.</p>` : evidenceCharts(evidence)}${model === undefined ? undefined : candidates(model.decision)}${folded('Failures that were checked', failureTable(plan, facts.name))}`;
}

function evidenceCharts(evidence: WorkloadEvidence): Markup {
  const charts = [
    ...evidence.latencies.map(latencyChart),
    ...(evidence.capacityCurve === undefined ? [] : [capacityChart(evidence.capacityCurve)]),
    weekChart(evidence.hours),
  ];
  return html`<div class="charts">${charts}</div>
    ${evidence.replay === undefined ? undefined : html`<div class="wide">${replayChart(evidence.replay)}</div>`}`;
}

function candidates(decision: WorkloadDecision): Markup {
  const groups = (Object.keys(REJECTION_MEANINGS) as RejectionReason[])
    .map((reason) => ({ reason, items: decision.rejected.filter((item) => item.reason === reason) }))
    .filter(({ items }) => items.length > 0)
    .sort((a, b) => b.items.length - a.items.length);
  const most = Math.max(1, ...groups.map(({ items }) => items.length));
  const table = htmlTable({
    caption: `Why candidates of ${decision.workload} are out`,
    columns: columnsOf(['Reason', 'Candidates', 'For example'], ['Candidates']),
    rows: groups.map(({ reason, items }) => [
      html`${REJECTION_MEANINGS[reason]}${bar(items.length / most, 'c0')}`,
      items.length,
      items.slice(0, EXAMPLES).map((item) => html`<div><code>${item.candidate}</code> ${item.detail}</div>`),
    ]),
  });
  return html`<div class="wide">${paretoChart(decision)}</div>
    ${folded(`${plural(decision.rejected.length, 'candidate')} rejected, by reason`, table)}`;
}
