import type {
  ArrivalProfile,
  BatchLimits,
  Capacity,
  EvaluatedCandidate,
  LatencyLimit,
  RequestColumns,
} from '../../model/index.ts';
import type { OperatorCoefficients, ReplicaPerformance } from '../../perf/index.ts';
import { replicaMemory, replicaPerformance } from '../../perf/index.ts';
import { SimulationWorkspace } from '../../sim/index.ts';
import type { EngineSimulation, FleetSimulation } from '../../sim/index.ts';
import { profileStatistics } from '../../traffic/index.ts';
import { joules } from '../../units/index.ts';
import { ReplicaTraffic } from './replica-traffic.ts';
import { candidateOf } from '../candidates/shape.ts';
import type { Shape } from '../candidates/shape.ts';
import { FleetBench } from '../disaggregation/fleet-bench.ts';
import type { FleetPart, FleetTask } from '../disaggregation/fleet-tasks.ts';
import type { BenchAnswer, BenchMethods, BenchTask, CapacityRun, LoadFound, ReplicaRun } from './task.ts';
import { findCapacity } from './find-capacity.ts';
import { findRate } from './find-rate.ts';
import { saturationRate } from './first-guess.ts';
import { factorsFor, tightened } from './safety.ts';
import type { LatencySafety } from './safety.ts';
import { decodingAtOnce, runLength } from './run-length.ts';
import { ReplicaProbe } from './replica-probe.ts';
import type { LoadReading } from './replica-probe.ts';

/** One shape with batch limits, measured so far. */
export interface Measured {
  readonly shape: Shape;
  readonly batch: BatchLimits;
  /** Largest rate that met the limits; 0 when none did. */
  readonly rate: number;
  /** A rate above it at which the longest runs failed; absent where none was seen. */
  readonly fails?: number;
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

/** Runs of replicas with very many requests in flight may be so many times as long as the longest. */
const LONGER_RUNS = 2;

/**
 * The measuring bench of one workload: one sample of requests whose first n serve every run of n requests, one
 * step-time model per shape. Draws from the streams `optimize/<workload>/…`.
 */
export class MeasuringBench {
  readonly subject: BenchSubject;
  readonly #traffic: ReplicaTraffic;
  readonly #lengths: { readonly isl: number; readonly osl: number };
  readonly #workspace = new SimulationWorkspace();
  readonly #shapes = new Map<string, ReplicaPerformance>();
  readonly #performance = new Map<string, ReplicaPerformance>();
  #fleets: FleetBench | undefined;
  simulations = 0;
  requests = 0;

  constructor(subject: BenchSubject) {
    this.subject = subject;
    const { isl, osl } = profileStatistics(subject.profile);
    this.#lengths = { isl: isl.mean, osl: osl.mean };
    this.#traffic = new ReplicaTraffic(subject.profile, {
      count: LONGER_RUNS * subject.longest,
      seed: subject.seed,
      name: `optimize/${subject.workload}`,
    });
  }

  /** Performance of a shape with the memory that batch limits leave; default those of its configuration. */
  performanceOf(shape: Shape, batch: BatchLimits = shape.configuration.batch): ReplicaPerformance {
    const key = `${shape.id} ${batch.maxBatchedTokens} ${batch.maxSequences}`;
    const known = this.#performance.get(key);
    if (known !== undefined) return known;
    const base =
      this.#shapes.get(shape.id) ?? replicaPerformance(shape.configuration, this.subject.coefficients);
    this.#shapes.set(shape.id, base);
    // Step times do not depend on the limits.
    const memory = replicaMemory({ ...shape.configuration, batch });
    const made = { ...base, memory, steps: { ...base.steps, kvBlocks: memory.kvBlocks } };
    this.#performance.set(key, made);
    return made;
  }

  /** The limits that predictions for a shape must keep. */
  limitsFor(shape: Shape): readonly LatencyLimit[] {
    const { limits, safety } = this.subject;
    const { evidence } = this.performanceOf(shape);
    return tightened(limits, factorsFor(safety, shape.configuration.engine, evidence));
  }

  /** The first requests of the sample that every run takes its requests from; their times are of rate one. */
  sample(count: number): RequestColumns {
    return this.#traffic.at(1, count);
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
        const { load, canAbort } = task.args;
        return this.#counted(this.probe(task.args), (probe) => probe.read(load, canAbort));
      }
      case 'find':
        return this.#find(task.args);
      case 'capacity':
        return this.capacity(task.args);
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

  /** The largest load that passes by its percentiles; for ranking. */
  #find(run: ReplicaRun & { readonly tolerance: number; readonly start?: number }): LoadFound {
    return this.#counted(this.probe(run), (probe) => {
      const start = run.start ?? FIRST_SHARE * this.guessedLoad(run.shape, run.batch);
      const { passes, fails } = findRate({
        start,
        tolerance: run.tolerance,
        end: 'value',
        read: (load) => probe.read(load, true),
      });
      const reading =
        passes > 0 ? probe.read(passes, true) : probe.read(probe.readings[0]?.rate ?? start, false);
      if (passes === 0) return { load: 0, reading };
      return { load: reading.rate, reading, ...(fails < Infinity ? { fails } : {}) };
    });
  }

  #counted<Value>(probe: ReplicaProbe, use: (probe: ReplicaProbe) => Value): Value {
    const value = use(probe);
    this.simulations += probe.simulations;
    this.requests += probe.requests;
    return value;
  }

  /** A probe of a shape with batch limits, over the first `count` requests of the sample or more. */
  probe({ shape, batch, count }: ReplicaRun): ReplicaProbe {
    const { loop = 'open' } = this.subject;
    return new ReplicaProbe(
      {
        performance: this.performanceOf(shape, batch),
        batch,
        maxModelLength: shape.configuration.maxModelLength,
        limits: this.limitsFor(shape),
        loop,
        runAt: (load) => {
          const inFlight = loop === 'closed' ? load : this.#decodingAtOnce(shape, batch, load);
          const run = runLength(inFlight, count, LONGER_RUNS * this.subject.longest);
          const rate = loop === 'closed' ? this.guessedRate(shape, batch) : load;
          return { requests: this.#traffic.at(rate, run.count), warmupShare: run.warmupShare };
        },
      },
      this.#workspace,
    );
  }

  #decodingAtOnce(shape: Shape, batch: BatchLimits, rate: number): number {
    const { steps } = this.performanceOf(shape, batch);
    return decodingAtOnce({ steps, batch, replicas: 1, rate, ...this.#lengths });
  }

  /** A rough rate at which a replica saturates, requests per second: decides the order of trials only. */
  guessedRate(shape: Shape, batch: BatchLimits): number {
    return saturationRate(this.performanceOf(shape, batch), batch, this.subject.profile);
  }

  /** The same as a load: requests per second, or the clients that make so many. */
  guessedLoad(shape: Shape, batch: BatchLimits): number {
    const rate = this.guessedRate(shape, batch);
    return this.subject.loop === 'closed' ? Math.max(1, this.#decodingAtOnce(shape, batch, rate)) : rate;
  }

  /** The capacity with its interval, by long runs; undefined when no load passes by the upper ends of the intervals. */
  capacity(run: CapacityRun): Capacity | undefined {
    return this.#counted(this.probe(run), (probe) => {
      const loads = {
        get readings(): readonly LoadReading[] {
          return probe.readings;
        },
        read: (load: number): LoadReading => probe.read(load, false),
      };
      const found = findCapacity(loads, run, TOLERANCE);
      if (found === undefined) return undefined;
      const { rate, limitedBy, reading } = found;
      return { rate, limitedBy, evidence: reading.evidence };
    });
  }

  /** The evidence of a shape at a load, by a long run. */
  simulateAt(shape: Shape, batch: BatchLimits, load: number): LoadReading {
    const probe = this.probe({ shape, batch, count: this.subject.longest });
    return this.#counted(probe, () => probe.read(load, false));
  }

  /** The long run behind `simulateAt`, with its single requests, which hold until the next simulation. */
  runAt(shape: Shape, batch: BatchLimits, load: number): EngineSimulation {
    const probe = this.probe({ shape, batch, count: this.subject.longest });
    return this.#counted(probe, () => probe.run(load, false));
  }

  /** The long run behind the reading of a whole fleet at a load. */
  fleetRunAt(parts: readonly FleetPart[], load: number): FleetSimulation {
    return (this.#fleets ??= new FleetBench(this.subject)).run({ parts, count: this.subject.longest }, load);
  }
}

/** The load that is first tried, over the guess. */
const FIRST_SHARE = 0.6;
/** Relative widths at which the final searches for a capacity and for the ends of its interval stop. */
const TOLERANCE = { value: 0.005, ends: 0.01 } as const;

/** A measured shape as the model's evaluated candidate. */
export function evaluated(
  bench: MeasuringBench,
  measured: Pick<Measured, 'shape' | 'batch'>,
  capacity: Capacity,
  listCostPerHour: number,
): EvaluatedCandidate {
  const performance = bench.performanceOf(measured.shape, measured.batch);
  const { evidence } = capacity;
  const power = performance.power({ busyShare: evidence.busyShare, meanBatch: evidence.meanBatch });
  return {
    candidate: candidateOf(measured.shape, measured.batch),
    memory: performance.memory,
    capacity,
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
