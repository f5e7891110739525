import type { CostStatement } from '../../cost/index.ts';
import { PLAIN } from '../text/palette.ts';
import type { Palette } from '../text/palette.ts';
import { renderTable } from '../text/table.ts';
import { forecastPhrase, idlePhrase, ratePhrase, statementSentence } from './statement-phrases.ts';
import { groupTable, lineTable, unitTable } from './statement-tables.ts';
import type { StatementTable } from './statement-tables.ts';

/** A statement of costs for a terminal: groups, their lines with subtotals, unit costs, and the total in one sentence last. Long tables are cut unless `isFull`. */
export function renderStatement(statement: CostStatement, palette: Palette = PLAIN, isFull = false): string {
  const { groups, currency } = statement;
  const view = palette.width === undefined ? {} : { width: palette.width };
  const draw = ({ columns, rows, more }: StatementTable): string => {
    const titled = columns.map((column) => ({ ...column, title: column.title.toUpperCase() }));
    return [renderTable(titled, rows, view), more].filter((part) => part !== '').join('\n');
  };
  const lines = groups.slice(0, isFull ? groups.length : SHOWN_GROUPS).map((group) => {
    const table = lineTable(statement, group, isFull);
    return `${palette.bold(group.key)}\n${draw(table)}`;
  });
  const notes = [idlePhrase(statement), forecastPhrase(statement), ratePhrase(statement)];
  return [
    palette.bold(`Costs of ${statement.stack} per month, ${currency.code}`),
    draw(groupTable(statement, isFull)),
    ...lines,
    draw(unitTable(statement, isFull)),
    notes.filter((note) => note !== '').join('\n'),
    palette.bold(statementSentence(statement)),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

/** Groups whose lines are shown before the rest is left to --full; *assumed* to fill a few screens. */
const SHOWN_GROUPS = 12;
