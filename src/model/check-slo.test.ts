import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DurationText } from '../units/index.ts';
import { checkSlo } from './check-slo.ts';

const milliseconds = fc.integer({ min: 1, max: 100_000 });

describe('SLO checks', () => {
  it('accept limits that grow with the percentile and refuse those that fall, whatever the unit', () => {
    fc.assert(
      fc.property(milliseconds, milliseconds, fc.boolean(), (p50, p99, inSeconds) => {
        const high: DurationText = inSeconds ? `${p99 / 1000}s` : `${p99}ms`;
        const found = checkSlo({ ttft: { p50: `${p50}ms`, p99: high } }, ['slo']);
        expect(found.map(({ at }) => at)).toEqual(p99 < p50 ? [['slo', 'ttft', 'p99']] : []);
      }),
    );
  });

  it('compare every limit with the next lower one that is stated', () => {
    const found = checkSlo({ tpot: { p50: '50ms', p95: '40ms', p99: '45ms' } }, []);
    expect(found.map(({ at }) => at)).toEqual([['tpot', 'p95']]);
  });

  it('let the last token be as late as the first but no earlier', () => {
    const first = { p99: '2s' } as const;
    expect(checkSlo({ ttft: first, e2e: { p99: '2000ms' } }, [])).toEqual([]);
    expect(checkSlo({ ttft: first, e2e: { p99: '1999ms' } }, [])).toHaveLength(1);
    expect(checkSlo({ ttft: first, e2e: { p50: '1s' } }, [])).toEqual([]);
  });

  it.each(['0%', '100%', '100.0 %'] as const)('refuse an availability of %s', (availability) => {
    expect(checkSlo({ ttft: { p99: '1s' }, availability }, [])).toEqual([
      expect.objectContaining({ code: 'model-slo-impossible', at: ['availability'] }),
    ]);
  });

  it('want at least one limit, not merely the name of a metric', () => {
    expect(checkSlo({ ttft: {} }, []).map(({ code }) => code)).toEqual(['model-missing-field']);
  });
});
