import fc from 'fast-check';
import type { PrefixBlocks, RequestColumns } from '../../src/model/index.ts';
import type { LockstepTimes, StepTimeModel } from '../../src/sim/index.ts';
import { seconds } from '../../src/units/index.ts';
import { linearSteps, requestColumns } from './engine-fixtures.ts';

/** Engines with irrational step times, so that no arrival falls on a step's end by chance. */
export const engineFacts = fc.record({
  base: fc.double({ min: 0.003, max: 0.03, noNaN: true }),
  perToken: fc.constantFrom(0, 1.234567e-4),
  perKvToken: fc.constantFrom(0, 3.456789e-6),
  kvBlocks: fc.integer({ min: 30, max: 90 }),
  blockTokens: fc.constantFrom(1, 4, 16),
  ingest: fc.constantFrom(0, 0.0123),
  /** The CPU's part of a step as a share of its base: below one half it hides behind the accelerator's. */
  overhead: fc.constantFrom(0.1, 0.45, 0.6),
  ranks: fc.constantFrom(1, 1, 1, 2, 3),
  /** Whether ranks compute their tokens together. */
  isShared: fc.boolean(),
  /** KV blocks per prefix block; 0 without prefix blocks. */
  named: fc.constantFrom(0, 1, 2, 4),
});
export type EngineFacts = typeof engineFacts extends fc.Arbitrary<infer T> ? T : never;

/** Limits and switches of a scheduler in all combinations that are allowed. */
export const engineSwitches = fc
  .record({
    maxBatchedTokens: fc.constantFrom(16, 48, 512),
    maxSequences: fc.integer({ min: 1, max: 16 }),
    prefixCache: fc.boolean(),
    reserveFullPrompt: fc.boolean(),
    policy: fc.constantFrom('fcfs' as const, 'priority' as const),
    chunkedPrefill: fc.constantFrom(true, true, true, false),
    longPrefillThreshold: fc.constantFrom(0, 0, 5, 24),
    asyncScheduling: fc.boolean(),
  })
  .map((made) => (made.chunkedPrefill ? made : { ...made, longPrefillThreshold: 0 }));
export type EngineSwitches = typeof engineSwitches extends fc.Arbitrary<infer T> ? T : never;

/** Evenly spread over 0..1 (doubles would be drawn close to 0). */
const part = fc.integer({ min: 0, max: 9973 }).map((value) => value / 9973);

/** Requests, some of which continue the conversations of others. */
export const workload = fc
  .array(
    fc.record({
      /** Shares of `scale`; zero is frequent enough to let some come together. */
      gap: fc.oneof({ arbitrary: part, weight: 5 }, { arbitrary: fc.constant(0), weight: 1 }),
      isl: fc.integer({ min: 1, max: 80 }),
      osl: fc.integer({ min: 1, max: 60 }),
      cached: fc.integer({ min: 0, max: 80 }),
      priority: fc.integer({ min: 0, max: 3 }),
      /** Whose conversation it continues (counted back; 0: none), and how much of its blocks it shares. */
      parent: fc.integer({ min: 0, max: 5 }),
      share: part,
      /** How far its block ids reach. */
      cover: fc.constantFrom('part' as const, 'prompt' as const, 'conversation' as const),
    }),
    { minLength: 1, maxLength: 40, size: 'max' },
  )
  .chain((rows) => fc.constantFrom(0.02, 0.2, 2).map((scale) => ({ rows, scale })));
export type Workload = typeof workload extends fc.Arbitrary<infer T> ? T : never;
type Row = Workload['rows'][number];

/** The step-time model of drawn facts; data-parallel ranks step together. */
export function stepsOf(facts: EngineFacts): StepTimeModel {
  const { perToken } = facts;
  const own = linearSteps({ ...facts, perToken: 0 });
  const lockstep: LockstepTimes = {
    ownTime: own.stepTime.bind(own),
    sharedTime: (prefill, sequences) => seconds(perToken * (prefill + sequences)),
  };
  return linearSteps(facts, {
    ...(facts.isShared ? { lockstep } : {}),
    kvBlocks: facts.kvBlocks,
    blockTokens: facts.blockTokens,
    ingest: { base: seconds(facts.ingest), perInputToken: seconds(facts.ingest / 97) },
    dataParallel: facts.ranks,
    rankStepping: 'lockstep',
    stepOverhead: (sequences) => seconds(facts.overhead * facts.base + 1.1e-5 * sequences),
  });
}

/** Columns of the drawn requests that the engine can serve. */
export function columnsOf(
  { rows, scale }: Workload,
  { kvBlocks, blockTokens, named }: EngineFacts,
  { chunkedPrefill, maxBatchedTokens }: EngineSwitches,
): RequestColumns {
  const most = Math.min(kvBlocks * blockTokens, chunkedPrefill ? Infinity : maxBatchedTokens);
  let time = 0;
  const timed = rows
    .map((row) => ({ ...row, time: (time += row.gap * scale) }))
    .filter(({ isl, osl }) => isl + osl <= most);
  const columns = requestColumns(
    timed.map(({ isl, osl, cached, time: at }) => [at, isl, osl, Math.min(cached, isl)]),
  );
  const priority = Int32Array.from(timed, (row) => row.priority);
  return named === 0
    ? { ...columns, priority }
    : { ...columns, priority, prefixBlocks: prefixBlocksOf(timed, named * blockTokens) };
}

/** Ids along conversations: a request repeats some of the ids of an earlier one, the rest are new. */
function prefixBlocksOf(rows: readonly Row[], blockTokens: number): PrefixBlocks {
  const lists: number[][] = [];
  let fresh = 0;
  for (const [index, { isl, osl, parent, share, cover }] of rows.entries()) {
    const tokens = cover === 'part' ? Math.floor(isl * share) : cover === 'prompt' ? isl : isl + osl;
    const count = Math.ceil(tokens / blockTokens);
    const shared = (parent > 0 ? (lists[index - parent] ?? []) : []).slice(0, Math.ceil(count * share));
    lists.push([...shared, ...Array.from({ length: count - shared.length }, () => fresh++)]);
  }
  return compressedRows(lists, blockTokens);
}

/** Prefix blocks from one list of ids per request. */
export function compressedRows(lists: readonly (readonly number[])[], blockTokens: number): PrefixBlocks {
  const offsets = new Int32Array(lists.length + 1);
  for (const [index, list] of lists.entries()) offsets[index + 1] = offsets[index]! + list.length;
  return { blockTokens, offsets, ids: Int32Array.from(lists.flat()) };
}
