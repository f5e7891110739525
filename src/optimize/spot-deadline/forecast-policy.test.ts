import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onDemandCost, simulateDeadlineJob } from '../../sim/index.ts';
import type { DeadlineJob, DeadlineMode } from '../../sim/index.ts';
import { shippedAvailabilityModel } from '../../spot/index.ts';
import type { AvailabilityModel } from '../../spot/index.ts';
import { ForecastPolicy, hindsightCost } from './index.ts';

const SHIPPED = shippedAvailabilityModel();
/** Believes that spot capacity never goes once there, and always comes soon. */
const HOPEFUL: AvailabilityModel = {
  ...{ stepSeconds: 600, upPhases: 1, phases: 2, fittedTo: [] },
  transition: Float64Array.of(0.9999, 0.0001, 0.9, 0.1),
  occupancy: Float64Array.of(0.9, 0.1),
  provenance: { evidence: 'assumed', source: 'test' },
};
const POLICIES = [new ForecastPolicy(SHIPPED), new ForecastPolicy(HOPEFUL)];

/** Jobs of minutes to hours that an on-demand start at once would end in time. */
const jobs = fc
  .record({
    workSeconds: fc.integer({ min: 1, max: 40_000 }),
    changeoverSeconds: fc.integer({ min: 0, max: 3000 }),
    spare: fc.integer({ min: 0, max: 20_000 }),
    onDemandPrice: fc.integer({ min: 1, max: 12 }),
    tickSeconds: fc.integer({ min: 20, max: 1500 }),
  })
  .map(({ spare, tickSeconds, ...rest }) => ({
    tickSeconds,
    job: { ...rest, spotPrice: 1, deadlineSeconds: rest.workSeconds + rest.changeoverSeconds + spare },
  }));

describe('no deadline is missed', () => {
  it('whatever capacity does', () => {
    fc.assert(
      fc.property(jobs, fc.infiniteStream(fc.boolean()), ({ job, tickSeconds }, stream) => {
        const capacity = Array.from({ length: 4000 }, () => stream.next().value as boolean);
        for (const policy of POLICIES) {
          const isSpotAvailable = (tick: number): boolean => capacity[tick] ?? false;
          expect(simulateDeadlineJob(job, policy, { tickSeconds, isSpotAvailable }).isMissed).toBe(false);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('when an adversary takes each instance away after a number of ticks and offers one whenever on-demand runs', () => {
    fc.assert(
      fc.property(jobs, fc.integer({ min: 1, max: 30 }), ({ job, tickSeconds }, patience) => {
        for (const policy of POLICIES) {
          let held = 0;
          const isSpotAvailable = (_: number, mode: DeadlineMode): boolean => {
            held = mode === 'spot' ? held + 1 : 0;
            return held < patience;
          };
          expect(simulateDeadlineJob(job, policy, { tickSeconds, isSpotAvailable }).isMissed).toBe(false);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('the forecast policy', () => {
  const job: DeadlineJob = {
    ...{ workSeconds: 48 * 3600, deadlineSeconds: 60 * 3600, changeoverSeconds: 720 },
    ...{ onDemandPrice: 3, spotPrice: 1 },
  };
  const run = (isSpotAvailable: (tick: number) => boolean) =>
    simulateDeadlineJob(job, new ForecastPolicy(SHIPPED), { tickSeconds: 600, isSpotAvailable });

  it('starts once and stays where capacity never goes', () => {
    expect(run(() => true)).toMatchObject({ starts: 1, onDemandSeconds: 0, cost: 48.2 });
  });

  it('pays on-demand for all work where there is none', () => {
    expect(run(() => false)).toMatchObject({
      spotSeconds: 0,
      onDemandSeconds: job.workSeconds,
      isMissed: false,
    });
  });

  it('costs no less than in hindsight, and little more where capacity comes in long waves', () => {
    const wave = (tick: number): boolean => tick % 60 < 45;
    const capacity = Uint8Array.from({ length: 361 }, (_, tick) => Number(wave(tick)));
    const best = hindsightCost(job, 600, capacity);
    const { cost } = run(wave);
    expect(cost).toBeGreaterThanOrEqual(best);
    expect(cost - best).toBeLessThan(0.1 * onDemandCost(job));
  });

  it('does the same each time', () => {
    const policy = new ForecastPolicy(SHIPPED);
    const isSpotAvailable = (tick: number): boolean => tick % 37 < 20;
    const once = simulateDeadlineJob(job, policy, { tickSeconds: 600, isSpotAvailable });
    expect(simulateDeadlineJob(job, policy, { tickSeconds: 600, isSpotAvailable })).toEqual(once);
  });

  it('runs on-demand where spot is not cheaper', () => {
    const dear = { ...job, onDemandPrice: 1, spotPrice: 2 };
    const outcome = simulateDeadlineJob(dear, new ForecastPolicy(SHIPPED), {
      tickSeconds: 600,
      isSpotAvailable: () => true,
    });
    expect(outcome.spotSeconds).toBe(0);
  });
});
