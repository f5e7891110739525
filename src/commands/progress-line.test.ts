import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProgressLine } from './progress-line.ts';
import { TimeLeft, timeLeftPhrase } from './time-left.ts';

const MESSAGE = { kind: 'progress', stage: 'race', detail: 'chat', done: 3, total: 41 } as const;

/** A line on a stream that keeps what is drawn, with a clock set by hand. */
function drawn(stream: { readonly isTTY?: boolean; readonly columns?: number } = {}) {
  const texts: string[] = [];
  const clock = { now: 0 };
  const line = new ProgressLine(
    {
      isTTY: true,
      columns: 80,
      ...stream,
      write: (text: string | Uint8Array) => texts.push(String(text)) > 0,
    },
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
    const { line, texts } = drawn({ isTTY: false });
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

  it('never breaks into a second line', () => {
    const { line, texts } = drawn({ columns: 12 });
    line.show({ ...MESSAGE, share: 0.5 });
    line.clear();
    expect(texts()[0]).toHaveLength(11);
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
