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

  /** Seconds of step `index` (from 0) of a run. */
  ofStepInRun(batch: StepBatch, index: number): number {
    const { decodeSequences: sequences, decodeKvTokens: kvTokens } = batch;
    const whole: number = this.#steps.stepTime(0, 0, sequences, kvTokens + index * sequences);
    return checked(this.#overlaps ? this.#overlapped(whole, sequences) : whole);
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
function checked(time: number): number {
  if (time >= 0 && time < Infinity) return time;
  throw new RangeError(`a step time must be finite and at least 0 seconds, not ${String(time)}`);
}
