import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { launch } from 'puppeteer-core';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildSite } from '../../scripts/site/build.ts';
import { ROOT } from '../support/run-command.ts';

const CHROMIUM = [
  process.env['CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((file) => file !== '' && existsSync(file));
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** One page of every kind: text, long tables, generated fields, code. */
const PAGES = [
  'index.html',
  'tutorials/platform-engineer.html',
  'how-to/apply.html',
  'reference/commands.html',
  'reference/problem-fields.html',
  'explanation/accuracy.html',
];

if (CHROMIUM === undefined)
  console.warn('No Chromium found (set CHROMIUM to its path): the site is not opened in a browser.');

describe.runIf(CHROMIUM !== undefined)('the site in a browser, opened from disk', () => {
  // A sub-path with a space, as a site may lie anywhere.
  const folder = path.join(mkdtempSync(path.join(tmpdir(), 'plimsoll-site-')), 'sub path');
  let browser: Browser;

  beforeAll(async () => {
    for (const [name, content] of buildSite(ROOT).files) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), content);
    }
    browser = await launch({ executablePath: CHROMIUM ?? '', args: ['--no-sandbox', '--disable-gpu'] });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    rmSync(path.dirname(folder), { recursive: true, force: true });
  });

  /** A page of the site with everything that it asked for and every error that it told. */
  async function opened(url: string, theme: 'light' | 'dark' = 'light', width = 1280) {
    const page = await browser.newPage();
    const asked: string[] = [];
    const errors: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('requestfailed', (request) => errors.push(request.url()));
    await page.setViewport({ width, height: 900 });
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }]);
    await page.goto(`file://${folder.replaceAll(' ', '%20')}/${url}`);
    return { page, asked, errors };
  }

  async function violations(page: Page): Promise<readonly string[]> {
    await page.evaluate(AXE);
    return (await page.evaluate(
      'axe.run(document).then((r) => r.violations.map((v) => v.id + ": " + v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(" | ")))',
    )) as readonly string[];
  }

  it.each(PAGES)(
    '%s has no violation of axe, light and dark, and asks for files of the site only',
    async (url) => {
      for (const theme of ['light', 'dark'] as const) {
        const { page, asked, errors } = await opened(url, theme);
        expect(errors).toEqual([]);
        expect([theme, await violations(page)]).toEqual([theme, []]);
        expect(asked.filter((address) => !address.startsWith('file://'))).toEqual([]);
        await page.close();
      }
    },
    120_000,
  );

  it.each(PAGES)(
    '%s fits a telephone without being scrolled sideways',
    async (url) => {
      const { page } = await opened(url, 'light', 390);
      const widths = (await page.evaluate('[document.documentElement.scrollWidth, window.innerWidth]')) as [
        number,
        number,
      ];
      expect(widths[0]).toBeLessThanOrEqual(widths[1]);
      await page.close();
    },
    120_000,
  );

  it('finds a field of a stack by typing and goes there by keyboard', async () => {
    const { page } = await opened('index.html');
    await page.keyboard.press('/');
    await page.keyboard.type('maxSpotShare workloads');
    await page.waitForSelector('#site-search li a');
    await page.keyboard.press('ArrowDown');
    const first = await page.$eval('#site-search li a', (link) => link.getAttribute('href'));
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    expect(first).toMatch(/^[a-z-]+\/[\w-]+\.html/);
    expect(page.url()).toContain(first?.split('#')[0] ?? 'nowhere');
    await page.close();
  }, 120_000);

  it('changes its theme by a button, which is remembered where the browser allows', async () => {
    const { page } = await opened('index.html', 'light');
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const before = await ground();
    await page.click('#site-theme');
    expect(await ground()).not.toBe(before);
    await page.close();
  }, 120_000);
});
