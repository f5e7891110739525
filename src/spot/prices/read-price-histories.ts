import { diagnostic, failure, hasErrors, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import { RowReader, traceTable } from '../readers/trace-rows.ts';
import type { TraceRow, TraceTable } from '../readers/trace-rows.ts';
import type { PriceHistory } from './price-history.ts';

/** How a file of price changes is read. */
export interface ReadPricesOptions {
  /** Name of the file in messages. */
  readonly fileName: string;
  /** Data set or feed that the file is from; default its name. */
  readonly source?: string;
}

/** Column of prices and what they are prices of. */
const PRICE_COLUMNS = [
  ['spotpriceusdperhour', 'spot'],
  ['pricespot', 'spot'],
  ['priceondemand', 'on-demand'],
] as const;
const TIME_COLUMNS = ['timestamp', 'date'] as const;
const PLACE_COLUMNS = ['zone', 'region'] as const;

/**
 * Reads price changes from CSV text with the columns `timestamp` or `date` (ISO 8601), `instance_type`, `zone` or `region` (absent: one place called `all`), and any of `spot_price_usd_per_hour`,
 * `price_spot`, `price_on_demand`, each USD per hour; an empty price tells of no change, nor does one of 0, which feeds write for what is not on offer (`spot-price-zero`). Histories are sorted by id; of several prices at one moment the last row counts. They end with the last
 * moment of the file.
 * Errors: `spot-price-layout`, `spot-price-row`, `spot-price-empty`. Warning: `spot-price-zero`.
 */
export function readPriceHistories(
  text: string,
  options: ReadPricesOptions,
): Outcome<readonly PriceHistory[]> {
  const { fileName } = options;
  let table: TraceTable;
  try {
    table = traceTable(text);
  } catch (error) {
    return failure(
      layoutProblem(fileName, `it is no CSV: ${error instanceof Error ? error.message : String(error)}`),
    );
  }
  const reader = new RowReader(fileName, table.columns, 'spot-price-row');
  const prices = PRICE_COLUMNS.filter(([name]) => reader.position(name) >= 0);
  const missing = [
    ...(reader.position(...TIME_COLUMNS) < 0 ? ['timestamp or date'] : []),
    ...(reader.position('instancetype') < 0 ? ['instance_type'] : []),
    ...(prices.length === 0 ? ['spot_price_usd_per_hour, price_spot or price_on_demand'] : []),
  ];
  if (table.rows.length > 0 && missing.length > 0) {
    return failure(layoutProblem(fileName, `it has no column ${missing.join(', ')}`));
  }
  const changes = prices.flatMap(([name, type]) => changesOf(table, reader, reader.position(name), type));
  const problems = reader.problems();
  if (hasErrors(problems)) return failure(...problems);
  const told = changes.filter(({ price }) => price > 0);
  if (told.length === 0) return failure(emptyProblem(fileName));
  const free = changes.length - told.length;
  return success(histories(told, options.source ?? fileName), free === 0 ? [] : [zeroRemark(fileName, free)]);
}

/** One row's price. */
interface Change {
  readonly id: string;
  readonly capacityType: 'spot' | 'on-demand';
  readonly place: string;
  readonly instanceType: string;
  readonly seconds: number;
  readonly price: number;
}

function changesOf(
  table: TraceTable,
  reader: RowReader,
  column: number,
  capacityType: 'spot' | 'on-demand',
): readonly Change[] {
  const [timeAt, typeAt] = [reader.position(...TIME_COLUMNS), reader.position('instancetype')];
  const placeAt = reader.position(...PLACE_COLUMNS);
  return table.rows.flatMap((row): Change[] => {
    if ((row.cells[column] ?? '') === '') return [];
    const seconds = Date.parse(row.cells[timeAt] ?? '') / 1000;
    const price = Number(row.cells[column]);
    const instanceType = reader.text(row, typeAt, 'instance_type');
    const place = placeAt < 0 ? 'all' : reader.text(row, placeAt, 'zone or region');
    if (!isReadable(row, reader, seconds, price) || instanceType === undefined || place === undefined)
      return [];
    const id = `${capacityType}/${place}/${instanceType}`;
    return [{ id, capacityType, place, instanceType, seconds, price }];
  });
}

function isReadable(row: TraceRow, reader: RowReader, seconds: number, price: number): boolean {
  if (!Number.isFinite(seconds)) reader.report(row, 'its time is no ISO 8601 date');
  if (!(price >= 0 && Number.isFinite(price))) reader.report(row, 'its price is no number from 0');
  return Number.isFinite(seconds) && price >= 0 && Number.isFinite(price);
}

function histories(changes: readonly Change[], source: string): readonly PriceHistory[] {
  const endSeconds = changes.reduce((last, { seconds }) => Math.max(last, seconds), -Infinity);
  const date = new Date(endSeconds * 1000).toISOString().slice(0, 10);
  const byId = Map.groupBy(changes, ({ id }) => id);
  return [...byId.keys()].sort().map((id) => {
    const own = byId.get(id) ?? [];
    const byMoment = new Map(own.map(({ seconds, price }) => [seconds, price]));
    const moments = [...byMoment.keys()].sort((a, b) => a - b);
    const [{ capacityType, place, instanceType }] = own as [Change];
    return {
      ...{ id, capacityType, place, instanceType, endSeconds },
      seconds: Float64Array.from(moments),
      prices: Float64Array.from(moments, (moment) => byMoment.get(moment) ?? NaN),
      provenance: { evidence: 'measured', source, date },
    };
  });
}

function layoutProblem(file: string, problem: string): Diagnostic {
  return diagnostic('spot-price-layout', {
    summary: `${file} holds no price changes: ${problem}.`,
    path: file,
    source: { file },
  });
}

function zeroRemark(file: string, count: number): Diagnostic {
  return diagnostic('spot-price-zero', {
    summary: `${count} prices of ${file} are 0 and count as no news.`,
    path: file,
    source: { file },
  });
}

function emptyProblem(file: string): Diagnostic {
  return diagnostic('spot-price-empty', { summary: `${file} holds no price.`, path: file, source: { file } });
}
