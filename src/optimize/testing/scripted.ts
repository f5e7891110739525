import type { Capacity, LoadEvidence } from '../../model/index.ts';
import { requestsPerSecond } from '../../units/index.ts';
import type { MeasuringCrew } from '../capacity/crew.ts';
import type { LoadReading } from '../capacity/replica-probe.ts';
import type { BenchAnswer, BenchTask, ReplicaRun } from '../capacity/task.ts';
import { crewAnswering } from './crews.ts';

/** Ratio of latency to limit rises with the load to this power. */
const POWER = 3;

/**
 * A crew that simulates nothing: every candidate has a capacity, at which its worst latency meets the limit; 0 where no load
 * passes. It may depend on the length of the runs, as sampling error does. For tests only.
 */
export function scriptedCrew(capacityOf: (run: ReplicaRun) => number): MeasuringCrew {
  return crewAnswering((task): BenchAnswer => {
    const work = { simulations: 1, requests: task.args.count };
    return { ...work, value: answerOf(task, capacityOf) };
  });
}

function answerOf(task: BenchTask, capacityOf: (run: ReplicaRun) => number): BenchAnswer['value'] {
  if (task.method === 'read') return scriptedReading(task.args.load, capacityOf(task.args));
  if (task.method === 'find') {
    const capacity = capacityOf(task.args);
    // As far below as a search may end.
    const load = capacity / (1 + task.args.tolerance / 2);
    return { load, reading: scriptedReading(load > 0 ? load : 1e-3, capacity) };
  }
  if (task.method !== 'capacity') throw new Error(`a scripted crew knows nothing of ${task.method}`);
  const value = capacityOf(task.args);
  if (value === 0) return undefined;
  const { evidence } = scriptedReading(value, value);
  const rate = { value, low: value * 0.97, high: value * 1.03 };
  return { rate, limitedBy: 'tpot.p99', evidence } satisfies Capacity;
}

/** A reading at a load, of a TPOT limit of 40 ms. */
export function scriptedReading(load: number, capacity: number): LoadReading {
  const value = capacity > 0 ? (load / capacity) ** POWER : 2;
  const evidence = scriptedEvidence(load, value * 0.04);
  return { rate: load, value, low: value * 0.95, high: value * 1.05, limit: 'tpot.p99', evidence };
}

/** Evidence of 100 output tokens per request, each after `tpot` seconds. */
export function scriptedEvidence(load: number, tpot: number): LoadEvidence {
  const summary = (value: number): LoadEvidence['latency']['ttft'] => {
    const at = { value, low: value, high: value };
    return { mean: at, p50: at, p90: at, p95: at, p99: at };
  };
  return {
    requestRate: requestsPerSecond(load),
    requests: 1000,
    latency: { ttft: summary(0.1), tpot: summary(tpot), e2e: summary(0.1 + 99 * tpot) },
    goodputShare: 1,
    outputTokensPerSecond: 100 * load,
    busyShare: 0.5,
    meanBatch: 8,
    peakKvShare: 0.5,
    preemptions: 0,
    isStationary: true,
  };
}
