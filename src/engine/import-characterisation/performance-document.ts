import type {
  ResourcesDocument,
  ServiceMeasurementDocument,
  ServicePerformanceDocument,
} from '../../model/index.ts';
import type { FittedQueue, LoadLevel } from '../../perf/index.ts';
import type { CpuText, DurationText, MemoryText, PercentText, RateText } from '../../units/index.ts';

/** Levels of load as the `measured` performance of a service. */
export function measuredDocument(
  levels: readonly LoadLevel[],
  facts: { readonly resources: ResourcesDocument; readonly source: string; readonly date?: string },
): ServicePerformanceDocument {
  const rows = levels.map((level): ServiceMeasurementDocument => ({
    rate: `${round(level.requestRate)}/s` as RateText,
    latency: Object.fromEntries(
      Object.entries(level.latency).map(([percentile, time]) => [percentile, milliseconds(time)]),
    ),
    cpu: cores(level.cpuCores),
    memory: mebibytes(level.memory),
    ...(level.failedShare > 0 ? { failed: `${round(level.failedShare * 100)}%` as PercentText } : {}),
  }));
  return { measured: { ...facts, rows } };
}

/** A fitted queue as the `queueing` performance of a service, with the size that was measured as its only size. */
export function queueingDocument(fit: FittedQueue, resources: ResourcesDocument): ServicePerformanceDocument {
  return {
    queueing: {
      sizes: [resources],
      cpuTime: milliseconds(fit.cpuSeconds),
      variability: round(fit.variability),
      idleTime: milliseconds(fit.idleSeconds),
      baseMemory: mebibytes(fit.baseMemory),
      memoryPerRequest: kibibytes(fit.memoryPerRequest),
    },
  };
}

function milliseconds(time: number): DurationText {
  return `${round(time * 1000)}ms`;
}

function cores(value: number): CpuText {
  return `${Math.max(0, Math.round(value * 1000))}m`;
}

function mebibytes(value: number): MemoryText {
  return `${Math.ceil(value / 2 ** 20)}Mi`;
}

function kibibytes(value: number): MemoryText {
  return `${Math.ceil(value / 2 ** 10)}Ki`;
}

/** Four significant digits, without an exponent. */
function round(value: number): number {
  return Number(value.toPrecision(4));
}
