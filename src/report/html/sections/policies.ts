import type { PlanDocument, PolicyVerdict } from '../../../model/index.ts';
import { plural } from '../../phrases.ts';
import { verdict } from '../markup/badges.ts';
import type { Tone } from '../markup/badges.ts';
import { html } from '../markup/markup.ts';
import type { Markup } from '../markup/markup.ts';
import { columnsOf, folded, htmlTable } from '../markup/table.ts';

/** Passed rules listed before the rest is counted. */
const SHOWN_RULES = 200;
const SHOWN_OPEN = 200;

/** Violations first, then what is waived and until when, then what passes. */
export function policySection({ policy }: PlanDocument): Markup {
  const open = policy.verdicts
    .filter((item) => item.outcome !== 'pass')
    .toSorted((a, b) => rank(a) - rank(b));
  const passed = policy.verdicts.filter((item) => item.outcome === 'pass');
  const head = html`<p>
    ${plural(policy.rulesEvaluated, 'rule')} evaluated;
    ${policy.passes ? verdict('good', 'the plan may be applied') : verdict('bad', 'the plan may not be applied')}.
  </p>`;
  return html`${head}${openTable(open)}${passedTable(passed)}`;
}

function rank({ outcome, level }: PolicyVerdict): number {
  if (outcome === 'violation') return level === 'mandatory' ? 0 : 1;
  return outcome === 'waived' ? 2 : 3;
}

function toneOf({ outcome, level }: PolicyVerdict): Tone {
  if (outcome === 'violation') return level === 'mandatory' ? 'bad' : 'caution';
  return outcome === 'waived' ? 'caution' : 'plain';
}

function openTable(open: readonly PolicyVerdict[]): Markup {
  return htmlTable({
    caption: 'Rules that are violated, waived or remediated',
    columns: columnsOf(['Rule', 'Outcome', 'Level', 'Subject', 'What is wrong and what helps']),
    rows: open
      .slice(0, SHOWN_OPEN)
      .map((item) => [
        html`<code>${item.pack}/${item.rule}</code><small>${item.title}</small>`,
        verdict(toneOf(item), item.outcome),
        item.level,
        item.subject,
        html`${item.message}${item.remediation === '' ? undefined : html`<small>Next: ${item.remediation}</small>`}${waiverLine(item)}`,
      ]),
    more: open.length > SHOWN_OPEN ? `… and ${open.length - SHOWN_OPEN} more (all in plan.json)` : '',
  });
}

function waiverLine({ waiver }: PolicyVerdict): Markup | undefined {
  return waiver === undefined
    ? undefined
    : html`<small class="waiver">Waived by ${waiver.owner} until ${waiver.expires}: ${waiver.reason}</small>`;
}

/** One row per rule, with the subjects that it passes. */
function passedTable(passed: readonly PolicyVerdict[]): Markup {
  const rules = [...Map.groupBy(passed, (item) => `${item.pack}/${item.rule}`)];
  const table = htmlTable({
    caption: 'Rules that pass',
    columns: columnsOf(['Rule', 'Title', 'Level', 'Subjects']),
    rows: rules.slice(0, SHOWN_RULES).map(([rule, items]) => {
      const [first] = items;
      const more = items.length > 3 ? ` and ${items.length - 3} more` : '';
      const subjects = items.slice(0, 3).map((item) => item.subject);
      return [
        html`<code>${rule}</code>`,
        first?.title ?? '',
        first?.level ?? '',
        `${subjects.join(', ')}${more}`,
      ];
    }),
    more: rules.length > SHOWN_RULES ? `… and ${rules.length - SHOWN_RULES} more` : '',
  });
  return folded(`${plural(rules.length, 'rule')} without a finding`, table);
}
