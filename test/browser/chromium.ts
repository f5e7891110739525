import { existsSync } from 'node:fs';
import type { Browser } from 'puppeteer-core';

/** Where distributions put Chromium or Chrome; `PLIMSOLL_CHROMIUM` names another. */
const PLACES: readonly string[] = [
  process.env['PLIMSOLL_CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The path of a browser on this machine; undefined where there is none. */
export const CHROMIUM: string | undefined = PLACES.find((place) => place !== '' && existsSync(place));

/** What tests say that are skipped. */
export const NO_CHROMIUM = 'no Chromium found: apt-get install chromium, or name one in PLIMSOLL_CHROMIUM';

/** A browser without a window. It runs as root in containers, hence without the sandbox of Chromium; it opens our own pages only. */
export async function startChromium(): Promise<Browser> {
  if (CHROMIUM === undefined) throw new Error(NO_CHROMIUM);
  const { default: puppeteer } = await import('puppeteer-core');
  return puppeteer.launch({
    executablePath: CHROMIUM,
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  });
}
