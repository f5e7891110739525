import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LatencyFactors, LatencyMetric } from '../model/index.ts';
import { shippedCoefficients } from '../perf/index.ts';
import { latencySafety, readMeasurements } from './index.ts';

const bands = shippedCoefficients().errorBands;
const ENGINES = ['vllm', 'sglang', 'tensorrt-llm'] as const;
const level = fc.double({ min: 0.501, max: 0.999, noNaN: true });
const engine = fc.constantFrom(...ENGINES);

function factors(name: string, confidence: number, metrics?: readonly LatencyMetric[]): LatencyFactors {
  const { factors: all } = latencySafety({
    level: confidence,
    engines: [name],
    bands,
    ...(metrics === undefined ? {} : { metrics }),
  });
  return all[`${name}/fitted`]!;
}

describe('safety at a confidence', () => {
  it('is at least one and never falls as the confidence rises', () => {
    fc.assert(
      fc.property(engine, level, level, (name, a, b) => {
        const [low, high] = [factors(name, Math.min(a, b)), factors(name, Math.max(a, b))];
        for (const metric of ['ttft', 'tpot', 'e2e'] as const) {
          expect(low[metric]).toBeGreaterThanOrEqual(1);
          expect(high[metric]).toBeGreaterThanOrEqual(low[metric] * (1 - 1e-12));
          expect(high[metric]).toBeLessThan(Infinity);
        }
      }),
    );
  });

  it('is smaller where one latency is limited than where two are, and the same for any of its percentiles', () => {
    expect(factors('vllm', 0.9, ['tpot']).tpot).toBeLessThan(factors('vllm', 0.9, ['ttft', 'tpot']).tpot);
    expect(factors('vllm', 0.9, ['tpot', 'tpot'])).toEqual(factors('vllm', 0.9, ['tpot']));
    expect(factors('vllm', 0.9, ['e2e'])).toEqual(factors('vllm', 0.9, ['ttft', 'tpot']));
  });

  it('of two limited latencies at 90 % is that of each at 95 %', () => {
    for (const metric of ['ttft', 'tpot'] as const)
      expect(factors('sglang', 0.9)[metric]).toBeCloseTo(factors('sglang', 0.95, [metric])[metric], 9);
  });

  it('is wider on accelerators that were not measured, by the ratio of the error bands', () => {
    const { factors: all } = latencySafety({ level: 0.9, engines: ['vllm'], bands });
    const power = Math.log1p(bands.assumed) / Math.log1p(bands.fitted);
    expect(power).toBeGreaterThan(1);
    expect(all['vllm/assumed']!.tpot).toBeCloseTo(all['vllm/fitted']!.tpot ** power, 9);
    expect(all['*/published']).toEqual(all['vllm/published']);
  });

  it('of end-to-end latency lies between those of its parts, by their share', () => {
    fc.assert(
      fc.property(
        engine,
        level,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (name, confidence, ttftShare) => {
          const all = latencySafety({ level: confidence, engines: [name], bands, ttftShare }).factors;
          const { ttft, tpot, e2e } = all[`${name}/fitted`]!;
          expect(e2e).toBeCloseTo(ttftShare * ttft + (1 - ttftShare) * tpot, 9);
          expect(factors(name, confidence).e2e).toBeGreaterThanOrEqual(e2e - 1e-9);
        },
      ),
    );
  });
});

/** The measured rows, where this machine has them (they are not part of the repository). */
const ROWS = path.resolve(
  process.env['PLIMSOLL_DATA'] ?? path.join(import.meta.dirname, '../../../shared/data'),
  'llm-silicon/train.csv',
);

/** Measured over predicted of each row, predicted by a fit without its group. */
function heldOut(name: string): readonly { readonly ttft: number; readonly tpot: number }[] {
  const file = readMeasurements(readFileSync(ROWS, 'utf8'), { fileName: 'train.csv' });
  const csv = readFileSync(path.join(import.meta.dirname, '../../docs/accuracy/held-out.csv'), 'utf8');
  const predicted = new Map(csv.split('\n').map((line) => [line.split(',')[0], line.split(',')]));
  return (file.ok ? file.value.measurements : []).flatMap((row) => {
    const [, ttft, tpot] = (predicted.get(row.id) ?? []).map(Number);
    if (row.engine !== name || ttft === undefined || tpot === undefined || !(ttft > 0)) return [];
    return [{ ttft: row.ttftMs / ttft, tpot: row.tpotMs / tpot }];
  });
}

describe.skipIf(!existsSync(ROWS))('held-out rows (skipped where the data folder is absent)', () => {
  describe.each(ENGINES)('of %s', (name) => {
    const rows = existsSync(ROWS) ? heldOut(name) : [];
    const covered = (holds: (row: (typeof rows)[number]) => boolean): number =>
      rows.filter(holds).length / rows.length;

    it.each([0.6, 0.75, 0.9, 0.95])('keep one limit in %d of all cases', (confidence) => {
      for (const metric of ['ttft', 'tpot'] as const) {
        const factor = factors(name, confidence, [metric])[metric];
        const share = covered((row) => row[metric] <= factor);
        expect(Math.abs(share - confidence)).toBeLessThan(0.03);
      }
    });

    it.each([0.6, 0.75, 0.9, 0.95])(
      'keep both limits in at least %d of them, and not in many more',
      (confidence) => {
        const { ttft, tpot } = factors(name, confidence);
        const share = covered((row) => row.ttft <= ttft && row.tpot <= tpot);
        expect(share).toBeGreaterThan(confidence - 0.015);
        expect(share).toBeLessThan(confidence + 0.6 * (1 - confidence));
      },
    );
  });
});
