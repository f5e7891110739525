import fc from 'fast-check';
import { expect, it } from 'vitest';
import { simulateDeadlineJob } from '../../sim/index.ts';
import type { DeadlineJob, DeadlineMode } from '../../sim/index.ts';
import { hindsightCost } from './hindsight-cost.ts';

const TICK = 60;

/** The least cost over every sequence of modes, each run through the simulator. */
function bruteForce(job: DeadlineJob, capacity: Uint8Array): number {
  const ticks = Math.ceil(job.deadlineSeconds / TICK);
  let least = Infinity;
  for (let code = 0; code < 3 ** ticks; code++) {
    const plan = Array.from({ length: ticks }, (_, tick) => Math.floor(code / 3 ** tick) % 3);
    if (plan.some((mode, tick) => mode === 1 && capacity[tick] !== 1)) continue;
    let at = 0;
    const outcome = simulateDeadlineJob(
      job,
      {
        name: 'plan',
        start: () => undefined,
        decide: (): DeadlineMode => (['idle', 'spot', 'on-demand'] as const)[plan[at++] ?? 2] ?? 'on-demand',
      },
      { tickSeconds: TICK, isSpotAvailable: (tick) => capacity[tick] === 1 },
    );
    if (!outcome.isMissed) least = Math.min(least, outcome.cost);
  }
  return least;
}

it('the cost in hindsight is the least of all plans on small jobs', () => {
  const instance = fc.record({
    capacity: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 7, maxLength: 7 }),
    work: fc.integer({ min: 2, max: 18 }),
    spare: fc.integer({ min: 0, max: 12 }),
    delay: fc.integer({ min: 0, max: 5 }),
    price: fc.integer({ min: 2, max: 9 }),
  });
  fc.assert(
    fc.property(instance, ({ capacity, work, spare, delay, price }) => {
      const deadlineSeconds = Math.min(7 * TICK, (work + spare) * 20);
      fc.pre(deadlineSeconds >= work * 20);
      const job: DeadlineJob = {
        workSeconds: work * 20,
        ...{ deadlineSeconds, changeoverSeconds: delay * 20, onDemandPrice: price, spotPrice: 1 },
      };
      const bits = Uint8Array.from(capacity);
      const least = bruteForce(job, bits);
      const found = hindsightCost(job, TICK, bits);
      if (least === Infinity) expect(found).toBe(Infinity);
      else expect(found).toBeCloseTo(least, 9);
    }),
    { numRuns: 60 },
  );
}, 60_000);
