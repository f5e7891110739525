/**
 * Size and speed of the page of a report (`npm run bench:report-page`): 200 services and 200 language models with evidence of every kind, opened in a
 * real Chromium. Prints bytes, time to write the page, and from the start of navigation: until its content is there, and until the first
 * interaction (a workload is opened) is on the screen; medians of several runs.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'puppeteer-core';
import type { ReportDocument } from '../src/report/index.ts';
import { renderHtml } from '../src/report/index.ts';
import { CHROMIUM, NO_CHROMIUM, startChromium } from '../test/browser/chromium.ts';
import { REPORTS } from '../test/support/report-documents.ts';

const RUNS = 7;

interface Opening {
  readonly content: number;
  readonly interaction: number;
}

/** Milliseconds since the start of navigation, by the browser's own clock. */
async function open(browser: Browser, url: string): Promise<Opening> {
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 900 });
  await page.goto(url, { waitUntil: 'domcontentloaded' });
  const opening = await page.evaluate(async () => {
    const item = document.querySelector<HTMLDetailsElement>('details.workload');
    if (item !== null) item.open = !item.open;
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const interaction = performance.now();
    const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    return { content: navigation?.domContentLoadedEventEnd ?? NaN, interaction };
  });
  await page.close();
  return opening;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

async function measure(
  browser: Browser,
  name: string,
  report: ReportDocument,
  folder: string,
): Promise<string> {
  renderHtml(report);
  const started = performance.now();
  const page = renderHtml(report);
  const written = performance.now() - started;
  const file = path.join(folder, 'page.html');
  writeFileSync(file, page);
  const openings: Opening[] = [];
  for (let run = 0; run < RUNS; run += 1) openings.push(await open(browser, pathToFileURL(file).href));
  const [content, interaction] = (['content', 'interaction'] as const).map((key) =>
    Math.round(median(openings.map((item) => item[key]))),
  );
  return `| ${name} | ${(Buffer.byteLength(page) / 1e6).toFixed(2)} | ${Math.round(written)} | ${content ?? NaN} | ${interaction ?? NaN} |`;
}

if (CHROMIUM === undefined) throw new Error(NO_CHROMIUM);
const browser = await startChromium();
const folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-bench-page-'));
console.log(`${await browser.version()}, medians of ${RUNS} runs\n`);
console.log('| report | MB | written in ms | content there after ms | first interaction shown after ms |');
console.log('| --- | ---: | ---: | ---: | ---: |');
for (const [name, report] of Object.entries(REPORTS))
  console.log(await measure(browser, name, report(), folder));
await browser.close();
rmSync(folder, { recursive: true });
