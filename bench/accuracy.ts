/**
 * Predicts every measured row of llm-silicon with the shipped coefficients and prints the error and the decisions beside
 * those of AIConfigurator on the same rows. The shipped coefficients were fitted on these rows: those figures are in-sample.
 * The same is then said of `docs/accuracy/held-out.csv`, the predictions of every row while its whole group (model, system,
 * engine, precision) was held out, which `npm run calibrate:engines` writes.
 * Usage: npm run bench:accuracy -- --data ../shared/data [--json] [--predictions FILE.csv] [--plot FILE.svg]
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'csv-parse/sync';
import {
  decisionScore,
  isScored,
  predictMeasurement,
  predictionsCsv,
  readMeasurements,
  scoreAccuracy,
} from '../src/accuracy/index.ts';
import type {
  AccuracyScore,
  DecisionScore,
  GroupScore,
  Measurement,
  MeasurementPrediction,
  PredictedMeasurement,
} from '../src/accuracy/index.ts';
import { limitsText } from './accuracy-groups.ts';
import { errorCurves } from './accuracy-plot.ts';
import { heldOutPredictions, MARGINS, withMargin } from './accuracy-held-out.ts';
import { shippedCatalog } from '../src/catalog/index.ts';
import { shippedCoefficients } from '../src/perf/index.ts';
import { renderTable } from '../src/report/index.ts';

/** Refusals that call a configuration that ran out of memory. */
const MEMORY_REASONS = ['out-of-memory', 'kv-too-small'];

async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    options: {
      data: { type: 'string', default: '../shared/data' },
      json: { type: 'boolean', default: false },
      predictions: { type: 'string' },
      plot: { type: 'string' },
    },
  });
  const folder = path.join(flags.data, 'llm-silicon');
  if (!existsSync(path.join(folder, 'train.csv'))) {
    console.error(`skipped: no llm-silicon/train.csv under ${flags.data}`);
    if (flags.json) console.log(JSON.stringify({ benchmark: 'accuracy', skipped: true }));
    return;
  }
  const measurements = readScored(path.join(folder, 'train.csv'));
  const started = performance.now();
  const context = { catalog: shippedCatalog(), coefficients: shippedCoefficients() };
  const ours = measurements.map((measurement) => ({
    measurement,
    prediction: predictMeasurement(measurement, context),
  }));
  const seconds = (performance.now() - started) / 1e3;
  const peer = peerPredictions(measurements, path.join(folder, 'aic_baseline_train.csv'));
  if (flags.predictions !== undefined) {
    const rows = ours.map(({ measurement: { id }, prediction }) => ({ id, prediction }));
    writeFileSync(flags.predictions, predictionsCsv(rows));
  }
  const held = heldOutPredictions(measurements);
  const programs = {
    ours: scored(ours),
    peer: scored(peer),
    ...(held === undefined ? {} : { heldOut: scored(held) }),
    decisions: [
      ...MARGINS.map((margin) => ({ name: named('in-sample', margin), rows: withMargin(ours, margin) })),
      ...MARGINS.flatMap((margin) =>
        held === undefined ? [] : [{ name: named('held out', margin), rows: withMargin(held, margin) }],
      ),
      { name: 'AIConfigurator', rows: peer },
    ].map(({ name, rows }) => ({ name, score: decisionScore(rows) })),
    seconds,
  };
  if (flags.plot !== undefined) {
    const engines = [...new Set(measurements.map(({ engine }) => engine))].sort();
    const svg = await errorCurves([
      ...engines.map((engine) => ({
        name: `${engine}, held out`,
        rows: (held ?? ours).filter(({ measurement }) => measurement.engine === engine),
      })),
      { name: 'all, held out', rows: held ?? ours },
      { name: 'AIConfigurator, all', rows: peer },
    ]);
    writeFileSync(flags.plot, svg);
  }
  print(programs, flags.json);
  if (!flags.json)
    console.log(
      `\nWhat limits the ${held === undefined ? 'in-sample' : 'held-out'} errors\n${limitsText(held ?? ours)}`,
    );
}

function readScored(file: string): readonly Measurement[] {
  const read = readMeasurements(readFileSync(file, 'utf8'), { fileName: file });
  if (!read.ok) throw new Error(read.diagnostics.map(({ summary }) => summary).join('\n'));
  return read.value.measurements.filter(isScored);
}

/** What AIConfigurator says of the same rows. */
function peerPredictions(
  measurements: readonly Measurement[],
  file: string,
): readonly PredictedMeasurement[] {
  const records = parse<Record<string, string>>(readFileSync(file, 'utf8'), { columns: true });
  const byId = new Map(records.map((record) => [record['id'] ?? '', record]));
  const none = { low: NaN, high: NaN };
  return measurements.map((measurement) => {
    const record = byId.get(measurement.id);
    const [ttftMs, tpotMs] = [Number(record?.['aic_ttft_ms']), Number(record?.['aic_tpot_ms'])];
    const prediction: MeasurementPrediction =
      tpotMs > 0
        ? { ok: true, ttftMs, tpotMs, ttftInterval: none, tpotInterval: none }
        : { ok: false, reason: 'refused' };
    return { measurement, prediction };
  });
}

function scored(rows: readonly PredictedMeasurement[]): AccuracyScore {
  return scoreAccuracy(rows);
}

function named(name: string, margin: number): string {
  return margin === 0 ? name : `${name}, margin ${margin * 100} %`;
}

/** Everything the bench shows. */
interface Programs {
  readonly ours: AccuracyScore;
  readonly peer: AccuracyScore;
  readonly heldOut?: AccuracyScore;
  readonly decisions: readonly { readonly name: string; readonly score: DecisionScore }[];
  readonly seconds: number;
}

function print({ ours, peer, heldOut, decisions, seconds }: Programs, asJson: boolean): void {
  const calledOutOfMemory = ours.refused
    .filter(({ reason }) => MEMORY_REASONS.includes(reason))
    .reduce((sum, { rows }) => sum + rows, 0);
  if (asJson) {
    console.log(
      JSON.stringify({
        benchmark: 'accuracy',
        calledOutOfMemory,
        seconds,
        ours,
        heldOut,
        aiconfigurator: peer,
        decisions,
      }),
    );
    return;
  }
  console.log(errorTable(ours, peer));
  if (heldOut !== undefined) console.log(`\nGroups held out\n${errorTable(heldOut, peer)}`);
  console.log(`\n${decisionTable(decisions)}`);
  console.log(`\nrefused: ${JSON.stringify(ours.refused)}; called out of memory: ${calledOutOfMemory}`);
  console.log(
    `${ours.overall.predicted} of ${ours.overall.rows} rows predicted (${ours.coveragePercent} %) in ${seconds.toFixed(1)} s; AIConfigurator ${peer.overall.predicted} (${peer.coveragePercent} %)`,
  );
}

function errorTable(ours: AccuracyScore, peer: AccuracyScore): string {
  const kinds = ['byMode', 'byBackend', 'bySystem', 'byPrecision', 'byModel'] as const;
  const pairs = [
    [ours.overall, peer.overall] as const,
    ...kinds.flatMap((kind) =>
      ours[kind].map((group) => [group, peer[kind].find((other) => other.group === group.group)] as const),
    ),
  ];
  return renderTable(
    [
      { title: 'GROUP' },
      ...['ROWS', 'PREDICTED', 'TPOT MAPE', 'MEDIAN', 'BIAS', 'IN 80%'].map(figure),
      ...['TTFT MAPE', 'MEDIAN', 'BIAS', 'IN 80%', 'REQUEST MAPE'].map(figure),
      ...['AIC TPOT', 'AIC TTFT', 'AIC REQUEST'].map(figure),
    ],
    pairs.map(([group, other]) => [group.group, ...cells(group), ...peerCells(other)]),
  );
}

function figure(title: string): { readonly title: string; readonly align: 'right' } {
  return { title, align: 'right' };
}

function cells(group: GroupScore): readonly string[] {
  const { tpot, ttft, requestLatency, insideIntervalPercent: inside } = group;
  return [
    String(group.rows),
    String(group.predicted),
    ...[tpot.mapePercent, tpot.medianPercent, tpot.biasPercent, inside.tpot].map(cell),
    ...[ttft.mapePercent, ttft.medianPercent, ttft.biasPercent, inside.ttft].map(cell),
    cell(requestLatency.mapePercent),
  ];
}

function peerCells(group: GroupScore | undefined): readonly string[] {
  return [group?.tpot, group?.ttft, group?.requestLatency].map((figures) => cell(figures?.mapePercent));
}

function cell(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : value.toFixed(1);
}

function decisionTable(rows: readonly { readonly name: string; readonly score: DecisionScore }[]): string {
  const row = (name: string, score: DecisionScore): readonly string[] => [
    name,
    String(score.groups),
    String(score.choices),
    cell(score.brokenPercent),
    cell(score.keptPercent),
    cell(score.keptCountingBrokenPercent),
    String(score.missed),
  ];
  return renderTable(
    [
      { title: 'DECISIONS' },
      ...['GROUPS', 'CHOICES', 'BROKEN %', 'KEPT %', 'KEPT %, BROKEN = 0', 'MISSED'].map(figure),
    ],
    rows.map(({ name, score }) => row(name, score)),
  );
}

if (import.meta.main) await main();
