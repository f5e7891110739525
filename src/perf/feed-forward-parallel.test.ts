import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parallelismName } from '../model/index.ts';
import { operatorBreakdown } from './breakdown.ts';
import { checkConfiguration } from './check.ts';
import { fittingChanges } from './fitting-changes.ts';
import { replicaMemory } from './memory.ts';
import { parameterParts } from './parameter-parts.ts';
import { replicaPerformance } from './replica-performance.ts';
import { shippedCoefficients } from './shipped.ts';
import { B200, configuration, DEEPSEEK_R1, LLAMA_70B } from './testing/configurations.ts';
import { weightBytesPerRank } from './weights.ts';

const coefficients = shippedCoefficients();
/** Attention on four ranks of two accelerators each, every feed-forward over all eight. */
const inside = { tensorParallel: 2, dataParallel: 4, feedForwardParallel: 8 };
const apart = { tensorParallel: 2, dataParallel: 4 };
const roomy = { accelerator: B200, maxModelLength: 8192 };
const stepsOf = (parallelism: typeof apart, changes: Parameters<typeof configuration>[0] = {}) =>
  replicaPerformance(configuration({ ...roomy, ...changes }, parallelism), coefficients).steps;

describe('attention data parallel inside a tensor-parallel layer', () => {
  it('cuts feed-forwards over tensor parallelism, with all data-parallel ranks or without', () => {
    const reason = (feedForwardParallel: number): unknown => {
      const check = checkConfiguration(configuration(roomy, { ...apart, feedForwardParallel }));
      return check.ok ? 'ok' : check.reason;
    };
    expect([1, 2, 4, 8, 16, 2.5].map(reason)).toEqual([
      'invalid-parallelism',
      'ok',
      'invalid-parallelism',
      'ok',
      'invalid-parallelism',
      'invalid-parallelism',
    ]);
  });

  it('is told in the short name', () => {
    expect(parallelismName(configuration({}, inside).parallelism)).toBe('tp2·dp4·ff8');
    expect(parallelismName(configuration({}, { ...inside, feedForwardParallel: 2 }).parallelism)).toBe(
      'tp2·dp4',
    );
  });

  it('changes nothing where it repeats tensor parallelism', () => {
    const repeated = stepsOf({ ...apart, feedForwardParallel: 2 } as typeof apart);
    expect(repeated.lockstep).toBeUndefined();
    expect(repeated.rankStepping).toBe('independent');
    expect(repeated.stepTime(700, 245_000, 40, 60_000)).toBe(
      stepsOf(apart).stepTime(700, 245_000, 40, 60_000),
    );
  });

  it('keeps an eighth of the feed-forwards on a rank, half of attention, and the same cache per token', () => {
    const [whole, cut] = [apart, inside].map((p) => configuration(roomy, p));
    const dense = parameterParts(LLAMA_70B).dense;
    expect(weightBytesPerRank(whole!) - weightBytesPerRank(cut!)).toBeCloseTo(dense / 2 - dense / 8, -1);
    const perBlock = (c: ReturnType<typeof configuration>): number => {
      const { kvCache, kvBlocks } = replicaMemory(c);
      return kvCache / kvBlocks;
    };
    expect(perBlock(cut!) / perBlock(whole!)).toBeCloseTo(1, 3);
    expect(replicaMemory(cut!).kvBlocks).toBeGreaterThan(1.1 * replicaMemory(whole!).kvBlocks);
  });

  it('lets ranks meet in every step and share feed-forwards, gather and scatter', () => {
    const steps = stepsOf(inside);
    const rows = operatorBreakdown(configuration(roomy, inside), coefficients, {
      prefillTokens: 1024,
      prefillAttended: 524_288,
      decodeSequences: 0,
      decodeKvTokens: 0,
    });
    const shared = ['dense-gate-up', 'dense-down', 'feed-forward-gather', 'feed-forward-scatter'];
    const sum = rows
      .filter((row) => shared.includes(row.operator))
      .reduce((all, row) => all + row.seconds, 0);
    expect(steps.rankStepping).toBe('lockstep');
    expect(steps.lockstep!.sharedTime(1024, 0) / sum).toBeCloseTo(1, 3);
    expect(rows.reduce((all, row) => all + row.seconds, 0) / steps.stepTime(1024, 524_288, 0, 0)).toBeCloseTo(
      1,
      2,
    );
  });

  it('own and shared part add up to the step of equal ranks, and neither falls as a batch grows', () => {
    const steps = stepsOf(inside);
    const { ownTime, sharedTime } = {
      ownTime: steps.lockstep!.ownTime.bind(steps.lockstep),
      sharedTime: steps.lockstep!.sharedTime.bind(steps.lockstep),
    };
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 8000 }),
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 0, max: 8000 }),
        (p, s, each) => {
          const own = ownTime(p, (p * p) / 2, s, s * each);
          const shared = sharedTime(p, s);
          expect(own + shared).toBe(steps.stepTime(p, (p * p) / 2, s, s * each));
          expect(ownTime(p + 8, ((p + 8) * (p + 8)) / 2, s, s * each)).toBeGreaterThanOrEqual(own);
          expect(ownTime(p, (p * p) / 2, s + 1, s * each)).toBeGreaterThanOrEqual(own);
          expect(sharedTime(p + 0.25, s)).toBeGreaterThanOrEqual(shared);
          expect(sharedTime(p, s + 0.25)).toBeGreaterThanOrEqual(shared);
        },
      ),
    );
  });

  it('decodes small batches faster than ranks that read whole feed-forwards, slower than tensor parallelism alone', () => {
    const decode = (parallelism: Parameters<typeof configuration>[1], sequences: number): number =>
      replicaPerformance(configuration(roomy, parallelism), coefficients).steps.stepTime(
        0,
        0,
        sequences,
        sequences * 1000,
      );
    expect(decode(inside, 4)).toBeLessThan(decode(apart, 4));
    expect(decode(inside, 4)).toBeGreaterThan(decode({ tensorParallel: 8 }, 16));
  });

  it('cuts the dense layers of a model with experts and leaves its shared experts as they are', () => {
    const moe = { architecture: DEEPSEEK_R1, weightPrecision: 'fp8-block' as const };
    const eight = { tensorParallel: 1, dataParallel: 8, expertParallel: 8 };
    const [whole, cut] = [eight, { ...eight, feedForwardParallel: 8 }].map((p) =>
      configuration({ ...roomy, ...moe }, p),
    );
    const { dense } = parameterParts(DEEPSEEK_R1);
    expect(weightBytesPerRank(whole!) - weightBytesPerRank(cut!)).toBeCloseTo((dense * 7) / 8, -3);
  });

  it('gathers and scatters tokens around experts that every rank holds a part of, not around experts held whole', () => {
    const links = (expertParallel: number): readonly string[] => {
      const parallelism = { tensorParallel: 2, dataParallel: 4, expertParallel };
      const c = configuration(
        { ...roomy, architecture: DEEPSEEK_R1, weightPrecision: 'fp8-block' },
        parallelism,
      );
      const rows = operatorBreakdown(c, coefficients, {
        prefillTokens: 512,
        prefillAttended: 131_072,
        decodeSequences: 0,
        decodeKvTokens: 0,
      });
      return rows
        .filter(({ bound }) => bound === 'link')
        .map(({ operator }) => operator)
        .sort();
    };
    expect(links(1)).toEqual(['all-reduce', 'feed-forward-gather', 'feed-forward-scatter']);
    expect(links(8)).toEqual(['all-reduce', 'expert-exchange']);
  });

  it('stays with all ranks where more tensor parallelism is what fits', () => {
    const tight = configuration(
      { maxModelLength: 131_072, weightPrecision: 'bf16' },
      { tensorParallel: 1, dataParallel: 2, feedForwardParallel: 2 },
    );
    const wider = fittingChanges(tight).find(({ kind }) => kind === 'tensor-parallel');
    const { tensorParallel = 0, feedForwardParallel } = wider?.configuration.parallelism ?? {};
    expect(tensorParallel).toBeGreaterThan(1);
    expect(feedForwardParallel).toBe(2 * tensorParallel);
  });
});
