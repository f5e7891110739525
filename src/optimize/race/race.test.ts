import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BATCH_LIMITS } from '../candidates/batch-limits.ts';
import { candidateOf } from '../candidates/shape.ts';
import { inlineCrew } from '../capacity/crew.ts';
import type { MeasuringCrew } from '../capacity/crew.ts';
import { MeasuringBench } from '../capacity/measure.ts';
import type { ReplicaRun } from '../capacity/task.ts';
import { crewAnswering, taskName, unevenCrew } from '../testing/crews.ts';
import { scriptedCrew } from '../testing/scripted.ts';
import { modelNamed, smallField } from '../testing/small-field.ts';
import type { SmallField } from '../testing/small-field.ts';
import type { RacedShape } from './contenders.ts';
import type { RaceEffort } from './effort.ts';
import { fieldOf } from './field.ts';
import { race } from './race.ts';
import type { Race } from './race.ts';

const LONGEST = 1500;
const EFFORT: RaceEffort = {
  short: { count: 500, tolerance: 0.1 },
  middle: { count: 900 },
  tolerance: 0.004,
  keptShapes: 4,
  keptShort: 6,
  keptMiddle: 3,
  finalists: 6,
};

function racedOf({ workload, offerings, subject }: SmallField, accelerators: number): readonly RacedShape[] {
  const options = { offerings, reach: { h: accelerators }, includesUnexecutable: true };
  return fieldOf(workload, { ...options, bench: new MeasuringBench(subject) }).shapes;
}

function run(
  shapes: readonly RacedShape[],
  crew: MeasuringCrew,
  { waves = Infinity, effort = EFFORT }: { readonly waves?: number; readonly effort?: RaceEffort } = {},
): Promise<Race> {
  let passed = 0;
  return race(shapes, {
    crew,
    effort,
    longest: LONGEST,
    unit: { load: 'requests/s', cost: 'money' },
    isOver: () => passed >= waves,
    onWave: () => {
      passed++;
      return Promise.resolve();
    },
  });
}

/** Shapes that the result says nothing of: neither finalists nor failed, and not rejected as a whole or with any limits. */
function untold(shapes: readonly RacedShape[], { finalists, failed, rejected }: Race): readonly string[] {
  const told = new Set([...finalists, ...failed].map(({ shape }) => shape.id));
  return shapes
    .map(({ shape }) => shape)
    .filter((shape) => !told.has(shape.id))
    .filter((shape) => {
      const ids = [shape.id, ...BATCH_LIMITS.map((batch) => candidateOf(shape, batch).id)];
      return !rejected.some(({ candidate }) => ids.includes(candidate));
    })
    .map(({ id }) => id);
}

function expectValid(shapes: readonly RacedShape[], result: Race): void {
  const { finalists, failed, rejected } = result;
  expect(untold(shapes, result)).toEqual([]);
  const out = new Set(rejected.map(({ candidate }) => candidate));
  expect(out.size).toBe(rejected.length);
  for (const { shape, batch, rate } of finalists) {
    expect(rate).toBeGreaterThan(0);
    expect(out).not.toContain(shape.id);
    expect(out).not.toContain(candidateOf(shape, batch).id);
    expect(failed.map((item) => item.shape.id)).not.toContain(shape.id);
  }
}

describe('a race of simulated replicas', () => {
  const field = smallField({ subject: { longest: LONGEST } });
  const shapes = racedOf(field, 2);
  const bench = new MeasuringBench(field.subject);
  const known = new Map<string, ReturnType<MeasuringBench['perform']>>();
  const crew = crewAnswering((task) => {
    const answer = known.get(taskName(task)) ?? bench.perform(task);
    known.set(taskName(task), answer);
    return answer;
  });

  it('finds the best of each lane to one percent, of all shapes with all limits', async () => {
    const { finalists, isComplete } = await run(shapes, crew);
    expect(isComplete).toBe(true);
    const lanes = Map.groupBy(shapes, (item) => item.lane);
    expect(finalists.length).toBe(lanes.size);
    for (const { shape, rate } of finalists) {
      const lane = laneOf(shape.id, shapes) ?? '';
      const carried = lanes.get(lane)!.flatMap((item) =>
        item.variants.filter((batch) => {
          // Lanes have one price: cost per load is by load alone.
          const args = { shape: item.shape, batch, count: LONGEST, load: rate * 1.01, canAbort: true };
          return bench.perform({ method: 'read', args }).value.value <= 1;
        }),
      );
      expect(carried, lane).toEqual([]);
    }
  });

  it('gives the same result with a crew of several that answer out of order', async () => {
    const first = await run(shapes, crew);
    const others = [inlineCrew(field.subject), unevenCrew(field.subject, 3)];
    for (const other of others) expect(await run(shapes, other)).toEqual(first);
  });
});

describe('a race of scripted replicas', () => {
  const SPACES = [
    smallField({ accelerators: 4, subject: { loop: 'closed' } }),
    smallField({
      accelerators: 8,
      architecture: modelNamed('Qwen/Qwen3-30B-A3B'),
      facts: { precisions: ['fp8-block'] },
      subject: { loop: 'closed' },
    }),
  ].map((field, index) => racedOf(field, [4, 8][index]!));
  const uniform = fc.double({ min: 0, max: 1, noNaN: true });
  const drawn = fc.record({
    space: fc.nat(SPACES.length - 1),
    speeds: fc.array(uniform, { minLength: 60, maxLength: 60 }),
    tuning: fc.array(uniform, { minLength: 15, maxLength: 15 }),
  });
  const NO_TUNING = Array.from({ length: 15 }, () => 0);
  type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;

  /** Rates per accelerator from one to two, a fifth of the shapes without any; limits take up to a sixth of them. */
  const capacityOf = ({ space, speeds, tuning }: Drawn) => {
    const shapes = SPACES[space]!;
    const index = new Map(shapes.map(({ shape }, at) => [shape.id, at]));
    return ({ shape, batch }: Omit<ReplicaRun, 'count'>): number => {
      const at = index.get(shape.id) ?? 0;
      const speed = speeds[at % speeds.length]!;
      if (speed < 0.2) return 0;
      const limits = BATCH_LIMITS.findIndex(
        (item) =>
          item.maxBatchedTokens === batch.maxBatchedTokens && item.maxSequences === batch.maxSequences,
      );
      return shapes[at]!.price * 1e-6 * (1 + speed) * (1 - tuning[limits]! / 6);
    };
  };

  it('ends with the best shape and limits of every lane within reach of the cheapest', async () => {
    await fc.assert(
      fc.asyncProperty(drawn, async (one) => {
        const shapes = SPACES[one.space]!;
        const capacity = capacityOf(one);
        const result = await run(shapes, scriptedCrew(capacity));
        expectValid(shapes, result);
        const best = [...Map.groupBy(shapes, (item) => item.lane)].map(([lane, members]) => {
          const costs = members.flatMap((item) =>
            item.variants.map((batch) => item.price / capacity({ shape: item.shape, batch })),
          );
          return { lane, cost: Math.min(...costs) };
        });
        const least = Math.min(...best.map(({ cost }) => cost));
        const wanted = best.filter(({ cost }) => cost < 1.45 * least);
        for (const { lane, cost } of wanted) {
          const found = result.finalists.find(({ shape }) => laneOf(shape.id, shapes) === lane);
          const price = shapes.find((item) => item.shape.id === found?.shape.id)?.price ?? Infinity;
          expect(price / (found?.rate ?? 0), lane).toBeLessThanOrEqual(cost * 1.01);
        }
      }),
      { numRuns: 150, seed: 7 },
    );
  });

  it('cut after any wave leaves a valid result that says what was not measured', async () => {
    await fc.assert(
      fc.asyncProperty(drawn, fc.integer({ min: 0, max: 40 }), async (one, waves) => {
        const shapes = SPACES[one.space]!;
        const result = await run(shapes, scriptedCrew(capacityOf(one)), { waves });
        expectValid(shapes, result);
        const missed = result.rejected.filter(({ reason }) => reason === 'not-measured');
        if (result.isComplete) expect(missed).toEqual([]);
        // The most promising shapes were searched before: there is a plan where they have any capacity.
        const hasCapacity = shapes.some((item) => capacityOf(one)({ ...item, batch: BATCH_LIMITS[0]! }) > 0);
        expect(result.finalists.length > 0).toBe(hasCapacity);
      }),
      { numRuns: 200, seed: 8 },
    );
  });

  it('tells of every shape what became of it, whatever runs of each length say', async () => {
    await fc.assert(
      fc.asyncProperty(drawn, fc.array(uniform, { minLength: 7, maxLength: 7 }), async (one, noise) => {
        const shapes = SPACES[one.space]!;
        const capacity = capacityOf(one);
        const crew = scriptedCrew((asked) => {
          const error = noise[(asked.count + asked.shape.id.length + asked.batch.maxSequences) % 7]!;
          return error < 0.1 ? 0 : capacity(asked) * (0.8 + 0.4 * error);
        });
        expectValid(shapes, await run(shapes, crew));
      }),
      { numRuns: 100, seed: 9 },
    );
  });

  it('goes on with the next where the best has no capacity in the longest runs', async () => {
    const shapes = SPACES[0]!;
    const first = shapes.find((item) => item.lane === 'h/2')!;
    const isBest = ({ batch }: Pick<ReplicaRun, 'batch'>): boolean => batch === BATCH_LIMITS[0];
    const crew = scriptedCrew((asked) => {
      if (asked.shape.id !== first.shape.id) return 0;
      if (isBest(asked)) return asked.count === LONGEST ? 0 : 12;
      return 11;
    });
    const { finalists } = await run(shapes, crew);
    expect(finalists.map(({ shape }) => shape.id)).toEqual([first.shape.id]);
    expect(finalists.some(isBest)).toBe(false);
    expect(finalists[0]!.rate).toBeGreaterThan(10.9);
  });

  it('tries the limits of a shape that set the pace until another was a little faster', async () => {
    const shapes = SPACES[0]!;
    const first = shapes.find((item) => item.lane === 'h/2')!;
    const tuned = first.variants.find((batch) => batch.maxSequences === 512)!;
    const crew = scriptedCrew(({ shape, batch }) => {
      if (shape.id !== first.shape.id) return laneOf(shape.id, shapes) === 'h/2' ? 10.1 : 0;
      return batch.maxSequences === tuned.maxSequences ? 12 : 10;
    });
    const { finalists } = await run(shapes, crew);
    expect(finalists.map((item) => item.shape.id)).toEqual([first.shape.id]);
    expect(finalists[0]!.batch.maxSequences).toBe(512);
  });

  it('cut at once searches one shape of every family and calls the others not measured', async () => {
    for (const [space, shapes] of SPACES.entries()) {
      const one: Drawn = { space, speeds: [0.9, 0.5, 0.7], tuning: NO_TUNING };
      const result = await run(shapes, scriptedCrew(capacityOf(one)), { waves: 0 });
      const families = Map.groupBy(shapes, (item) => `${item.lane} ${item.family}`);
      expect(result.isComplete).toBe(false);
      expect(result.work.candidates).toBe(families.size);
      const reasons = new Set(result.rejected.map(({ reason }) => reason));
      expect(reasons).toContain('not-measured');
    }
  });

  it('counts its work: candidates once, every simulation and request', async () => {
    const one: Drawn = { space: 0, speeds: [0.9, 0.5, 0.7], tuning: NO_TUNING };
    const seen = { candidates: new Set<string>(), simulations: 0, requests: 0 };
    const inner = scriptedCrew(capacityOf(one));
    const counting = crewAnswering(async (task) => {
      const [answer] = await inner.run([task]);
      if ('batch' in task.args) seen.candidates.add(candidateOf(task.args.shape, task.args.batch).id);
      seen.simulations += answer.simulations;
      seen.requests += answer.requests;
      return answer;
    });
    const { work } = await run(SPACES[0]!, counting);
    expect(work).toEqual({ ...seen, candidates: seen.candidates.size });
  });
});

function laneOf(id: string, shapes: readonly RacedShape[]): string | undefined {
  return shapes.find((item) => item.shape.id === id)?.lane;
}
