import { mean, percent } from './error-figures.ts';
import type { Measurement } from './measurement.ts';
import { requestLatencyMs } from './readers/json-values.ts';
import type { PredictedMeasurement } from './score.ts';

/** TPOT limits in milliseconds under which configurations are chosen. */
export const TPOT_LIMITS_MS = [10, 15, 20, 30, 50] as const;

/** How good the choices are that the predictions lead to, under one limit or all. */
export interface LimitDecisions {
  /** Choices made: groups in which some configuration is predicted to keep the limit. */
  readonly choices: number;
  /** Choices whose measured TPOT breaks the limit. */
  readonly broken: number;
  readonly brokenPercent: number | null;
  /**
   * Mean of measured throughput of the choice / best measured throughput among the configurations that really keep the
   * limit, over the choices that keep it.
   */
  readonly keptPercent: number | null;
  /** The same over all choices, a broken one keeping nothing; groups in which no configuration keeps the limit are left out. */
  readonly keptCountingBrokenPercent: number | null;
  /** No choice was made although a measured configuration keeps the limit. */
  readonly missed: number;
}

/** Choices under all limits, and under each. */
export interface DecisionScore extends LimitDecisions {
  /** Groups with at least two measured configurations. */
  readonly groups: number;
  readonly byLimit: readonly (LimitDecisions & { readonly tpotLimitMs: number })[];
}

/** One configuration of a group: what it was measured to do and what it is predicted to do. */
interface Configuration {
  readonly tpotMs: number;
  readonly throughput: number;
  /** Absent when the model refuses it: it is never chosen, yet may be the best. */
  readonly predicted?: { readonly tpotMs: number; readonly throughput: number };
}

/** One choice, or the lack of one. */
interface Choice {
  readonly isMade: boolean;
  readonly isBroken: boolean;
  /** Measured throughput over the best that keeps the limit; not-a-number where none keeps it. */
  readonly kept: number;
  readonly isPossible: boolean;
}

/**
 * Scores the decisions predictions lead to. Among the measured configurations of one model, system, backend, precision,
 * ISL and OSL (two or more), the one with the best predicted output tokens per second and GPU is chosen among those
 * predicted to keep a TPOT limit; then the measurement judges.
 */
export function decisionScore(
  rows: readonly PredictedMeasurement[],
  limitsMs: readonly number[] = TPOT_LIMITS_MS,
): DecisionScore {
  const groups = [...Map.groupBy(rows, ({ measurement }) => groupKey(measurement)).values()]
    .filter((members) => members.length >= 2)
    .map((members) => members.map(configurationOf));
  const choices = limitsMs.map((tpotLimitMs) => ({
    tpotLimitMs,
    choices: groups.map((group) => choose(group, tpotLimitMs)),
  }));
  return {
    groups: groups.length,
    ...summary(choices.flatMap((item) => item.choices)),
    byLimit: choices.map((item) => ({ tpotLimitMs: item.tpotLimitMs, ...summary(item.choices) })),
  };
}

function groupKey(m: Measurement): string {
  return JSON.stringify([m.model, m.system, m.engine, m.precision, m.isl, m.osl]);
}

function configurationOf({ measurement: m, prediction: p }: PredictedMeasurement): Configuration {
  return {
    tpotMs: m.tpotMs,
    throughput: throughputPerGpu(m, m),
    ...(p.ok ? { predicted: { tpotMs: p.tpotMs, throughput: throughputPerGpu(m, p) } } : {}),
  };
}

/** Output tokens per second and GPU of a closed loop: its requests in flight each take one request latency. */
export function throughputPerGpu(
  m: Pick<Measurement, 'concurrency' | 'osl' | 'gpus'>,
  latency: { readonly ttftMs: number; readonly tpotMs: number },
): number {
  const seconds = requestLatencyMs(latency.ttftMs, latency.tpotMs, m.osl) / 1e3;
  return (m.concurrency * m.osl) / seconds / m.gpus;
}

function choose(group: readonly Configuration[], limitMs: number): Choice {
  const keeping = group.filter((item) => item.tpotMs <= limitMs);
  const best = Math.max(...keeping.map((item) => item.throughput));
  const isPossible = keeping.length > 0;
  let chosen: Configuration | undefined;
  for (const item of group) {
    if (item.predicted === undefined || item.predicted.tpotMs > limitMs) continue;
    if (item.predicted.throughput > (chosen?.predicted?.throughput ?? 0)) chosen = item;
  }
  if (chosen === undefined) return { isMade: false, isBroken: false, kept: NaN, isPossible };
  return {
    isMade: true,
    isBroken: chosen.tpotMs > limitMs,
    kept: isPossible ? chosen.throughput / best : NaN,
    isPossible,
  };
}

function summary(all: readonly Choice[]): LimitDecisions {
  const made = all.filter((choice) => choice.isMade);
  const broken = made.filter((choice) => choice.isBroken);
  const possible = made.filter((choice) => choice.isPossible);
  return {
    choices: made.length,
    broken: broken.length,
    brokenPercent: percent(broken.length / made.length),
    keptPercent: percent(mean(made.filter((choice) => !choice.isBroken).map((choice) => choice.kept))),
    keptCountingBrokenPercent: percent(mean(possible.map((choice) => (choice.isBroken ? 0 : choice.kept)))),
    missed: all.filter((choice) => !choice.isMade && choice.isPossible).length,
  };
}
