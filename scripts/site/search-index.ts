import { KINDS } from './navigation.ts';
import type { DrawnPage } from './page.ts';

/** One place that the search can lead to. */
export interface SearchEntry {
  /** Page and anchor, relative to the root of the site. */
  readonly url: string;
  readonly kind: string;
  readonly page: string;
  readonly heading: string;
  /** Every word of the section once, in lower case, between spaces. */
  readonly words: string;
}

/** Longest word that is worth finding, in characters; longer ones are digests and paths. */
const LONGEST_WORD = 40;

/** What the search of the site knows: one entry per heading. */
export function searchEntries(pages: readonly DrawnPage[]): readonly SearchEntry[] {
  return pages.flatMap(({ page, title, sections }) =>
    sections.map(({ heading, text }) => ({
      url: heading.level === 1 ? page.url : `${page.url}#${heading.anchor}`,
      kind: KINDS[page.kind],
      page: title,
      heading: heading.text,
      words: wordsOf(text),
    })),
  );
}

/** The entries as a script: pages opened from disk may not fetch JSON, but may load scripts. */
export function searchScript(entries: readonly SearchEntry[]): string {
  const json = JSON.stringify(entries).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
  return `window.plimsollSearch = ${json};\n`;
}

function wordsOf(text: string): string {
  const words = text
    .toLowerCase()
    .split(/[^\p{L}\p{N}_.-]+/u)
    .map((word) => word.replaceAll(/^[.-]+|[.-]+$/g, ''))
    .filter((word) => word.length > 1 && word.length <= LONGEST_WORD && !/^[\d.]+$/.test(word));
  return `${[...new Set(words)].sort().join(' ')} `;
}
