import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linearSteps, requestColumns } from '../../test/support/engine-fixtures.ts';
import { referenceEngine } from '../../test/support/reference-engine.ts';
import type { PrefixBlocks, RequestColumns } from '../model/index.ts';
import { seconds } from '../units/index.ts';
import { simulateEngine } from './engine-simulation.ts';
import { SimulationWorkspace } from './workspace.ts';

/** Engines with irrational step times, so that no arrival falls on a step's end by chance. */
const engine = fc.record({
  base: fc.double({ min: 0.003, max: 0.03, noNaN: true }),
  perToken: fc.constantFrom(0, 1.234567e-4),
  perKvToken: fc.constantFrom(0, 3.456789e-6),
  kvBlocks: fc.integer({ min: 30, max: 90 }),
  blockTokens: fc.constantFrom(1, 4, 16),
  ingest: fc.constantFrom(0, 0.0123),
  /** The CPU's part of a step as a share of its base: below one half it hides behind the accelerator's. */
  overhead: fc.constantFrom(0.1, 0.45, 0.6),
  ranks: fc.constantFrom(1, 1, 1, 2, 3),
  /** KV blocks per prefix block; 0 without prefix blocks. */
  named: fc.constantFrom(0, 1, 2, 4),
});

const settings = fc
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

const requests = fc
  .array(
    fc.record({
      gap: fc.double({ min: 0, max: 1, noNaN: true }),
      isl: fc.integer({ min: 1, max: 80 }),
      osl: fc.integer({ min: 1, max: 60 }),
      cached: fc.integer({ min: 0, max: 80 }),
      priority: fc.integer({ min: 0, max: 3 }),
      /** Whose conversation it continues (counted back; 0: none), and how much of its blocks it shares. */
      parent: fc.integer({ min: 0, max: 5 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      /** How far its block ids reach. */
      cover: fc.constantFrom('part' as const, 'prompt' as const, 'conversation' as const),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .chain((rows) => fc.constantFrom(0.02, 0.2, 2).map((scale) => ({ rows, scale })));
type Requests = typeof requests extends fc.Arbitrary<infer T> ? T : never;
type Row = Requests['rows'][number];

/** Columns of the rows that an engine can serve; `blockTokens` 0 leaves the prefix blocks out. */
function columnsOf(
  { rows, scale }: Requests,
  fits: (row: Row) => boolean,
  blockTokens: number,
): RequestColumns {
  let time = 0;
  const timed = rows.map((row) => ({ ...row, time: (time += row.gap * scale) })).filter(fits);
  const columns = requestColumns(
    timed.map(({ isl, osl, cached, time: at }) => [at, isl, osl, Math.min(cached, isl)]),
  );
  const priority = Int32Array.from(timed, (row) => row.priority);
  return blockTokens === 0
    ? { ...columns, priority }
    : { ...columns, priority, prefixBlocks: prefixBlocksOf(timed, blockTokens) };
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
  const offsets = Int32Array.from([0, ...lists.map((list) => list.length)]);
  for (let i = 1; i < offsets.length; i++) offsets[i]! += offsets[i - 1]!;
  return { blockTokens, offsets, ids: Int32Array.from(lists.flat()) };
}

function expectClose(actual: Float64Array, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  for (const [id, value] of expected.entries()) {
    if (Number.isNaN(value)) expect(actual[id]).toBeNaN();
    else expect(Math.abs(actual[id]! - value)).toBeLessThanOrEqual(1e-9 * Math.max(1e-3, Math.abs(value)));
  }
}

describe('the vLLM v1 engine', () => {
  it('gives every request the same times whether it jumps, steps, or walks all requests in every step', () => {
    const workspace = new SimulationWorkspace();
    const seen = { preempting: 0, jumps: 0, hits: 0, async: 0, ranks: 0, preemptingByPriority: 0 };
    fc.assert(
      fc.property(engine, settings, requests, (facts, switches, made) => {
        const { kvBlocks, blockTokens, ranks } = facts;
        const ingest = { base: seconds(facts.ingest), perInputToken: seconds(facts.ingest / 97) };
        const law = linearSteps(facts, {
          kvBlocks,
          blockTokens,
          ingest,
          dataParallel: ranks,
          rankStepping: 'lockstep',
          stepOverhead: (sequences) => seconds(facts.overhead * facts.base + 1.1e-5 * sequences),
        });
        let jumps = 0;
        const decodeRun: typeof law.decodeRun = (...run) => {
          jumps++;
          return law.decodeRun(...run);
        };
        const steps = { ...law, decodeRun };
        // Requests that do not fit are another test's subject.
        const most = switches.chunkedPrefill ? Infinity : switches.maxBatchedTokens;
        const fits = ({ isl, osl }: Row): boolean => isl + osl <= Math.min(most, kvBlocks * blockTokens);
        const columns = columnsOf(made, fits, facts.named * blockTokens);
        const run = { steps, requests: columns, limits: switches, limitsOfSlo: [], ...switches };
        const stepped = simulateEngine({ ...run, jump: false });
        expect(jumps).toBe(0);
        const jumped = simulateEngine({ ...run, jump: true, workspace });
        const maxSequences = Math.min(switches.maxSequences, switches.maxBatchedTokens);
        const reference = referenceEngine(steps, columns, { ...switches, maxSequences });
        expect(jumped.unfinished).toBe(0);
        expectClose(jumped.perRequest.ttft, [...stepped.perRequest.ttft]);
        expectClose(jumped.perRequest.e2e, [...stepped.perRequest.e2e]);
        expectClose(jumped.perRequest.tpot, [...stepped.perRequest.tpot]);
        expect(jumped.steps).toBe(stepped.steps);
        expect(jumped.evidence.preemptions).toBe(stepped.evidence.preemptions);
        expect(jumped.evidence.peakKvShare).toBe(stepped.evidence.peakKvShare);
        expect(jumped.prefixHitShare).toBe(stepped.prefixHitShare);
        expectClose(
          stepped.perRequest.ttft,
          reference.firstToken.map((time, id) => time - columns.arrival[id]!),
        );
        expectClose(
          stepped.perRequest.e2e,
          reference.lastToken.map((time, id) => time - columns.arrival[id]!),
        );
        expect(stepped.evidence.preemptions).toBe(reference.preemptions);
        if (reference.preemptions > 0) seen.preempting++;
        if (reference.preemptions > 0 && switches.policy === 'priority') seen.preemptingByPriority++;
        if (reference.hitTokens > 0 && columns.prefixBlocks !== undefined) seen.hits++;
        if (switches.asyncScheduling) seen.async++;
        if (ranks > 1) seen.ranks++;
        seen.jumps += jumps;
      }),
      { numRuns: 2000, seed: 20260101 },
    );
    // The property means something only if many of the workloads do what it is about.
    expect(seen.preempting).toBeGreaterThan(200);
    expect(seen.preemptingByPriority).toBeGreaterThan(100);
    expect(seen.hits).toBeGreaterThan(200);
    expect(seen.jumps).toBeGreaterThan(1000);
    expect(seen.async).toBeGreaterThan(500);
    expect(seen.ranks).toBeGreaterThan(500);
  });
});
