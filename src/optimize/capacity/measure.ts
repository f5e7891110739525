import type {
  ArrivalProfile,
  BatchLimits,
  Capacity,
  EvaluatedCandidate,
  LatencyLimit,
} from '../../model/index.ts';
import type { OperatorCoefficients, ReplicaPerformance } from '../../perf/index.ts';
import { replicaPerformance } from '../../perf/index.ts';
import { SimulationWorkspace } from '../../sim/index.ts';
import { joules } from '../../units/index.ts';
import { ReplicaTraffic } from './replica-traffic.ts';
import { candidateOf } from '../candidates/shape.ts';
import type { Shape } from '../candidates/shape.ts';
import { FleetBench } from '../disaggregation/fleet-bench.ts';
import type { FleetTask } from '../disaggregation/fleet-tasks.ts';
import type { BenchAnswer, BenchMethods, BenchTask, LoadFound, ReplicaRun } from './task.ts';
import { findRate } from './find-rate.ts';
import { saturationRate } from './first-guess.ts';
import type { LatencySafety } from './safety.ts';
import { ReplicaProbe } from './replica-probe.ts';
import type { LoadReading } from './replica-probe.ts';

/** One shape with batch limits, measured so far. */
export interface Measured {
  readonly shape: Shape;
  readonly batch: BatchLimits;
  /** Largest rate that met the limits; 0 when none did. */
  readonly rate: number;
  /** Reading at that rate, or at the lowest rate tried. */
  readonly reading: LoadReading;
}

/** What all measurements of a workload share. */
export interface BenchSubject {
  readonly workload: string;
  readonly profile: ArrivalProfile;
  readonly limits: readonly LatencyLimit[];
  readonly seed: number;
  readonly coefficients: OperatorCoefficients;
  /** Requests of the longest run; ≥ 15,000 for a p99 (reference notes, "What p99 costs"). */
  readonly longest: number;
  /** Whether loads are request rates, or clients that wait for their answers; default `open`. */
  readonly loop?: 'open' | 'closed';
  /** By how much latencies may exceed their predictions; absent: predictions are trusted. */
  readonly safety?: LatencySafety;
}

/**
 * The measuring bench of one workload: one sample of requests whose first n serve every run of n requests, one
 * step-time model per shape. Draws from the streams `optimize/<workload>/…`.
 */
export class MeasuringBench {
  readonly subject: BenchSubject;
  readonly #traffic: ReplicaTraffic;
  readonly #workspace = new SimulationWorkspace();
  readonly #performance = new Map<string, ReplicaPerformance>();
  readonly #candidates = new Set<string>();
  #fleets: FleetBench | undefined;
  simulations = 0;
  requests = 0;

  constructor(subject: BenchSubject) {
    this.subject = subject;
    this.#traffic = new ReplicaTraffic(subject.profile, {
      count: subject.longest,
      seed: subject.seed,
      name: `optimize/${subject.workload}`,
    });
  }

  performanceOf(shape: Shape): ReplicaPerformance {
    const known = this.#performance.get(shape.id);
    if (known !== undefined) return known;
    const made = replicaPerformance(shape.configuration, this.subject.coefficients);
    this.#performance.set(shape.id, made);
    return made;
  }

  /** Performs one task. */
  perform<Task extends BenchTask>(task: Task): BenchAnswer<Task> {
    const before = { simulations: this.simulations, requests: this.requests };
    const value = this.#answer(task) as BenchMethods[Task['method']]['answer'];
    return {
      value,
      simulations: this.simulations - before.simulations,
      requests: this.requests - before.requests,
    };
  }

  #answer(task: BenchTask): BenchMethods[BenchTask['method']]['answer'] {
    switch (task.method) {
      case 'read': {
        const { shape, batch, count, load, canAbort } = task.args;
        return this.#counted(this.probe(shape, batch, count), (probe) => probe.read(load, canAbort));
      }
      case 'find':
        return this.#find(task.args);
      case 'capacity': {
        const { shape, batch, start } = task.args;
        return this.capacity({ shape, batch, rate: start });
      }
      case 'read-role':
      case 'find-role':
      case 'role-capacity':
      case 'read-fleet':
      case 'find-fleet':
      case 'fleet-capacity':
        return this.#fleetAnswer(task);
    }
  }

  #fleetAnswer(task: FleetTask): BenchMethods[FleetTask['method']]['answer'] {
    const fleets = (this.#fleets ??= new FleetBench(this.subject));
    const before = { simulations: fleets.simulations, requests: fleets.requests };
    const answer = fleets.perform(task);
    this.simulations += fleets.simulations - before.simulations;
    this.requests += fleets.requests - before.requests;
    return answer;
  }

  #find(run: ReplicaRun & { readonly tolerance: number; readonly start?: number }): LoadFound {
    const { rate, reading } = this.screen(run.shape, run.batch, run);
    return { load: rate, reading };
  }

  #counted<Value>(probe: ReplicaProbe, use: (probe: ReplicaProbe) => Value): Value {
    const value = use(probe);
    this.simulations += probe.simulations;
    this.requests += probe.requests;
    return value;
  }

  /** Candidates simulated at least once. */
  get candidates(): number {
    return this.#candidates.size;
  }

  /** A probe of a shape with batch limits, over the first `count` requests of the sample. */
  probe(shape: Shape, batch: BatchLimits, count: number): ReplicaProbe {
    this.#candidates.add(candidateOf(shape, batch).id);
    return new ReplicaProbe(
      {
        performance: this.performanceOf(shape),
        batch,
        maxModelLength: shape.configuration.maxModelLength,
        limits: this.subject.limits,
        requestsAt: (rate) => this.#traffic.at(rate, count),
      },
      this.#workspace,
    );
  }

  /** The capacity by short runs: for ranking only. */
  screen(
    shape: Shape,
    batch: BatchLimits,
    run: { readonly count: number; readonly tolerance: number; readonly start?: number },
  ): Measured {
    const probe = this.probe(shape, batch, run.count);
    const start = run.start ?? 0.6 * this.guessedRate(shape, batch);
    const { passes } = findRate({
      start,
      tolerance: run.tolerance,
      end: 'value',
      read: (rate) => probe.read(rate, true),
    });
    const reading =
      passes > 0 ? probe.read(passes, true) : probe.read(probe.readings[0]?.rate ?? start, false);
    this.simulations += probe.simulations;
    return { shape, batch, rate: passes, reading };
  }

  /** Whether a shape with these limits passes at one rate, by a short run. */
  passesAt(
    shape: Shape,
    batch: BatchLimits,
    run: { readonly count: number; readonly rate: number },
  ): boolean {
    return this.readAt(shape, batch, run).value <= 1;
  }

  /** The reading of a shape at one rate, by a short run that stops once it is hopeless. */
  readAt(
    shape: Shape,
    batch: BatchLimits,
    run: { readonly count: number; readonly rate: number },
  ): LoadReading {
    this.simulations++;
    return this.probe(shape, batch, run.count).read(run.rate, true);
  }

  /** A rough rate at which a replica saturates, requests per second: decides the order of trials only. */
  guessedRate(shape: Shape, batch: BatchLimits): number {
    return saturationRate(this.performanceOf(shape), batch, this.subject.profile);
  }

  /**
   * The capacity with its interval, by long runs: `value` is the largest rate whose percentiles meet the limits, `low`
   * the largest at which the upper ends of their confidence intervals do (the rate a replica is planned for), `high`
   * the largest at which the lower ends do. Undefined when no rate passes by the upper ends.
   */
  capacity(measured: Omit<Measured, 'reading'>): Capacity | undefined {
    const { shape, batch } = measured;
    const probe = this.probe(shape, batch, this.subject.longest);
    const read = (rate: number): LoadReading => probe.read(rate, false);
    const search = { tolerance: FINAL_TOLERANCE, read };
    const value = findRate({ ...search, start: measured.rate, end: 'value' });
    const low =
      value.passes === 0
        ? value
        : findRate({ ...search, start: value.passes * 0.97, end: 'high', fails: value.fails });
    const high = findRate({ ...search, start: value.fails, end: 'low', passes: value.passes });
    this.simulations += probe.simulations;
    if (value.passes === 0 || low.passes === 0) return undefined;
    const above = probe.readings.find((reading) => reading.rate > value.passes && reading.value > 1);
    return {
      rate: {
        value: value.passes,
        low: Math.min(low.passes, value.passes),
        high: Math.max(high.passes, value.passes),
      },
      limitedBy: above?.limit ?? probe.read(value.passes, false).limit,
      evidence: probe.read(value.passes, false).evidence,
    };
  }

  /** The evidence of a shape at a rate, by a long run. */
  simulateAt(shape: Shape, batch: BatchLimits, rate: number): LoadReading {
    this.simulations++;
    return this.probe(shape, batch, this.subject.longest).read(rate, false);
  }
}

/** Relative width at which the final search for a capacity stops. */
const FINAL_TOLERANCE = 0.02;

/** A measured shape as the model's evaluated candidate. */
export function evaluated(
  bench: MeasuringBench,
  measured: Measured,
  capacity: Capacity,
  listCostPerHour: number,
): EvaluatedCandidate {
  const performance = bench.performanceOf(measured.shape);
  const { evidence } = capacity;
  const power = performance.power({ busyShare: evidence.busyShare, meanBatch: evidence.meanBatch });
  return {
    candidate: candidateOf(measured.shape, measured.batch),
    memory: performance.memory,
    capacity: { ...capacity, rate: { ...capacity.rate } },
    power,
    energyPerOutputToken: joules(
      evidence.outputTokensPerSecond > 0 ? power / evidence.outputTokensPerSecond : 0,
    ),
    startup: performance.startup,
    listCostPerHour,
    evidence: performance.evidence,
    modelError: performance.modelError,
  };
}
