/** A cell of a CSV file: text, a number, or nothing. */
export type CsvCell = string | number | null;

/**
 * Writes rows as CSV (RFC 4180): comma, CRLF, quotes where needed, numbers bare, nothing for null.
 * Text that a spreadsheet would run as a formula gets a leading apostrophe, since cells may hold what users typed.
 */
export function renderCsv(header: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  return [header, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

function csvCell(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
