import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linearSteps, requestColumns } from '../../test/support/engine-fixtures.ts';
import { referenceEngine } from '../../test/support/reference-engine.ts';
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
});

const limits = fc.record({
  maxBatchedTokens: fc.constantFrom(16, 48, 512),
  maxSequences: fc.integer({ min: 1, max: 16 }),
  prefixCache: fc.boolean(),
  reserveFullPrompt: fc.boolean(),
});

const requests = fc
  .array(
    fc.record({
      gap: fc.double({ min: 0, max: 1, noNaN: true }),
      isl: fc.integer({ min: 1, max: 80 }),
      osl: fc.integer({ min: 1, max: 60 }),
      cached: fc.integer({ min: 0, max: 80 }),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .chain((rows) =>
    fc.constantFrom(0.02, 0.2, 2).map((scale) => {
      let time = 0;
      return rows.map(({ gap, isl, osl, cached }) => {
        time += gap * scale;
        return [time, isl, osl, Math.min(cached, isl)] as const;
      });
    }),
  );

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
    const seen = { preempting: 0, jumps: 0 };
    fc.assert(
      fc.property(engine, limits, requests, (facts, options, rows) => {
        const { kvBlocks, blockTokens } = facts;
        const ingest = { base: seconds(facts.ingest), perInputToken: seconds(facts.ingest / 97) };
        const law = linearSteps(facts, { kvBlocks, blockTokens, ingest });
        let jumps = 0;
        const decodeRun: typeof law.decodeRun = (...run) => {
          jumps++;
          return law.decodeRun(...run);
        };
        const steps = { ...law, decodeRun };
        // Requests that do not fit are another test's subject.
        const fitting = rows.filter((row) => row[1] + row[2] <= kvBlocks * blockTokens + 1);
        const columns = requestColumns(fitting);
        const run = { steps, requests: columns, limits: options, limitsOfSlo: [], ...options };
        const stepped = simulateEngine({ ...run, jump: false });
        expect(jumps).toBe(0);
        const jumped = simulateEngine({ ...run, jump: true, workspace });
        const maxSequences = Math.min(options.maxSequences, options.maxBatchedTokens);
        const reference = referenceEngine(steps, columns, { ...options, maxSequences });
        expectClose(jumped.perRequest.ttft, [...stepped.perRequest.ttft]);
        expectClose(jumped.perRequest.e2e, [...stepped.perRequest.e2e]);
        expectClose(jumped.perRequest.tpot, [...stepped.perRequest.tpot]);
        expect(jumped.steps).toBe(stepped.steps);
        expect(jumped.evidence.preemptions).toBe(stepped.evidence.preemptions);
        expect(jumped.evidence.peakKvShare).toBe(stepped.evidence.peakKvShare);
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
        seen.jumps += jumps;
      }),
      { numRuns: 1000, seed: 20260101 },
    );
    // The property means something only if many of the workloads preempt and jump.
    expect(seen.preempting).toBeGreaterThan(100);
    expect(seen.jumps).toBeGreaterThan(1000);
  });
});
