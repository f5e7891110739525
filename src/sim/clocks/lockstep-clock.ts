import type { RequestSource } from '../request-source.ts';
import type { RankAssignment, Scheduler } from '../schedulers/scheduler.ts';
import { reportTokens } from './engine-clock.ts';
import type { ClockParts, EngineClock, EngineObserver } from './engine-clock.ts';
import { RankChoice } from './rank-choice.ts';
import { RunTally } from './run-tally.ts';
import { StepDuration } from './step-duration.ts';

/**
 * The clock of data-parallel ranks that meet in every step (their experts are spread over all of them): a step takes as
 * long as what the slowest rank computes for its own batch and what all compute together (`LockstepTimes`). A rank without
 * work runs along. Requests are given to a rank when the step after their arrival is scheduled.
 *
 * Runs in which every rank with work repeats its decode batch are jumped: the schedulers move once, the time is the
 * sum over the steps of the slowest rank's.
 */
export class LockstepClock implements EngineClock {
  readonly schedulers: readonly Scheduler[];
  readonly tallies: readonly RunTally[];
  readonly #source: RequestSource;
  readonly #observer: EngineObserver;
  readonly #duration: StepDuration;
  readonly #choice: RankChoice;
  readonly #jump: boolean;
  readonly #isAsync: boolean;
  readonly #isActive: Uint8Array;
  #time = 0;
  #cutoff = 0;
  /** The run in progress: steps (0: none), start of the last one, end. */
  #count = 0;
  #lastStart = 0;
  #end = 0;
  #isWoken = false;

  constructor(schedulers: readonly Scheduler[], parts: ClockParts, assignment: RankAssignment) {
    this.schedulers = schedulers;
    this.tallies = schedulers.map((scheduler) => new RunTally(scheduler));
    this.#source = parts.source;
    this.#observer = parts.observer;
    this.#duration = new StepDuration(parts.steps, parts.isAsync);
    this.#jump = parts.jump;
    this.#isAsync = parts.isAsync;
    this.#isActive = new Uint8Array(schedulers.length);
    this.#choice = new RankChoice(assignment, {
      count: schedulers.length,
      waiting: (rank) => schedulers[rank]!.waitingCount,
      running: (rank) => schedulers[rank]!.runningCount,
    });
  }

  get pending(): number {
    return this.#source.pending;
  }

  get nextEventTime(): number {
    if (this.#count > 0) return this.#end;
    return this.#isWoken ? this.#time : Math.max(this.#time, this.#source.nextReady);
  }

  advanceUntil(time: number): void {
    for (;;) {
      if (this.#count > 0) {
        if (this.#end > time) return;
        this.#land();
        if (this.#observer.isStopped) return;
      }
      if (!this.#start(time)) return;
    }
  }

  arrived(time: number): void {
    if (this.#count > 1) this.#span(time, this.#count);
  }

  freed(time: number): void {
    this.arrived(time);
    if (this.#count > 0) return;
    this.#time = this.#cutoff = Math.max(this.#time, time);
    this.#isWoken = true;
  }

  #land(): void {
    const count = this.#count;
    const duration = this.#end - this.#time;
    this.#count = 0;
    this.#time = this.#end;
    this.#cutoff = this.#isAsync ? this.#lastStart : this.#end;
    for (let rank = 0; rank < this.schedulers.length; rank++) {
      const scheduler = this.schedulers[rank]!;
      const tally = this.tallies[rank]!;
      const isActive = this.#isActive[rank] === 1;
      if (isActive) scheduler.complete(0, count);
      tally.step(count, isActive ? scheduler.batch.sequences : 0, duration);
      tally.time = this.#end;
      if (isActive) reportTokens(scheduler, this.#observer, this.#end);
    }
  }

  #start(limit: number): boolean {
    this.#isWoken = false;
    for (;;) {
      this.#admit();
      if (this.#schedule()) break;
      const next = Math.max(this.#time, this.#source.nextReady);
      if (next > limit || next === Infinity) return false;
      this.#time = this.#cutoff = next;
    }
    this.#span(this.#source.nextReady, this.#jump ? this.#steadySteps() : 1);
    return true;
  }

  #admit(): void {
    while (this.#source.nextReady <= this.#cutoff) {
      const id = this.#source.take();
      this.schedulers[this.#choice.next()]!.enqueue(id, this.#source.isTransferred);
      this.#observer.ready(id, this.#cutoff);
    }
  }

  #schedule(): boolean {
    let isBusy = false;
    for (let rank = 0; rank < this.schedulers.length; rank++) {
      const isActive = this.schedulers[rank]!.schedule(0);
      this.#isActive[rank] = isActive ? 1 : 0;
      isBusy ||= isActive;
    }
    return isBusy;
  }

  /** Steps for which no rank's batch changes by itself. */
  #steadySteps(): number {
    let most = Infinity;
    for (let rank = 0; rank < this.schedulers.length; rank++) {
      if (this.#isActive[rank] === 1) most = Math.min(most, this.schedulers[rank]!.steadySteps(0));
    }
    return most;
  }

  /** Sets a run of at most `most` steps that ends so that a request which comes at `ready` is admitted in time. */
  #span(ready: number, most: number): void {
    const shared = this.#sharedTime();
    let start = this.#time;
    let end = start + this.#stepTime(0, shared);
    let count = 1;
    while (count < most && (this.#isAsync ? start : end) < ready) {
      start = end;
      end += this.#stepTime(count++, shared);
    }
    this.#count = count;
    this.#lastStart = start;
    this.#end = end;
  }

  /** Seconds of what all ranks compute together in each step of the run: its tokens stay the same. */
  #sharedTime(): number {
    let prefill = 0;
    let sequences = 0;
    for (let rank = 0; rank < this.schedulers.length; rank++) {
      if (this.#isActive[rank] === 0) continue;
      const { batch } = this.schedulers[rank]!;
      prefill += batch.prefillTokens;
      sequences += batch.decodeSequences;
    }
    const ranks = this.schedulers.length;
    return this.#duration.shared(prefill / ranks, sequences / ranks);
  }

  #stepTime(index: number, shared: number): number {
    let slowest = 0;
    for (let rank = 0; rank < this.schedulers.length; rank++) {
      if (this.#isActive[rank] === 0) continue;
      const time = this.#duration.ofRankStep(this.schedulers[rank]!.batch, index, shared);
      if (time > slowest) slowest = time;
    }
    return slowest;
  }
}
