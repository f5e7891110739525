import { createRequire } from 'node:module';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type axeCore from 'axe-core';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderHtml } from '../../src/report/index.ts';
import { REPORTS } from '../support/report-documents.ts';
import { CHROMIUM, NO_CHROMIUM, startChromium } from './chromium.ts';

/** A report may be this large, so that it can be mailed and opens at once. */
const LARGEST_BYTES = 3_000_000;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Opened {
  readonly page: Page;
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
}

describe.skipIf(CHROMIUM === undefined)('the page of a report in a browser', () => {
  let browser: Browser;
  let folder: string;
  const files = new Map<string, string>();

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-page-'));
    for (const [name, report] of Object.entries(REPORTS)) {
      const file = path.join(folder, `${name.replaceAll(' ', '-')}.html`);
      writeFileSync(file, renderHtml(report()));
      files.set(name, file);
    }
    browser = await startChromium();
  });

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  async function open(name: string, prepare?: (page: Page) => Promise<void>): Promise<Opened> {
    const page = await browser.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => requests.push(request.url()));
    await page.setViewport({ width: 1280, height: 900 });
    await prepare?.(page);
    await page.goto(pathToFileURL(files.get(name) ?? '').href);
    return { page, complaints, requests };
  }

  /** Rules broken, with the first places of each. The policy of the page forbids other scripts, but not those of the test. */
  async function broken(page: Page): Promise<readonly string[]> {
    await page.evaluate(AXE);
    const found = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: typeof axeCore };
      const { violations } = await axe.run();
      return violations.map(
        ({ id, nodes }) =>
          `${id}: ${nodes
            .slice(0, 3)
            .map((node) => node.html)
            .join(' | ')}`,
      );
    });
    return found;
  }

  it.each(Object.keys(REPORTS))(
    'asks nothing of a network, complains of nothing and stays small: %s',
    async (name) => {
      const { page, complaints, requests } = await open(name);
      await page.close();
      expect(complaints).toEqual([]);
      expect(requests.filter((url) => !url.startsWith('data:'))).toEqual([
        pathToFileURL(files.get(name) ?? '').href,
      ]);
      expect(readFileSync(files.get(name) ?? '').byteLength).toBeLessThan(LARGEST_BYTES);
    },
  );

  it.each(
    ['of a language model', 'of services', 'of two plans compared'].flatMap((name) =>
      (['light', 'dark'] as const).map((scheme) => [name, scheme] as const),
    ),
  )('breaks no rule of axe: %s, %s, everything open', async (name, scheme) => {
    const { page } = await open(name, (fresh) =>
      fresh.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]),
    );
    await page.$$eval('details', (all) => all.forEach((item) => (item.open = true)));
    const found = await broken(page);
    await page.close();
    expect(found).toEqual([]);
  });

  it('breaks no rule of axe on a narrow screen', async () => {
    const { page } = await open('of two plans compared', (fresh) =>
      fresh.setViewport({ width: 400, height: 800 }),
    );
    const found = await broken(page);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    await page.close();
    expect(found).toEqual([]);
    expect(width).toBeLessThanOrEqual(400);
  });

  it('shows the nodes of the window that is chosen', async () => {
    const { page } = await open('of a language model');
    const shown = (): Promise<string[]> =>
      page.$$eval('.window', (all) =>
        all
          .filter((item) => item.getClientRects().length > 0)
          .map((item) => item.textContent.trim().slice(0, 2)),
      );
    expect(await shown()).toEqual(['w0']);
    await page.focus('input[name=window]:checked');
    await page.keyboard.press('ArrowRight');
    expect(await shown()).toEqual(['w1']);
    await page.close();
  });

  it('tells the figures of a mark by keyboard and hides them with Escape', async () => {
    const { page } = await open('of a language model');
    await page.$eval('.chart [data-tip][tabindex="0"]', (mark) => (mark as SVGElement).focus());
    const tip = (): Promise<string> =>
      page.$eval('#tip', (item) => ((item as HTMLElement).hidden ? '' : item.textContent));
    const first = await tip();
    await page.keyboard.press('ArrowRight');
    const second = await tip();
    await page.keyboard.press('Escape');
    expect(first).toMatch(/^p50 /);
    expect(second).toMatch(/^p90 /);
    expect(await tip()).toBe('');
    await page.close();
  });

  it('finds workloads by name and orders them by what is left of their limits', async () => {
    const { page } = await open('of 200 services');
    const visible = (): Promise<string[]> =>
      page.$$eval('.workload', (all) =>
        all
          .filter((item) => !(item as HTMLElement).hidden)
          .map((item) => item.querySelector('h3')?.textContent ?? ''),
      );
    await page.type('[data-filter]', 'web-7');
    const found = await visible();
    expect(found.length).toBeGreaterThan(0);
    expect(found.every((name) => name.includes('web-7'))).toBe(true);
    await page.$eval('[data-filter]', (input) => ((input as HTMLInputElement).value = ''));
    await page.type('[data-filter]', ' ');
    await page.select('[data-sort]', 'headroom');
    const left = await page.$$eval('.workload', (all) =>
      all.map((item) => Number((item as HTMLElement).dataset['headroom'])),
    );
    expect(left).toEqual(left.toSorted((a, b) => a - b));
    await page.close();
  });

  it('changes between light and dark', async () => {
    const { page } = await open('of services', (fresh) =>
      fresh.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'light' }]),
    );
    const paper = (): Promise<string> => page.$eval('body', (body) => getComputedStyle(body).backgroundColor);
    const light = await paper();
    await page.click('[data-theme-button]');
    expect(await paper()).not.toBe(light);
    await page.close();
  });

  it('holds all its facts without a script and on paper', async () => {
    const { page } = await open('of services', async (fresh) => {
      await fresh.setJavaScriptEnabled(false);
      await fresh.emulateMediaType('print');
    });
    const pdf = await page.pdf();
    const closed = await page.$$eval(
      'details:not([open]) table',
      (all) => all.filter((item) => item.getClientRects().length === 0).length,
    );
    await page.close();
    expect(closed).toBe(0);
    expect(pdf.byteLength).toBeGreaterThan(10_000);
  });
});

describe.runIf(CHROMIUM === undefined)('the page of a report', () => {
  it.skip(`is not tested in a browser: ${NO_CHROMIUM}`, () => undefined);
});
