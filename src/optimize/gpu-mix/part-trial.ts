import type { BatchLimits } from '../../model/index.ts';
import { serving } from './mix-units.ts';
import type { MixPlace } from './mix-units.ts';
import type { MixVariant } from './mix-variants.ts';
import type { RequestClass } from './request-classes.ts';
import { MIX_BATCHES } from './stream-meter.ts';
import type { MeterEffort, RoutedStream, StreamMeter } from './stream-meter.ts';
import { mixedStream } from './unit-loads.ts';

/** Runs with routed requests. */
const TRIAL_EFFORT: MeterEffort = { count: 3000, tolerance: 0.015 };

/** Samples of requests by which a part is confirmed, other than the one it was chosen by. */
const WITNESSES: readonly number[] = [1, 2];

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
  readonly stream: RoutedStream;
}

/** Tries parts by simulation; equal parts once. */
export interface PartTrial {
  part(facts: PartFacts): TrialledPart;
  /** Whether a part keeps the limits at its rate in long runs with other requests. */
  isConfirmed(part: TrialledPart): boolean;
}

/** Trials of a service's parts. */
export function trialOf(service: {
  readonly classes: readonly RequestClass[];
  readonly rate: number;
  readonly meter: StreamMeter;
  /** Requests of the runs that confirm. */
  readonly longest: number;
}): PartTrial {
  const { classes, rate, meter, longest } = service;
  const known = new Map<string, Pick<TrialledPart, 'batch' | 'carried' | 'stream'>>();
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
        const bench = meter.newBench(stream);
        const shape = serving(variant.unit.shape, maxModelLength);
        const found = meter.carried(bench, shape, { batches: MIX_BATCHES, effort: TRIAL_EFFORT });
        seen = { batch: found.batch, carried: found.rate, stream };
        known.set(key, seen);
      }
      const rateEach = total / Math.max(1, replicas - spare);
      return { ...facts, ...seen, rateEach, isCarried: seen.carried >= rateEach, maxModelLength };
    },
    isConfirmed({ variant, rateEach, stream, batch, maxModelLength }) {
      const key = `${variant.unit.id} ${stream.key} ${rateEach} ${batch.maxBatchedTokens}x${batch.maxSequences}`;
      const before = confirmed.get(key);
      if (before !== undefined) return before;
      const shape = serving(variant.unit.shape, maxModelLength);
      // The sample of the trial chose the part: it is no witness for it.
      const isKept = WITNESSES.every((sample) => {
        const run = { batch, rate: rateEach, count: longest };
        return meter.read(meter.newBench(stream, sample), shape, run).value <= 1;
      });
      confirmed.set(key, isKept);
      return isKept;
    },
  };
}
