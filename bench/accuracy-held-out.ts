import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { errorQuantiles, latencyIntervals } from '../src/accuracy/index.ts';
import type { Measurement, PredictedMeasurement } from '../src/accuracy/index.ts';
import { shippedCoefficients } from '../src/perf/index.ts';

/** Where `calibrate:engines` leaves the predictions of rows whose group the fit did not see: every row, failures too. */
export const HELD_OUT_FILE = 'docs/accuracy/held-out.csv';

/** Margins on the TPOT limit by which decisions are scored: a configuration is chosen where it keeps the limit by so much. */
export const MARGINS: readonly number[] = [0, 0.05, 0.1];

/** The measured rows with what the model said of them while their group was held out; undefined without the file. */
export function heldOutPredictions(
  measurements: readonly Measurement[],
  file = HELD_OUT_FILE,
): readonly PredictedMeasurement[] | undefined {
  if (!existsSync(file)) return undefined;
  const records = parse<Record<string, string>>(readFileSync(file, 'utf8'), { columns: true });
  const { errorBands } = shippedCoefficients();
  const byId = new Map(records.map((record) => [record['id'] ?? '', record]));
  return measurements.map((measurement) => {
    const record = byId.get(measurement.id);
    const [ttftMs, tpotMs] = [Number(record?.['ttft_ms']), Number(record?.['tpot_ms'])];
    return {
      measurement,
      prediction:
        tpotMs > 0
          ? {
              ok: true,
              ttftMs,
              tpotMs,
              ...latencyIntervals(errorQuantiles(measurement.engine, 'fitted', errorBands), {
                ttftMs,
                tpotMs,
              }),
            }
          : { ok: false, reason: record?.['reason'] ?? 'refused' },
    };
  });
}

/** The same rows as a planner with a margin reads them: every predicted TPOT longer by it. */
export function withMargin(
  rows: readonly PredictedMeasurement[],
  margin: number,
): readonly PredictedMeasurement[] {
  return rows.map(({ measurement, prediction }) => ({
    measurement,
    prediction: prediction.ok ? { ...prediction, tpotMs: prediction.tpotMs * (1 + margin) } : prediction,
  }));
}
