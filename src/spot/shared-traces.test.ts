import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { correlationGroups, readAvailabilityTraces, traceStatistics } from './index.ts';

const FILE = '../shared/data/spot/skypilot-spot-traces.csv.gz';
const INDEX = '../shared/data/spot/skypilot-spot-traces-index.csv';

describe.skipIf(!existsSync(FILE))(`the SkyPilot spot traces (skipped without ${FILE})`, () => {
  const text = existsSync(FILE) ? gunzipSync(readFileSync(FILE)).toString('utf8') : '';
  const outcome = readAvailabilityTraces(text, { fileName: 'skypilot-spot-traces.csv' });
  const traces = outcome.ok ? outcome.value : [];

  it('are read without a remark, and their shares agree with the index', () => {
    expect(outcome.diagnostics).toEqual([]);
    const rows = readFileSync(INDEX, 'utf8').trim().split('\n').slice(1);
    const listed = rows.map((row) => row.split(','));
    expect(traces).toHaveLength(listed.length);
    for (const [, nodes, campaign, place, , ticks, , share] of listed) {
      const prefix = nodes === '1' ? campaign : `${campaign ?? ''}/${nodes ?? ''}`;
      const trace = traces.find(({ id }) => id === `${prefix ?? ''}/${place ?? ''}`);
      if (trace === undefined) throw new Error(`no trace of ${place ?? ''}`);
      expect(trace.ticks).toBe(Number(ticks));
      expect(traceStatistics(trace).shareAvailable).toBeCloseTo(Number(share), 4);
    }
  });

  it('tell correlations within their campaigns only', () => {
    const { pairs, groups } = correlationGroups(traces);
    expect(pairs.every(({ first, second }) => first.split('/')[0] === second.split('/')[0])).toBe(true);
    expect(groups.flat()).toHaveLength(traces.length);
  });
});
