import { describe, expect, it } from 'vitest';
import { constantSteps, linearSteps, requestColumns } from '../../test/support/engine-fixtures.ts';
import { seconds } from '../units/index.ts';
import { simulateEngine } from './engine-simulation.ts';
import type { EngineSimulation, EngineSimulationOptions } from './engine-options.ts';

const STEP = 0.01;

function simulate(options: Partial<EngineSimulationOptions>): EngineSimulation {
  return simulateEngine({
    steps: constantSteps(STEP),
    requests: requestColumns([]),
    limits: { maxBatchedTokens: 64, maxSequences: 16 },
    prefixCache: false,
    limitsOfSlo: [],
    warmupShare: 0,
    ...options,
  });
}

const rounded = (column: Float64Array): number[] => [...column].map((value) => Number(value.toFixed(9)));

describe('a hand-computed schedule', () => {
  // Budget 8. Step 1: A's prompt (4). Step 2: A decodes, B gets 7 of 10. Step 3: A decodes its last token, B's other
  // 3 and C's prompt (3). Step 4: B decodes its last token.
  const requests = requestColumns([
    [0, 4, 3],
    [0.005, 10, 2],
    [0.012, 3, 1],
  ]);
  const limits = { maxBatchedTokens: 8, maxSequences: 16 };

  it('mixes decodes first with chunks of prompts under one token budget', () => {
    const { perRequest, steps, makespan } = simulate({ requests, limits });
    expect(rounded(perRequest.ttft)).toEqual([0.01, 0.025, 0.018]);
    expect(rounded(perRequest.e2e)).toEqual([0.03, 0.035, 0.018]);
    expect(rounded(perRequest.tpot)).toEqual([0.01, 0.01, NaN]);
    expect(steps).toBe(4);
    expect(makespan).toBeCloseTo(0.04, 12);
  });

  it('tells the step model new tokens, attended pairs, sequences and KV tokens read', () => {
    const calls: number[][] = [];
    const steps = constantSteps(STEP, {
      stepTime: (...batch) => {
        calls.push(batch);
        return seconds(STEP);
      },
    });
    simulate({ requests, limits, steps });
    expect(calls).toEqual([
      [4, 4 * 2, 0, 0],
      [7, 7 * 3.5, 1, 5],
      [3 + 3, 3 * (7 + 1.5) + 3 * 1.5, 1, 6],
      [0, 0, 1, 11],
    ]);
  });

  it('holds a request back while the sequence limit is reached', () => {
    const { perRequest } = simulate({ requests, limits: { maxBatchedTokens: 64, maxSequences: 1 } });
    // A runs steps 1–3, B 4–5, C 6.
    expect(rounded(perRequest.e2e)).toEqual([0.03, 0.045, 0.048]);
  });
});

describe('paged KV', () => {
  it('preempts the last running request, which recomputes its prompt and generated tokens', () => {
    // 4 blocks of 4 tokens. Step 1: both prompts fill 2 blocks each. Step 2: B needs a third block, finds none and
    // preempts itself; A decodes in its second block. Steps 3, 4: A takes a third block and finishes; B (9 tokens)
    // does not fit beside it. Step 5: B recomputes 9 tokens and gets token 2. Step 6: token 3.
    const { perRequest, evidence, steps } = simulate({
      steps: constantSteps(STEP, { kvBlocks: 4, blockTokens: 4 }),
      requests: requestColumns([
        [0, 7, 4],
        [0, 8, 3],
      ]),
    });
    expect(rounded(perRequest.ttft)).toEqual([0.01, 0.01]);
    expect(rounded(perRequest.e2e)).toEqual([0.04, 0.06]);
    expect(rounded(perRequest.tpot)).toEqual([0.01, 0.025]);
    expect(evidence.preemptions).toBe(1);
    expect(evidence.peakKvShare).toBe(1);
    expect(steps).toBe(6);
  });

  it('rejects what can never fit, counts it against goodput, and serves the rest', () => {
    const { perRequest, rejected, unfinished, evidence } = simulate({
      steps: constantSteps(STEP, { kvBlocks: 4, blockTokens: 4 }),
      // 16 tokens of KV hold isl + osl − 1 ≤ 16: the last token is never written.
      requests: requestColumns([
        [0, 15, 3],
        [0, 15, 2],
        [0, 0, 5],
        [0, 5, 0],
      ]),
    });
    expect(rejected).toBe(3);
    expect(unfinished).toBe(0);
    expect(rounded(perRequest.e2e)).toEqual([NaN, 0.02, NaN, NaN]);
    expect(evidence.goodputShare).toBe(0.25);
  });

  it('rejects requests longer than the model length', () => {
    const requests = requestColumns([
      [0, 90, 10],
      [0, 90, 11],
    ]);
    expect(simulate({ requests, maxModelLength: 100 }).rejected).toBe(1);
  });

  it('gives evidence that is no good when nothing fits at all', () => {
    const { evidence, rejected } = simulate({
      steps: constantSteps(STEP, { kvBlocks: 0 }),
      requests: requestColumns([[0, 1, 1]]),
    });
    expect(rejected).toBe(1);
    expect(evidence.isStationary).toBe(false);
    expect(evidence.goodputShare).toBe(0);
  });

  it('skips cached prompt blocks, but never the whole prompt', () => {
    const calls: number[][] = [];
    const steps = constantSteps(STEP, {
      stepTime: (...batch) => {
        calls.push(batch);
        return seconds(STEP);
      },
    });
    // 32 of 32 cached: one block of 16 may be reused. 40 of 48 cached: two whole blocks.
    const requests = requestColumns([
      [0, 32, 1, 32],
      [1, 48, 1, 40],
    ]);
    simulate({ requests, steps, prefixCache: true });
    simulate({ requests, steps, prefixCache: false });
    expect(calls).toEqual([
      [16, 16 * (16 + 8), 0, 0],
      [16, 16 * (32 + 8), 0, 0],
      [32, 32 * 16, 0, 0],
      [48, 48 * 24, 0, 0],
    ]);
  });

  it('admits by whole prompts or by first chunks, as told', () => {
    // A holds 2 of 4 blocks of 4 and decodes; B's prompt of 12 needs 3. Budget 5: B's first chunk (4) needs 1.
    const steps = constantSteps(STEP, { kvBlocks: 4, blockTokens: 4 });
    const requests = requestColumns([
      [0, 5, 4],
      [0.001, 12, 1],
    ]);
    const limits = { maxBatchedTokens: 5, maxSequences: 4 };
    // Whole: B waits until A finished at step 4, then takes 3 chunks (5, 5, 2): steps 5–7.
    expect(rounded(simulate({ steps, requests, limits }).perRequest.ttft)[1]).toBeCloseTo(0.069, 9);
    // Chunks: B gets 4 in steps 2 and 3 (filling the cache), preempts itself in step 4, starts again in step 5.
    const chunked = simulate({ steps, requests, limits, reserveFullPrompt: false });
    expect(rounded(chunked.perRequest.ttft)[1]).toBeCloseTo(0.069, 9);
    expect(chunked.evidence.preemptions).toBe(1);
  });
});

describe('limits', () => {
  const steps = linearSteps(
    { base: 0.006, perToken: 1e-5, perPair: 1e-9, perKvToken: 1e-7 },
    { ingest: { base: seconds(0.015), perInputToken: seconds(1e-6) }, outputLatency: seconds(0.001) },
  );

  it('gives a lone request ingest + prompt step + output latency, then one decode step per token', () => {
    const { perRequest } = simulate({ steps, requests: requestColumns([[3, 50, 3]]) });
    const prompt = 0.006 + 1e-5 * 50 + 1e-9 * 50 * 25;
    const decode = 0.006 + 1e-5 + 1e-7 * 51.5; // mean of 51 and 52 KV tokens
    expect(perRequest.ttft[0]).toBeCloseTo(0.015 + 5e-5 + prompt + 0.001, 12);
    expect(perRequest.tpot[0]).toBeCloseTo(decode, 12);
    expect(perRequest.e2e[0]).toBeCloseTo(perRequest.ttft[0]! + 2 * decode, 12);
  });

  it('starts requests in the order in which they leave ingest', () => {
    // The long prompt arrives first, but takes 1 ms longer to tokenise.
    const { perRequest } = simulate({
      steps: constantSteps(STEP, { ingest: { base: seconds(0), perInputToken: seconds(1e-4) } }),
      requests: requestColumns([
        [0, 20, 1],
        [0.0005, 10, 1],
      ]),
      limits: { maxBatchedTokens: 64, maxSequences: 1 },
    });
    expect(rounded(perRequest.e2e)).toEqual([0.0215, 0.011]);
  });

  it('spreads requests over data-parallel ranks in turn', () => {
    const requests = requestColumns([
      [0, 4, 2],
      [0, 4, 2],
      [0, 4, 2],
    ]);
    const limits = { maxBatchedTokens: 64, maxSequences: 1 };
    const { perRequest, evidence } = simulate({
      steps: constantSteps(STEP, { dataParallel: 2 }),
      requests,
      limits,
    });
    expect(rounded(perRequest.e2e)).toEqual([0.02, 0.02, 0.04]);
    // Rank 0 is busy for 40 ms, rank 1 for 20 ms, each all of its own time.
    expect(evidence.busyShare).toBeCloseTo(1, 12);
    expect(evidence.outputTokensPerSecond).toBeCloseTo(200, 9);
  });

  it('refuses batch limits below one', () => {
    expect(() => simulate({ limits: { maxBatchedTokens: 0, maxSequences: 1 } })).toThrow(RangeError);
    expect(() => simulate({ limits: { maxBatchedTokens: 1, maxSequences: 0 } })).toThrow(RangeError);
  });

  it('gives empty evidence for no requests', () => {
    const { evidence, makespan, steps: run } = simulate({});
    expect([evidence.requests, evidence.requestRate, makespan, run]).toEqual([0, 0, 0, 0]);
    expect(evidence.isStationary).toBe(false);
  });
});
