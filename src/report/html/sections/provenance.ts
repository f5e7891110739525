import type { Assumption, PlanDocument } from '../../../model/index.ts';
import { formatPercent } from '../../../units/index.ts';
import { plural } from '../../phrases.ts';
import { evidenceBadge, evidenceMeaning } from '../markup/badges.ts';
import { html } from '../markup/markup.ts';
import type { Markup } from '../markup/markup.ts';
import { columnsOf, folded, htmlTable } from '../markup/table.ts';

const ORDER: readonly string[] = ['assumed', 'published', 'fitted', 'measured'];
/** Subjects named beside a statement that many share. */
const SHOWN_SUBJECTS = 6;
const SHOWN_STATEMENTS = 150;
const SHOWN_OBJECTS = 400;

/** How every number is known, weakest first: statements, prices, performance of candidates. */
export function provenanceSection(plan: PlanDocument): Markup {
  const meanings = ORDER.toReversed().map(
    (word) => html`${evidenceBadge(word)}<span class="meaning">${evidenceMeaning(word)}</span> `,
  );
  return html`<p>${meanings}</p>
    <p>Listed from the weakest.</p>
    ${statementTable(plan.assumptions)}
    <h3>Prices</h3>
    ${priceTable(plan)}${performanceTable(plan)}`;
}

function statementTable(assumptions: readonly Assumption[]): Markup {
  const groups = [...Map.groupBy(assumptions, (item) => `${item.evidence} ${item.statement}`).values()].sort(
    (a, b) => ORDER.indexOf(a[0]?.evidence ?? '') - ORDER.indexOf(b[0]?.evidence ?? ''),
  );
  return htmlTable({
    caption: 'Statements that the plan rests on',
    columns: columnsOf(['Statement', 'Known', 'About']),
    rows: groups.slice(0, SHOWN_STATEMENTS).map((items) => {
      const more = items.length > SHOWN_SUBJECTS ? ` and ${items.length - SHOWN_SUBJECTS} more` : '';
      const subjects = items.slice(0, SHOWN_SUBJECTS).map((item) => item.subject);
      return [
        items[0]?.statement ?? '',
        evidenceBadge(items[0]?.evidence ?? ''),
        `${subjects.join(', ')}${more}`,
      ];
    }),
    more:
      groups.length > SHOWN_STATEMENTS
        ? `… and ${groups.length - SHOWN_STATEMENTS} more (all in plan.json)`
        : '',
  });
}

/** Prices of the bill by where they come from, with the share of the cost that rests on each. */
function priceTable({ cost }: PlanDocument): Markup {
  const groups = [
    ...Map.groupBy(
      cost.lineItems,
      ({ priceProvenance: from }) => `${from.evidence} ${from.date ?? ''} ${from.source}`,
    ).values(),
  ];
  const sumOf = (items: typeof cost.lineItems): number =>
    items.reduce((sum, item) => sum + item.effectiveCost, 0);
  return htmlTable({
    caption: 'Where prices come from',
    columns: columnsOf(['Source', 'Date', 'Known', 'Share of cost', 'Lines'], ['Share of cost', 'Lines']),
    rows: groups
      .toSorted((a, b) => sumOf(b) - sumOf(a))
      .map((items) => {
        const from = items[0]?.priceProvenance;
        return [
          from?.source ?? '',
          from?.date ?? '–',
          evidenceBadge(from?.evidence ?? ''),
          formatPercent(sumOf(items) / Math.max(1, cost.totalPerMonth), 3),
          items.length,
        ];
      }),
  });
}

function performanceTable({ decision }: PlanDocument): Markup {
  const rows = decision.workloads.flatMap(({ workload, chosen }) =>
    chosen.map((item) => [
      html`<bdi>${workload}</bdi>`,
      item.candidate.accelerator,
      evidenceBadge(item.evidence),
      `± ${formatPercent(item.modelError)} in 8 of 10 cases`,
    ]),
  );
  return rows.length === 0
    ? html``
    : html`<h3>Performance</h3>
        ${htmlTable({ caption: 'How well performance is known', columns: columnsOf(['Workload', 'Accelerator', 'Known', 'Error']), rows })}`;
}

/** What went in, so that anybody can make the plan again, and what comes out. */
export function inputSection(plan: PlanDocument): Markup {
  const { inputs } = plan;
  const rows: readonly (readonly [string, string])[] = [
    ['stack', inputs.stackFile],
    ['tool version', inputs.toolVersion],
    ['plan format', plan.formatVersion],
    ['seed', String(inputs.seed)],
    ['solver', plan.decision.solver],
    ...Object.entries(inputs.flags).map(([name, value]): [string, string] => [`--${name}`, value]),
    ...Object.entries(inputs.hashes).map(([name, value]): [string, string] => [`${name} (SHA-256)`, value]),
  ];
  const table = htmlTable({
    caption: 'Inputs of the plan',
    columns: columnsOf(['Input', 'Value']),
    rows: rows.map(([name, value]) => [name, html`<code>${value}</code>`]),
  });
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Inputs">${table}</div>
    ${objectPart(plan)}`;
}

function objectPart({ objects }: PlanDocument): Markup {
  const table = htmlTable({
    caption: 'Objects written beside the plan',
    columns: columnsOf(['Name', 'Kind', 'Namespace', 'File']),
    rows: objects
      .slice(0, SHOWN_OBJECTS)
      .map((item) => [
        html`<bdi>${item.name}</bdi>`,
        item.kind,
        item.namespace,
        html`<code>${item.path}</code>`,
      ]),
    more: objects.length > SHOWN_OBJECTS ? `… and ${objects.length - SHOWN_OBJECTS} more` : '',
  });
  return folded(plural(objects.length, 'object'), table);
}
