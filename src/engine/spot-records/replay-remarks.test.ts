import { describe, expect, it } from 'vitest';
import type { Decision } from '../../model/index.ts';
import { replayRemarks } from './replay-remarks.ts';

function decisionWith(share: number | undefined): Decision {
  const replayed =
    share === undefined ? {} : { replayedAvailability: { share, hours: 9, traces: ['a'], narrow: [] } };
  const availability = { workload: 'web', target: 0.99, achieved: 0.995, scenarios: [], ...replayed };
  return { workloads: [], services: [{ workload: 'web', availability }] } as unknown as Decision;
}

describe('remarks on replayed traces', () => {
  it('warn where a replay stays below the target, and nowhere else', () => {
    const of = (share?: number) => replayRemarks(decisionWith(share)).map(({ code, path }) => [code, path]);
    expect(of(0.9)).toEqual([['spot-replay-short', 'web']]);
    expect(of(0.99)).toEqual([]);
    expect(of()).toEqual([]);
  });
});
