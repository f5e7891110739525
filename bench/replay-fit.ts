/** Fits the overheads of vLLM on real runs: few constants, held near what they may physically be. */
import { solve } from '../src/accuracy/linear-algebra.ts';
import type { EngineOverheads, OperatorCoefficients } from '../src/perf/index.ts';
import { predictSessions } from './replay-sessions.ts';
import type { SessionRun } from './replay-sessions.ts';
import { replayRun } from './replay-timestamped.ts';
import type { TimestampedRun } from './replay-timestamped.ts';

/**
 * What is fitted: value expected and how far it may be from that, as the standard deviation of its logarithm (both *assumed*: the
 * values from the closed-loop fit on llm-silicon and BLIS, wide enough for the data to decide). `expected` of the ingest is that
 * of a light HTTP front end.
 */
export const PARAMETERS = [
  { name: 'step', expected: 0.000_29, spread: 0.5 },
  { name: 'perLayer', expected: 0.000_015_5, spread: 0.5 },
  { name: 'perSequence', expected: 0.000_004_4, spread: 0.7 },
  { name: 'decodeScale', expected: 1, spread: 0.1 },
  { name: 'prefillScale', expected: 1.1, spread: 0.1 },
  { name: 'ingestBase', expected: 0.003, spread: 1 },
  { name: 'ingestPerToken', expected: 0.000_005, spread: 1 },
] as const;

/** Published, not fitted: 46 µs per output token (BLIS, vLLM 0.15.1 on H100). */
const OUTPUT_LATENCY = 46e-6;
/** Relative error of a prediction that weighs as much as one standard deviation of a parameter (*assumed*). */
const TOLERANCE = 0.05;
/** Residual from which on a run counts less, in tolerances (*assumed*: 10 %). */
const LARGE = 2;
/** No overhead in its physical range explains an error of this factor in a mean (*assumed*). */
const UNEXPLAINED = 2;
const ITERATIONS = 4;
const DIFFERENCE = 0.1;
const LONGEST_MOVE = 1;

/** Runs to fit on. */
export interface FitRuns {
  readonly sessions: readonly SessionRun[];
  readonly timestamped: readonly TimestampedRun[];
}

/**
 * Overheads that predict the runs best: Gauss–Newton on log errors of the means, deterministic. Runs that the expected
 * constants miss by more than a factor of `UNEXPLAINED` in any mean take no part: there the operators are wrong.
 */
export function fitOverheads(
  given: FitRuns,
  coefficients: OperatorCoefficients,
  provenance: EngineOverheads['provenance'],
): EngineOverheads {
  const neutral = neutralOverheads(coefficients);
  const overheads = (at: readonly number[]): EngineOverheads => ({
    ...neutral,
    engine: 'vllm',
    step: value(at, 'step'),
    perLayer: value(at, 'perLayer'),
    perSequence: value(at, 'perSequence'),
    decodeScale: value(at, 'decodeScale'),
    prefillScale: value(at, 'prefillScale'),
    ingestBase: value(at, 'ingestBase'),
    ingestPerToken: value(at, 'ingestPerToken'),
    outputLatency: OUTPUT_LATENCY,
    provenance,
  });
  const runs = explicable(given, coefficients, overheads(PARAMETERS.map(() => 0)));
  let x = PARAMETERS.map(() => 0);
  const residuals = (at: readonly number[]): readonly number[] => [
    ...logErrors(runs, coefficients, overheads(at)).map((error) => tempered(error / TOLERANCE)),
    ...at.map((offset, i) => offset / PARAMETERS[i]!.spread),
  ];
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const now = residuals(x);
    const slopes = x.map((_, i) => {
      const moved = residuals(x.map((offset, j) => (j === i ? offset + DIFFERENCE : offset)));
      return moved.map((residual, k) => (residual - now[k]!) / DIFFERENCE);
    });
    const dot = (a: readonly number[], b: readonly number[]): number =>
      a.reduce((sum, v, k) => sum + v * b[k]!, 0);
    const move = solve(
      slopes.map((left) => slopes.map((right) => dot(left, right))),
      slopes.map((slope) => -dot(slope, now)),
    );
    x = x.map((offset, i) => offset + Math.max(-LONGEST_MOVE, Math.min(LONGEST_MOVE, move[i]!)));
  }
  return overheads(x);
}

function value(at: readonly number[], name: (typeof PARAMETERS)[number]['name']): number {
  const i = PARAMETERS.findIndex((parameter) => parameter.name === name);
  return Number((PARAMETERS[i]!.expected * Math.exp(at[i]!)).toPrecision(4));
}

/** An entry in which no factor changes the operators: what is not fitted stays so. */
function neutralOverheads(coefficients: OperatorCoefficients): EngineOverheads {
  const entry = coefficients.engines.find(({ engine }) => engine === 'vllm');
  if (entry === undefined) throw new Error('the coefficients do not name vLLM');
  const neutral = { floorScale: 1, linkScale: 1, admissionSteps: 0 };
  return { ...entry, ...neutral };
}

function explicable(runs: FitRuns, coefficients: OperatorCoefficients, expected: EngineOverheads): FitRuns {
  const isNear = (one: Partial<FitRuns>): boolean =>
    logErrors({ sessions: [], timestamped: [], ...one }, coefficients, expected).every(
      (error) => Math.abs(error) < Math.log(UNEXPLAINED),
    );
  return {
    sessions: runs.sessions.filter((run) => isNear({ sessions: [run] })),
    timestamped: runs.timestamped.filter((run) => isNear({ timestamped: [run] })),
  };
}

/** A residual whose square grows like the residual itself once it is large: one run that the operators get wrong must not bend all. */
function tempered(residual: number): number {
  const size = Math.abs(residual) / LARGE;
  return Math.sign(residual) * LARGE * Math.sqrt(2 * (Math.sqrt(1 + size * size) - 1));
}

/** ln(predicted / measured) of the mean latencies of every run that can be predicted. */
function logErrors(
  runs: FitRuns,
  coefficients: OperatorCoefficients,
  overheads: EngineOverheads,
): readonly number[] {
  const mode = { coefficients, overheads, asyncScheduling: true };
  const ofSessions = runs.sessions.flatMap((run) => {
    const predicted = predictSessions(run, mode);
    if (typeof predicted === 'string') return [];
    return (['itl_mean', 'ttft_mean', 'e2e_mean'] as const).map((figure) =>
      Math.log(predicted[figure] / (run.actual[figure] ?? predicted[figure])),
    );
  });
  const ofTimestamped = runs.timestamped.flatMap((run) => {
    const predicted = replayRun(run, false, mode);
    if (typeof predicted === 'string') return [];
    return (['tpot', 'ttft', 'e2e'] as const).map((metric) =>
      Math.log(predicted[metric].mean / run.measured[metric].mean),
    );
  });
  return [...ofSessions, ...ofTimestamped];
}
