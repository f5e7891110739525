import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BATCH_LIMITS,
  DEFAULT_BATCH,
  OTHER_SCREENS,
  SEQUENCE_LIMITS,
  TOKEN_BUDGETS,
  WIDEST_BATCH,
  distinctLimits,
  isSameBatch,
} from './batch-limits.ts';

const names = (limits: typeof BATCH_LIMITS): readonly string[] =>
  limits.map(({ maxBatchedTokens, maxSequences }) => `${maxBatchedTokens}x${maxSequences}`);

describe('batch limits', () => {
  it('are every pair once, the default first, the screens among them, none wider than the widest', () => {
    expect(BATCH_LIMITS[0]).toBe(DEFAULT_BATCH);
    expect(new Set(names(BATCH_LIMITS)).size).toBe(TOKEN_BUDGETS.length * SEQUENCE_LIMITS.length);
    for (const screen of OTHER_SCREENS) expect(names(BATCH_LIMITS)).toContain(names([screen])[0]);
    expect(BATCH_LIMITS.some((batch) => isSameBatch(batch, WIDEST_BATCH))).toBe(true);
    for (const batch of BATCH_LIMITS) {
      expect(batch.maxBatchedTokens).toBeLessThanOrEqual(WIDEST_BATCH.maxBatchedTokens);
      expect(batch.maxSequences).toBeLessThanOrEqual(WIDEST_BATCH.maxSequences);
    }
  });

  it('that no cache can fill are tried once: every limit left is reached, or the smallest that is not', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 5000, noNaN: true }), (most) => {
        const kept = new Set(distinctLimits(most).map((batch) => batch.maxSequences));
        const reached = SEQUENCE_LIMITS.filter((limit) => limit < most);
        for (const limit of reached) expect(kept).toContain(limit);
        expect([...kept].filter((limit) => limit >= most).length).toBe(reached.length < 5 ? 1 : 0);
        expect(distinctLimits(most).length).toBe(kept.size * TOKEN_BUDGETS.length);
      }),
    );
    expect(distinctLimits(Infinity)).toEqual(BATCH_LIMITS);
  });
});
