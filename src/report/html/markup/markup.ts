import { printable } from '../../printable.ts';

/** Text that is HTML already: it came out of `html`, so that every value in it is escaped. */
export interface Markup {
  readonly markup: string;
}

/** What may stand in a template: text and numbers are escaped where they stand, markup is taken as it is, lists are joined, nothing gives nothing. */
export type Content = Markup | string | number | undefined | readonly Content[];

/**
 * A template of HTML whose values are data: text is escaped for the inside of elements and of attributes in double quotes, which are the only
 * places where the templates of this folder have values. Nothing else makes markup, apart from `verbatim` for our own style and script.
 */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  const texts = onOneLine(parts);
  let markup = texts[0] ?? '';
  for (const [index, value] of values.entries()) markup += rendered(value) + (texts[index + 1] ?? '');
  return { markup };
}

/** End tags that HTML lets be left out before the next such element (HTML Living Standard, 13.1.2.4 optional tags, 2024): a page of many tables is smaller. */
const OPTIONAL_ENDS = /<\/(?:td|th|tr|li)>/g;

/** Templates by their parts, which are the same value each time one is used. */
const LINES = new WeakMap<TemplateStringsArray, readonly string[]>();

/** The parts of a template without the line breaks and indents that make it readable in its source. */
function onOneLine(parts: TemplateStringsArray): readonly string[] {
  const known = LINES.get(parts);
  if (known !== undefined) return known;
  const texts = parts.map((part) =>
    part
      .replaceAll(OPTIONAL_ENDS, '')
      .replaceAll(/\s+(?=\/?>)/g, '')
      .replaceAll(/\s*\n\s*/g, ' '),
  );
  LINES.set(parts, texts);
  return texts;
}

/** Our own text that is markup by nature (style, script, an encoded table). Never for values of users. */
export function verbatim(text: string): Markup {
  return { markup: text };
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Printable ASCII without what HTML would read: most texts and all figures. */
const HARMLESS = /^[ !#-%(-;=?-~]*$/;

/** Text as it may stand in an element or in an attribute in double quotes: HTML is escaped, and what acts without being seen is replaced. */
export function escapeHtml(text: string): string {
  if (HARMLESS.test(text)) return text;
  return printable(text).replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}

function rendered(value: Content): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  if ('markup' in value) return value.markup;
  return value.map(rendered).join('');
}
