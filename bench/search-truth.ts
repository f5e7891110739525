import type { BatchLimits, LoadEvidence } from '../src/model/index.ts';
import { worldSize } from '../src/model/index.ts';
import { BATCH_LIMITS } from '../src/optimize/candidates/batch-limits.ts';
import { generateShapes } from '../src/optimize/candidates/generator.ts';
import { candidateOf } from '../src/optimize/candidates/shape.ts';
import type { Shape } from '../src/optimize/candidates/shape.ts';
import { MeasuringBench } from '../src/optimize/capacity/measure.ts';
import type { BenchSubject } from '../src/optimize/capacity/measure.ts';
import type { LoadReading } from '../src/optimize/capacity/replica-probe.ts';
import type { SearchRequest } from '../src/optimize/search/request.ts';
import { checkConfiguration } from '../src/perf/index.ts';
import type { OperatorCoefficients } from '../src/perf/index.ts';

/** A candidate measured without any shortcut. */
export interface TrueCandidate {
  /** Id of the candidate as searches name it. */
  readonly id: string;
  readonly shape: Shape;
  readonly batch: BatchLimits;
  /** Accelerators of one replica. */
  readonly size: number;
  /** Largest load of one replica at which the upper ends of the percentiles' intervals meet the limits; 0 when none. */
  readonly capacity: number;
  /** Simulation at the capacity; absent where there is none. */
  readonly evidence?: LoadEvidence;
}

/** How the truth is measured. */
export interface TruthOptions {
  readonly seed: number;
  readonly coefficients: OperatorCoefficients;
  /** Requests of every run, more where a replica holds very many at once. */
  readonly requests: number;
  /** The failing load is at most (1 + tolerance) × the passing one. */
  readonly tolerance: number;
}

/** Factor by which a bracket grows, and the share of the first load below which a candidate has no capacity. */
const STRIDE = 1.5;
const LEAST_SHARE = 1 / 1000;

/**
 * Measures the candidates of a request exhaustively: every shape that its engine can run and that fits its memory × every pair of batch
 * limits, each by plain bisection over whole runs. Nothing is bounded, raced, tuned or stopped early, and pairs of limits that
 * seem to schedule alike are all measured. Shared with the search are what is searched (the enumeration of shapes) and what a
 * load at a replica shows (one run of the measuring bench), not how the best is found.
 */
export class Truth {
  readonly bench: MeasuringBench;
  readonly #request: SearchRequest;
  readonly #tolerance: number;

  constructor(request: SearchRequest, options: TruthOptions) {
    this.#request = request;
    this.#tolerance = options.tolerance;
    this.bench = new MeasuringBench(subjectOf(request, options));
  }

  /** Shapes that can run on the accelerators offered. */
  shapes(): readonly Shape[] {
    const { workload, offerings, accelerators } = this.#request;
    return generateShapes(workload, offerings, accelerators).shapes.filter(
      (shape) =>
        shape.notExecutable === undefined &&
        checkConfiguration(shape.configuration).ok &&
        worldSize(shape.configuration.parallelism) <= (accelerators[shape.pool] ?? 0),
    );
  }

  /** Every candidate of a shape; limits that leave no memory for one longest sequence are none. */
  measure(shape: Shape): readonly TrueCandidate[] {
    return limitsOf(shape).map((batch) => this.measureOne(shape, batch));
  }

  /** Every candidate, without its capacity. */
  enumerate(): readonly Omit<TrueCandidate, 'capacity'>[] {
    return this.shapes().flatMap((shape) => limitsOf(shape).map((batch) => factsOf(shape, batch)));
  }

  /** A whole run of one replica at a load. */
  read({ shape, batch }: Pick<TrueCandidate, 'shape' | 'batch'>, load: number): LoadReading {
    return this.bench.simulateAt(shape, batch, load);
  }

  /** A candidate by itself. */
  measureOne(shape: Shape, batch: BatchLimits): TrueCandidate {
    const isClosed = this.#request.load.kind === 'concurrency';
    const evidence = new Map<number, LoadEvidence>();
    const passes = (load: number): boolean => {
      const reading = this.read({ shape, batch }, load);
      if (reading.high <= 1) evidence.set(load, reading.evidence);
      return reading.high <= 1;
    };
    // Where the bisection begins changes what it costs, not what it finds.
    const start = this.bench.guessedLoad(shape, batch);
    const capacity = isClosed
      ? mostClients(passes, Math.round(start), this.#tolerance)
      : mostRate(passes, start, this.#tolerance);
    const at = evidence.get(capacity);
    return {
      ...factsOf(shape, batch),
      capacity,
      ...(at === undefined ? {} : { evidence: at }),
    };
  }
}

function limitsOf(shape: Shape): readonly BatchLimits[] {
  return BATCH_LIMITS.filter((batch) => checkConfiguration({ ...shape.configuration, batch }).ok);
}

function factsOf(shape: Shape, batch: BatchLimits): Omit<TrueCandidate, 'capacity'> {
  const { id } = candidateOf(shape, batch);
  return { id, shape, batch, size: worldSize(shape.configuration.parallelism) };
}

/** What a request is measured by: at a stated rate the bursts of a fleet of that rate. */
function subjectOf({ workload, load }: SearchRequest, options: TruthOptions): BenchSubject {
  const { profile } = workload;
  return {
    workload: workload.workload.id,
    profile:
      load.kind === 'rate' ? { ...profile, hourlyRate: profile.hourlyRate.map(() => load.rate) } : profile,
    limits: workload.workload.slo.limits,
    seed: options.seed,
    coefficients: options.coefficients,
    longest: options.requests,
    loop: load.kind === 'concurrency' ? 'closed' : 'open',
  };
}

/** The largest passing rate, bracketed by strides from `start` on and then halved on the logarithm; 0 without any. */
export function mostRate(passes: (rate: number) => boolean, start: number, tolerance: number): number {
  let low = start;
  let high = start;
  if (passes(start)) {
    for (high *= STRIDE; passes(high); high *= STRIDE) low = high;
  } else {
    for (low /= STRIDE; !passes(low); low /= STRIDE) {
      if (low < start * LEAST_SHARE) return 0;
      high = low;
    }
  }
  while (high > low * (1 + tolerance)) {
    const middle = Math.sqrt(low * high);
    if (passes(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** The largest passing number of clients, to one client or the tolerance. */
function mostClients(passes: (clients: number) => boolean, start: number, tolerance: number): number {
  let low = Math.max(1, start);
  let high = low;
  if (passes(low)) {
    for (high = Math.ceil(high * STRIDE); passes(high); high = Math.ceil(high * STRIDE)) low = high;
  } else {
    do {
      if (low === 1) return 0;
      high = low;
      low = Math.floor(low / STRIDE);
    } while (!passes(low));
  }
  while (high - low > Math.max(1, tolerance * low)) {
    const middle = Math.round((low + high) / 2);
    if (passes(middle)) low = middle;
    else high = middle;
  }
  return low;
}
