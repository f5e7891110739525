import type { ConstraintCheck, PlanDocument } from '../../../model/index.ts';
import { formatNumber, formatUsd } from '../../../units/index.ts';
import { limitRows } from '../../aims-phrases.ts';
import { plural } from '../../phrases.ts';
import { bar } from '../markup/bar.ts';
import { headroomTone, verdict } from '../markup/badges.ts';
import { html } from '../markup/markup.ts';
import type { Markup } from '../markup/markup.ts';
import { columnsOf, folded, htmlTable } from '../markup/table.ts';

/** Constraints listed before the rest, which has more room, is counted. */
const SHOWN_CHECKS = 150;

/** What each constraint costs, what binds where there is no plan, and every constraint recomputed. */
export function constraintSection(plan: PlanDocument): Markup {
  const { checks } = plan.decision;
  const broken = checks.filter((item) => !item.holds).length;
  return html`${bindingPart(plan)}${pricePart(plan)}${limitPart(plan)}${folded(`${plural(checks.length, 'constraint')} recomputed from the answer, ${broken} broken`, checkTable(checks))}`;
}

function bindingPart({ decision }: PlanDocument): Markup {
  if (decision.bindingConstraints.length === 0) return html``;
  return html`<h3>What makes it impossible</h3>
    ${htmlTable({
      caption: 'Constraints that cannot be met',
      columns: columnsOf(['Constraint', 'Meaning', 'Change that helps']),
      rows: decision.bindingConstraints.map((item) => [
        item.constraint,
        item.description,
        item.relaxation?.change ?? 'none alone',
      ]),
    })}`;
}

function pricePart({ decision }: PlanDocument): Markup {
  const prices = decision.constraintPrices.toSorted((a, b) => b.perMonth - a.perMonth);
  if (prices.length === 0) return html`<p>No constraint was priced.</p>`;
  const dear = prices.filter((item) => item.perMonth > 0);
  const free = prices.filter((item) => item.perMonth <= 0);
  const most = Math.max(1, ...dear.map((item) => item.perMonth));
  return html`<p>What would be saved per month if one constraint alone were lifted.</p>
    ${htmlTable({
      caption: 'What constraints cost per month',
      columns: columnsOf(['Constraint', 'Meaning', 'USD/month'], ['USD/month']),
      rows: dear.map((item) => [
        html`<code>${item.constraint}</code>${bar(item.perMonth / most)}`,
        item.description,
        formatUsd(item.perMonth),
      ]),
    })}${free.length === 0 ? undefined : folded(`${plural(free.length, 'constraint')} that cost nothing`, htmlTable({ caption: 'Constraints that cost nothing', columns: columnsOf(['Constraint', 'Meaning']), rows: free.map((item) => [html`<code>${item.constraint}</code>`, item.description]) }))}`;
}

function limitPart(plan: PlanDocument): Markup {
  const rows = limitRows(plan);
  return rows.length === 0
    ? html``
    : html`<h3>Limits beside the SLO</h3>
        ${htmlTable({
          caption: 'Limits beside the SLO',
          columns: columnsOf(['Workload', 'Limit', 'Reached', 'Headroom'], ['Reached', 'Headroom']),
          rows: rows.map(([workload, limit, reached, headroom]) => [
            html`<bdi>${workload}</bdi>`,
            limit,
            reached,
            verdict(headroomTone(headroom), `${formatNumber(headroom * 100, 2)} %`),
          ]),
        })}`;
}

function checkTable(checks: readonly ConstraintCheck[]): Markup {
  const sorted = checks.length <= SHOWN_CHECKS ? checks : checks.toSorted((a, b) => roomOf(a) - roomOf(b));
  return htmlTable({
    caption: 'Constraints recomputed from the answer',
    columns: columnsOf(['Constraint', 'Used', 'Limit', 'Unit', 'Holds'], ['Used', 'Limit']),
    rows: sorted
      .slice(0, SHOWN_CHECKS)
      .map((item) => [
        html`<code>${item.constraint}</code>`,
        formatNumber(item.used, 6),
        formatNumber(item.limit, 6),
        item.unit,
        item.holds ? 'yes' : verdict('bad', 'no'),
      ]),
    more:
      checks.length > SHOWN_CHECKS
        ? `… and ${checks.length - SHOWN_CHECKS} with more room (all in plan.json)`
        : '',
  });
}

/** Share of the limit that is left; broken ones first. */
function roomOf({ holds, used, limit }: ConstraintCheck): number {
  return holds ? Math.abs(limit - used) / Math.max(Math.abs(limit), Math.abs(used), 1e-9) : -1;
}
