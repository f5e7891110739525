import type { ArrivalProfile, BatchLimits, LatencyLimit, LatencySafety } from '../../model/index.ts';
import type { OperatorCoefficients } from '../../perf/index.ts';
import { fitLengths } from '../../traffic/index.ts';
import type { LengthColumns } from '../../traffic/index.ts';
import { HOURS_PER_WEEK, requestsPerSecond } from '../../units/index.ts';
import type { Shape } from '../candidates/shape.ts';
import { BoundedLoads } from '../bounds/bounded-loads.ts';
import { MeasuringBench } from '../capacity/measure.ts';
import type { LoadReading } from '../capacity/replica-probe.ts';

/** Requests that reach one kind of replica together. */
export interface RoutedStream {
  /** Names the stream: streams of one key are the same. */
  readonly key: string;
  readonly lengths: LengthColumns;
  /** Share of the whole service's requests, 0..1. */
  readonly share: number;
}

/** What all measurements of a service share. */
export interface MeterSubject {
  readonly workload: string;
  readonly limits: readonly LatencyLimit[];
  readonly seed: number;
  readonly coefficients: OperatorCoefficients;
  /** Requests per second of the whole service and CV of their gaps. */
  readonly rate: number;
  readonly burstiness: number;
  readonly safety?: LatencySafety;
}

/** The most that a replica was seen to carry, and with which limits of its batches. */
export interface CarriedRate {
  /** Requests per second; 0 where none passed. */
  readonly rate: number;
  readonly batch: BatchLimits;
}

/** How long and how close runs are. */
export interface MeterEffort {
  /** Requests per run. */
  readonly count: number;
  /** Relative width at which a search stops. */
  readonly tolerance: number;
}

/**
 * Batch limits tried: vLLM's own range and smaller budgets, which hold a step short where prompts share it with answers. Fewer sequences
 * than the KV cache holds bound a step likewise.
 */
export const MIX_BATCHES: readonly BatchLimits[] = [2048, 512, 1024, 4096, 8192].flatMap((maxBatchedTokens) =>
  [256, 64, 1024]
    .filter((maxSequences) => maxSequences <= maxBatchedTokens)
    .map((maxSequences) => ({ maxBatchedTokens, maxSequences })),
);
/** Those that span the others: tried for single classes. */
export const SPANNING_BATCHES: readonly BatchLimits[] = [
  { maxBatchedTokens: 2048, maxSequences: 256 },
  { maxBatchedTokens: 512, maxSequences: 64 },
  { maxBatchedTokens: 8192, maxSequences: 1024 },
];

/** Requests of a stream whose work is bounded. */
const BOUNDED_REQUESTS = 2000;
/** A batch must carry so much more than the best so far to be searched. */
const WORTHWHILE = 1.02;

/** Measures replicas under streams of requests, all by simulation; the same requests for every replica. Remembers nothing but its benches. */
export class StreamMeter {
  readonly subject: MeterSubject;
  readonly #benches = new Map<string, MeasuringBench>();
  readonly #loads = new Map<string, BoundedLoads>();
  readonly #longest: number;
  simulations = 0;

  /** @param longest requests of the longest runs */
  constructor(subject: MeterSubject, longest: number) {
    this.subject = subject;
    this.#longest = longest;
  }

  /** The bench of a stream that is asked for again. */
  bench(stream: RoutedStream): MeasuringBench {
    const known = this.#benches.get(stream.key);
    if (known !== undefined) return known;
    const made = this.newBench(stream);
    this.#benches.set(stream.key, made);
    return made;
  }

  /** A bench of a stream; each `sample` (0, 1, …) draws requests of its own. */
  newBench(stream: RoutedStream, sample = 0): MeasuringBench {
    const { limits, seed, coefficients, safety } = this.subject;
    const workload = sample === 0 ? this.subject.workload : `${this.subject.workload}/again-${sample}`;
    return new MeasuringBench({
      workload,
      profile: this.#profileOf(stream),
      limits,
      seed,
      coefficients,
      longest: this.#longest,
      ...(safety === undefined ? {} : { safety }),
    });
  }

  /** What the requests of a stream ask for at least. */
  loadsOf(stream: RoutedStream): BoundedLoads {
    const known = this.#loads.get(stream.key);
    if (known !== undefined) return known;
    const made = new BoundedLoads(this.bench(stream).sample(BOUNDED_REQUESTS));
    this.#loads.set(stream.key, made);
    return made;
  }

  /**
   * The largest rate of a stream that one replica carries within the limits, over the given batch limits. With a floor, rates below it are not
   * looked for: 0 where the floor is not carried.
   */
  carried(
    bench: MeasuringBench,
    shape: Shape,
    trial: {
      readonly batches: readonly BatchLimits[];
      readonly effort: MeterEffort;
      readonly floor?: number;
    },
  ): CarriedRate {
    const { batches, effort, floor = 0 } = trial;
    let best: CarriedRate = { rate: 0, batch: batches[0] ?? shape.configuration.batch };
    for (const batch of batches) {
      const least = Math.max(floor, best.rate * WORTHWHILE);
      if (least > 0 && !this.#carries(bench, shape, { batch, count: effort.count, load: least })) continue;
      const load = this.#counted(() =>
        bench.perform({
          method: 'find',
          args: { shape, batch, ...effort, ...(best.rate > 0 ? { start: least } : {}) },
        }),
      ).load;
      if (load > best.rate) best = { rate: load, batch };
    }
    return best;
  }

  /** One run at a rate. */
  read(
    bench: MeasuringBench,
    shape: Shape,
    run: { readonly batch: BatchLimits; readonly rate: number; readonly count: number },
  ): LoadReading {
    const { batch, rate, count } = run;
    return this.#counted(() =>
      bench.perform({ method: 'read', args: { shape, batch, load: rate, count, canAbort: false } }),
    );
  }

  /** Whether a replica keeps the limits at a load, by one run that ends once it cannot. */
  #carries(
    bench: MeasuringBench,
    shape: Shape,
    run: { readonly batch: BatchLimits; readonly load: number; readonly count: number },
  ): boolean {
    const args = { shape, ...run, canAbort: true };
    return this.#counted(() => bench.perform({ method: 'read', args })).value <= 1;
  }

  #counted<Value>(ask: () => { readonly value: Value; readonly simulations: number }): Value {
    const answer = ask();
    this.simulations += answer.simulations;
    return answer.value;
  }

  /** Of requests that are handed out at random, a share s sees CV² = 1 + s (CV² − 1) (see `ReplicaTraffic`). */
  #profileOf({ key, lengths, share }: RoutedStream): ArrivalProfile {
    const { rate, burstiness } = this.subject;
    const cv = Math.sqrt(1 + share * (burstiness ** 2 - 1));
    return {
      name: key,
      hourlyRate: new Array(HOURS_PER_WEEK).fill(requestsPerSecond(rate * share)),
      arrivals: { family: 'gamma', cv },
      ...fitLengths(lengths),
      provenance: { evidence: 'assumed', source: 'requests routed by length' },
    };
  }
}
