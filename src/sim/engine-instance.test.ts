import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constantSteps, requestColumns } from '../../test/support/engine-fixtures.ts';
import {
  columnsOf,
  compressedRows,
  engineFacts,
  engineSwitches,
  stepsOf,
  workload,
} from '../../test/support/engine-workloads.ts';
import type { EngineInstance, EngineInstanceOptions } from './engine-instance.ts';
import { simulateEngine } from './engine-simulation.ts';
import { createEngineInstance } from './stepped-engine.ts';

/** Times by request that an instance reported. */
class Journal {
  readonly firstToken: number[] = [];
  readonly finishedAt: number[] = [];
  readonly listener = {
    firstToken: (id: number, time: number): void => void (this.firstToken[id] = time),
    finished: (id: number, time: number): void => void (this.finishedAt[id] = time),
  };
}

type Rows = readonly (readonly [number, number, number])[];

/** Replicas of every clock. */
const replica = fc.record({
  pipelineDepth: fc.constantFrom(1, 1, 3),
  rankStepping: fc.constantFrom('lockstep' as const, 'independent' as const),
  rankAssignment: fc.constantFrom('least-loaded' as const, 'in-turn' as const),
});

/** An engine of 10 ms steps. */
function tenMillisecondEngine(
  rows: Rows,
  options: Partial<EngineInstanceOptions> = {},
): { engine: EngineInstance; journal: Journal } {
  const journal = new Journal();
  const engine = createEngineInstance({
    steps: constantSteps(0.01, { kvBlocks: 100 }),
    requests: requestColumns(rows),
    limits: { maxBatchedTokens: 64, maxSequences: 8 },
    prefixCache: false,
    listener: journal.listener,
    ...options,
  });
  return { engine, journal };
}

const milliseconds = (times: readonly number[]): number[] =>
  times.map((time) => Number((1e3 * time).toFixed(6)));

describe('an engine on a shared clock', () => {
  it('shows what simulateEngine shows when requests are submitted one by one as they come', () => {
    let cuts = 0;
    fc.assert(
      fc.property(engineFacts, engineSwitches, workload, replica, (facts, switches, made, parts) => {
        const steps = { ...stepsOf({ ...facts, ingest: 0 }), pipelineDepth: parts.pipelineDepth };
        const columns = columnsOf(made, facts, switches);
        const base = { steps, limits: switches, ...switches, ...parts };
        const run = { ...base, requests: columns, limitsOfSlo: [] };
        const whole = simulateEngine(run);
        const stepped = simulateEngine({ ...run, jump: false });
        const journal = new Journal();
        const engine = createEngineInstance({ ...base, requests: columns, listener: journal.listener });
        for (const [id, arrival] of columns.arrival.entries()) {
          while (engine.nextEventTime < arrival) engine.advanceUntil(engine.nextEventTime);
          const before = engine.nextEventTime;
          engine.submit(id, arrival);
          if (engine.nextEventTime < before && before < Infinity) cuts++;
        }
        while (engine.nextEventTime < Infinity) engine.advanceUntil(engine.nextEventTime);
        for (const [id, arrival] of columns.arrival.entries()) {
          expect(stepped.perRequest.e2e[id]).toBeCloseTo(whole.perRequest.e2e[id]!, 9);
          expect(journal.firstToken[id]! - arrival).toBeCloseTo(whole.perRequest.ttft[id]!, 9);
          expect(journal.finishedAt[id]! - arrival).toBeCloseTo(whole.perRequest.e2e[id]!, 9);
        }
        expect(engine.load.steps).toBe(whole.steps);
        expect(engine.load.preemptions).toBe(whole.evidence.preemptions);
        expect(engine.load).toMatchObject({ running: 0, waiting: 0, queuedTokens: 0, kvShare: 0 });
      }),
      { numRuns: 1000, seed: 5 },
    );
    expect(cuts).toBeGreaterThan(500);
  });

  it('ends a run of decode steps with the step in which a request comes', () => {
    const { engine, journal } = tenMillisecondEngine([
      [0, 16, 100],
      [0, 16, 1],
    ]);
    engine.submit(0, 0);
    engine.advanceUntil(0);
    engine.advanceUntil(0.01);
    expect(engine.nextEventTime).toBeCloseTo(1, 9);
    engine.submit(1, 0.123);
    expect(engine.nextEventTime).toBeCloseTo(0.13, 9);
    engine.advanceUntil(2);
    expect(milliseconds(journal.firstToken)).toEqual([10, 140]);
    expect(milliseconds(journal.finishedAt)).toEqual([1000, 140]);
  });

  it('generates from the first step on where the prompt was computed elsewhere', () => {
    const { engine, journal } = tenMillisecondEngine([
      [0, 160, 5],
      [0, 16, 1],
    ]);
    expect(() => engine.submitTransferred(1, 0)).toThrow(RangeError);
    engine.submitTransferred(0, 1);
    expect(engine.load).toMatchObject({ waiting: 1, queuedTokens: 0 });
    engine.advanceUntil(1);
    // 160 prompt tokens and the first one generated here: 11 of 100 blocks.
    expect(engine.load).toMatchObject({ running: 1, waiting: 0 });
    expect(engine.load.kvShare).toBeCloseTo(0.11, 12);
    engine.advanceUntil(9);
    expect(journal.firstToken).toEqual([]);
    expect(milliseconds(journal.finishedAt)).toEqual([1040]);
  });

  it('keeps the blocks of a prompt until they are handed over', () => {
    const { engine, journal } = tenMillisecondEngine(
      [
        [0, 64, 50],
        [0, 64, 50],
      ],
      { prefillOnly: true, steps: constantSteps(0.01, { kvBlocks: 6 }) },
    );
    engine.submit(0, 0);
    engine.submit(1, 0);
    engine.advanceUntil(5);
    expect(milliseconds(journal.finishedAt)).toEqual([10]);
    expect(engine.load).toMatchObject({ running: 0, waiting: 1, queuedTokens: 64 });
    expect(engine.nextEventTime).toBe(Infinity);
    engine.release(0, 7);
    expect(engine.nextEventTime).toBe(7);
    engine.advanceUntil(8);
    expect(milliseconds(journal.firstToken)).toEqual([10, 7010]);
    engine.release(1, 9);
    expect(engine.load.kvShare).toBe(0);
  });

  it('tells a router how much of a prompt it has cached', () => {
    const prefixBlocks = compressedRows(
      [
        [0, 1, 2],
        [0, 1, 3],
        [0, 1, 2],
      ],
      32,
    );
    const requests = {
      ...requestColumns([
        [0, 80, 9],
        [0, 90, 9],
        [0, 80, 9],
      ]),
      prefixBlocks,
    };
    const { engine } = tenMillisecondEngine([], { requests, prefixCache: true });
    expect(engine.cachedPrefixTokens(1)).toBe(0);
    engine.submit(0, 0);
    engine.advanceUntil(1);
    expect([0, 1, 2].map((id) => engine.cachedPrefixTokens(id))).toEqual([64, 64, 64]);
    engine.submit(1, 2);
    engine.advanceUntil(3);
    expect(engine.load).toMatchObject({ hitTokens: 64, promptTokens: 170 });
  });

  it('refuses what it cannot serve', () => {
    const { engine } = tenMillisecondEngine([
      [0, 1600, 1],
      [0, 1600, 2],
      [0, 0, 2],
    ]);
    expect([0, 1, 2].map((id) => engine.canServe(id))).toEqual([true, false, false]);
    expect(() => engine.submit(1, 0)).toThrow(RangeError);
  });
});
