import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { relativeUrl } from './page.ts';
import type { DrawnPage } from './page.ts';
import { codeBlock, urlOfFile } from './markdown.ts';
import { escapeHtml } from './html.ts';

/** Lines of a file that its page shows; the rest is counted. */
const MOST_LINES = 400;

/**
 * A page that shows a file of the repository that other pages link to, or lists a folder. It is not in the navigation.
 * Throws when the file cannot be read.
 */
export function filePage(root: string, file: string): DrawnPage {
  const url = urlOfFile(file);
  const full = path.join(root, file);
  const body = statSync(full).isDirectory()
    ? folderList(full, file)
    : codeOf(readFileSync(full, 'utf8'), path.extname(file).slice(1));
  const back = `<p><a href="${relativeUrl(url, 'index.html')}">Documentation</a></p>`;
  return {
    page: { source: file, url, kind: 'reference', group: 'A file of the repository', markdown: '' },
    title: file,
    html: `<h1>${escapeHtml(file)}</h1>\n${back}\n${body}`,
    headings: [{ level: 1, text: file, anchor: '' }],
    sections: [],
    external: [],
    broken: [],
    files: [],
  };
}

function codeOf(text: string, language: string): string {
  const lines = text.split('\n');
  const rest = lines.length - MOST_LINES;
  const note = rest > 0 ? `<p>${rest} more lines are in the file.</p>\n` : '';
  return codeBlock(lines.slice(0, MOST_LINES).join('\n'), language) + note;
}

function folderList(full: string, file: string): string {
  const items = readdirSync(full)
    .sort()
    .map((name) => `<li><code>${escapeHtml(`${file}/${name}`)}</code></li>`);
  return `<ul>\n${items.join('\n')}\n</ul>\n`;
}
