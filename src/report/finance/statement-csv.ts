import type { CostStatement, StatementLine } from '../../cost/index.ts';
import { csvNumber, renderCsv } from './csv.ts';
import type { CsvCell } from './csv.ts';

type Cell = (line: StatementLine, statement: CostStatement) => CsvCell;

const COLUMNS: readonly (readonly [name: string, cell: Cell])[] = [
  ['stack', (_, { stack }) => stack],
  ['workload', (line) => line.workload],
  ['team', (line) => line.team],
  ['kind', (line) => line.kind],
  ['pool', (line) => line.pool],
  ['provider', (line) => line.provider],
  ['region', (line) => line.region],
  ['zone', (line) => line.zone],
  ['instance_type', (line) => line.instanceType],
  ['capacity_type', (line) => line.capacityType],
  ['node_hours', (line) => csvNumber(line.nodeHours, 9)],
  ['currency', (_, { currency }) => currency.code],
  ['list_unit_price', (line) => csvNumber(line.listUnitPrice / 1e6, 12)],
  ['contracted_unit_price', (line) => csvNumber(line.contractedUnitPrice / 1e6, 12)],
  ['effective_unit_price', (line) => csvNumber(line.unitPrice / 1e6, 12)],
  ['list_cost', (line) => csvNumber(line.listCost / 1e6, 6)],
  ['contracted_cost', (line) => csvNumber(line.contractedCost / 1e6, 6)],
  ['effective_cost', (line) => csvNumber(line.effectiveCost / 1e6, 6)],
  ['price_source', (line) => line.priceProvenance.source],
  ['price_date', (line) => line.priceProvenance.date ?? null],
];

/** The lines of a statement as CSV, one row each, for a month of 730 h. Text cannot start a formula. */
export function renderStatementCsv(statement: CostStatement): string {
  return renderCsv(
    COLUMNS.map(([name]) => name),
    statement.lineItems.map((line) => COLUMNS.map(([, cell]) => cell(line, statement))),
  );
}
