import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sharedPrefixSessions } from './shared-prefix-sessions.ts';
import type { SharedPrefixSessions } from './shared-prefix-sessions.ts';

const BASE: SharedPrefixSessions = {
  systemPrompts: 3,
  usersPerSystemPrompt: 2,
  systemPromptTokens: 40,
  questionTokens: 60,
  outputTokens: 30,
  stages: [
    { rate: 2, duration: 10 },
    { rate: 4, duration: 5.2 },
  ],
  context: 'repeated',
  waitsForTurn: true,
};

const blocksOf = (requests: ReturnType<typeof sharedPrefixSessions>, id: number): readonly number[] => {
  const { offsets, ids } = requests.columns.prefixBlocks;
  return [...ids.subarray(offsets[id], offsets[id + 1])];
};

describe('sessions with shared prefixes', () => {
  it('hold rate × duration requests per stage, users in turn, within exactly the duration', () => {
    const requests = sharedPrefixSessions(BASE, 1, 16);
    expect(requests.stageStart).toEqual([0, 20, 40]);
    expect([...requests.user.subarray(0, 7)]).toEqual([0, 1, 2, 3, 4, 5, 0]);
    expect(requests.user[20]).toBe(0);
    expect(requests.columns.arrival[19]).toBeCloseTo(10, 9);
    expect(requests.columns.arrival[39]).toBeCloseTo(5.2, 9);
  });

  it('repeat for one seed and differ for another', () => {
    const arrival = (seed: number): number[] => [...sharedPrefixSessions(BASE, seed, 16).columns.arrival];
    expect(arrival(1)).toEqual(arrival(1));
    expect(arrival(1)).not.toEqual(arrival(2));
  });

  it('space requests exponentially: the CV of the gaps is 1 within 5 %', () => {
    const { arrival } = sharedPrefixSessions(
      { ...BASE, stages: [{ rate: 100, duration: 200 }] },
      3,
      16,
    ).columns;
    const gaps = Array.from(arrival.subarray(1), (time, i) => time - arrival[i]!);
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
    expect(Math.sqrt(variance) / mean).toBeGreaterThan(0.95);
    expect(Math.sqrt(variance) / mean).toBeLessThan(1.05);
  });

  it('repeat a prompt whole in every turn of a user, also in the next stage', () => {
    const requests = sharedPrefixSessions(BASE, 1, 16);
    expect(new Set(requests.columns.isl)).toEqual(new Set([100]));
    expect(blocksOf(requests, 6)).toEqual(blocksOf(requests, 0));
    expect(blocksOf(requests, 20)).toEqual(blocksOf(requests, 0));
    expect(requests.columns.cachedTokens[0]).toBe(0);
    expect(requests.columns.cachedTokens[3]).toBe(40);
    expect(requests.columns.cachedTokens[6]).toBe(100);
  });

  it('share the blocks within the system prompt among its users and no others', () => {
    const requests = sharedPrefixSessions(BASE, 1, 16);
    // Users 0 and 3 share a system prompt of 40 tokens: two full blocks of 16.
    expect(blocksOf(requests, 3).slice(0, 2)).toEqual(blocksOf(requests, 0).slice(0, 2));
    expect(blocksOf(requests, 3)[2]).not.toBe(blocksOf(requests, 0)[2]);
    expect(blocksOf(requests, 1)[0]).not.toBe(blocksOf(requests, 0)[0]);
  });

  it('grow by question and answer where contexts grow, and start anew with each stage', () => {
    const requests = sharedPrefixSessions({ ...BASE, context: 'growing' }, 1, 16);
    expect([0, 6, 12, 20].map((id) => requests.columns.isl[id])).toEqual([100, 190, 280, 100]);
    expect(requests.columns.cachedTokens[12]).toBe(190 + 30);
    expect(blocksOf(requests, 12).slice(0, 11)).toEqual(blocksOf(requests, 6));
    expect(requests.columns.cachedTokens[20]).toBe(40);
  });

  it('list one block per full block of the prompt, with dense ids', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 200 }),
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 64 }),
        fc.constantFrom('repeated' as const, 'growing' as const),
        (systemPromptTokens, questionTokens, blockTokens, context) => {
          const requests = sharedPrefixSessions(
            { ...BASE, systemPromptTokens, questionTokens, context },
            5,
            blockTokens,
          );
          const { isl, cachedTokens, prefixBlocks } = requests.columns;
          isl.forEach((tokens, id) => {
            expect(blocksOf(requests, id)).toHaveLength(Math.floor(tokens / blockTokens));
            expect(cachedTokens[id]).toBeLessThanOrEqual(tokens);
          });
          expect(new Set(prefixBlocks.ids).size).toBe(Math.max(-1, ...prefixBlocks.ids) + 1);
        },
      ),
    );
  });

  it('refuse a workload without users, tokens or requests', () => {
    expect(() => sharedPrefixSessions({ ...BASE, systemPrompts: 0 }, 1, 16)).toThrow(RangeError);
    expect(() => sharedPrefixSessions({ ...BASE, stages: [] }, 1, 16)).toThrow(RangeError);
    expect(() => sharedPrefixSessions({ ...BASE, outputTokens: 0 }, 1, 16)).toThrow(RangeError);
  });
});
