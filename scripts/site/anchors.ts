import path from 'node:path';
import type { BrokenLink, DrawnPage } from './page.ts';

/** Links to headings that no page has, within a page and between pages. */
export function brokenAnchors(pages: readonly DrawnPage[]): readonly BrokenLink[] {
  const anchors = new Map(
    pages.map(({ page, headings }) => [page.url, new Set(headings.map(({ anchor }) => anchor))]),
  );
  return pages.flatMap(({ page, html }) =>
    [...html.matchAll(/href="([^":]*)#([^"]+)"/g)].flatMap(([, target = '', anchor = '']) => {
      const url = target === '' ? page.url : path.posix.join(path.posix.dirname(page.url), target);
      const known = anchors.get(url);
      if (known === undefined || known.has(decodeURIComponent(anchor))) return [];
      return [{ source: page.source, href: `${target}#${anchor}`, reason: `no heading ${anchor} in ${url}` }];
    }),
  );
}
