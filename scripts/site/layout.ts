import { escapeHtml } from './html.ts';
import { KINDS } from './navigation.ts';
import { relativeUrl } from './page.ts';
import type { DrawnPage, PageKind, SourcePage } from './page.ts';

/** What the frame of every page shows. */
export interface Frame {
  /** Pages in the order of the navigation. */
  readonly pages: readonly DrawnPage[];
}

/** Kinds whose parts of the navigation are open although no page of theirs is shown. */
const ALWAYS_OPEN: readonly PageKind[] = ['start', 'tutorial'];

/** The whole HTML of a page: banner with search, navigation, content, contents of the page, neighbours. */
export function layout(drawn: DrawnPage, { pages }: Frame): string {
  const { page, title, html } = drawn;
  const to = (url: string): string => relativeUrl(page.url, url);
  const base = '../'.repeat(page.url.split('/').length - 1);
  const heading = page.url === 'index.html' ? 'Plimsoll' : `${title} · Plimsoll`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(heading)}</title>
<meta name="description" content="${escapeHtml(descriptionOf(drawn))}">
<link rel="icon" href="${to('assets/mark.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${to('assets/site.css')}">
<script src="${to('assets/theme.js')}"></script>
<script defer src="${to('assets/site.js')}"></script>
</head>
<body>
<a class="skip" href="#site-content">Skip to the content</a>
<header class="banner">
<a class="brand" href="${to('index.html')}"><img src="${to('assets/mark.svg')}" alt="" width="26" height="26"> Plimsoll</a>
<form id="site-search" role="search" data-base="${base}" hidden>
<label class="quiet" for="site-query">Search the documentation</label>
<input id="site-query" type="search" placeholder="Search ( / )" autocomplete="off" spellcheck="false">
<span class="quiet" role="status"></span>
<ul aria-label="Found"></ul>
</form>
<button id="site-theme" type="button" hidden>Light or dark</button>
</header>
<div class="frame">
<nav class="site" aria-label="Documentation">
<details id="site-menu" open><summary>All pages</summary>
${navigation(page, pages)}
</details>
</nav>
<main id="site-content" tabindex="-1">
<p class="kind">${escapeHtml([KINDS[page.kind], ...(page.group === undefined ? [] : [page.group])].join(' · '))}</p>
<article>
${html}</article>
${neighbours(page, pages)}
</main>
${contents(drawn)}
</div>
<footer>Plimsoll, Apache-2.0. This page is made from <code>${escapeHtml(page.source)}</code>.</footer>
</body>
</html>
`;
}

/** The first sentence or two of a page, for search engines and previews. */
function descriptionOf({ sections, title }: DrawnPage): string {
  const text = sections[0]?.text.replaceAll(/\s+/g, ' ').trim() ?? '';
  return text === '' ? title : text.slice(0, 200);
}

function navigation(current: SourcePage, pages: readonly DrawnPage[]): string {
  const kinds = Object.keys(KINDS) as PageKind[];
  return kinds
    .map((kind) => {
      const items = pages.filter(({ page }) => page.kind === kind);
      if (items.length === 0) return '';
      const open = kind === current.kind || ALWAYS_OPEN.includes(kind) ? ' open' : '';
      return `<details${open}><summary>${escapeHtml(KINDS[kind])}</summary>\n${groups(current, items)}</details>`;
    })
    .filter((text) => text !== '')
    .join('\n');
}

/** The links of one kind, with a line above those of each group. */
function groups(current: SourcePage, items: readonly DrawnPage[]): string {
  const names = [...new Set(items.map(({ page }) => page.group))];
  return names
    .map((group) => {
      const links = items
        .filter(({ page }) => page.group === group)
        .map(({ page, title }) => {
          const mark = page.source === current.source ? ' aria-current="page"' : '';
          const url = relativeUrl(current.url, page.url);
          return `<li><a href="${url}"${mark}>${escapeHtml(page.label ?? title)}</a></li>`;
        });
      const name = group === undefined ? '' : `<p class="group">${escapeHtml(group)}</p>\n`;
      return `${name}<ul>\n${links.join('\n')}\n</ul>\n`;
    })
    .join('');
}

/** Least number of headings worth a table of contents. */
const WORTH_CONTENTS = 3;

/** Most entries of a table of contents; longer pages list their first level only. */
const MOST_CONTENTS = 40;

function contents({ headings }: DrawnPage): string {
  const below = headings.filter(({ level }) => level === 2 || level === 3);
  const shown = below.length > MOST_CONTENTS ? below.filter(({ level }) => level === 2) : below;
  if (shown.length < WORTH_CONTENTS) return '<div class="no-contents"></div>';
  const items = shown.map(
    ({ level, text, anchor }) =>
      `<li class="level-${level}"><a href="#${escapeHtml(anchor)}">${escapeHtml(text)}</a></li>`,
  );
  return `<nav class="contents" aria-label="On this page">\n<p class="group">On this page</p>\n<ul>\n${items.join('\n')}\n</ul>\n</nav>`;
}

function neighbours(current: SourcePage, pages: readonly DrawnPage[]): string {
  const at = pages.findIndex(({ page }) => page.source === current.source);
  if (at < 0) return '';
  const link = (found: DrawnPage | undefined, rel: 'prev' | 'next'): string =>
    found === undefined
      ? '<span></span>'
      : `<a rel="${rel}" href="${relativeUrl(current.url, found.page.url)}"><span>${rel === 'prev' ? 'Before' : 'Next'}</span> ${escapeHtml(found.page.label ?? found.title)}</a>`;
  return `<nav class="neighbours" aria-label="Neighbouring pages">${link(pages[at - 1], 'prev')}${link(pages[at + 1], 'next')}</nav>`;
}
