import { printable, printableLines } from '../printable.ts';

/** A Markdown table (GitHub flavour); cells are escaped. No rows give an empty text. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  return [line(header), `|${header.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}

/** Zero-width space as an entity: parts two characters for those who look for links, and for nobody else. */
const PART = '&#8203;';

/**
 * Signs that GitHub and GitLab turn into links or calls after Markdown was read, so that escaping does not help:
 * `@team` calls people, `#12`, `!12`, `$12`, `&12`, `%12`, `~12` and `GH-12` are references
 * (GitHub Docs "Autolinked references and URLs"; GitLab Docs "GitLab-specific references"; 2026).
 */
const REFERENCES = /(?<=[@#!$%&~^])(?=[\w"])|(?<=\bGH-)(?=\d)|(?<=\bwww)(?=\.)|(?<=:)(?=\/\/)/gi;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * Escapes what Markdown, HTML, GitHub or GitLab would interpret: markup, mentions, references, links. Line breaks become
 * blanks and characters that act are replaced, so the result stays in its line or cell. User values pass through here;
 * put words of our own in front of them at the start of a line, where a dash or an equals sign means something.
 */
export function escapeMarkdown(text: string): string {
  return parted(text, (piece) =>
    piece.replaceAll(/[\\`*_{}[\]<>|#~@$&]/g, (character) => ENTITIES[character] ?? `\\${character}`),
  );
}

/** Escapes text for HTML content inside Markdown, where no Markdown is read: summaries of folds. */
export function escapeHtml(text: string): string {
  return parted(text, (piece) =>
    piece.replaceAll(/[<>&"']/g, (character) => ENTITIES[character] ?? `&#${character.charCodeAt(0)};`),
  );
}

/** Text in one line, each piece escaped, with references parted. */
function parted(text: string, escape: (piece: string) => string): string {
  return printable(text).trim().split(REFERENCES).map(escape).join(PART);
}

/** A value as inline code; nothing in it is interpreted. Not for table cells, whose bars would part it. */
export function inlineCode(text: string): string {
  const body = printable(text);
  const fence = '`'.repeat(longestRun(body) + 1);
  const pad = /^[`\s]|[`\s]$/.test(body) ? ' ' : '';
  return `${fence}${pad}${body}${pad}${fence}`;
}

/** A fold that opens on click; `body` is Markdown. */
export function fold(summary: string, body: string): string {
  return body === '' ? '' : `<details><summary>${escapeHtml(summary)}</summary>\n\n${body}\n\n</details>`;
}

/** A fenced block of lines; the fence is longer than any run of backticks inside. */
export function fenced(text: string, language = ''): string {
  const body = printableLines(text).trimEnd();
  const fence = '`'.repeat(Math.max(3, longestRun(body) + 1));
  return `${fence}${language}\n${body}\n${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
}
