import { describe, expect, it } from 'vitest';
import { simulateDeadlineJob } from '../index.ts';
import type { DeadlineJob, DeadlineMode } from '../index.ts';

const JOB: DeadlineJob = {
  ...{ workSeconds: 1000, deadlineSeconds: 2000, changeoverSeconds: 100, onDemandPrice: 36, spotPrice: 3.6 },
};

function run(modes: readonly DeadlineMode[], capacity: string, job = JOB) {
  let at = 0;
  const decide = (): DeadlineMode => modes[at++] ?? 'on-demand';
  const isSpotAvailable = (tick: number): boolean => capacity[tick] === '1';
  return simulateDeadlineJob(
    job,
    { name: 'plan', start: () => undefined, decide },
    { tickSeconds: 300, isSpotAvailable },
  );
}

describe('a job with a deadline', () => {
  it('pays changeovers at the price of the new instance and ends within a tick', () => {
    // Spot 300 s (200 of work), on-demand 300 s (200 of work) and 600 s more.
    expect(run(['spot', 'on-demand'], '10000000')).toEqual({
      ...{ cost: (300 * 3.6 + 900 * 36) / 3600, endSeconds: 1200, isMissed: false },
      ...{ spotSeconds: 200, onDemandSeconds: 800, starts: 2 },
    });
  });

  it('pays another changeover after it lost an instance, even of the same kind', () => {
    const { starts, spotSeconds, endSeconds } = run(
      ['spot', 'idle', 'spot', 'spot', 'spot', 'spot'],
      '101111',
    );
    expect([starts, spotSeconds, endSeconds]).toEqual([2, 1000, 1500]);
  });

  it('is late when it waits too long', () => {
    expect(run(['idle', 'idle', 'idle', 'idle'], '')).toMatchObject({ isMissed: true, endSeconds: 2300 });
  });

  it('may need several ticks for one changeover', () => {
    const slow = { ...JOB, changeoverSeconds: 700 };
    expect(run(['on-demand'], '', slow)).toMatchObject({
      endSeconds: 1700,
      onDemandSeconds: 1000,
      starts: 1,
    });
  });

  it('refuses spot without capacity', () => {
    expect(() => run(['spot'], '0')).toThrow('not there');
  });

  it('refuses a policy that never ends', () => {
    expect(() => run(Array<DeadlineMode>(200).fill('idle'), '')).toThrow('never ends');
  });
});
