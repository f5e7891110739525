import { describe, expect, it } from 'vitest';
import type { Decision, ResolvedProblem } from '../model/index.ts';
import { recordedOfferings } from './recorded-offerings.ts';

const offerings = ['own/a/spot', 'm-x/a/spot', 'm-y/a/spot', 'm-y/b/spot', 'm-z/a/spot'].map((id) => ({
  id,
  pool: id.split('/')[0],
}));
const resolved = (pools: readonly object[]) =>
  ({ problem: { pools }, offerings }) as unknown as ResolvedProblem;
const decision = {
  nodes: [{ pool: 'm-x', offering: 'm-x/a/spot' }],
  packing: [{ offering: 'm-y/b/spot' }],
} as unknown as Decision;

describe('the offerings that a plan records', () => {
  it('leave out the pools of a mix of which nothing is bought', () => {
    const mix = 'm';
    const pools = [{ id: 'own' }, { id: 'm-x', mix }, { id: 'm-y', mix }, { id: 'm-z', mix }];
    expect(recordedOfferings(resolved(pools), decision).map(({ id }) => id)).toEqual([
      'own/a/spot',
      'm-x/a/spot',
      'm-y/a/spot',
      'm-y/b/spot',
    ]);
  });

  it('are all of them where every pool is declared by itself', () => {
    const pools = ['own', 'm-x', 'm-y', 'm-z'].map((id) => ({ id }));
    expect(recordedOfferings(resolved(pools), decision)).toBe(offerings);
  });
});
