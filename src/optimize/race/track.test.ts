import { describe, expect, it } from 'vitest';
import { BATCH_LIMITS } from '../candidates/batch-limits.ts';
import type { BenchTask } from '../capacity/task.ts';
import { crewAnswering } from '../testing/crews.ts';
import { scriptedCrew } from '../testing/scripted.ts';
import { smallField } from '../testing/small-field.ts';
import { EFFORTS } from './effort.ts';
import { countReasons } from './proof.ts';
import { asBeaten, asBounded, asNotMeasured, withoutCapacity } from './reasons.ts';
import type { RaceUnits } from './reasons.ts';
import { Track } from './track.ts';
import type { RaceOptions } from './track.ts';

const FIELD = smallField();
const SHAPE = FIELD.shape('bf16-tp1');
const UNIT: RaceUnits = { load: 'requests/s', cost: 'money' };
const CONTENDERS = Array.from({ length: 20 }, (_, index) => {
  return { shape: SHAPE, batch: BATCH_LIMITS[index % BATCH_LIMITS.length]!, price: 1e6 };
});

function optionsOf(facts: Partial<RaceOptions> = {}): RaceOptions {
  return {
    crew: scriptedCrew(({ batch }) => batch.maxSequences / 10),
    effort: EFFORTS.quick,
    longest: 1000,
    unit: UNIT,
    isOver: () => false,
    onWave: () => Promise.resolve(),
    ...facts,
  };
}

describe('a track', () => {
  it('hands out runs in waves of sixteen, in order, and tells its host before each', async () => {
    const waves: number[] = [];
    const sizes: number[] = [];
    const inner = scriptedCrew(({ batch }) => batch.maxSequences / 10);
    const crew = {
      ...inner,
      run: ((tasks: readonly BenchTask[]) => {
        sizes.push(tasks.length);
        return inner.run(tasks);
      }) as typeof inner.run,
    };
    const onWave = (_: unknown, share: number): Promise<void> => {
      waves.push(share);
      return Promise.resolve();
    };
    const track = new Track(optionsOf({ crew, onWave }), 2);
    const found = await track.find(CONTENDERS, { count: 500, tolerance: 0.1 });
    expect(sizes).toEqual([16, 4]);
    expect(waves[0]).toBe(0);
    expect(waves[1]).toBeGreaterThan(0);
    expect(waves[1]).toBeLessThan(1);
    expect(found.map(({ batch }) => batch)).toEqual(CONTENDERS.map(({ batch }) => batch));
    expect(found[0]!.rate).toBeCloseTo(25.6 / 1.05);
    expect(track.work).toEqual({ candidates: 15, simulations: 20, requests: 20 * 500 });
  });

  it('starts searches where it is told, and reads ratios at the loads asked for', async () => {
    const asked: BenchTask[] = [];
    const inner = scriptedCrew(() => 10);
    const crew = crewAnswering(async (task) => {
      asked.push(task);
      return (await inner.run([task]))[0];
    });
    const track = new Track(optionsOf({ crew }), 1);
    const [contender] = CONTENDERS;
    await track.find([contender!], { count: 500, tolerance: 0.1, starts: [3] });
    const ratios = await track.ratios(
      [5, 10, 20].map((load) => ({ contender: contender!, load })),
      700,
    );
    expect(ratios).toEqual([0.125, 1, 8]);
    expect(asked[0]!.args).toMatchObject({ start: 3, count: 500 });
    expect(asked[2]!.args).toMatchObject({ load: 10, count: 700, canAbort: true });
  });

  it('remembers that the time was up', () => {
    let isOver = true;
    const track = new Track(optionsOf({ isOver: () => isOver }), 1);
    expect(track.wasCut).toBe(false);
    expect(track.isCut()).toBe(true);
    isOver = false;
    expect(track.isCut()).toBe(true);
    expect(track.wasCut).toBe(true);
  });
});

describe('reasons', () => {
  it('name shape or candidate, with the figures that decided', () => {
    const [batch] = BATCH_LIMITS;
    const lost = { unit: UNIT, cost: 3.6e6, load: 4 };
    expect(asBeaten(SHAPE, lost)).toMatchObject({ candidate: SHAPE.id, pool: 'h', reason: 'costlier' });
    const limited = asBeaten(SHAPE, { ...lost, batch: batch! });
    expect(limited.candidate).toBe(`${SHAPE.id}-b4096x256`);
    expect(limited.detail).toContain('at 4 requests/s');
    const facts = { id: 'x', unit: UNIT, bound: 12, least: 5e6, ceiling: 4e6 };
    expect(asBounded(SHAPE, facts)).toMatchObject({
      candidate: 'x',
      reason: 'bound-exceeds-best',
      detail: expect.stringContaining('carries at most 12 requests/s'),
    });
    expect(asNotMeasured(SHAPE)).toMatchObject({ candidate: SHAPE.id, reason: 'not-measured' });
  });

  it('of shapes without capacity tell the latency over its limit, or that they do not keep up', async () => {
    const [measured] = await new Track(optionsOf({ crew: scriptedCrew(() => 0) }), 1).find(CONTENDERS, {
      count: 500,
      tolerance: 0.1,
    });
    expect(withoutCapacity(measured!)).toMatchObject({
      reason: 'slo-not-met',
      detail: expect.stringContaining('tpot.p99 is 80 ms'),
    });
    const { reading } = measured!;
    const unstable = { ...measured!, reading: { ...reading, limit: 'stability' } };
    expect(withoutCapacity(unstable).reason).toBe('unstable');
  });

  it('are counted, sorted by name', () => {
    const rejected = ['b', 'a', 'c'].map((candidate) => asNotMeasured({ ...SHAPE, id: candidate }));
    const beaten = asBeaten(SHAPE, { unit: UNIT, cost: 1e6 });
    expect(Object.entries(countReasons([...rejected, beaten]))).toEqual([
      ['costlier', 1],
      ['not-measured', 3],
    ]);
    expect(countReasons([])).toEqual({});
  });
});
