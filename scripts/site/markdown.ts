import path from 'node:path';
import markdownIt from 'markdown-it';
import type { MarkdownIt, Token } from 'markdown-it';
import { highlighted } from './highlight.ts';
import { escapeHtml } from './html.ts';
import { relativeUrl } from './page.ts';
import type { BrokenLink, DrawnPage, PageHeading, PageSection, SourcePage } from './page.ts';
import { slugger } from './slug.ts';

/** What a page may link to. */
export interface Destinations {
  /** Pages by the path of their source. */
  readonly pages: ReadonlyMap<string, SourcePage>;
  /** Whether the repository holds a file or folder of that path. */
  readonly exists: (file: string) => boolean;
}

const IMAGE = /\.(?:svg|png|jpe?g|gif|webp)$/i;

/** Where the copy of a file of the repository stands in the site: images as they are, other files as a page that shows them. */
export function urlOfFile(file: string): string {
  return IMAGE.test(file) ? `files/${file}` : `files/${file}.html`;
}

/**
 * Draws the Markdown of a page. Raw HTML in it is text. Headings get GitHub's anchors; links to Markdown files become links to their pages, links
 * to other files of the repository links to pages that show them; what leads nowhere is told, not drawn otherwise. Anchors are
 * checked when all pages are drawn (`brokenAnchors`).
 */
export function drawPage(page: SourcePage, destinations: Destinations): DrawnPage {
  const markdown = markdownIt({ html: false, linkify: false, typographer: false });
  const tokens = markdown.parse(page.markdown, {});
  const links: LinkNotes = { external: new Set(), broken: [], files: new Set() };
  const headings = anchorHeadings(tokens);
  visitLinks(tokens, page, destinations, links);
  drawCode(markdown);
  const html = markdown.renderer
    .render(tokens, markdown.options, {})
    .replaceAll('<table>', '<div class="table" role="group" aria-label="Table" tabindex="0"><table>')
    .replaceAll('</table>', '</table></div>');
  const title = headings[0]?.text ?? page.source;
  return {
    page,
    title,
    html,
    headings,
    sections: sectionsOf(tokens, headings, title),
    external: [...links.external].sort(),
    broken: links.broken,
    files: [...links.files].sort(),
  };
}

interface LinkNotes {
  readonly external: Set<string>;
  readonly broken: BrokenLink[];
  readonly files: Set<string>;
}

/** Gives headings their anchors and a link to themselves. */
function anchorHeadings(tokens: readonly Token[]): readonly PageHeading[] {
  const slug = slugger();
  return tokens.flatMap((token, index) => {
    if (token.type !== 'heading_open') return [];
    const text = plainText(tokens[index + 1]);
    const anchor = slug(text);
    token.attrSet('id', anchor);
    return [{ level: Number(token.tag.slice(1)), text, anchor }];
  });
}

/** Text of an inline token without its marks. */
function plainText(token: Token | undefined): string {
  return (token?.children ?? [])
    .map((child) => (child.type === 'softbreak' || child.type === 'hardbreak' ? ' ' : child.content))
    .join('');
}

function visitLinks(
  tokens: readonly Token[],
  page: SourcePage,
  destinations: Destinations,
  notes: LinkNotes,
): void {
  for (const token of tokens) {
    if (token.children !== null) visitLinks(token.children, page, destinations, notes);
    const name = token.type === 'link_open' ? 'href' : token.type === 'image' ? 'src' : undefined;
    if (name === undefined) continue;
    const href = String(token.attrGet(name) ?? '');
    const { url, external } = resolveLink(href, page, destinations, notes);
    token.attrSet(name, url);
    if (external) token.attrSet('rel', 'external noopener');
  }
}

/** Where a link of a page leads in the site. */
function resolveLink(
  href: string,
  page: SourcePage,
  { pages, exists }: Destinations,
  notes: LinkNotes,
): { readonly url: string; readonly external: boolean } {
  if (/^[a-z][a-z0-9+.-]*:/i.test(href)) {
    notes.external.add(href);
    return { url: href, external: true };
  }
  const [target = '', anchor] = href.split('#');
  const suffix = anchor === undefined ? '' : `#${anchor}`;
  if (target === '') return { url: href, external: false };
  const file = path.posix
    .normalize(path.posix.join(path.posix.dirname(page.source), decodeURIComponent(target)))
    .replace(/\/$/, '');
  const found = pages.get(file) ?? pages.get(`${file}/README.md`);
  if (found !== undefined) return { url: `${relativeUrl(page.url, found.url)}${suffix}`, external: false };
  if (file.startsWith('..') || !exists(file)) {
    notes.broken.push({ source: page.source, href, reason: `there is no ${file}` });
    return { url: href, external: false };
  }
  notes.files.add(file);
  return { url: relativeUrl(page.url, urlOfFile(file)), external: false };
}

/** Fenced blocks with colours; the first word of the info string is the language. */
function drawCode(markdown: MarkdownIt): void {
  markdown.renderer.rules['fence'] = (tokens, index) => {
    const token = tokens[index];
    const language = token?.info.trim().split(/\s+/)[0] ?? '';
    return codeBlock(token?.content ?? '', language);
  };
  markdown.renderer.rules['code_block'] = (tokens, index) => codeBlock(tokens[index]?.content ?? '', '');
}

/** A block of code; it can be scrolled by keyboard. */
export function codeBlock(code: string, language: string): string {
  const name = language === '' ? 'text' : language;
  return `<div class="code"><pre tabindex="0" data-language="${escapeHtml(name)}"><code>${highlighted(code, language)}</code></pre></div>\n`;
}

/** The text below each heading; text before the first one is the title's. */
function sectionsOf(
  tokens: readonly Token[],
  headings: readonly PageHeading[],
  title: string,
): readonly PageSection[] {
  const texts: string[][] = headings.map(() => []);
  let at = -1;
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'heading_open') at += 1;
    else if (token.type === 'inline' && tokens[index - 1]?.type !== 'heading_open')
      texts[Math.max(0, at)]?.push(plainText(token));
    else if (token.type === 'fence' || token.type === 'code_block')
      texts[Math.max(0, at)]?.push(token.content);
  }
  if (headings.length === 0) return [{ heading: { level: 1, text: title, anchor: '' }, text: '' }];
  return headings.map((heading, index) => ({ heading, text: (texts[index] ?? []).join(' ') }));
}
