import { hourlyTimes, quantile, readWorkload } from '../../apply/index.ts';
import type { MeasuredWorkload, MetricSource, PlannedPodSet, PlannedWorkload } from '../../apply/index.ts';
import type { LengthModel, TrafficDocument } from '../../model/index.ts';
import { HOURS_PER_WEEK } from '../../units/index.ts';
import type { EngineSet } from './llm-workloads.ts';

/** Steps of the quantiles that lengths are written in. */
const STEPS = 20;

/** Where traffic is measured, and over which time. */
export interface TrafficReading {
  readonly source: MetricSource;
  /** Seconds since 1970, and how far back. */
  readonly now: number;
  readonly windowSeconds: number;
}

/** What metrics tell of the pods of one model; rejects when the source does. */
export function measureModel(reading: TrafficReading, sets: readonly EngineSet[]): Promise<MeasuredWorkload> {
  const times = hourlyTimes(reading.now, reading.windowSeconds);
  return readWorkload({ source: reading.source, times }, asPlanned(sets));
}

/**
 * Measured requests as traffic: rates by hour of the week (hours not seen get the mean of those that were), and lengths by their quantiles, as
 * fine as the buckets are; undefined where rate or lengths were not measured.
 */
export function measuredTraffic({
  requestRate,
  isl,
  osl,
  prefixHitRate,
}: MeasuredWorkload): TrafficDocument | undefined {
  if (requestRate === undefined || isl === undefined || osl === undefined) return undefined;
  const rates = [...requestRate.hours.values()].map(({ mean }) => mean);
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  if (!(mean > 0)) return undefined;
  const hourlyRate = Array.from({ length: HOURS_PER_WEEK }, (_, hour) =>
    rounded(requestRate.hours.get(hour)?.mean ?? mean),
  );
  const [input, output] = [isl, osl].map((length) => quantilesOf(length));
  const lengths: LengthModel | { readonly isl: number; readonly osl: number } =
    input === undefined || output === undefined
      ? { isl: atLeastOne(isl.mean), osl: atLeastOne(osl.mean) }
      : { inputQuantiles: input, outputQuantiles: [output] };
  return {
    generate: { hourlyRate, lengths },
    ...(prefixHitRate === undefined ? {} : { prefixHitRate: `${rounded(prefixHitRate.value * 100)}%` }),
  };
}

/** Quantiles at 0, 1/20, …, 1, never falling; undefined without a histogram. Values in the last, open bucket count as its lower end. */
function quantilesOf({ histogram }: NonNullable<MeasuredWorkload['isl']>): readonly number[] | undefined {
  if (histogram === undefined || histogram.buckets.length < 3) return undefined;
  const lowest = quantile(histogram, 1e-9)?.low ?? 0;
  const values = Array.from(
    { length: STEPS },
    (_, step) => quantile(histogram, (step + 1) / STEPS)?.value ?? 0,
  );
  return [lowest, ...values].map(atLeastOne);
}

function atLeastOne(value: number): number {
  return Math.max(1, Math.round(value));
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

/** The sets as a plan would name them: their pods and engine; the rest is not read. */
function asPlanned(sets: readonly EngineSet[]): PlannedWorkload {
  const podSets = sets.map(({ object, command }): PlannedPodSet => {
    const suffix = object.kind === 'Deployment' ? '-[a-z0-9]+-[a-z0-9]+' : '-[0-9]+(-[0-9]+)?';
    return {
      namespace: object.namespace === '' ? 'default' : object.namespace,
      name: object.name,
      pods: `${object.name.replaceAll('.', '\\.')}${suffix}`,
      engine: command.engine,
      role: roleOf(command.flags.get('disaggregation-mode')),
      podsPerReplica: 1,
    };
  });
  return {
    workload: sets[0]?.object.name ?? '',
    kind: 'llm',
    podSets,
    hourlyPeak: [],
    meanRate: 0,
    burstiness: 1,
    busyHours: [],
    hourlyPods: [],
    modelError: 0,
    limits: [],
    costPerMonth: 0,
    meanUnits: 0,
  };
}

function roleOf(mode: string | undefined): 'aggregated' | 'prefill' | 'decode' {
  return mode === 'prefill' || mode === 'decode' ? mode : 'aggregated';
}
