/** White space that would break a line or shift a column: tab, line feed, carriage return and the separators of Unicode. */
const BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;

/**
 * Characters that act on a terminal or a page instead of standing on it: C0 and C1 controls (escape sequences begin with
 * one), marks that turn the direction of the text around them ("Trojan Source", CVE-2021-42574, 2021), and tags that
 * nobody sees (Unicode 16, blocks "General Punctuation" and "Tags").
 */
const ACTIVE =
  // eslint-disable-next-line no-control-regex -- these are the characters to replace
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** Text of users as one line that only stands where it is put: breaks become blanks, characters that act become U+FFFD. */
export function printable(text: string): string {
  return text.toWellFormed().replaceAll(BREAKS, ' ').replaceAll(ACTIVE, '\ufffd');
}

/** The same of every string in a plain value, names of fields included; maps are copied as maps. Does not mutate. */
export function printableValue<T>(value: T): T {
  return mapped(value) as T;
}

function mapped(value: unknown): unknown {
  if (typeof value === 'string') return printable(value);
  if (Array.isArray(value)) return value.map(mapped);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [mapped(key), mapped(item)]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [printable(key), mapped(item)]));
}

/** Colours and weights that palettes write (ECMA-48, 1991: select graphic rendition). */
// eslint-disable-next-line no-control-regex -- the escape character is what is looked for
const STYLES = /(\u001b\[(?:0|1|2|22|31|32|33|34|35|36|39|90)m)/;

/**
 * A finished text of several lines for a terminal or a file: nothing in it acts but line breaks, tabs and, where
 * `keepsStyles`, the colours of palettes. The last guard: renderers make values printable where they place them.
 */
export function printableLines(text: string, keepsStyles = false): string {
  const pieces = keepsStyles ? text.split(STYLES) : [text];
  return pieces
    .map((piece, index) => (index % 2 === 1 ? piece : piece.toWellFormed().replaceAll(ACTIVE, keepBreak)))
    .join('');
}

function keepBreak(character: string, offset: number, text: string): string {
  if (character === '\n' || character === '\t') return character;
  return character === '\r' && text[offset + 1] === '\n' ? character : '\ufffd';
}
