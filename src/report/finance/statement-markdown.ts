import type { CostStatement } from '../../cost/index.ts';
import { escapeMarkdown, fold, markdownTable } from '../markdown/markdown.ts';
import { forecastPhrase, idlePhrase, ratePhrase, statementSentence } from './statement-phrases.ts';
import { groupTable, lineTable, unitTable } from './statement-tables.ts';
import type { StatementTable } from './statement-tables.ts';

/** A statement of costs as Markdown: the total first, groups, unit costs, and the lines folded. User values are escaped. */
export function renderStatementMarkdown(statement: CostStatement, isFull = false): string {
  const draw = ({ columns, rows, more }: StatementTable): string =>
    [
      markdownTable(
        columns.map(({ title }) => title),
        rows,
      ),
      escapeMarkdown(more),
    ]
      .filter((part) => part !== '')
      .join('\n\n');
  const notes = [idlePhrase(statement), forecastPhrase(statement), ratePhrase(statement)];
  return [
    `## Costs of ${escapeMarkdown(statement.stack)} per month`,
    `**${escapeMarkdown(statementSentence(statement))}**`,
    draw(groupTable(statement, isFull)),
    ...notes.filter((note) => note !== '').map(escapeMarkdown),
    '### What a unit of work costs',
    draw(unitTable(statement, isFull)),
    '### Lines',
    ...statement.groups.map((group) => fold(group.key, draw(lineTable(statement, group, isFull)))),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}
