import type { StepBatch } from '../schedulers/scheduler.ts';
import type { StepTimeModel } from '../step-time-model.ts';

/**
 * How long steps take. Asynchronous scheduling overlaps the CPU's part with the accelerator's: a step of time t with CPU
 * part o then takes max(t − o, o). A time that is negative or no finite number is an error (`RangeError`): the clocks
 * would never come to an end.
 */
export class StepDuration {
  readonly #steps: StepTimeModel;
  /** Whether the CPU's part is known and overlaps. */
  readonly #overlaps: boolean;

  constructor(steps: StepTimeModel, isAsync: boolean) {
    this.#steps = steps;
    this.#overlaps = isAsync && steps.stepOverhead !== undefined;
  }

  /** Seconds of one step. */
  ofStep(batch: StepBatch): number {
    const whole: number = this.#steps.stepTime(
      batch.prefillTokens,
      batch.prefillAttended,
      batch.decodeSequences,
      batch.decodeKvTokens,
    );
    return checked(this.#overlaps ? this.#overlapped(whole, batch.sequences) : whole);
  }

  /** Seconds that all ranks compute together, by means over them as in `LockstepTimes`; 0 where they share nothing. */
  shared(meanPrefillTokens: number, meanDecodeSequences: number): number {
    const { lockstep } = this.#steps;
    return lockstep === undefined ? 0 : lockstep.sharedTime(meanPrefillTokens, meanDecodeSequences);
  }

  /**
   * Seconds until one of several ranks in lockstep is done with step `index` (from 0) of a run of its batch, of which all
   * ranks together take `shared`. Only a batch without prompt tokens has steps beyond the first.
   */
  ofRankStep(batch: StepBatch, index: number, shared: number): number {
    const { prefillTokens, prefillAttended, decodeSequences: sequences } = batch;
    const kvTokens = batch.decodeKvTokens + index * sequences;
    const times = this.#steps.lockstep;
    const whole =
      times === undefined
        ? this.#steps.stepTime(prefillTokens, prefillAttended, sequences, kvTokens)
        : times.ownTime(prefillTokens, prefillAttended, sequences, kvTokens) + shared;
    return checked(this.#overlaps ? this.#overlapped(whole, batch.sequences) : whole);
  }

  /** Seconds of `count` consecutive steps of a pure decode batch. */
  ofRun(batch: StepBatch, count: number): number {
    const { decodeSequences: sequences, decodeKvTokens: kvTokens } = batch;
    if (!this.#overlaps) return checked(this.#steps.decodeRun(sequences, kvTokens, count));
    const overhead = this.#steps.stepOverhead!(sequences);
    const short = this.#stepsBoundByCpu(batch, count, 2 * overhead);
    if (short === count) return checked(count * overhead);
    const long = count - short;
    const whole = this.#steps.decodeRun(sequences, kvTokens + short * sequences, long);
    return checked(short * overhead + whole - long * overhead);
  }

  #overlapped(whole: number, sequences: number): number {
    const overhead = this.#steps.stepOverhead!(sequences);
    return Math.max(whole - overhead, overhead);
  }

  /** Steps of a run, from its start, whose time is below `bound`: steps never get shorter as the context grows. */
  #stepsBoundByCpu(batch: StepBatch, count: number, bound: number): number {
    const { decodeSequences: sequences, decodeKvTokens: kvTokens } = batch;
    const isShort = (index: number): boolean =>
      this.#steps.stepTime(0, 0, sequences, kvTokens + index * sequences) < bound;
    if (!isShort(0)) return 0;
    if (isShort(count - 1)) return count;
    let low = 0;
    let high = count - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (isShort(middle)) low = middle;
      else high = middle;
    }
    return high;
  }
}

/** A time as it is, unless it is none. */
export function checked(time: number): number {
  if (time >= 0 && time < Infinity) return time;
  throw new RangeError(`a step time must be finite and at least 0 seconds, not ${String(time)}`);
}
