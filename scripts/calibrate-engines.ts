/**
 * Fits the overheads of each engine on the measured rows of llm-silicon, after `calibrate:operators`, and writes
 * src/perf/coefficients/engines.json, src/accuracy/coefficients/harness.json and intervals.json, and the predictions of held-out
 * rows to docs/accuracy/held-out.csv.
 * Usage: npm run calibrate:engines -- --data ../shared/data [--dry] [--rounds 3] [--held-out FILE.csv]
 * Eight overheads per engine and three waits, held by ridge to one prior for all. Errors and intervals come from a
 * cross-validation that leaves out whole groups (model, system, engine, precision): each fold is fitted from the same point
 * of linearisation on the other groups and simulated anew.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { isScored, readMeasurements } from '../src/accuracy/index.ts';
import type { Measurement } from '../src/accuracy/measurement.ts';
import { shippedCatalog } from '../src/catalog/index.ts';
import type { Provenance } from '../src/model/index.ts';
import { shippedCoefficients } from '../src/perf/index.ts';
import { errorGrid, quantile } from './engine-fit/error-grid.ts';
import { groupOf, latencies, linearise, refine, simulateAll } from './engine-fit/fit.ts';
import type { FitInputs, Simulated } from './engine-fit/fit.ts';
import { clientAt, ENGINES, overheadsAt, priorParameters, waitsAt } from './engine-fit/parameters.ts';

const ROUNDS = 3;
const FOLDS = 8;

const PROVENANCE: Provenance = {
  evidence: 'fitted',
  source: 'llm-silicon train rows (InferenceX and NVIDIA aiperf runs), fitted by calibrate:engines',
  date: '2026-04-27',
};

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    dry: { type: 'boolean', default: false },
    rounds: { type: 'string', default: String(ROUNDS) },
    'held-out': { type: 'string', default: 'docs/accuracy/held-out.csv' },
  },
});

const file = path.join(flags.data, 'llm-silicon/train.csv');
const read = readMeasurements(readFileSync(file, 'utf8'), { fileName: 'train.csv' });
if (!read.ok) throw new Error(read.diagnostics[0]?.summary ?? 'unreadable measurements');
const { measurements } = read.value;
const inputs: FitInputs = {
  measurements: measurements.filter(isScored),
  context: { catalog: shippedCatalog(), coefficients: shippedCoefficients() },
  provenance: PROVENANCE,
};

let parameters: readonly number[] = priorParameters();
let point = linearise(inputs, parameters);
report('prior', point.rows);
for (let round = 0; round < Number(flags.rounds); round++) {
  parameters = refine(inputs, point, () => true);
  point = linearise(inputs, parameters);
  report(`round ${round + 1}`, point.rows);
}
for (const overheads of overheadsAt(parameters, PROVENANCE)) {
  console.log(JSON.stringify({ ...overheads, provenance: undefined }));
}
console.log(JSON.stringify(waitsAt(parameters)));

const heldOut = crossValidate();
report('held-out groups', heldOut);
if (!flags.dry) {
  writeHeldOut(flags['held-out'], heldOut);
  writeCoefficients(heldOut);
}

function crossValidate(): (Simulated | undefined)[] {
  const sizes = [...Map.groupBy(inputs.measurements, groupOf)]
    .map(([group, rows]) => ({ group, rows: rows.length }))
    .sort((a, b) => b.rows - a.rows || (a.group < b.group ? -1 : 1));
  // Groups by falling size to the folds in turn, so that folds are alike in rows.
  const foldOf = new Map(sizes.map(({ group }, i) => [group, i % FOLDS]));
  const rows: (Simulated | undefined)[] = inputs.measurements.map(() => undefined);
  for (let fold = 0; fold < FOLDS; fold++) {
    const isHeld = (m: Measurement): boolean => foldOf.get(groupOf(m)) === fold;
    const fitted = refine(inputs, point, (m) => !isHeld(m));
    const held = inputs.measurements.map(isHeld);
    const simulated = simulateAll({ ...inputs, measurements: inputs.measurements.filter(isHeld) }, fitted);
    let next = 0;
    held.forEach((isIn, i) => {
      if (isIn) rows[i] = simulated[next++];
    });
  }
  return rows;
}

function report(name: string, rows: readonly (Simulated | undefined)[]): void {
  const errors = (pick: (row: Simulated, m: Measurement) => number): number[] =>
    rows
      .flatMap((row, i) =>
        row === undefined ? [] : [Math.abs(pick(row, inputs.measurements[i] as Measurement) - 1)],
      )
      .sort((a, b) => a - b);
  const text = (sorted: readonly number[]): string =>
    `mean ${((100 * sorted.reduce((sum, e) => sum + e, 0)) / sorted.length).toFixed(1)} % median ${(100 * (sorted[sorted.length >> 1] ?? NaN)).toFixed(1)} %`;
  const tpot = errors((row, m) => latencies(row).tpot / m.tpotMs);
  const ttft = errors((row, m) => latencies(row).ttft / m.ttftMs);
  console.log(`${name}: ${tpot.length} rows, TPOT ${text(tpot)}, TTFT ${text(ttft)}`);
}

function writeHeldOut(name: string, rows: readonly (Simulated | undefined)[]): void {
  const lines = rows.map((row, i) => {
    const id = inputs.measurements[i]?.id ?? '';
    if (row === undefined) return `${id},,,not predicted`;
    const { ttft, tpot } = latencies(row);
    return `${id},${ttft.toFixed(4)},${tpot.toFixed(4)},`;
  });
  writeFileSync(name, `id,ttft_ms,tpot_ms,reason\n${lines.join('\n')}\n`);
}

function writeCoefficients(heldOut: readonly (Simulated | undefined)[]): void {
  const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;
  const relative = heldOut.flatMap((row, i) => {
    const m = inputs.measurements[i] as Measurement;
    if (row === undefined) return [];
    const { ttft, tpot } = latencies(row);
    const whole = (first: number, rest: number): number => first + rest * (m.osl - 1);
    return [
      {
        engine: m.engine,
        ttft: m.ttftMs / ttft,
        tpot: m.tpotMs / tpot,
        latency: Math.abs(whole(ttft, tpot) / whole(m.ttftMs, m.tpotMs) - 1),
      },
    ];
  });
  const band = Number(
    quantile(
      relative.map((r) => r.latency),
      0.8,
    ).toFixed(2),
  );
  const source = `${PROVENANCE.source}; 80 % quantile of relative request latency errors of held-out groups; twice that (assumed) for accelerators without tables`;
  writeFileSync(
    'src/perf/coefficients/engines.json',
    json({
      engines: overheadsAt(parameters, PROVENANCE).map((overheads) => ({
        ...overheads,
        ingestBase: Number((overheads.ingestBase - clientAt(parameters)).toPrecision(3)),
      })),
      errorBands: {
        fitted: band,
        assumed: Number(Math.min(0.9, 2 * band).toFixed(2)),
        provenance: { ...PROVENANCE, source },
      },
    }),
  );
  writeFileSync(
    'src/accuracy/coefficients/harness.json',
    json({
      receiveSteps: waitsAt(parameters),
      clientSeconds: clientAt(parameters),
      provenance: PROVENANCE,
    }),
  );
  writeFileSync(
    'src/accuracy/coefficients/intervals.json',
    json({
      ...errorGrid(ENGINES, relative),
      provenance: { ...PROVENANCE, source: `${PROVENANCE.source}, held-out groups` },
    }),
  );
}
