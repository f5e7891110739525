import { describe, expect, it } from 'vitest';
import { constantSteps, linearSteps, requestColumns } from '../../test/support/engine-fixtures.ts';
import { compressedRows } from '../../test/support/engine-workloads.ts';
import { seconds } from '../units/index.ts';
import type { EngineSimulation, EngineSimulationOptions } from './engine-options.ts';
import { simulateClosedLoop, simulateEngine } from './engine-simulation.ts';

type Rows = readonly (readonly [number, number, number])[];

const LIMITS = { maxBatchedTokens: 64, maxSequences: 8 };

/** Runs rows of [arrival, isl, osl] on an engine of 10 ms steps with 64 tokens each, unless stated. */
function simulate(rows: Rows, options: Partial<EngineSimulationOptions> = {}): EngineSimulation {
  return simulateEngine({
    steps: constantSteps(0.01),
    requests: requestColumns(rows),
    limits: LIMITS,
    prefixCache: false,
    limitsOfSlo: [],
    warmupShare: 0,
    ...options,
  });
}

const milliseconds = (column: Float64Array): number[] =>
  [...column].map((value) => Number((1e3 * value).toFixed(6)));

describe('asynchronous scheduling', () => {
  const steps = constantSteps(0.01, { stepOverhead: () => seconds(0.003) });

  it('hides the CPU behind the accelerator, takes newcomers a step later, and holds sequences a step longer', () => {
    const {
      perRequest,
      steps: count,
      makespan,
    } = simulate(
      [
        [0, 8, 3],
        [0.001, 8, 1],
      ],
      { steps, asyncScheduling: true },
    );
    // 7 ms steps. The second request comes while the first step runs and the second one is scheduled already.
    expect(milliseconds(perRequest.ttft)).toEqual([7, 20]);
    expect(milliseconds(perRequest.e2e)).toEqual([21, 20]);
    expect(count).toBe(4);
    expect(makespan).toBeCloseTo(0.028, 12);
  });

  it('is bound by the CPU where that takes longer', () => {
    const slow = constantSteps(0.01, { stepOverhead: () => seconds(0.008) });
    const { perRequest } = simulate([[0, 8, 5]], { steps: slow, asyncScheduling: true });
    expect(milliseconds(perRequest.tpot)).toEqual([8]);
  });

  it('adds nothing without it', () => {
    expect(milliseconds(simulate([[0, 8, 5]], { steps }).perRequest.tpot)).toEqual([10]);
  });
});

describe('priorities', () => {
  const rows: Rows = [
    [0, 64, 5],
    [0.001, 64, 2],
    [0.002, 64, 2],
  ];
  const requests = { ...requestColumns(rows), priority: Int32Array.of(1, 1, 0) };

  it('admit the urgent first', () => {
    expect(milliseconds(simulate(rows, { requests }).perRequest.ttft)).toEqual([10, 29, 38]);
    const { perRequest } = simulate(rows, { requests, policy: 'priority' });
    // One prompt less one token fits beside a decode; the rest follows with the next prompt's first part.
    expect(perRequest.ttft[2]!).toBeLessThan(perRequest.ttft[1]!);
  });

  it('preempt the least urgent, not the last', () => {
    const steps = constantSteps(0.01, { kvBlocks: 9 });
    const urgentLast = {
      ...requestColumns([
        [0, 60, 20],
        [0, 60, 20],
      ]),
      priority: Int32Array.of(1, 0),
    };
    const options = { steps, requests: urgentLast, limits: { maxBatchedTokens: 128, maxSequences: 8 } };
    const byArrival = simulate([], options);
    const byPriority = simulate([], { ...options, policy: 'priority' });
    expect(byArrival.evidence.preemptions).toBeGreaterThan(0);
    expect(byArrival.perRequest.e2e[0]!).toBeLessThan(byArrival.perRequest.e2e[1]!);
    expect(byPriority.perRequest.e2e[1]!).toBeLessThan(byPriority.perRequest.e2e[0]!);
  });
});

describe('chunks of long prompts', () => {
  const rows: Rows = [
    [0, 192, 2],
    [0, 16, 2],
  ];

  it('fill the budget unless a threshold leaves room for others', () => {
    expect(milliseconds(simulate(rows).perRequest.ttft)).toEqual([30, 40]);
    expect(milliseconds(simulate(rows, { longPrefillThreshold: 48 }).perRequest.ttft)).toEqual([40, 10]);
  });

  it('are refused without chunked prefill: the prompt waits for a step that holds it, or for ever', () => {
    const { perRequest, rejected } = simulate(
      [
        [0, 40, 2],
        [0, 40, 2],
        [0, 192, 2],
      ],
      { chunkedPrefill: false },
    );
    expect(milliseconds(perRequest.ttft).slice(0, 2)).toEqual([10, 20]);
    expect(rejected).toBe(1);
    expect(() => simulate(rows, { chunkedPrefill: false, longPrefillThreshold: 8 })).toThrow(RangeError);
  });
});

describe('data-parallel ranks', () => {
  const rows: Rows = [
    [0, 60, 1],
    [0, 10, 1],
  ];
  const steps = linearSteps({ base: 0.01, perToken: 1e-3, perKvToken: 0 }, { dataParallel: 2 });

  it('wait for the slowest in lockstep', () => {
    const lockstep = simulate(rows, { steps, rankStepping: 'lockstep' });
    expect(milliseconds(lockstep.perRequest.ttft)).toEqual([70, 70]);
    expect(lockstep.steps).toBe(2);
    const independent = simulate(rows, { steps, rankStepping: 'independent' });
    expect(milliseconds(independent.perRequest.ttft)).toEqual([70, 20]);
  });

  it.each(['lockstep', 'independent'] as const)('take requests by load or in turn (%s)', (rankStepping) => {
    const three: Rows = [
      [0, 60, 90],
      [0, 10, 1],
      [0.3, 10, 1],
    ];
    const ttft = (rankAssignment: 'in-turn' | 'least-loaded'): number =>
      simulate(three, { steps, rankStepping, rankAssignment, limits: { ...LIMITS, maxSequences: 1 } })
        .perRequest.ttft[2]!;
    // In turn it waits behind the first request's decodes; by load it goes to the idle rank.
    expect(ttft('least-loaded')).toBeLessThan(0.05);
    expect(ttft('in-turn')).toBeGreaterThan(0.5);
  });

  it('serve closed loops', () => {
    const { unfinished, evidence } = simulateClosedLoop({
      steps,
      requests: requestColumns(Array.from({ length: 40 }, () => [0, 10, 4] as const)),
      concurrency: 4,
      limits: LIMITS,
      prefixCache: false,
      limitsOfSlo: [],
      rankStepping: 'lockstep',
    });
    expect(unfinished).toBe(0);
    expect(evidence.meanBatch).toBeGreaterThan(1);
  });
});

describe('the prefix cache', () => {
  /** A request of 64 tokens per step reads: its TTFT counts the steps of its prompt. */
  const stepsOfPrompts = (result: EngineSimulation): number[] =>
    milliseconds(result.perRequest.ttft).map((ttft) => Math.round(ttft / 10));

  it('finds what an earlier prompt and its output left, in full blocks', () => {
    const rows: Rows = [
      [0, 128, 65],
      [9, 256, 2],
      [18, 256, 2],
    ];
    // The second prompt holds the first conversation (192 tokens of it in full blocks), the third only its prompt.
    const prefixBlocks = compressedRows(
      [
        [0, 1, 2],
        [0, 1, 2, 3],
        [0, 1, 4, 5],
      ],
      64,
    );
    const result = simulate(rows, { requests: { ...requestColumns(rows), prefixBlocks }, prefixCache: true });
    expect(stepsOfPrompts(result)).toEqual([2, 1, 2]);
    expect(result.prefixHitShare).toBeCloseTo((192 + 128) / 640, 12);
  });

  it('always computes the last token of a prompt', () => {
    const rows: Rows = [
      [0, 64, 1],
      [9, 64, 1],
    ];
    const prefixBlocks = compressedRows([[0], [0]], 64);
    const result = simulate(rows, { requests: { ...requestColumns(rows), prefixBlocks }, prefixCache: true });
    expect(result.prefixHitShare).toBeCloseTo(48 / 128, 12);
  });

  it('forgets the prefix used longest ago when blocks run short', () => {
    const rows: Rows = [
      [0, 128, 1],
      [1, 128, 1],
      [2, 129, 1],
      [3, 100, 1],
      [4, 129, 1],
      [5, 129, 1],
    ];
    const prefixBlocks = compressedRows(
      [
        [0, 1],
        [2, 3],
        [0, 1, 4],
        [5, 6],
        [0, 1, 7],
        [2, 3, 8],
      ],
      64,
    );
    const steps = constantSteps(0.01, { kvBlocks: 18 });
    const result = simulate(rows, {
      steps,
      requests: { ...requestColumns(rows), prefixBlocks },
      prefixCache: true,
    });
    // 18 blocks: the fourth prompt takes the blocks of the second, which the third has not touched.
    // What the fifth needed took one more of it, and one is left for the sixth to find.
    expect(stepsOfPrompts(result)).toEqual([2, 2, 1, 2, 1, 2]);
    expect(result.prefixHitShare).toBeCloseTo((128 + 128 + 16) / 743, 12);
  });

  it('counts shared blocks once', () => {
    const rows: Rows = Array.from({ length: 8 }, (_, id) => [id * 1e-3, 49, 50] as const);
    const prefixBlocks = compressedRows(
      rows.map((_, id) => [0, id + 1]),
      48,
    );
    const options = {
      steps: constantSteps(0.01, { kvBlocks: 100 }),
      limits: { ...LIMITS, maxBatchedTokens: 512 },
    };
    const shared = simulate(rows, {
      ...options,
      requests: { ...requestColumns(rows), prefixBlocks },
      prefixCache: true,
    });
    const alone = simulate(rows, options);
    expect(alone.evidence.peakKvShare).toBeCloseTo((8 * 7) / 100, 12);
    expect(shared.evidence.peakKvShare).toBeCloseTo((3 + 8 * 4) / 100, 12);
  });
});
