import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TimelineRecorder } from './timeline.ts';

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('TimelineRecorder', () => {
  it('keeps time-weighted sums and tokens whatever the length of the run', () => {
    const stretch = fc.record({
      pool: fc.nat({ max: 1 }),
      seconds: fc.double({ min: 0, max: 500, noNaN: true }),
      running: fc.nat({ max: 20 }),
      tokens: fc.nat({ max: 900 }),
    });
    fc.assert(
      fc.property(fc.array(stretch, { minLength: 1, maxLength: 40 }), (stretches) => {
        const recorder = new TimelineRecorder([
          { name: 'a', replicas: 1 },
          { name: 'b', replicas: 2 },
        ]);
        const ends = [0, 0];
        const running = [0, 0];
        const tokens = [0, 0];
        for (const item of stretches) {
          const from = ends[item.pool]!;
          const to = from + item.seconds;
          const { running: run, tokens: outputTokens } = item;
          recorder.add(item.pool, { from, to, running: run, waiting: 2, kvShare: 0.5, outputTokens });
          ends[item.pool] = to;
          running[item.pool]! += item.running * item.seconds;
          tokens[item.pool]! += item.tokens;
        }
        const { bucketSeconds, pools } = recorder.timeline();
        const end = Math.max(...ends);
        fc.pre(end > 1);
        expect(pools.map(({ pool }) => pool)).toEqual(['a', 'b']);
        pools.forEach((pool, index) => {
          expect(pool.running.length).toBeLessThanOrEqual(240);
          expect(pool.running.length).toBe(Math.ceil(end / bucketSeconds));
          // Undo the division by bucket width; the last bucket is cut at the end.
          const spans = pool.running.map(
            (_, i) => Math.min(end, (i + 1) * bucketSeconds) - i * bucketSeconds,
          );
          expect(sum(pool.running.map((mean, i) => mean * spans[i]!))).toBeCloseTo(running[index]!, 6);
          expect(sum(pool.outputTokensPerSecond.map((rate, i) => rate * spans[i]!))).toBeCloseTo(
            tokens[index]!,
            6,
          );
          expect(sum(pool.waiting.map((mean, i) => mean * spans[i]!))).toBeCloseTo(2 * ends[index]!, 6);
          const share = (0.5 * ends[index]!) / (index + 1);
          expect(sum(pool.kvShare.map((mean, i) => mean * spans[i]!))).toBeCloseTo(share, 6);
        });
      }),
    );
  });
});
