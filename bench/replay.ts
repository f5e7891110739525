/**
 * Replays real vLLM runs in the engine simulation and compares with what was measured, and with what others predicted.
 *
 *     npm run bench:replay -- --data DIR [--json] [--no-refit]
 *
 * DIR holds `vllm-runs` (default `../shared/data`): any folders and JSON files of its layout. Runs with a time stamp per request
 * are replayed twice, with step times from the measured layer profile and with the shipped coefficients; multi-turn session
 * runs with the shipped coefficients. Overheads: `bench/replay-overheads.json` (`npm run calibrate:vllm-runs`) for the column
 * `fitted`; refitted on the runs of all other models for `left out` (skipped with `--no-refit`, or for a single model).
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { shippedCoefficients } from '../src/perf/index.ts';
import type { EngineOverheads } from '../src/perf/index.ts';
import { medianSize, percent, relativeError } from './replay-figures.ts';
import { fitOverheads } from './replay-fit.ts';
import type { FitRuns } from './replay-fit.ts';
import { modelOf, modelsOf, without } from './replay-models-left-out.ts';
import { predictSessions, readSessionRuns, SESSION_FIGURES } from './replay-sessions.ts';
import type { SessionFigures, SessionRun } from './replay-sessions.ts';
import { FIGURES, METRICS, readTimestampedRuns, replayRun } from './replay-timestamped.ts';
import type { Latencies, TimestampedRun } from './replay-timestamped.ts';

/** BLIS on its full set of 13 runs, on which it was fitted: median relative errors (README of the data). */
const BLIS = { e2e_mean: 0.06, itl_mean: 0.076, ttft_mean: 0.163, e2e_p99: 0.095, ttft_p99: 0.376 } as const;

const OVERHEADS = path.resolve(import.meta.dirname, 'replay-overheads.json');
const coefficients = shippedCoefficients();

/** Overheads by model: those in the file, and those that never saw the model. */
interface Constants {
  readonly fitted: EngineOverheads;
  readonly leftOut: ReadonlyMap<string, EngineOverheads>;
}

/** A prediction or why there is none. */
type Predicted<Figures> = Figures | string;

interface TimestampedResult {
  readonly run: string;
  readonly measured: Latencies;
  readonly rival: TimestampedRun['rival'];
  readonly profiled: Predicted<Latencies>;
  readonly profiledLeftOut: Predicted<Latencies>;
  readonly unprofiled: Predicted<Latencies>;
  readonly unprofiledLeftOut: Predicted<Latencies>;
}

interface SessionResult {
  readonly run: string;
  readonly measured: Partial<SessionFigures>;
  readonly fitted: Predicted<SessionFigures>;
  readonly leftOut: Predicted<SessionFigures>;
}

function main(): void {
  const { values: flags } = parseArgs({
    options: {
      data: { type: 'string', default: '../shared/data' },
      json: { type: 'boolean', default: false },
      'no-refit': { type: 'boolean', default: false },
    },
  });
  const folder = path.join(flags.data, 'vllm-runs');
  if (!existsSync(folder)) {
    console.error(`skipped: no vllm-runs under ${flags.data}; give the folder of the data with --data DIR`);
    if (flags.json) console.log(JSON.stringify({ benchmark: 'replay', skipped: true }));
    return;
  }
  const runs: FitRuns = { sessions: readSessionRuns(folder), timestamped: readTimestampedRuns(folder) };
  const constants = constantsFor(runs, !flags['no-refit']);
  const timestamped = runs.timestamped.map((run) => replayTimestamped(run, constants));
  const sessions = runs.sessions.map((run) => replaySessions(run, constants));
  const summary = summarize(timestamped, sessions);
  if (flags.json) console.log(JSON.stringify({ benchmark: 'replay', summary, timestamped, sessions }));
  else print(timestamped, sessions, summary);
}

function constantsFor(runs: FitRuns, refit: boolean): Constants {
  const { overheads } = JSON.parse(readFileSync(OVERHEADS, 'utf8')) as { overheads: EngineOverheads };
  const models = modelsOf(runs);
  const leftOut = new Map<string, EngineOverheads>();
  if (refit && models.length > 1) {
    for (const model of models) {
      leftOut.set(model, fitOverheads(without(runs, model), coefficients, overheads.provenance));
    }
  }
  return { fitted: overheads, leftOut };
}

const NOT_REFITTED = 'not refitted';

function replayTimestamped(run: TimestampedRun, constants: Constants): TimestampedResult {
  const other = constants.leftOut.get(modelOf(run));
  const replay = (isProfiled: boolean, overheads: EngineOverheads | undefined): Predicted<Latencies> =>
    overheads === undefined
      ? NOT_REFITTED
      : replayRun(run, isProfiled, { coefficients, overheads, asyncScheduling: true });
  return {
    run: run.name,
    measured: run.measured,
    rival: run.rival,
    profiled: replay(true, constants.fitted),
    profiledLeftOut: replay(true, other),
    unprofiled: replay(false, constants.fitted),
    unprofiledLeftOut: replay(false, other),
  };
}

function replaySessions(run: SessionRun, constants: Constants): SessionResult {
  const other = constants.leftOut.get(modelOf(run));
  const predict = (overheads: EngineOverheads | undefined): Predicted<SessionFigures> =>
    overheads === undefined
      ? NOT_REFITTED
      : predictSessions(run, { coefficients, overheads, asyncScheduling: true });
  return {
    run: `${run.id} ${run.model} tp${run.tp}`,
    measured: run.actual,
    fitted: predict(constants.fitted),
    leftOut: predict(other),
  };
}

/** Largest error of mean and P99 of all metrics, or NaN. */
function worst(predicted: Predicted<Latencies>, measured: Latencies): number {
  if (typeof predicted === 'string') return NaN;
  return Math.max(
    ...METRICS.flatMap((metric) =>
      (['mean', 'p99'] as const).map((figure) =>
        Math.abs(relativeError(predicted[metric][figure], measured[metric][figure])),
      ),
    ),
  );
}

interface Summary {
  /** By run: largest error of mean and P99 of TTFT, TPOT and E2E. */
  readonly worstOfMeanAndP99: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Median over session runs of the absolute relative error, by figure. */
  readonly medianError: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

function summarize(timestamped: readonly TimestampedResult[], sessions: readonly SessionResult[]): Summary {
  const median = (kind: 'fitted' | 'leftOut', figure: (typeof SESSION_FIGURES)[number]): number =>
    medianSize(sessions.map((result) => errorOf(result, kind, figure)));
  return {
    worstOfMeanAndP99: Object.fromEntries(
      timestamped.map((result) => [
        result.run,
        {
          profiled: worst(result.profiled, result.measured),
          profiledLeftOut: worst(result.profiledLeftOut, result.measured),
          unprofiled: worst(result.unprofiled, result.measured),
          unprofiledLeftOut: worst(result.unprofiledLeftOut, result.measured),
          llmServingSim:
            result.rival === undefined ? NaN : worst(result.rival.predicted, result.rival.measured),
        },
      ]),
    ),
    medianError: Object.fromEntries(
      SESSION_FIGURES.map((figure) => [
        figure,
        {
          fitted: median('fitted', figure),
          leftOut: median('leftOut', figure),
          blisInSample: BLIS[figure as keyof typeof BLIS] ?? NaN,
        },
      ]),
    ),
  };
}

function errorOf(
  result: SessionResult,
  kind: 'fitted' | 'leftOut',
  figure: (typeof SESSION_FIGURES)[number],
): number {
  const predicted = result[kind];
  const measured = result.measured[figure];
  return typeof predicted === 'string' || measured === undefined
    ? NaN
    : relativeError(predicted[figure], measured);
}

function print(
  timestamped: readonly TimestampedResult[],
  sessions: readonly SessionResult[],
  summary: Summary,
): void {
  for (const result of timestamped) printTimestamped(result);
  if (sessions.length > 0) {
    console.log(
      `\n${'sessions, error with constants that never saw the model'.padEnd(62)}${SESSION_FIGURES.map((f) => f.padStart(10)).join('')}`,
    );
    for (const result of sessions) {
      const kind = result.leftOut === NOT_REFITTED ? 'fitted' : 'leftOut';
      const cells = SESSION_FIGURES.map((figure) => percent(errorOf(result, kind, figure)).padStart(10)).join(
        '',
      );
      const why = typeof result[kind] === 'string' ? `  ${result[kind]}` : '';
      console.log(`${result.run.padEnd(62)}${cells}${why}`);
    }
    for (const [label, key] of [
      ['median error, left out', 'leftOut'],
      ['median error, fitted', 'fitted'],
      ['BLIS (13 runs, in-sample)', 'blisInSample'],
    ] as const) {
      const cells = SESSION_FIGURES.map((f) =>
        percent(summary.medianError[f]?.[key] ?? NaN).padStart(10),
      ).join('');
      console.log(`${label.padEnd(62)}${cells}`);
    }
  }
}

function printTimestamped(result: TimestampedResult): void {
  const columns = [
    ['profiled', result.profiled],
    ['left out', result.profiledLeftOut],
    ['no profile', result.unprofiled],
    ['left out', result.unprofiledLeftOut],
  ] as const;
  const heads = [...columns.map(([name]) => name), 'LLMServingSim'].map((name) => name.padStart(14)).join('');
  console.log(`\n${result.run.padEnd(26)}${'measured ms'.padStart(12)}${heads}`);
  for (const metric of METRICS) {
    for (const figure of FIGURES) {
      const measured = result.measured[metric][figure];
      const cells = columns.map(([, predicted]) =>
        typeof predicted === 'string' ? '-' : percent(relativeError(predicted[metric][figure], measured)),
      );
      const { rival } = result;
      const other =
        rival === undefined
          ? '-'
          : percent(relativeError(rival.predicted[metric][figure], rival.measured[metric][figure]));
      const row = [...cells, other].map((cell) => cell.padStart(14)).join('');
      console.log(`${`${metric} ${figure}`.padEnd(26)}${measured.toFixed(1).padStart(12)}${row}`);
    }
  }
  for (const [name, predicted] of columns) {
    if (typeof predicted === 'string') console.log(`  ${name}: ${predicted}`);
  }
}

main();
