import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { operatorBreakdown } from './breakdown.ts';
import type { StepBatch } from './breakdown.ts';
import { loneStepTime } from './lone-steps.ts';
import { minimumStepTime, replicaPerformance } from './replica-performance.ts';
import { shippedCoefficients } from './shipped.ts';
import { B200, configuration, DEEPSEEK_R1, H100 } from './testing/configurations.ts';

const coefficients = shippedCoefficients();
const deepSeek = { architecture: DEEPSEEK_R1, accelerator: B200, weightPrecision: 'fp8-block' } as const;
const eight = { tensorParallel: 1, dataParallel: 8, expertParallel: 8 };
const SPECULATIVE = { draftTokens: 2, acceptance: 0.7, draftCost: 0.05 };

const CONFIGURATIONS = [
  ['vLLM on 8 B200', configuration({ ...deepSeek, engine: 'vllm' }, eight)],
  ['SGLang on 8 B200', configuration({ ...deepSeek, engine: 'sglang' }, eight)],
  [
    'TensorRT-LLM with drafts',
    configuration({ ...deepSeek, engine: 'tensorrt-llm', speculative: SPECULATIVE }, eight),
  ],
  [
    'experts cut over tp2·dp3 of H100',
    configuration(
      { ...deepSeek, accelerator: H100 },
      { tensorParallel: 2, dataParallel: 3, expertParallel: 2 },
    ),
  ],
] as const;

describe.each(CONFIGURATIONS)('ranks in lockstep: DeepSeek-R1 under %s', (_, c) => {
  const { steps } = replicaPerformance(c, coefficients);
  const lockstep = steps.lockstep!;
  const prompt = fc.integer({ min: 0, max: 8000 });
  const sequences = fc.integer({ min: 0, max: 400 });
  const context = fc.integer({ min: 0, max: 20_000 });

  it('own and shared part add up to the step of equal ranks', () => {
    fc.assert(
      fc.property(prompt, sequences, context, (p, s, each) => {
        const whole = steps.stepTime(p, (p * p) / 2, s, s * each);
        const parts = lockstep.ownTime(p, (p * p) / 2, s, s * each) + lockstep.sharedTime(p, s);
        expect(parts).toBe(whole);
      }),
    );
  });

  // A draft's verified tokens make a prompt beside them cheaper than it is alone.
  it.skipIf(c.speculative !== undefined)(
    'neither part falls as its batch grows, by fractions of a token for the shared one',
    () => {
      const some = fc.integer({ min: 1, max: 400 });
      const mean = fc.double({ min: 0.125, max: 4000, noNaN: true });
      fc.assert(
        fc.property(prompt, some, context, (p, s, each) => {
          const own = (tokens: number, batch: number, cached: number): number =>
            lockstep.ownTime(tokens, (tokens * tokens) / 2, batch, cached);
          const base = own(p, s, s * each);
          expect(own(p + 16, s, s * each)).toBeGreaterThanOrEqual(base);
          expect(own(p, s + 1, s * each)).toBeGreaterThanOrEqual(base);
          expect(own(p, s, s * each + 50)).toBeGreaterThanOrEqual(base);
        }),
      );
      fc.assert(
        fc.property(mean, mean, (p, s) => {
          const base = lockstep.sharedTime(p, s);
          expect(lockstep.sharedTime(p + 0.125, s)).toBeGreaterThanOrEqual(base);
          expect(lockstep.sharedTime(p, s + 0.125)).toBeGreaterThanOrEqual(base);
        }),
      );
    },
  );

  it.skipIf(c.speculative !== undefined)(
    'a step of unlike ranks is no shorter than one of their mean batch on all of them, less the start of prompts and decodes, to 1 %',
    () => {
      const ranks = c.parallelism.dataParallel;
      const batch = fc.record({ p: fc.oneof(prompt, fc.constant(0)), s: sequences, each: context });
      fc.assert(
        fc.property(fc.array(batch, { minLength: ranks, maxLength: ranks }), (batches) => {
          const mean = (figure: (own: { p: number; s: number; each: number }) => number): number =>
            batches.reduce((sum, own) => sum + figure(own), 0) / ranks;
          const [p, s] = [mean((own) => own.p), mean((own) => own.s)];
          const attended = mean((own) => (own.p * own.p) / 2);
          const cached = mean((own) => own.s * own.each);
          const slowest = Math.max(
            ...batches.map((own) => lockstep.ownTime(own.p, (own.p * own.p) / 2, own.s, own.s * own.each)),
          );
          const whole = steps.stepTime(p, attended, s, cached);
          // Some ranks may compute prompts and others decode: none then pays for the start of both.
          const starts =
            steps.stepTime(1 / ranks, 0, s, cached) -
            steps.stepTime(0, 0, s, cached) +
            steps.stepTime(p, attended, 1 / ranks, 0) -
            steps.stepTime(p, attended, 0, 0);
          const alike = p > 0 && s > 0 ? whole - starts : whole;
          expect(slowest + lockstep.sharedTime(p, s)).toBeGreaterThanOrEqual(alike / 1.01);
        }),
        { numRuns: 2000 },
      );
    },
  );

  it('charges the experts for the tokens that are there, not for as many on every rank as on the busiest', () => {
    const ranks = c.parallelism.dataParallel;
    const lone = lockstep.sharedTime(8000 / ranks, 0) - lockstep.sharedTime(0, 1);
    const alike = lockstep.sharedTime(8000, 0) - lockstep.sharedTime(0, 1);
    expect(lone / alike).toBeGreaterThan(0.5 / ranks);
    expect(lone / alike).toBeLessThan(2 / ranks);
    expect(lockstep.sharedTime(0, 1 / ranks)).toBeLessThan(lockstep.sharedTime(0, 1));
  });

  it.skipIf(c.speculative !== undefined)(
    'no step in which one rank has a batch is shorter than if the others have none',
    () => {
      const { dataParallel } = steps;
      fc.assert(
        fc.property(prompt, fc.integer({ min: 1, max: 400 }), context, (p, s, each) => {
          const batch = {
            prefillTokens: p,
            prefillAttended: (p * p) / 2,
            decodeSequences: s,
            decodeKvTokens: s * each,
          };
          const lone = loneStepTime(steps, batch);
          const own = lockstep.ownTime(p, (p * p) / 2, s, s * each);
          const beside = own + lockstep.sharedTime((p + 100) / dataParallel, (s + 7) / dataParallel);
          expect(beside).toBeGreaterThanOrEqual(lone);
          expect(lone).toBeLessThan(steps.stepTime(p, (p * p) / 2, s, s * each));
        }),
      );
    },
  );

  it('the least step of a token is that of a rank whose others are idle', () => {
    const one = { prefillTokens: 0, prefillAttended: 0, decodeSequences: 1, decodeKvTokens: 1 };
    expect(minimumStepTime(c, coefficients)).toBe(loneStepTime(steps, one));
  });
});

describe('what ranks share', () => {
  const batch: StepBatch = {
    prefillTokens: 1024,
    prefillAttended: 524_288,
    decodeSequences: 16,
    decodeKvTokens: 32_000,
  };
  const shared = (
    engine: 'vllm' | 'sglang',
  ): { readonly model: number; readonly rows: ReadonlyMap<string, number> } => {
    const c = configuration({ ...deepSeek, engine }, eight);
    const rows = operatorBreakdown(c, coefficients, batch).map((row) => [row.operator, row.seconds] as const);
    return {
      model: replicaPerformance(c, coefficients).steps.lockstep!.sharedTime(1024, 16),
      rows: new Map(rows),
    };
  };

  it('is the experts and, where all tokens are gathered (vLLM), their exchange', () => {
    const { model, rows } = shared('vllm');
    expect(model / (rows.get('experts')! + rows.get('expert-exchange')!)).toBeCloseTo(1, 3);
  });

  it('is the experts alone where the busiest rank must send its own copies (DeepEP)', () => {
    const { model, rows } = shared('sglang');
    expect(model / rows.get('experts')!).toBeCloseTo(1, 3);
  });

  it('is nothing without data-parallel ranks or without experts', () => {
    const alone = configuration(deepSeek, { tensorParallel: 8, expertParallel: 8 });
    const dense = configuration({}, { tensorParallel: 4, dataParallel: 2 });
    for (const c of [alone, dense]) {
      expect(replicaPerformance(c, coefficients).steps.lockstep).toBeUndefined();
    }
  });
});
