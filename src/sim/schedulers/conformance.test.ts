import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PrefixBlocks } from '../../model/index.ts';
import { nameBlocks } from '../prefix-cache/named-blocks.ts';
import { SimulationWorkspace } from '../workspace.ts';
import { makeScheduler } from './make-scheduler.ts';
import type { Scheduler, SchedulerName } from './scheduler.ts';
import { ringSize } from './vllm-v1/decode-set.ts';

/** Every scheduler, and whether it promises to start requests first come, first served. */
const SCHEDULERS: readonly { readonly name: SchedulerName; readonly isFirstComeFirstServed: boolean }[] = [
  { name: 'vllm-v1', isFirstComeFirstServed: true },
];

const scenario = fc.record({
  lengths: fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 40 })), {
    minLength: 1,
    maxLength: 40,
  }),
  /** Requests enqueued before each step. */
  arrivals: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 20 }),
  maxBatchedTokens: fc.integer({ min: 1, max: 64 }),
  maxSequences: fc.integer({ min: 1, max: 12 }),
  kvBlocks: fc.integer({ min: 25, max: 60 }),
  cohorts: fc.integer({ min: 1, max: 4 }),
  jumps: fc.boolean(),
  reserveFullPrompt: fc.boolean(),
  policy: fc.constantFrom('fcfs' as const, 'priority' as const),
  longPrefillThreshold: fc.constantFrom(0, 7),
  lateFinish: fc.boolean(),
  prefillOnly: fc.constantFrom(false, false, false, true),
  /** Blocks of one id of the conversations that the requests continue; 0: no named blocks. */
  unit: fc.constantFrom(0, 1, 3),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

const BLOCK = 4;

/** What a run of a scheduler without any clock showed. */
interface Observed {
  readonly started: number[];
  readonly finished: number[];
  readonly scheduler: Scheduler;
}

/** Drives a scheduler to the end, `cohorts` batches in flight, and checks every step. */
function drive(name: SchedulerName, what: Scenario): Observed {
  const { lengths, cohorts } = what;
  const isl = Int32Array.from(lengths, ([length]) => length);
  const osl = Int32Array.from(lengths, ([, length]) => length);
  const hitTokens = isl.map((length, id) => (id % 3 === 0 ? length - 1 - ((length - 1) % BLOCK) : 0));
  const workspace = new SimulationWorkspace();
  const ring = ringSize(Math.max(...osl) + 1);
  workspace.reserve(isl.length);
  const priority = isl.map((_, id) => (id * 7) % 3);
  const names = what.unit === 0 ? {} : { names: nameBlocks(conversations(what), { isl, osl }, BLOCK) };
  const scheduler = makeScheduler(
    name,
    { isl, osl, hitTokens, priority, ...names },
    { ...what, blockTokens: BLOCK, chunkedPrefill: true },
    { workspace, ring },
  );
  const observed: Observed = { started: [], finished: [], scheduler };
  const inFlight = new Array<number>(cohorts).fill(0);
  const held: number[] = [];
  let enqueued = 0;
  for (let turn = 0; observed.finished.length < isl.length || scheduler.runningCount > 0; turn++) {
    if (turn > 100_000) throw new Error('the scheduler never finishes');
    const cohort = turn % cohorts;
    if (inFlight[cohort]! > 0) {
      scheduler.complete(cohort, inFlight[cohort]!);
      inFlight[cohort] = 0;
      for (let i = 0; i < scheduler.firstTokens.length; i++)
        observed.started.push(scheduler.firstTokens.at(i));
      for (let i = 0; i < scheduler.finished.length; i++) {
        observed.finished.push(scheduler.finished.at(i));
        if (what.prefillOnly) held.push(scheduler.finished.at(i));
      }
    }
    // The copy of a prompt takes a while, and blocks may be short meanwhile.
    if (held.length > 2 || (held.length > 0 && turn % 5 === 0)) {
      expect(scheduler.release(held.shift()!)).toBe(true);
    }
    const coming = what.arrivals[turn % what.arrivals.length]! + (turn > 1000 ? 1 : 0);
    for (let i = 0; i < coming && enqueued < isl.length; i++) scheduler.enqueue(enqueued++, false);
    inFlight[cohort] = scheduler.schedule(cohort) ? 1 : 0;
    checkStep(scheduler, what);
    if (inFlight[cohort] === 1 && what.jumps && cohorts === 1) {
      // Nothing is enqueued during a steady run, so the run may take all of it.
      inFlight[cohort] = scheduler.steadySteps(cohort);
    }
  }
  for (const id of held) scheduler.release(id);
  return observed;
}

/** Every third request continues the conversation of the one three before it, as far as both reach. */
function conversations({ lengths, unit }: Scenario): PrefixBlocks {
  const lists: number[][] = [];
  let fresh = 0;
  for (const [index, [isl, osl]] of lengths.entries()) {
    const count = Math.ceil((isl + (index % 2) * osl) / (unit * BLOCK));
    const known = lists[index - 3]?.slice(0, count) ?? [];
    lists.push([...known, ...Array.from({ length: count - known.length }, () => fresh++)]);
  }
  const offsets = Int32Array.from([0, ...lists.map((list) => list.length)]);
  for (let i = 1; i < offsets.length; i++) offsets[i]! += offsets[i - 1]!;
  return { blockTokens: unit * BLOCK, offsets, ids: Int32Array.from(lists.flat()) };
}

/** Plain conditions: an `expect` per step would take most of the time of the suite. */
function checkStep(scheduler: Scheduler, what: Scenario): void {
  const { batch } = scheduler;
  const holds =
    batch.prefillTokens + batch.decodeSequences <= what.maxBatchedTokens &&
    scheduler.runningCount <= what.maxSequences &&
    scheduler.freeBlocks >= 0 &&
    scheduler.freeBlocks <= what.kvBlocks &&
    scheduler.peakBlocks <= what.kvBlocks;
  if (!holds) throw new Error(`a step breaks a limit: ${JSON.stringify(scheduler)}`);
}

describe.each(SCHEDULERS)('scheduler $name', ({ name, isFirstComeFirstServed }) => {
  it('finishes every request once, gives each its tokens, never over-commits and returns all KV blocks', () => {
    let preempting = 0;
    let finding = 0;
    fc.assert(
      fc.property(scenario, (what) => {
        const { started, finished, scheduler } = drive(name, what);
        const ids = what.lengths.map((_, id) => id);
        expect([...finished].sort((a, b) => a - b)).toEqual(ids);
        expect([...started].sort((a, b) => a - b)).toEqual(ids);
        const tokens = what.lengths.reduce((sum, [, osl]) => sum + (what.prefillOnly ? 1 : osl), 0);
        expect(scheduler.outputTokens).toBe(tokens);
        expect(scheduler.queuedTokens).toBe(0);
        expect(scheduler.hitTokens).toBeLessThan(Math.max(1, scheduler.promptTokens));
        expect(scheduler.freeBlocks).toBe(what.kvBlocks);
        expect(scheduler.runningCount + scheduler.waitingCount).toBe(0);
        const inOrder = isFirstComeFirstServed && what.policy === 'fcfs' && what.longPrefillThreshold === 0;
        if (inOrder) expect(started).toEqual(ids);
        if (what.unit > 0 && scheduler.hitTokens > 0) finding++;
        if (scheduler.preemptions > 0) preempting++;
      }),
      { numRuns: 1000, seed: 11 },
    );
    expect(preempting).toBeGreaterThan(100);
    expect(finding).toBeGreaterThan(100);
  });
});
