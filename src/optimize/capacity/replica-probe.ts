import type { BatchLimits, LatencyLimit, LoadEvidence, RequestColumns } from '../../model/index.ts';
import type { ReplicaPerformance } from '../../perf/index.ts';
import { simulateClosedLoop, simulateEngine } from '../../sim/index.ts';
import type { EngineSimulation, SimulationWorkspace } from '../../sim/index.ts';

/** How near the limits of an SLO a simulated load is: reading over limit, 1 at the limit. Infinity when it failed outright. */
export interface LoadReading {
  readonly rate: number;
  /** By the percentiles themselves, and by both ends of their confidence intervals. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** The limit with the largest ratio: `tpot.p99`, or `stability`. */
  readonly limit: string;
  readonly evidence: LoadEvidence;
}

/** Which end of the intervals is compared with the limits. */
export type ReadingEnd = 'value' | 'low' | 'high';

/** What a probe measures. */
export interface ProbeSubject {
  readonly performance: ReplicaPerformance;
  readonly batch: BatchLimits;
  readonly maxModelLength: number;
  readonly limits: readonly LatencyLimit[];
  /** Whether loads are request rates, or clients. */
  readonly loop: 'open' | 'closed';
  /** What one replica receives at a load; lengths are shared by all loads and candidates (common random numbers). */
  runAt(load: number): { readonly requests: RequestColumns; readonly warmupShare: number };
}

/**
 * Simulates one replica at any rate, each rate once. With `canAbort`, runs that cannot meet a limit any more stop
 * early and read as Infinity. Counts its simulations.
 */
export class ReplicaProbe {
  readonly #subject: ProbeSubject;
  readonly #workspace: SimulationWorkspace;
  readonly #known = new Map<number, LoadReading>();
  simulations = 0;
  /** Requests offered to all simulations. */
  requests = 0;

  constructor(subject: ProbeSubject, workspace: SimulationWorkspace) {
    this.#subject = subject;
    this.#workspace = workspace;
  }

  /** Every reading taken so far, by rising rate. */
  get readings(): readonly LoadReading[] {
    return [...this.#known.values()].sort((a, b) => a.rate - b.rate);
  }

  /** The reading at a load; clients are rounded to whole ones, ≥ 1. */
  read(load: number, canAbort: boolean): LoadReading {
    const { limits, loop } = this.#subject;
    const asked = loop === 'closed' ? Math.max(1, Math.round(load)) : load;
    const known = this.#known.get(asked);
    if (known !== undefined && (canAbort || known.value !== Infinity)) return known;
    const run = this.run(asked, canAbort);
    const reading = readLoad(asked, run.evidence, limits, run.abortedBy);
    this.#known.set(asked, reading);
    return reading;
  }

  /** The simulation behind a reading, not remembered; single requests hold until the next one. Clients are whole, ≥ 1. */
  run(load: number, canAbort: boolean): EngineSimulation {
    const { performance, batch, limits, maxModelLength, loop } = this.#subject;
    const { requests, warmupShare } = this.#subject.runAt(load);
    this.simulations++;
    this.requests += requests.arrival.length;
    const options = {
      steps: performance.steps,
      requests,
      limits: batch,
      prefixCache: true,
      limitsOfSlo: limits,
      maxModelLength,
      warmupShare,
      abortOnHopeless: canAbort,
      workspace: this.#workspace,
    };
    return loop === 'closed'
      ? simulateClosedLoop({ ...options, concurrency: load })
      : simulateEngine(options);
  }
}

/** Compares evidence with limits. A run that was stopped, served nothing or did not settle reads as Infinity. */
export function readLoad(
  rate: number,
  evidence: LoadEvidence,
  limits: readonly LatencyLimit[],
  abortedBy?: string,
): LoadReading {
  if (abortedBy !== undefined) {
    return { rate, value: Infinity, low: Infinity, high: Infinity, limit: abortedBy, evidence };
  }
  const isSettled = evidence.isStationary && evidence.requests > 0;
  const worst = { value: 0, low: 0, high: 0, limit: 'stability' };
  for (const { metric, percentile, limit } of limits) {
    const estimate = evidence.latency[metric][percentile];
    if (estimate.value / limit > worst.value) {
      worst.value = estimate.value / limit;
      worst.limit = `${metric}.${percentile}`;
    }
    worst.low = Math.max(worst.low, estimate.low / limit);
    worst.high = Math.max(worst.high, estimate.high / limit);
  }
  if (isSettled) return { rate, ...worst, evidence };
  const limit = worst.value > 1 ? worst.limit : 'stability';
  return { rate, value: Infinity, low: Infinity, high: Infinity, limit, evidence };
}
