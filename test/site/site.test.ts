import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildSite } from '../../scripts/site/build.ts';
import { brokenAnchors } from '../../scripts/site/anchors.ts';
import { drawPage } from '../../scripts/site/markdown.ts';
import type { SourcePage } from '../../scripts/site/page.ts';
import { ROOT } from '../support/run-command.ts';

const site = buildSite(ROOT);
const html = new Map(
  [...site.files].flatMap(([url, content]) => (url.endsWith('.html') ? [[url, String(content)]] : [])),
);
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

/** Markdown files under a folder of the repository, as paths with `/`. */
function markdownUnder(folder: string): readonly string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !name.includes('expected'))
    .map((name) => `${folder}/${name.split(path.sep).join('/')}`);
}

/** Every page for readers, also those that the site leaves out. */
const PAGES = ['README.md', ...['docs', 'examples', 'policies'].flatMap(markdownUnder)].sort();

describe('links', () => {
  it('of every page of the site lead somewhere, anchors and images too', () => {
    expect(site.broken).toEqual([]);
  });

  it('of the README lead somewhere', () => {
    const page: SourcePage = {
      source: 'README.md',
      url: 'readme.html',
      kind: 'start',
      markdown: read('README.md'),
    };
    const pages = new Map(site.pages.map((drawn) => [drawn.page.source, drawn.page]));
    const drawn = drawPage(page, { pages, exists: (file) => existsSync(path.join(ROOT, file)) });
    expect([...drawn.broken, ...brokenAnchors([...site.pages, drawn])]).toEqual([]);
  });

  it('of the built pages lead to files of the site', () => {
    const lost = [...html].flatMap(([url, text]) =>
      targets(text)
        .map((target) => path.posix.join(path.posix.dirname(url), target))
        .filter((target) => !site.files.has(target))
        .map((target) => `${url}: ${target}`),
    );
    expect(lost).toEqual([]);
  });

  it('that lead out are web addresses; they are listed, not fetched', () => {
    expect(site.external.filter((href) => !/^https?:\/\/[^\s/]+(?:\/|$)/.test(href))).toEqual([]);
  });

  it('are told when they lead nowhere', () => {
    const page = {
      source: 'docs/a.md',
      url: 'a.html',
      kind: 'start',
      markdown: '# A\n\n[b](b.md) [c](#c) ![d](d.png) [a](#a)',
    } as const;
    const drawn = drawPage(page, { pages: new Map([[page.source, page]]), exists: () => false });
    expect(drawn.broken.map(({ href }) => href)).toEqual(['b.md', 'd.png']);
    expect(brokenAnchors([drawn]).map(({ href }) => href)).toEqual(['#c']);
  });
});

/** Relative targets of links, images, scripts and styles of a page, without anchors. */
function targets(text: string): readonly string[] {
  return [...text.matchAll(/ (?:href|src)="([^"#]+)(?:#[^"]*)?"/g)]
    .map(([, target = '']) => decodeURIComponent(target))
    .filter((target) => !/^[a-z]+:/.test(target));
}

describe('what pages mention', () => {
  const spans = PAGES.flatMap((page) =>
    [...read(page).matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => ({ page, text })),
  );

  it('exists where it is a path of the repository', () => {
    const paths = spans.filter(({ text }) =>
      /^(?:src|test|scripts|bench|docs|schemas|policies)\/[\w./-]+$/.test(text),
    );
    expect(paths.length).toBeGreaterThan(50);
    expect(paths.filter(({ text }) => !existsSync(path.join(ROOT, text)))).toEqual([]);
  });

  it('exists where it is a command', () => {
    const { commands } = JSON.parse(read('oclif.manifest.json')) as { commands: Record<string, unknown> };
    const ids = Object.keys(commands).map((id) => id.replaceAll(':', ' '));
    const known = (words: readonly string[]): boolean =>
      ids.some((id) => id === words[0] || id.startsWith(`${words[0]} `) || id === words.join(' '));
    const mentioned = PAGES.flatMap((page) =>
      [...read(page).matchAll(/(?:`|npx |\$ |^)plimsoll ([a-z]+)(?: ([a-z]+))?/gm)].map(([, ...words]) => ({
        page,
        words,
      })),
    );
    expect(mentioned.length).toBeGreaterThan(100);
    expect(mentioned.filter(({ words }) => !known(words))).toEqual([]);
  });

  it('exists where it is a script of npm', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const mentioned = PAGES.flatMap((page) =>
      [...read(page).matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => ({ page, name })),
    );
    expect(mentioned.filter(({ name }) => !(name in scripts))).toEqual([]);
  });
});

describe('the navigation', () => {
  it('has every Markdown file of the documentation once', () => {
    const sources = site.pages.map(({ page }) => page.source).filter((source) => source.endsWith('.md'));
    expect([...sources].sort()).toEqual(PAGES.filter((page) => page !== 'README.md'));
  });

  it('gives every page an address of its own', () => {
    const urls = site.pages.map(({ page }) => page.url);
    expect(new Set(urls).size).toBe(urls.length);
  });
});

describe('built pages', () => {
  it('ask nothing of the network, and no address begins at the root of a host', () => {
    const asking = [...html].filter(([, text]) =>
      /(?: src="|<link [^>]*href=")(?:https?:|\/)|@import| href="\//.test(text),
    );
    expect(asking.map(([url]) => url)).toEqual([]);
    const styles = String(site.files.get('assets/site.css'));
    expect(styles).not.toMatch(/url\(|@import/);
  });

  it.each([...html.keys()])('%s has one title, landmarks with names, and ids that occur once', (url) => {
    const text = html.get(url) ?? '';
    expect(text.match(/<h1[ >]/g)).toHaveLength(1);
    expect(text).toContain('<html lang="en">');
    expect(text).toContain('<a class="skip" href="#site-content">');
    expect(text.match(/<main id="site-content"/g)).toHaveLength(1);
    expect([...text.matchAll(/<nav(?! [^>]*aria-label)/g)]).toEqual([]);
    const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    expect([...text.matchAll(/<img(?![^>]* alt=)/g)]).toEqual([]);
  });

  it('mark the page that is shown', () => {
    const unmarked = site.pages.filter(
      ({ page }) => (html.get(page.url)?.match(/aria-current="page"/g) ?? []).length !== 1,
    );
    expect(unmarked.map(({ page }) => page.url)).toEqual([]);
  });

  it('are the same bytes when built again', () => {
    const again = buildSite(ROOT);
    expect([...again.files.keys()]).toEqual([...site.files.keys()]);
    expect(
      [...again.files].filter(([url, content]) => String(content) !== String(site.files.get(url))),
    ).toEqual([]);
  });
});
