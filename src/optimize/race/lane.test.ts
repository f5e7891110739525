import { describe, expect, it } from 'vitest';
import { DEFAULT_BATCH, WIDEST_BATCH } from '../candidates/batch-limits.ts';
import { MeasuringBench } from '../capacity/measure.ts';
import type { Measured } from '../capacity/measure.ts';
import { BoundedLoads } from '../bounds/bounded-loads.ts';
import { p99, smallField } from '../testing/small-field.ts';
import { scriptedCrew, scriptedReading } from '../testing/scripted.ts';
import { RacedShape, isSame } from './contenders.ts';
import { EFFORTS, FINALIST_RANGE, SHORT_DOUBT } from './effort.ts';
import { Lane, lanesOf } from './lane.ts';
import { Standings } from './standings.ts';
import { Track } from './track.ts';

const FIELD = smallField({ accelerators: 4 });
const BENCH = new MeasuringBench(FIELD.subject);
const raced = (
  cut: string,
  price: number,
  loads: ConstructorParameters<typeof RacedShape>[1]['loads'] = [],
) => new RacedShape(FIELD.shape(cut), { bench: BENCH, loads, price });
const measured = (item: RacedShape, rate: number): Measured => {
  return { shape: item.shape, batch: DEFAULT_BATCH, rate, reading: scriptedReading(rate, rate) };
};

describe('lanes', () => {
  it('hold the shapes of one pool and size, without stages first, then by guessed cost', () => {
    const cuts = ['tp2', 'tp1-pp4', 'tp1', 'tp4', 'tp1-pp2', 'tp2-pp2', 'tp1-dp2-ff2'];
    const lanes = lanesOf(cuts.map((cut) => raced(`bf16-${cut}`, 1e6)));
    expect(lanes.map(({ id }) => id)).toEqual(['h/1', 'h/2', 'h/4']);
    const names = lanes.map((lane) => lane.shapes.map(({ shape }) => shape.id.split('bf16-')[1]));
    expect(names[1]!.at(-1)).toBe('tp1-pp2');
    expect(names[2]).toEqual(['tp4', 'tp2-pp2', 'tp1-pp4']);
    // One leader per family: plain, pipelines, data parallel.
    expect(lanes[1]!.leaders.map(({ family }) => family).sort()).toEqual(['', 'dp', 'pp']);
  });

  it('keep the cheapest per load', () => {
    const [a, b] = [raced('bf16-tp2', 2e6), raced('bf16-tp1-pp2', 1e6)];
    const lane = new Lane('h/2', [a, b]);
    expect(lane.cost).toBe(Infinity);
    lane.consider(measured(a, 0));
    expect(lane.best).toBeUndefined();
    lane.consider(measured(a, 10));
    lane.consider(measured(b, 6));
    expect(lane.best?.shape.id).toBe(b.shape.id);
    lane.consider(measured(a, 11));
    expect(lane.best?.shape.id).toBe(b.shape.id);
    expect(lane.cost).toBeCloseTo(1e6 / 6);
    expect(lane.sureCost).toBeCloseTo((1e6 / 6) * (1 + SHORT_DOUBT));
    lane.isSettled = true;
    expect(lane.sureCost).toBe(lane.cost);
  });
});

describe('standings', () => {
  const standingsOf = (rates: readonly (number | undefined)[]) => {
    const shapes = ['bf16-tp1', 'bf16-tp2', 'bf16-tp4'].map((cut, index) => raced(cut, 1e6 * 2 ** index));
    const lanes = lanesOf(shapes);
    for (const [index, rate] of rates.entries())
      if (rate !== undefined) lanes[index]!.consider(measured(shapes[index]!, rate));
    const track = new Track(
      {
        crew: scriptedCrew(() => 1),
        effort: EFFORTS.quick,
        longest: 1000,
        unit: { load: 'requests/s', cost: 'money' },
        isOver: () => false,
        onWave: () => Promise.resolve(),
      },
      lanes.length,
    );
    return { standings: new Standings(lanes, track), track, lanes };
  };

  it('ask of a lane to beat its own best, and to stay in range of the cheapest of the pool', () => {
    const { standings, lanes } = standingsOf([10, 10, undefined]);
    expect(standings.ceiling(lanes[0]!)).toBeCloseTo(1e5);
    expect(standings.ceiling(lanes[1]!)).toBeCloseTo(FINALIST_RANGE * 1e5);
    expect(standings.ceiling(lanes[2]!)).toBeCloseTo(FINALIST_RANGE * 1e5);
    expect(standings.ceiling(lanes[0]!, true)).toBeCloseTo(1e5 * (1 + SHORT_DOUBT));
  });

  it('send the cheapest lanes of a pool to the longest runs, and tell the others why not', () => {
    const { standings, lanes, track } = standingsOf([10, 18, 10]);
    const open = standings.open();
    expect(open.map(({ id }) => id)).toEqual(['h/1', 'h/2']);
    expect(standings.final(open).map(({ id }) => id)).toEqual(['h/1', 'h/2']);
    const { shape, batch } = lanes[2]!.best!;
    const [told] = [...track.rejected.values()];
    expect(told).toMatchObject({ reason: 'costlier' });
    expect(told!.candidate).toContain(shape.id);
    expect(isSame({ shape, batch }, { shape, batch: WIDEST_BATCH })).toBe(false);
  });

  it('reject by its bound what cannot reach the ceiling, and nothing that may', () => {
    const { standings, track, lanes } = standingsOf([10, undefined, undefined]);
    const sample = BENCH.sample(1000);
    const loads = new BoundedLoads(sample).under(p99({ tpot: 40, ttft: 1 }));
    const bounded = raced('bf16-tp2', 2e6, loads);
    const { widestBound } = bounded;
    expect(widestBound).toBeLessThan(Infinity);
    expect(bounded.bound(DEFAULT_BATCH)).toBeLessThanOrEqual(widestBound * 1.001);
    const dear = raced('bf16-tp2', widestBound * 1e6, loads);
    expect(standings.isWithinBound(dear, lanes[1]!)).toBe(false);
    expect(track.rejected.get(dear.shape.id)).toMatchObject({ reason: 'bound-exceeds-best' });
    expect(standings.isWithinBound(raced('bf16-tp2', widestBound * 1e4, loads), lanes[1]!)).toBe(true);
  });
});
