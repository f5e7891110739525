import { describe, expect, it } from 'vitest';
import { linearSteps, requestColumns } from '../../../test/support/engine-fixtures.ts';
import { seconds } from '../../units/index.ts';
import { simulateEngine } from '../engine-simulation.ts';
import type { EngineSimulation } from '../engine-options.ts';
import type { LockstepTimes, StepTimeModel } from '../step-time-model.ts';

/** Own part: 10 ms and 10 µs per prompt token; shared part: 80 µs per token of a rank in the mean. */
const lockstep: LockstepTimes = {
  ownTime: (prefill) => seconds(0.01 + 1e-5 * prefill),
  sharedTime: (prefill, sequences) => seconds(8e-5 * (prefill + sequences)),
};
const alike: StepTimeModel['stepTime'] = (prefill, attended, sequences, cached) =>
  seconds(lockstep.ownTime(prefill, attended, sequences, cached) + lockstep.sharedTime(prefill, sequences));

function simulated(ranks: number, rows: readonly (readonly [number, number, number])[]): EngineSimulation {
  const steps: StepTimeModel = {
    ...linearSteps({ base: 0.01, perToken: 8e-5, perKvToken: 0 }),
    stepTime: alike,
    lockstep,
    rankStepping: 'lockstep',
    dataParallel: ranks,
  };
  return simulateEngine({
    steps,
    requests: requestColumns(rows),
    limits: { maxBatchedTokens: 8192, maxSequences: 64 },
    prefixCache: false,
    limitsOfSlo: [],
  });
}

describe('ranks in lockstep', () => {
  it('a prompt on one rank of four stops the others for its own part and a quarter of the shared one', () => {
    // At 0 a request decodes on the first rank; at 0.2 s the prompt of 1,000 tokens goes to the second.
    const { perRequest } = simulated(4, [
      [0, 1, 40],
      [0.2, 1000, 1],
    ]);
    const decode = 0.01 + 8e-5 / 4;
    const mixed = 0.01 + 1e-5 * 1000 + (8e-5 * 1001) / 4;
    // The first step has a prompt of one token; 19 steps of decoding end before 0.2 s, one more after it.
    const first = 0.01 + 1e-5 + 8e-5 / 4;
    const start = first + 19 * decode;
    expect(start).toBeGreaterThan(0.2);
    expect(perRequest.ttft[1]).toBeCloseTo(start + mixed - 0.2, 12);
    expect(perRequest.tpot[0]).toBeCloseTo((38 * decode + mixed) / 39, 12);
  });

  it('equal batches on all ranks take what one rank takes for its own when it is told that the others are alike', () => {
    const one = simulated(1, [[0, 500, 100]]);
    const four = simulated(
      4,
      Array.from({ length: 4 }, () => [0, 500, 100] as const),
    );
    for (const id of [0, 1, 2, 3]) {
      expect(four.perRequest.ttft[id]).toBeCloseTo(one.perRequest.ttft[0]!, 12);
      expect(four.perRequest.e2e[id]).toBeCloseTo(one.perRequest.e2e[0]!, 12);
    }
  });
});
