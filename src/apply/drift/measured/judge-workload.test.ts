import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plannedChat } from '../testing/metric-world.ts';
import type { Histogram } from './histogram.ts';
import { judgeWorkload } from './judge-workload.ts';
import type { HourlyHistogram, HourlyMean, MeasuredWorkload } from './measured-workload.ts';
import type { PlannedWorkload } from './planned-workload.ts';

const TOLERANCE = { relative: 0.2 };
const HOURS = [...new Array(168).keys()];

function hourly(value: number | ((hour: number) => number), hours: readonly number[] = HOURS): HourlyMean {
  const of = typeof value === 'number' ? () => value : value;
  return { metric: 'm', hours: new Map(hours.map((hour) => [hour, { mean: of(hour), samples: 1 }])) };
}

/** Latencies of which all lie in the bucket from 0.8 to 1.2 times a value, in every hour. */
function around(value: number, isPerToken = false, perHour = 10_000): HourlyHistogram {
  const histogram: Histogram = {
    buckets: [
      { le: value * 0.8, count: 0 },
      { le: value * 1.2, count: perHour },
      { le: Infinity, count: perHour },
    ],
    sum: value * perHour,
  };
  return { metric: 'h', isPerToken, hours: new Map(HOURS.map((hour) => [hour, histogram])) };
}

const AS_PLANNED: MeasuredWorkload = {
  workload: 'chat',
  requestRate: hourly(10),
  ttft: around(0.2),
  tpot: around(0.2),
  e2e: around(0.2),
  isl: { metric: 'i', mean: 1000 },
  osl: { metric: 'o', mean: 200 },
  prefixHitRate: { metric: 'p', value: 0.3 },
  pods: hourly(2),
  missing: [],
};

function judge(changes: Partial<MeasuredWorkload>, planned: PlannedWorkload = plannedChat()) {
  const found = judgeWorkload(planned, { ...AS_PLANNED, ...changes }, TOLERANCE);
  return {
    moved: found.moved.map(({ assumption }) => assumption),
    missed: found.missed.map(({ name, missed, follows }) => [name, missed, ...follows].join(' ')),
    found,
  };
}

describe('a workload measured', () => {
  it('as planned has moved nowhere', () => {
    expect(judge({})).toMatchObject({ moved: [], missed: [] });
  });

  it('within the tolerance has moved nowhere (property)', () => {
    const near = fc.double({ min: 0.86, max: 1.16, noNaN: true });
    fc.assert(
      fc.property(near, near, near, near, (rate, isl, osl, pods) => {
        const found = judge({
          requestRate: hourly(10 * rate),
          isl: { metric: 'i', mean: 1000 * isl },
          osl: { metric: 'o', mean: 200 * osl },
          pods: hourly(2 * pods),
        });
        expect(found.moved).toEqual([]);
      }),
    );
  });

  it('names exactly the assumptions that were moved, in any combination (property)', () => {
    const moves: Readonly<Record<string, Partial<MeasuredWorkload>>> = {
      'traffic-rate': { requestRate: hourly(14) },
      'input-length': { isl: { metric: 'i', mean: 600 } },
      'output-length': { osl: { metric: 'o', mean: 290 } },
      'prefix-hit-rate': { prefixHitRate: { metric: 'p', value: 0.05 } },
      replicas: { pods: hourly(1.2) },
    };
    fc.assert(
      fc.property(fc.subarray(Object.keys(moves)), fc.boolean(), (moved, isSlow) => {
        const changes = Object.assign({}, ...moved.map((name) => moves[name])) as Partial<MeasuredWorkload>;
        const found = judge({ ...changes, ...(isSlow ? { tpot: around(0.6) } : {}) });
        const slowing = moved.filter((name) => name !== 'input-length');
        const blamed = isSlow && slowing.length === 0 ? ['service-time'] : [];
        expect(found.moved.toSorted()).toEqual([...moved, ...blamed].toSorted());
        expect(found.missed.length > 0).toBe(isSlow);
      }),
    );
  });

  it('says by how much the request rate moved', () => {
    const { found } = judge({ requestRate: hourly(13) });
    expect(found.moved).toHaveLength(1);
    expect(found.moved[0]).toMatchObject({ assumption: 'traffic-rate', planned: 10, measured: 13 });
    expect(found.moved[0]?.statement).toBe('Request rate up 30 %: 13 requests/s, planned 10 requests/s.');
    expect(judge({ requestRate: hourly(7) }).moved).toEqual(['traffic-rate']);
  });

  it('does not judge the weekly mean by a few hours, but sees an hour above its window', () => {
    expect(judge({ requestRate: hourly(5, [1, 2, 3]) }).moved).toEqual([]);
    const night = judge({ requestRate: hourly((hour) => (hour === 50 ? 20 : 10)) });
    expect(night.moved).toEqual(['traffic-hours']);
    expect(night.found.moved[0]?.statement).toContain('Wed 02:00 UTC 20/s, planned at most 10/s');
  });

  it('takes a few requests more for chance', () => {
    const planned = plannedChat({ hourlyPeak: new Array<number>(168).fill(0.001), meanRate: 0.001 });
    const noisy = hourly((hour) => (hour % 7 === 0 ? 0.0016 : 0.001));
    expect(judge({ requestRate: noisy }, planned).moved).toEqual([]);
  });

  it.each<[string, Partial<MeasuredWorkload>, string]>([
    ['longer prompts', { isl: { metric: 'i', mean: 1300 } }, 'input-length'],
    ['longer answers', { osl: { metric: 'o', mean: 300 } }, 'output-length'],
    ['shorter answers', { osl: { metric: 'o', mean: 100 } }, 'output-length'],
    ['a colder cache', { prefixHitRate: { metric: 'p', value: 0.1 } }, 'prefix-hit-rate'],
    ['fewer pods', { pods: hourly(1.5) }, 'replicas'],
    ['more pods', { pods: hourly(3) }, 'replicas'],
  ])('names %s', (_, changes, assumption) => {
    expect(judge(changes).moved).toEqual([assumption]);
  });

  it('blames the model only when the load has not grown', () => {
    const slow = { tpot: around(0.5) };
    expect(judge(slow)).toMatchObject({
      moved: ['service-time'],
      missed: [
        'tpot mean, busiest window prediction service-time',
        'tpot p50, busiest window prediction service-time',
        'tpot p99, busiest window prediction service-time',
      ],
    });
    const loaded = judge({ ...slow, requestRate: hourly(15) });
    expect(loaded.moved).toEqual(['traffic-rate']);
    expect(loaded.missed).toContain('tpot p99, busiest window prediction traffic-rate');
    expect(judge({ ...slow, pods: hourly(1) }).moved).toEqual(['replicas']);
    // More pods and shorter answers explain nothing slower.
    const lighter = judge({ ...slow, pods: hourly(3), osl: { metric: 'o', mean: 100 } });
    expect(lighter.moved).toContain('service-time');
  });

  it('says when more load may be the reason because nobody counted requests', () => {
    const { requestRate: _, ...unknown } = AS_PLANNED;
    const found = judgeWorkload(plannedChat(), { ...unknown, ttft: around(0.45) }, TOLERANCE);
    expect(found.moved[0]?.statement).toMatch(/request rate was not measured/);
  });

  it('takes only slower for drift', () => {
    expect(judge({ ttft: around(0.02), tpot: around(0.02), e2e: around(0.02) }).moved).toEqual([]);
  });

  it('holds a bucket against the SLO by its lower end', () => {
    const limits = (limit: number) =>
      plannedChat({
        limits: [{ metric: 'ttft', percentile: 'p99', limit }] as PlannedWorkload['limits'] & object,
      });
    expect(judge({}, limits(0.15)).missed).toEqual(['ttft p99, all hours slo']);
    const open = judge({}, limits(0.2));
    expect(open.missed).toEqual([]);
    expect(open.found.figures.find(({ name }) => name === 'ttft p99, all hours')?.note).toBe(
      'the limit lies inside the bucket',
    );
  });

  it('does not judge percentiles of few requests, or of single tokens', () => {
    const few = judge({ tpot: around(0.5, false, 1) });
    expect(few.missed).not.toContain('tpot p99, busiest window prediction service-time');
    const gaps = judge({ tpot: around(0.5, true) });
    expect(gaps.missed).toEqual(['tpot mean, busiest window prediction service-time']);
  });

  it('tells more CPU per request of a service', () => {
    const planned = plannedChat({ kind: 'service', cpuSecondsPerRequest: 0.1 });
    expect(judge({ cpuCores: hourly(1) }, planned).moved).toEqual([]);
    const found = judge({ cpuCores: hourly(2) }, planned);
    expect(found.moved).toEqual(['service-time']);
    expect(found.found.moved[0]?.statement).toBe('A request takes 200 ms of CPU, planned 100 ms.');
  });
});
