import { plainDecimal } from '../../units/index.ts';

/** A number of a CSV file as its digits, which no spreadsheet takes for text or a formula. */
export interface CsvNumber {
  readonly digits: string;
}

/** A cell of a CSV file: text, a number, or nothing. */
export type CsvCell = string | number | CsvNumber | null;

/** A number as a cell: plain digits with at most `decimals` of them behind the point, never an exponent. */
export function csvNumber(value: number, decimals: number): CsvNumber {
  return { digits: plainDecimal(value, decimals) };
}

/**
 * Writes rows as CSV (RFC 4180): comma, CRLF, quotes where needed, numbers bare, nothing for null.
 * Text that a spreadsheet would run as a formula (it starts with =, +, -, @, a tab or a line break, also behind blanks) gets a leading apostrophe, since cells may
 * hold what users typed; so does text that reads like that, so that taking one apostrophe away always gives the text. Numbers stay numbers, negative ones too.
 */
export function renderCsv(header: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  return [header, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

function csvCell(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return plainDecimal(cell, 9);
  if (typeof cell === 'object') return cell.digits;
  const text = /^'*(?:\s*[=+\-@]|[\t\r\n])/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
