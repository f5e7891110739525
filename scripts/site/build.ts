/** Builds the documentation as static HTML: `npm run site [-- FOLDER]`, default `site/`. Every link of it is relative. */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { filePage } from './files.ts';
import { layout } from './layout.ts';
import { brokenAnchors } from './anchors.ts';
import { drawPage, urlOfFile } from './markdown.ts';
import type { BrokenLink, DrawnPage } from './page.ts';
import { searchEntries, searchScript } from './search-index.ts';
import { missingPages, sourcePages } from './sources.ts';

/** The site before it is written. */
export interface Site {
  /** Contents by path in the site. */
  readonly files: ReadonlyMap<string, string | Uint8Array>;
  readonly pages: readonly DrawnPage[];
  readonly broken: readonly BrokenLink[];
  /** Links that leave the site, sorted, each once. */
  readonly external: readonly string[];
}

const ASSETS = path.join(import.meta.dirname, 'assets');

/** Draws every page of the documentation under `root`; what is missing or leads nowhere is told in `broken`. */
export function buildSite(root: string): Site {
  const sources = sourcePages(root);
  const bySource = new Map(sources.map((page) => [page.source, page]));
  const exists = (file: string): boolean => existsSync(path.join(root, file));
  const pages = sources.map((page) => drawPage(page, { pages: bySource, exists }));
  const linked = [...new Set(pages.flatMap((page) => page.files))].sort();
  const files = new Map<string, string | Uint8Array>();
  for (const page of pages) files.set(page.page.url, layout(page, { pages }));
  for (const file of linked) files.set(urlOfFile(file), fileOf(root, file, pages));
  for (const name of readdirSync(ASSETS)) files.set(`assets/${name}`, readFileSync(path.join(ASSETS, name)));
  files.set('assets/search-index.js', searchScript(searchEntries(pages)));
  const external = [...new Set(pages.flatMap((page) => page.external))].sort();
  files.set('external-links.txt', `${external.join('\n')}\n`);
  return {
    files,
    pages,
    broken: [...missingPages(root), ...pages.flatMap((page) => page.broken), ...brokenAnchors(pages)],
    external,
  };
}

/** A linked file of the repository: an image as it is, anything else on a page of its own. */
function fileOf(root: string, file: string, pages: readonly DrawnPage[]): string | Uint8Array {
  const isPage = urlOfFile(file).endsWith('.html');
  if (!isPage && statSync(path.join(root, file)).isFile()) return readFileSync(path.join(root, file));
  return layout(filePage(root, file), { pages });
}

if (process.argv[1] === import.meta.filename) {
  const root = path.resolve(import.meta.dirname, '../..');
  const target = path.resolve(process.argv[2] ?? path.join(root, 'site'));
  const site = buildSite(root);
  for (const { source, href, reason } of site.broken) console.error(`${source}: ${href}: ${reason}`);
  if (site.broken.length > 0) process.exitCode = 1;
  rmSync(target, { recursive: true, force: true });
  let bytes = 0;
  for (const [name, content] of site.files) {
    const file = path.join(target, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    bytes += Buffer.byteLength(content);
  }
  console.log(
    `${site.pages.length} pages and ${site.files.size - site.pages.length} files, ${Math.round(bytes / 1024)} KiB, in ${target}; ${site.external.length} links lead out.`,
  );
}
