import { createReadStream, existsSync } from 'node:fs';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { EIGHT_BILLION, linearSteps } from '../../../test/support/engine-fixtures.ts';
import type { RequestColumns } from '../../model/index.ts';
import { readTrace } from '../../traffic/index.ts';
import type { RoutingPolicy } from './router.ts';
import { simulateFleet } from './simulate-fleet.ts';

const DATA = process.env['PLIMSOLL_DATA'] ?? path.resolve(import.meta.dirname, '../../../../shared/data');
const FILE = path.join(DATA, 'llm', 'mooncake-conversation.jsonl.gz');
const isAbsent = !existsSync(FILE);
if (isAbsent) console.warn(`The Mooncake trace is absent (${FILE}); tests that need it are skipped.`);

const sum = (column: Int32Array): number => column.reduce((total, value) => total + value, 0);

describe.skipIf(isAbsent)('the Mooncake conversation trace (first half)', () => {
  let trace: RequestColumns;
  beforeAll(async () => {
    const bytes = createReadStream(FILE).pipe(createGunzip());
    const read = await readTrace(bytes, { fileName: FILE, format: 'mooncake' });
    if (!read.ok) throw new Error('unreadable');
    trace = read.value;
  });

  function hitRate(workers: number, kvBlocks: number, policy: RoutingPolicy): number {
    // Steps 50 times as fast as an 8B model's, so that little is in flight when the next request comes.
    const { base, perToken, perPair = 0, perKvToken } = EIGHT_BILLION;
    const law = {
      base: base / 50,
      perToken: perToken / 50,
      perPair: perPair / 50,
      perKvToken: perKvToken / 50,
    };
    const steps = linearSteps(law, { kvBlocks });
    const settings = { limits: { maxBatchedTokens: 8192, maxSequences: 256 }, prefixCache: true };
    const replicas = Array.from({ length: workers }, () => steps);
    const pools = [{ name: 'workers', role: 'aggregated' as const, ...settings, replicas }];
    const fleet = simulateFleet({ pools, routing: { policy }, requests: trace, limitsOfSlo: [] });
    expect(fleet.rejected).toBe(0);
    return fleet.pools[0]!.prefixHitRate;
  }

  it('hits one cache that never evicts as often as the ideal one, up to blocks cut short', () => {
    const ideal = sum(trace.cachedTokens) / sum(trace.isl);
    const found = hitRate(1, 8_000_000, 'round-robin');
    expect(found).toBeLessThanOrEqual(ideal);
    expect(found).toBeGreaterThan(0.97 * ideal);
  });

  it('hits eight caches that never evict less, and least in turn', () => {
    const one = hitRate(1, 8_000_000, 'round-robin');
    const aware = hitRate(8, 8_000_000, 'prefix-aware');
    const inTurn = hitRate(8, 8_000_000, 'round-robin');
    expect(aware).toBeLessThanOrEqual(one + 1e-3);
    expect(inTurn).toBeLessThan(0.6 * aware);
  });

  it('hits small caches less than large ones', () => {
    const large = hitRate(8, 90_000, 'prefix-aware');
    expect(hitRate(8, 20_000, 'prefix-aware')).toBeLessThan(large);
    expect(large).toBeLessThan(hitRate(8, 8_000_000, 'prefix-aware'));
  });
});
