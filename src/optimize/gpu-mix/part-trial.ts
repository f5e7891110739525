import type { BatchLimits } from '../../model/index.ts';
import { LONGEST_RUN } from '../evaluate-workload.ts';
import type { MeasuringBench } from '../capacity/measure.ts';
import { serving } from './mix-units.ts';
import type { MixPlace } from './mix-units.ts';
import type { MixVariant } from './mix-variants.ts';
import type { RequestClass } from './request-classes.ts';
import { MIX_BATCHES } from './stream-meter.ts';
import type { MeterEffort, StreamMeter } from './stream-meter.ts';
import { mixedStream } from './unit-loads.ts';

/** Runs with routed requests. */
const TRIAL_EFFORT: MeterEffort = { count: 3000, tolerance: 0.015 };

/** Replicas of a variant in a place, with the requests they are given. */
export interface PartFacts {
  readonly id: string;
  readonly variant: MixVariant;
  readonly place: MixPlace;
  /** Requests per second of each class. */
  readonly weights: Float64Array;
  readonly replicas: number;
  readonly spare: number;
}

/** A part and what it was seen to carry. */
export interface TrialledPart extends PartFacts {
  readonly batch: BatchLimits;
  /** Requests per second that one replica carries of them; 0 where none. */
  readonly carried: number;
  /** Requests per second of each replica when the spare ones are gone. */
  readonly rateEach: number;
  readonly isCarried: boolean;
  readonly maxModelLength: number;
  readonly bench: MeasuringBench;
}

/** Tries parts by simulation; equal parts once. */
export interface PartTrial {
  part(facts: PartFacts): TrialledPart;
  /** Whether a part keeps the limits in a long run at its rate. */
  isConfirmed(part: TrialledPart): boolean;
}

/** Trials of a service's parts. */
export function trialOf(service: {
  readonly classes: readonly RequestClass[];
  readonly rate: number;
  readonly meter: StreamMeter;
}): PartTrial {
  const { classes, rate, meter } = service;
  const known = new Map<string, Pick<TrialledPart, 'batch' | 'carried' | 'bench'>>();
  const confirmed = new Map<string, boolean>();
  return {
    part(facts) {
      const { variant, weights, replicas, spare } = facts;
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const maxModelLength = classes.reduce(
        (most, item, c) => ((weights[c] ?? 0) > 0 ? Math.max(most, item.longest) : most),
        1,
      );
      const stream = mixedStream(classes, weights, total / rate);
      const key = `${variant.unit.id} ${stream.key}`;
      let seen = known.get(key);
      if (seen === undefined) {
        const bench = meter.bench(stream, true);
        const shape = serving(variant.unit.shape, maxModelLength);
        const found = meter.carried(bench, shape, { batches: MIX_BATCHES, effort: TRIAL_EFFORT });
        seen = { batch: found.batch, carried: found.rate, bench };
        known.set(key, seen);
      }
      const rateEach = total / Math.max(1, replicas - spare);
      return { ...facts, ...seen, rateEach, isCarried: seen.carried >= rateEach, maxModelLength };
    },
    isConfirmed({ variant, rateEach, bench, batch, maxModelLength }) {
      const key = `${variant.unit.id} ${bench.subject.profile.name} ${rateEach} ${batch.maxBatchedTokens}x${batch.maxSequences}`;
      const before = confirmed.get(key);
      if (before !== undefined) return before;
      const shape = serving(variant.unit.shape, maxModelLength);
      const count = Math.min(LONGEST_RUN, bench.subject.longest);
      const { value } = meter.read(bench, shape, { batch, rate: rateEach, count });
      confirmed.set(key, value <= 1);
      return value <= 1;
    },
  };
}
