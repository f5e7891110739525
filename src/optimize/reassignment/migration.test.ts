import { describe, expect, it } from 'vitest';
import { bytes, bytesPerSecond, seconds } from '../../units/index.ts';
import { migrationEstimate } from './migration.ts';

const GB = 1e9;

describe('pre-copy migration', () => {
  it('sends the memory once and pauses for nothing when the process writes nothing', () => {
    const estimate = migrationEstimate({
      memory: bytes(8 * GB),
      dirtyRate: bytesPerSecond(0),
      bandwidth: bytesPerSecond(GB),
    });
    expect(estimate).toEqual({ traffic: 8 * GB, time: 8, downtime: 0, rounds: 1, meetsDowntime: true });
  });

  it('sends the geometric sum of the rounds', () => {
    const estimate = migrationEstimate({
      memory: bytes(8 * GB),
      dirtyRate: bytesPerSecond(GB / 2),
      bandwidth: bytesPerSecond(GB),
      downtimeTarget: seconds(0.25),
    });
    expect(estimate.rounds).toBe(5);
    expect(estimate.downtime).toBe(0.25);
    expect(estimate.traffic).toBeCloseTo((8 * GB * (1 - 0.5 ** 6)) / 0.5);
  });

  it('stops early and misses the pause when memory is written faster than it is sent', () => {
    const estimate = migrationEstimate({
      memory: bytes(4 * GB),
      dirtyRate: bytesPerSecond(2 * GB),
      bandwidth: bytesPerSecond(GB),
    });
    expect(estimate).toMatchObject({ traffic: 8 * GB, downtime: 4, rounds: 1, meetsDowntime: false });
  });

  it('never has more left to send than the working set', () => {
    const estimate = migrationEstimate({
      memory: bytes(16 * GB),
      dirtyRate: bytesPerSecond(2 * GB),
      bandwidth: bytesPerSecond(GB),
      workingSet: bytes(GB / 10),
    });
    expect(estimate).toMatchObject({ downtime: 0.1, rounds: 1, meetsDowntime: true });
  });

  it('sends more the more is written', () => {
    const traffic = [0, 0.1, 0.2, 0.4, 0.6, 0.8].map(
      (rate) =>
        migrationEstimate({
          memory: bytes(GB),
          dirtyRate: bytesPerSecond(rate * GB),
          bandwidth: bytesPerSecond(GB),
          downtimeTarget: seconds(0.001),
        }).traffic,
    );
    expect(traffic).toEqual([...traffic].sort((a, b) => a - b));
  });
});
