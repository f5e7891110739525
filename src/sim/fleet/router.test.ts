import { describe, expect, it } from 'vitest';
import type { EngineInstance, EngineLoad } from '../engine-instance.ts';
import { Router } from './router.ts';
import type { RoutedReplica, Routing } from './router.ts';

interface Facts extends Partial<EngineLoad> {
  /** Tokens of every request found cached. */
  readonly cached?: number;
  /** Longest prompt served. */
  readonly longest?: number;
}

const ISL = Int32Array.of(1000, 1000, 1000, 5000);

function replica({ cached = 0, longest = 10_000, ...load }: Facts): RoutedReplica {
  const instance: Partial<EngineInstance> = {
    load: { running: 0, waiting: 0, queuedTokens: 0, kvShare: 0, ...load } as EngineLoad,
    cachedPrefixTokens: () => cached,
    canServe: (id) => ISL[id]! <= longest,
  };
  return { instance: instance as EngineInstance, kvTokens: 10_000 };
}

const router = (routing: Routing, facts: readonly Facts[]): Router =>
  new Router(routing, facts.map(replica), ISL);

describe('Router', () => {
  it('takes turns among the replicas that can serve', () => {
    const turns = router({ policy: 'round-robin' }, [{ longest: 2000 }, {}, { longest: 2000 }]);
    expect([0, 3, 1, 2, 3, 3].map((id) => turns.choose(id))).toEqual([0, 1, 2, 0, 1, 1]);
  });

  it('says when no replica can serve', () => {
    for (const policy of ['round-robin', 'least-loaded', 'prefix-aware'] as const) {
      const small = router({ policy }, [{ longest: 2000 }, { longest: 2000 }]);
      expect(small.choose(3)).toBe(-1);
      expect([small.canServe(3), small.canServe(0)]).toEqual([false, true]);
    }
  });

  it('counts a waiting request as four running ones and prefers the first of equals', () => {
    const loaded = router({ policy: 'least-loaded' }, [
      { running: 9 },
      { waiting: 2 },
      { running: 4, waiting: 1 },
    ]);
    expect(loaded.choose(0)).toBe(1);
  });

  it('counts requests on their way as waiting', () => {
    const loaded = router({ policy: 'least-loaded' }, [{}, { running: 3 }]);
    loaded.send(0, 0);
    expect(loaded.choose(1)).toBe(1);
    loaded.arrived(0, 0);
    expect(loaded.choose(1)).toBe(0);
  });

  it('weighs cached prefixes against the prompts queued and the KV in use', () => {
    const facts = [{ cached: 800, queuedTokens: 300, kvShare: 0.06 }, { kvShare: 0.02 }];
    // Costs 300 + 200 + 600 = 1100 and 1000 + 200 = 1200; with the weight 0.2: 100 + 600 and 200 + 200.
    expect(router({ policy: 'prefix-aware' }, facts).choose(0)).toBe(0);
    expect(router({ policy: 'prefix-aware', prefixWeight: 0.2 }, facts).choose(0)).toBe(1);
  });
});
