import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AvailabilityTrace } from '../../spot/index.ts';
import { effectiveRuns } from './effective-runs.ts';
import { replayedAvailability } from './replayed-availability.ts';
import type { HeldReplicas } from './replayed-availability.ts';

/** A trace of one node count per tick of 60 s. */
function trace(id: string, levels: readonly number[], campaign = 'c'): AvailabilityTrace {
  const starts = levels.flatMap((level, tick) => (tick === 0 || levels[tick - 1] !== level ? [tick] : []));
  return {
    ...{ id, campaign, zone: id, instanceType: 't', kind: 'probe', tickSeconds: 60, ticks: levels.length },
    runStart: Int32Array.from(starts),
    runNodes: Int32Array.from(starts, (tick) => levels[tick] ?? 0),
    mostNodes: 4,
    provenance: { evidence: 'measured', source: 'made up' },
  };
}

function held(offering: string, count: number, repairSeconds = 0): HeldReplicas {
  return { offering, nodes: count, replicas: count, worth: 1, role: '', repairSeconds };
}

const LEVELS = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 30 });

describe('nodes in service', () => {
  it('are at each moment the least had since the repair began', () => {
    fc.assert(
      fc.property(LEVELS, fc.integer({ min: 0, max: 6 }), (levels, repair) => {
        const { start, nodes } = effectiveRuns(trace('a', levels), 4, repair * 60);
        levels.forEach((_, tick) => {
          const run = start.findLastIndex((at) => at <= tick * 60);
          expect(nodes[run]).toBe(Math.min(...levels.slice(Math.max(0, tick - repair), tick + 1)));
        });
      }),
    );
  });
});

describe('the replay of traces against a plan', () => {
  it('counts losses that come together as they came', () => {
    const [early, late] = [
      [0, 0, 4, 4],
      [4, 4, 0, 0],
    ];
    const plan = [{ held: [held('a', 2), held('b', 2)], needed: 2 }];
    const apart = new Map([
      ['a', [trace('a', early)]],
      ['b', [trace('b', late)]],
    ]);
    expect(replayedAvailability(plan, apart)).toEqual({
      share: 1,
      hours: 4 / 60,
      traces: ['a', 'b'],
      narrow: [],
    });
    const together = new Map([
      ['a', [trace('a', early)]],
      ['b', [trace('b', early)]],
    ]);
    expect(replayedAvailability(plan, together)?.share).toBe(0.5);
  });

  it('takes the worst window, weighs campaigns by length and names narrow traces', () => {
    const traces = new Map([['a', [trace('x/a', [4, 4, 0], 'x'), trace('y/a', [4], 'y')]]]);
    const windows = [
      { held: [held('a', 5)], needed: 3 },
      { held: [held('a', 5), held('base', 3)], needed: 3 },
    ];
    expect(replayedAvailability(windows, traces)).toEqual({
      ...{ share: 0.75, hours: 4 / 60, traces: ['x/a', 'y/a'], narrow: ['a'] },
    });
    expect(replayedAvailability(windows.slice(1), traces)?.share).toBe(1);
  });

  it('is absent where no trace tells of what is held', () => {
    expect(replayedAvailability([{ held: [held('a', 1)], needed: 1 }], new Map())).toBeUndefined();
  });

  it('agrees with looking at every tick', () => {
    fc.assert(
      fc.property(LEVELS, LEVELS, fc.integer({ min: 1, max: 6 }), (first, second, needed) => {
        const ticks = Math.min(first.length, second.length);
        const traces = new Map([
          ['a', [trace('a', first)]],
          ['b', [trace('b', second)]],
        ]);
        const up = Array.from({ length: ticks }, (_, tick) => {
          const nodes = (level: number, most: number): number => (level >= 4 ? most : Math.min(level, most));
          return nodes(first[tick] ?? 0, 3) + nodes(second[tick] ?? 0, 2) >= needed;
        }).filter(Boolean).length;
        const plan = [{ held: [held('a', 3), held('b', 2)], needed }];
        expect(replayedAvailability(plan, traces)?.share).toBeCloseTo(up / ticks, 12);
      }),
    );
  });
});
