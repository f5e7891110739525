import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textWidth } from '../report/index.ts';
import { ProgressLine, progressText } from './progress-line.ts';
import { TimeLeft, timeLeftPhrase } from './time-left.ts';

const MESSAGE = { kind: 'progress', stage: 'race', detail: 'chat', done: 3, total: 41 } as const;

/** A line on a stream that keeps what is drawn, with a clock set by hand. */
function drawn({ isWatched = true, columns = 80 } = {}) {
  const texts: string[] = [];
  const clock = { now: 0 };
  const line = new ProgressLine(
    { columns, write: (text: string | Uint8Array) => texts.push(String(text)) > 0 },
    isWatched,
    () => clock.now,
  );
  return { line, clock, texts: () => texts.map((text) => text.replace('\r\u001b[2K', '')) };
}

describe('the progress line', () => {
  it('tells stage, steps, share and time left', () => {
    const { line, clock, texts } = drawn();
    line.show({ ...MESSAGE, share: 0 });
    clock.now = 4000;
    line.show({ ...MESSAGE, done: 11, share: 0.25 });
    line.clear();
    expect(texts()).toEqual(['race chat 3/41 · 0 %', 'race chat 11/41 · 25 % · about 12 s left', '']);
  });

  it('is silent where nobody watches', () => {
    const { line, texts } = drawn({ isWatched: false });
    line.show({ ...MESSAGE, share: 0.5 });
    line.clear();
    expect(texts()).toEqual([]);
  });

  it('leaves out messages that come too fast, but not the last of a stage', () => {
    const { line, clock, texts } = drawn();
    line.show(MESSAGE);
    clock.now = 10;
    line.show({ ...MESSAGE, done: 4 });
    line.show({ ...MESSAGE, done: 41 });
    line.clear();
    expect(texts()).toEqual(['race chat 3/41', 'race chat 41/41', '']);
  });

  it.each([100, 60, 48])('in %d cells gives up words before figures', (width) => {
    const detail = 'chat, best so far 41,234 USD/month';
    const text = progressText({ ...MESSAGE, detail, share: 0.27 }, 12.4, width);
    expect(textWidth(text)).toBeLessThanOrEqual(width);
    expect(text).toMatch(/^race .*3\/41 · 27 % · about 12 s left$/);
  });

  it('in 19 cells, as of a terminal of 20, tells stage and share', () => {
    expect(progressText({ ...MESSAGE, share: 0.27 }, 12.4, 19)).toBe('race · 27 %');
    expect(progressText({ ...MESSAGE, share: 0.27 }, 12.4, 30)).toBe('race · 27 % · about 12 s left');
    expect(progressText({ ...MESSAGE, share: 0.27 }, 12.4, 3)).toBe('ra…');
  });

  it('never breaks into a second line, whatever is told and however narrow the terminal', () => {
    const message = fc.record({
      kind: fc.constant('progress' as const),
      stage: fc.constantFrom('race', 'import', '東京'),
      detail: fc.string({ unit: 'grapheme', maxLength: 60 }),
      done: fc.nat(100),
      total: fc.nat(100),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    const left = fc.option(fc.double({ min: 0, max: 1e5, noNaN: true }), { nil: undefined });
    fc.assert(
      fc.property(message, left, fc.integer({ min: 1, max: 120 }), (told, seconds, columns) => {
        const text = progressText(told, seconds, columns - 1);
        expect(textWidth(text)).toBeLessThan(columns);
        // eslint-disable-next-line no-control-regex
        expect(text).not.toMatch(/[\r\n\u001b]/);
      }),
    );
  });

  it('is removed when the process ends while it is shown', () => {
    const before = process.listenerCount('exit');
    const { line } = drawn();
    line.show(MESSAGE);
    expect(process.listenerCount('exit')).toBe(before + 1);
    line.clear();
    line.clear();
    expect(process.listenerCount('exit')).toBe(before);
  });
});

describe('the time left', () => {
  it('is what is left of a steady work', () => {
    const left = new TimeLeft();
    for (let second = 0; second <= 60; second++) {
      const told = left.update(second / 60, second);
      if (second >= 2) expect(told).toBeCloseTo(60 - second, 6);
    }
  });

  it('is not told before there is something to tell it by', () => {
    const left = new TimeLeft();
    expect([left.update(0, 0), left.update(0.5, 0.5), left.update(0.6, 1.5)]).toEqual([
      undefined,
      undefined,
      expect.closeTo(1),
    ]);
  });

  it('begins anew when the share falls back', () => {
    const left = new TimeLeft();
    left.update(0, 0);
    left.update(0.9, 9);
    expect(left.update(0.1, 10)).toBeUndefined();
    expect(left.update(0.6, 15)).toBeCloseTo((5 * 0.4) / 0.6, 6);
  });

  it('never rises by more than a third of the surprise in a second, and is never negative', () => {
    const steps = fc.array(fc.double({ min: 0, max: 0.05, noNaN: true }), { minLength: 10, maxLength: 60 });
    fc.assert(
      fc.property(steps, (gains) => {
        const left = new TimeLeft();
        let share = 0;
        let before: number | undefined;
        for (const [second, gain] of gains.entries()) {
          share = Math.min(1, share + gain);
          const told = left.update(share, second);
          if (told !== undefined) {
            expect(told).toBeGreaterThanOrEqual(0);
            const measured = (second * (1 - share)) / share;
            if (before !== undefined && told > before)
              expect(told - before).toBeLessThanOrEqual((measured - before + 1) / 3);
          }
          before = told;
        }
      }),
    );
  });

  it.each([
    [0.2, 'nearly done'],
    [12.4, 'about 12 s left'],
    [33, 'about 35 s left'],
    [59, 'about 1 min left'],
    [200, 'about 3 min left'],
    [9000, 'about 2.5 h left'],
  ])('of %f s is said as "%s"', (seconds, phrase) => {
    expect(timeLeftPhrase(seconds)).toBe(phrase);
  });
});
