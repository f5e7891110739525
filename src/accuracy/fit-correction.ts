import type { CorrectionFactors } from '../perf/index.ts';
import { NO_CORRECTION } from '../perf/index.ts';
import { deploymentName } from './deployment-group.ts';
import type { DeploymentGroup, DeploymentKeys } from './deployment-group.ts';
import { errorFigures } from './error-figures.ts';
import type { ErrorFigures } from './error-figures.ts';
import { solve } from './linear-algebra.ts';
import type { Measurement } from './measurement.ts';
import { predictMeasurement } from './predict.ts';
import type { PredictionContext } from './predict.ts';
import { requestLatencyMs } from './readers/json-values.ts';

/** Errors of a deployment's rows. */
export interface CorrectionErrors {
  readonly ttft: ErrorFigures;
  readonly tpot: ErrorFigures;
  readonly requestLatency: ErrorFigures;
}

/** A fitted correction and how good it is. */
export interface FittedCorrection {
  readonly keys: DeploymentKeys;
  readonly factors: CorrectionFactors;
  /** Rows it was fitted on; rows that cannot be predicted do not count. */
  readonly rows: number;
  /** Errors without the correction, and with it on the rows it was fitted on. */
  readonly before: CorrectionErrors;
  readonly after: CorrectionErrors;
  /** Errors on each row with the correction fitted on the others; absent below three rows. */
  readonly leaveOneOut?: CorrectionErrors;
  /** Whether the correction lowers the error of rows it has not seen; unknown (taken as so) below three rows. */
  readonly isHelpful: boolean;
}

/** Names of the factors in the order of the parameters, which are their logarithms. */
const FACTORS = ['prefill', 'decode', 'ingest'] as const;
/**
 * Spread of the logarithm of each factor between deployments before any row is seen (*assumed*: operator laws and engine
 * overheads are known to some 20 %, the time before scheduling depends on the host and is known least). It shrinks the
 * factors towards 1 when rows are few.
 */
const PRIOR_SPREAD = [0.3, 0.2, 0.5] as const;
/**
 * Spread of the logarithm of measured TTFT and TPOT about the model of its own deployment (*assumed*, between the
 * repeatability of benchmarks, 3 % and 1 %, and the model's error over all deployments).
 */
const TTFT_SPREAD = 0.25;
const TPOT_SPREAD = 0.1;
/** Residuals beyond so many spreads count linearly, not squared (Huber, 1964: 1.345 keeps 95 % efficiency). */
const HUBER = 1.345;
/** Step of the logarithm for derivatives: large enough to pass over the steps of a scheduler (assumed). */
const DERIVATIVE_STEP = 0.05;
/** Largest change of a logarithm per iteration, and from no correction: a factor of four. */
const LARGEST_STEP = 0.5;
const LARGEST_LOG = Math.log(4);
/** Iterations of Gauss and Newton; the model is nearly linear in the logarithms, so that few serve. */
const ITERATIONS = 5;
/** Shortest part of a step that is tried where the whole one overshoots: latencies jump where batches change (*assumed*). */
const SHORTEST_PART = 1 / 8;
/** The fit has settled when no logarithm moves more. */
const SETTLED = 1e-3;
/** Fewest rows for leaving one out. */
const LEAST_ROWS_TO_VALIDATE = 3;

/** Logarithms of predicted latencies of one row. */
interface LogLatency {
  readonly ttft: number;
  readonly tpot: number;
}

/** The fit at one point: residuals in spreads, derivatives of the logarithms, and weights. */
interface Linearisation {
  readonly parameters: readonly number[];
  readonly predicted: readonly LogLatency[];
  /** Two per row: TTFT, then TPOT. */
  readonly residuals: readonly number[];
  readonly slopes: readonly (readonly number[])[];
  readonly weights: readonly number[];
}

/**
 * Fits the factors of one deployment: the most probable ones under normal priors of their logarithms about 0 and Huber's
 * loss of the logarithms of TTFT and TPOT, by Gauss–Newton on repeated predictions (about 20 per row). Undefined when no row can
 * be predicted. Leaving one out uses the linear model at the solution instead of a new fit per row.
 */
export function fitCorrection(
  group: DeploymentGroup,
  context: PredictionContext,
): FittedCorrection | undefined {
  const problem = new CorrectionProblem(group, context);
  if (problem.rows.length === 0) return undefined;
  const start = problem.logLatencies([0, 0, 0]);
  const solution = problem.minimise();
  const after = problem.errors(solution.predicted);
  const before = problem.errors(start);
  const shared = {
    keys: group.keys,
    factors: factorsOf(solution.parameters),
    rows: problem.rows.length,
    before,
    after,
  };
  if (problem.rows.length < LEAST_ROWS_TO_VALIDATE) return { ...shared, isHelpful: true };
  const unseen = problem.leaveOneOut(solution);
  const leaveOneOut = problem.errors(unseen);
  return { ...shared, leaveOneOut, isHelpful: problem.loss(unseen) < problem.loss(start) };
}

/** The fit of one deployment. */
class CorrectionProblem {
  readonly rows: readonly Measurement[];
  readonly #keys: DeploymentKeys;
  readonly #context: PredictionContext;

  constructor(group: DeploymentGroup, context: PredictionContext) {
    this.#keys = group.keys;
    const others = (context.coefficients.corrections ?? []).filter(
      (item) => deploymentName(item) !== deploymentName(group.keys),
    );
    this.#context = { ...context, coefficients: { ...context.coefficients, corrections: others } };
    this.rows = group.measurements.filter((m) => predictMeasurement(m, this.#context).ok);
  }

  /** Predictions of all rows under these logarithms of the factors. */
  logLatencies(parameters: readonly number[]): readonly LogLatency[] {
    const { coefficients } = this.#context;
    const context = {
      ...this.#context,
      coefficients: {
        ...coefficients,
        corrections: [...(coefficients.corrections ?? []), { ...this.#keys, factors: factorsOf(parameters) }],
      },
    };
    return this.rows.map((row) => {
      const prediction = predictMeasurement(row, context);
      if (!prediction.ok) throw new Error(`a correction made ${row.id} unpredictable: ${prediction.reason}`);
      return { ttft: Math.log(prediction.ttftMs), tpot: Math.log(prediction.tpotMs) };
    });
  }

  minimise(): Linearisation {
    let best = this.#linearise([0, 0, 0]);
    for (let iteration = 0; iteration < ITERATIONS; iteration++) {
      const newton = newtonStep(best, best.parameters).map((value) => clamp(value, LARGEST_STEP));
      const step = boundedStep(best.parameters, newton);
      const next = this.#descent(best, step);
      if (next === undefined) break;
      best = this.#linearise(next);
      if (step.every((value) => Math.abs(value) < SETTLED)) break;
    }
    return best;
  }

  /** The end of the longest part of `step`, halved a few times at most, that lowers the objective; undefined for none. */
  #descent(from: Linearisation, step: readonly number[]): readonly number[] | undefined {
    const start = this.#objective(from);
    for (let part = 1; part >= SHORTEST_PART; part /= 2) {
      const parameters = from.parameters.map((value, k) => value + part * (step[k] ?? 0));
      const predicted = this.logLatencies(parameters);
      if (this.#objective({ parameters, predicted }) < start) return parameters;
    }
    return undefined;
  }

  /** Predictions of every row with the factors fitted on the others, by the linear model at the solution. */
  leaveOneOut(at: Linearisation): readonly LogLatency[] {
    return at.predicted.map((predicted, row) => {
      const own = [2 * row, 2 * row + 1];
      const without = { ...at, weights: at.weights.map((weight, i) => (own.includes(i) ? 0 : weight)) };
      const step = boundedStep(at.parameters, newtonStep(without, at.parameters));
      const shift = (index: number): number =>
        step.reduce((sum, value, k) => sum + value * (at.slopes[index]?.[k] ?? 0), 0);
      return {
        ttft: predicted.ttft + shift(2 * row) * TTFT_SPREAD,
        tpot: predicted.tpot + shift(2 * row + 1) * TPOT_SPREAD,
      };
    });
  }

  errors(predicted: readonly LogLatency[]): CorrectionErrors {
    const pairs = this.rows.map((measured, index) => {
      const { ttft, tpot } = predicted[index] ?? { ttft: NaN, tpot: NaN };
      return { measured, ttftMs: Math.exp(ttft), tpotMs: Math.exp(tpot) };
    });
    return {
      ttft: errorFigures(pairs.map((p) => p.ttftMs / p.measured.ttftMs - 1)),
      tpot: errorFigures(pairs.map((p) => p.tpotMs / p.measured.tpotMs - 1)),
      requestLatency: errorFigures(
        pairs.map(
          ({ measured: m, ttftMs, tpotMs }) =>
            requestLatencyMs(ttftMs, tpotMs, m.osl) / requestLatencyMs(m.ttftMs, m.tpotMs, m.osl) - 1,
        ),
      ),
    };
  }

  /** Huber's loss of the rows, without the prior. */
  loss(predicted: readonly LogLatency[]): number {
    return this.#residuals(predicted).reduce((sum, residual) => sum + huberLoss(residual), 0);
  }

  #objective(at: Pick<Linearisation, 'parameters' | 'predicted'>): number {
    const prior = at.parameters.reduce((sum, value, k) => sum + (value / spreadOf(k)) ** 2 / 2, 0);
    return this.loss(at.predicted) + prior;
  }

  #linearise(parameters: readonly number[]): Linearisation {
    const predicted = this.logLatencies(parameters);
    const moved = FACTORS.map((_, k) =>
      this.#residuals(
        this.logLatencies(parameters.map((value, j) => (j === k ? value + DERIVATIVE_STEP : value))),
      ),
    );
    const residuals = this.#residuals(predicted);
    return {
      parameters,
      predicted,
      residuals,
      slopes: residuals.map((residual, i) => moved.map((m) => ((m[i] ?? NaN) - residual) / DERIVATIVE_STEP)),
      weights: residuals.map((residual) => Math.min(1, HUBER / Math.abs(residual))),
    };
  }

  #residuals(predicted: readonly LogLatency[]): readonly number[] {
    return this.rows.flatMap((row, index) => {
      const { ttft, tpot } = predicted[index] ?? { ttft: NaN, tpot: NaN };
      return [(ttft - Math.log(row.ttftMs)) / TTFT_SPREAD, (tpot - Math.log(row.tpotMs)) / TPOT_SPREAD];
    });
  }
}

/** The step of Gauss and Newton from `parameters`: weighted normal equations with the prior on the diagonal. */
function newtonStep(at: Linearisation, parameters: readonly number[]): number[] {
  const normal = FACTORS.map((_, j) => FACTORS.map((__, k) => (j === k ? spreadOf(j) ** -2 : 0)));
  const gradient = parameters.map((value, k) => value / spreadOf(k) ** 2);
  at.slopes.forEach((slope, i) => {
    const weight = at.weights[i] ?? 0;
    slope.forEach((a, j) => {
      gradient[j] = (gradient[j] ?? 0) + weight * a * (at.residuals[i] ?? 0);
      const row = normal[j] ?? [];
      slope.forEach((b, k) => (row[k] = (row[k] ?? 0) + weight * a * b));
    });
  });
  return solve(normal, gradient).map((value) => -value);
}

/** The part of a step that stays within the bounds of the parameters. */
function boundedStep(parameters: readonly number[], step: readonly number[]): readonly number[] {
  return parameters.map((value, k) => clamp(value + (step[k] ?? 0), LARGEST_LOG) - value);
}

function huberLoss(residual: number): number {
  const size = Math.abs(residual);
  return size <= HUBER ? size ** 2 / 2 : HUBER * (size - HUBER / 2);
}

function spreadOf(parameter: number): number {
  return PRIOR_SPREAD[parameter] ?? 1;
}

function clamp(value: number, limit: number): number {
  return Math.min(limit, Math.max(-limit, value));
}

function factorsOf(parameters: readonly number[]): CorrectionFactors {
  const factor = (k: number): number => Number(Math.exp(parameters[k] ?? 0).toPrecision(6));
  return parameters.every((value) => value === 0)
    ? NO_CORRECTION
    : { prefill: factor(0), decode: factor(1), ingest: factor(2) };
}
