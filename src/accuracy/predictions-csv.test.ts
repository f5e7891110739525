import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { predictionsCsv } from './predictions-csv.ts';
import { predicted } from './testing/measurements.ts';

describe('predictions as CSV', () => {
  const text = predictionsCsv([
    { id: 'a', prediction: predicted(100, 10) },
    { id: 'b,"c"', prediction: { ok: false, reason: 'out-of-memory: 3 GiB missing, of 80' } },
  ]);

  it('has exactly these columns', () => {
    expect(text.split('\n')[0]).toBe(
      'id,ttft_ms,tpot_ms,ttft_ms_p10,ttft_ms_p90,tpot_ms_p10,tpot_ms_p90,reason',
    );
  });

  it('holds figures with the interval, or empty figures and the reason', () => {
    const rows = parse<Record<string, string>>(text, { columns: true });
    expect(rows).toEqual([
      {
        id: 'a',
        ttft_ms: '100.0000',
        tpot_ms: '10.0000',
        ttft_ms_p10: '80.0000',
        ttft_ms_p90: '120.0000',
        tpot_ms_p10: '8.0000',
        tpot_ms_p90: '12.0000',
        reason: '',
      },
      {
        id: 'b,"c"',
        ttft_ms: '',
        tpot_ms: '',
        ttft_ms_p10: '',
        ttft_ms_p90: '',
        tpot_ms_p10: '',
        tpot_ms_p90: '',
        reason: 'out-of-memory: 3 GiB missing, of 80',
      },
    ]);
  });
});
