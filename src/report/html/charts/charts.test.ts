import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chatPlan } from '../../../../test/support/report-documents.ts';
import { sampleEvidence } from '../testing/sample-evidence.ts';
import { capacityChart } from './capacity-chart.ts';
import { hourSpans } from './hour-spans.ts';
import { latencyChart } from './latency-chart.ts';
import { paretoChart, pricedRejections } from './pareto-chart.ts';
import { replayChart } from './replay-chart.ts';
import { thinned } from './thinned.ts';
import { timeTicks, timeWords } from './time-ticks.ts';
import { weekChart } from './week-chart.ts';

const [evidence] = sampleEvidence(chatPlan());
const [ttft] = evidence?.latencies ?? [];
const [decision] = chatPlan().decision.workloads;
if (
  evidence?.capacityCurve === undefined ||
  evidence.replay === undefined ||
  ttft === undefined ||
  decision === undefined
) {
  throw new Error('the sample has all drawings');
}
const { capacityCurve, replay, hours } = evidence;

describe('drawings', () => {
  const drawings = {
    latency: latencyChart(ttft),
    capacity: capacityChart(capacityCurve),
    week: weekChart(hours),
    replay: replayChart(replay),
    candidates: paretoChart(decision),
  };

  it.each(Object.entries(drawings))(
    'have a heading, words for the drawing and no broken coordinate: %s',
    (_, { markup }) => {
      expect(markup).toMatch(/<figcaption>[^<]+/);
      expect(markup).toMatch(/<svg [^>]*role="group" aria-label="[^"]{20,}"/);
      expect(markup).not.toMatch(/NaN|Infinity|undefined/);
    },
  );

  it('mark percentiles with their intervals and a broken limit', () => {
    const broken = latencyChart({ ...ttft, limits: [{ percentile: 99, seconds: 0.1 }] });
    expect(broken.markup.match(/class="interval"/g)).toHaveLength(4);
    expect(broken.markup).toContain('point s1 broken');
    expect(latencyChart(ttft).markup).not.toContain('broken');
  });

  it('join percentiles by a dotted curve where the distribution is not known', () => {
    expect(latencyChart({ ...ttft, cdf: [] }).markup).toContain('line s1 guess');
  });

  it('keep a curve that leaves the picture within it: latency far above the limit is cut', () => {
    const steep = {
      ...capacityCurve,
      limit: 1,
      points: [...capacityCurve.points, { rate: 99, seconds: 1e6 }],
    };
    const path = /class="line s1" d="([^"]*)"/.exec(capacityChart(steep).markup)?.[1] ?? '';
    const heights = [...path.matchAll(/,(-?[\d.]+)/g)].map(([, y]) => Number(y));
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(0);
  });

  it('tell capacity without a known limit in words instead of drawing it', () => {
    const { markup } = weekChart(hours.map((item) => ({ ...item, capacity: Infinity })));
    expect(markup).toContain('no limit known');
    expect(markup).not.toContain('Infinity');
    expect(weekChart([]).markup).toBe('');
  });

  it('show rejected candidates at the least they would cost and why they are out', () => {
    const priced = pricedRejections(decision.rejected);
    expect(priced.length).toBe(decision.rejected.filter((item) => item.reason === 'costlier').length);
    expect(drawings.candidates.markup).toMatch(/aria-label="Rejected: [^"]* USD per 1,000 requests/);
    expect(drawings.candidates.markup).toMatch(/aria-label="Chosen: /);
  });

  it('show each loss of a replay with its place', () => {
    const losses = replay.events.filter((event) => event.kind !== 'ready' && event.kind !== 'start');
    expect(drawings.replay.markup.match(/class="lost"/g)).toHaveLength(losses.length);
    expect(drawings.replay.markup).toContain('4 replicas reclaimed in chat-h100-spot us-east-1a');
    expect(replayChart({ ...replay, steps: [] }).markup).toBe('');
  });

  it('are smaller in brief', () => {
    expect(weekChart(hours, true).markup.length).toBeLessThan(drawings.week.markup.length / 2);
    expect(latencyChart(ttft, true).markup).not.toContain('<table');
  });
});

describe('hours of the week in words', () => {
  it('join days with the same hours', () => {
    const working = Array.from({ length: 5 }, (_, day) =>
      Array.from({ length: 12 }, (_hour, hour) => day * 24 + 8 + hour),
    ).flat();
    expect(hourSpans(working)).toBe('Mon–Fri 08–20');
    expect(hourSpans([...working, 120, 121, 130])).toBe('Mon–Fri 08–20, Sat 00–02 10–11');
    expect(hourSpans(Array.from({ length: 168 }, (_, hour) => hour))).toBe('Mon–Sun');
    expect(hourSpans([])).toBe('');
  });
});

describe('thinned lines', () => {
  it('keep first and last and stay near every point', () => {
    const line = fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 200 })), {
      minLength: 2,
      maxLength: 40,
    });
    fc.assert(
      fc.property(line, (given) => {
        const points = given.map(([x, y], index): readonly [number, number] => [x + index, y]);
        const kept = thinned(points, (point) => point);
        expect(kept[0]).toEqual(points[0]);
        expect(kept.at(-1)).toEqual(points.at(-1));
        expect(kept.length).toBeLessThanOrEqual(points.length);
      }),
    );
  });

  it('drop points on a straight line', () => {
    const points = Array.from({ length: 100 }, (_, x): readonly [number, number] => [x, 2 * x]);
    expect(thinned(points, (point) => point)).toHaveLength(2);
  });
});

describe('times of a replay', () => {
  it('stand at round times, ten at most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e7 }), (end) => {
        const ticks = timeTicks(end);
        expect(ticks.length).toBeLessThanOrEqual(10);
        expect(ticks.at(-1)).toBeLessThanOrEqual(end);
      }),
    );
    expect(timeTicks(72_000).map(timeWords)).toEqual(['0', '4 h', '8 h', '12 h', '16 h', '20 h']);
  });
});
