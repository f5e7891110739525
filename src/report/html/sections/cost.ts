import type { CostLineItem, PlanDocument } from '../../../model/index.ts';
import {
  compareText,
  formatNumber,
  formatPercent,
  formatUsd,
  microUsd,
  sumUsd,
} from '../../../units/index.ts';
import { shownItems, shownWorkloads, tokenPrice } from '../../finance/cost-rows.ts';
import { spotForecastLine } from '../../finance/spot-forecast-line.ts';
import { perMonth } from '../../phrases.ts';
import { html } from '../markup/markup.ts';
import type { Markup } from '../markup/markup.ts';
import { bar } from '../markup/bar.ts';
import { columnsOf, folded, htmlTable } from '../markup/table.ts';
import { forecastRange } from './summary.ts';

/** Entries of one breakdown before the rest is summed. */
const SHOWN_PARTS = 12;

/** Where the money goes: by workload, team, pool and capacity type, unit prices, the bill, and what spot prices may do to it. */
export function costSection(plan: PlanDocument): Markup {
  const { cost } = plan;
  const total = html`<p>
    Total <b>${perMonth(cost.totalPerMonth)}</b> (730 h), list price ${perMonth(cost.listPerMonth)}. Prices of
    ${plan.inputs.priceDates.oldest} to ${plan.inputs.priceDates.newest}.
  </p>`;
  const parts: readonly (readonly [string, (item: CostLineItem) => string])[] = [
    ['Workload', (item) => item.workload],
    ['Team', teamOf],
    ['Pool', (item) => `${item.pool} (${item.instanceType})`],
    ['Capacity type', (item) => item.capacityType],
  ];
  const tables = parts.map(([title, keyOf]) => breakdown(plan, title, keyOf));
  return html`${total}${forecastPart(plan)}
    <div class="pairs">${tables}</div>
    ${unitPrices(plan)}${folded('The bill, line by line', bill(plan))}`;
}

/** The team that pays; what belongs to no workload (idle nodes, starts) by its own name. */
function teamOf({ team, workload }: CostLineItem): string {
  if (team !== '') return team;
  return workload.startsWith('(') ? workload : '(none)';
}

function breakdown(plan: PlanDocument, title: string, keyOf: (item: CostLineItem) => string): Markup {
  const total = Math.max(1, plan.cost.totalPerMonth);
  const sums = [...Map.groupBy(plan.cost.lineItems, keyOf)]
    .map(([name, items]) => ({ name, amount: sumUsd(items.map((item) => item.effectiveCost)) }))
    .sort((a, b) => b.amount - a.amount || compareText(a.name, b.name));
  const shown = sums.slice(0, sums.length > SHOWN_PARTS ? SHOWN_PARTS - 1 : SHOWN_PARTS);
  const rest = sums.slice(shown.length);
  const more =
    rest.length === 0
      ? []
      : [{ name: `${rest.length} others`, amount: sumUsd(rest.map((item) => item.amount)) }];
  const most = Math.max(1, ...[...shown, ...more].map((item) => item.amount));
  return html`<section class="part">
    <h3>By ${title.toLowerCase()}</h3>
    ${htmlTable({
      caption: `Cost per month by ${title.toLowerCase()}`,
      columns: [{ title }, { title: 'USD/month', isFigure: true }, { title: 'Share', isFigure: true }],
      rows: [...shown, ...more].map(({ name, amount }) => [
        html`<bdi>${name}</bdi>${bar(amount / most)}`,
        formatUsd(amount),
        formatPercent(amount / total, 3),
      ]),
    })}
  </section>`;
}

function forecastPart(plan: PlanDocument): Markup {
  const range = forecastRange(plan);
  if (range === undefined) {
    const spot = plan.cost.lineItems.some((item) => item.capacityType === 'spot');
    return spot
      ? html`<p class="note">No price history tells of the spot part: the forecast has no range.</p>`
      : html``;
  }
  return html`<p>
    Forecast <b>${formatUsd(range.low)} to ${formatUsd(range.high)} USD/month</b> in 8 of 10 months;
    ${spotForecastLine(plan.cost)}.
  </p>`;
}

function unitPrices({ cost }: PlanDocument): Markup {
  const workloads = shownWorkloads(cost, 50);
  return html`<h3>Unit prices</h3>
    ${htmlTable({
      caption: 'Unit prices by workload',
      columns: columnsOf(
        ['Workload', 'Team', 'USD/month', 'USD per 1,000 requests', 'USD per 1M tokens', 'Requests/month'],
        ['USD/month', 'USD per 1,000 requests', 'USD per 1M tokens', 'Requests/month'],
      ),
      rows: workloads.items.map((item) => [
        html`<bdi>${item.workload}</bdi>`,
        item.team === '' ? '–' : item.team,
        formatUsd(item.perMonth),
        formatUsd(item.perThousandRequests, 4),
        tokenPrice(item),
        Math.round(item.requestsPerMonth).toLocaleString('en-US'),
      ]),
      more: workloads.more,
    })}`;
}

function bill({ cost }: PlanDocument): Markup {
  const lines = shownItems(cost, 300);
  return htmlTable({
    caption: 'Line items of the bill',
    columns: columnsOf(
      [
        'Workload',
        'Pool',
        'Zone',
        'Capacity',
        'Node hours',
        'USD/hour',
        'List USD',
        'USD/month',
        'Price known',
      ],
      ['Node hours', 'USD/hour', 'List USD', 'USD/month'],
    ),
    rows: lines.items.map((item) => [
      html`<bdi>${item.workload}</bdi>`,
      `${item.pool} (${item.instanceType})`,
      item.zone,
      item.capacityType,
      formatNumber(item.nodeHours, 6),
      formatUsd(item.unitPrice, 4),
      formatUsd(item.listCost),
      formatUsd(microUsd(item.effectiveCost)),
      item.priceProvenance.evidence,
    ]),
    more: lines.more,
  });
}
