import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  columnsOf,
  engineFacts,
  engineSwitches,
  stepsOf,
  workload,
} from '../../test/support/engine-workloads.ts';
import { referenceEngine } from '../../test/support/reference-engine.ts';
import { simulateEngine } from './engine-simulation.ts';
import { SimulationWorkspace } from './workspace.ts';

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
    const seen = { preempting: 0, jumps: 0, hits: 0, async: 0, ranks: 0, shared: 0, preemptingByPriority: 0 };
    fc.assert(
      fc.property(engineFacts, engineSwitches, workload, (facts, switches, made) => {
        const law = stepsOf(facts);
        let jumps = 0;
        const decodeRun: typeof law.decodeRun = (...run) => {
          jumps++;
          return law.decodeRun(...run);
        };
        const steps = { ...law, decodeRun };
        const columns = columnsOf(made, facts, switches);
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
        const since = (times: readonly number[]): number[] =>
          times.map((time, id) => time - columns.arrival[id]!);
        expectClose(stepped.perRequest.ttft, since(reference.firstToken));
        expectClose(stepped.perRequest.e2e, since(reference.lastToken));
        expect(stepped.evidence.preemptions).toBe(reference.preemptions);
        expect(stepped.prefixHitShare).toBe(reference.prefixHitShare);
        if (reference.preemptions > 0) seen.preempting++;
        if (reference.preemptions > 0 && switches.policy === 'priority') seen.preemptingByPriority++;
        if (reference.prefixHitShare > 0 && columns.prefixBlocks !== undefined) seen.hits++;
        if (switches.asyncScheduling) seen.async++;
        if (facts.ranks > 1) seen.ranks++;
        if (facts.ranks > 1 && facts.isShared && facts.perToken > 0) seen.shared++;
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
    expect(seen.shared).toBeGreaterThan(100);
  });
});
