import type { RequestSource } from '../request-source.ts';
import type { Scheduler } from '../schedulers/scheduler.ts';
import { reportTokens } from './engine-clock.ts';
import type { ClockParts, EngineClock, EngineObserver } from './engine-clock.ts';
import { RunTally } from './run-tally.ts';
import { StepDuration } from './step-duration.ts';

/**
 * The clock of an engine with one scheduler and one step at a time. A run of equal decode steps is jumped up to the
 * end of the first step after which a new request can be admitted (where that can change the batch), the next
 * finish, or the next shortage of KV blocks: it shows what stepping would show.
 *
 * With asynchronous scheduling a step is scheduled when the one before it starts: a request takes part in it only if it
 * came before that.
 */
export class SingleClock implements EngineClock {
  readonly schedulers: readonly Scheduler[];
  readonly tallies: readonly RunTally[];
  readonly #scheduler: Scheduler;
  readonly #tally: RunTally;
  readonly #source: RequestSource;
  readonly #observer: EngineObserver;
  readonly #duration: StepDuration;
  readonly #jump: boolean;
  readonly #isAsync: boolean;
  /** When the engine is or was free, and the time up to which requests are admitted to the next step. */
  #time = 0;
  #cutoff = 0;
  /** The run in progress: steps (0: none), seconds of the first and of all, start of the last, end. */
  #count = 0;
  #first = 0;
  #total = 0;
  #lastStart = 0;
  #end = 0;
  /** Whether blocks came free while the engine was idle. */
  #isWoken = false;

  constructor(scheduler: Scheduler, parts: ClockParts) {
    this.#scheduler = scheduler;
    this.schedulers = [scheduler];
    this.#tally = new RunTally(scheduler);
    this.tallies = [this.#tally];
    this.#source = parts.source;
    this.#observer = parts.observer;
    this.#duration = new StepDuration(parts.steps, parts.isAsync);
    this.#jump = parts.jump;
    this.#isAsync = parts.isAsync;
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
    if (this.#count > 1 && this.#scheduler.admitsArrivals) this.#cut(time);
  }

  freed(time: number): void {
    if (this.#count > 1) this.#cut(time);
    if (this.#count > 0) return;
    this.#time = this.#cutoff = Math.max(this.#time, time);
    this.#isWoken = true;
  }

  /** Ends the run in progress. */
  #land(): void {
    const scheduler = this.#scheduler;
    const tally = this.#tally;
    const count = this.#count;
    this.#count = 0;
    this.#time = this.#end;
    this.#cutoff = this.#isAsync ? this.#lastStart : this.#end;
    scheduler.complete(0, count);
    tally.step(count, scheduler.batch.sequences, this.#total);
    tally.time = this.#end;
    reportTokens(scheduler, this.#observer, this.#end);
  }

  /** Starts the next run at or before `limit`; false when there is nothing to start until then. */
  #start(limit: number): boolean {
    const scheduler = this.#scheduler;
    this.#isWoken = false;
    for (;;) {
      if (this.#source.nextReady <= this.#cutoff) this.#admit();
      if (scheduler.schedule(0)) break;
      const next = Math.max(this.#time, this.#source.nextReady);
      if (next > limit || next === Infinity) return false;
      this.#time = this.#cutoff = next;
    }
    this.#first = this.#total = this.#duration.ofStep(scheduler.batch);
    this.#count = 1;
    if (this.#jump && scheduler.batch.prefillTokens === 0) this.#extend();
    else this.#setEnd();
    return true;
  }

  /** Makes as many steps of the one just scheduled as are equal. */
  #extend(): void {
    const scheduler = this.#scheduler;
    const ready = this.#source.nextReady;
    const isOpen = scheduler.admitsArrivals;
    if (!isOpen || ready > this.#time + this.#first) {
      const most = scheduler.steadySteps(0);
      this.#count = most > 1 && isOpen ? this.#stepsUntil(ready, most) : most;
    }
    if (this.#count > 1) this.#total = this.#duration.ofRun(scheduler.batch, this.#count);
    this.#setEnd();
  }

  /** Shortens the run in progress so that a request that comes at `time` is admitted when stepping would admit it. */
  #cut(time: number): void {
    const count = this.#stepsUntil(time, this.#count);
    if (count === this.#count) return;
    this.#count = count;
    this.#total = count > 1 ? this.#duration.ofRun(this.#scheduler.batch, count) : this.#first;
    this.#setEnd();
  }

  #setEnd(): void {
    this.#end = this.#time + this.#total;
    if (!this.#isAsync) return;
    const before = this.#count - 1;
    this.#lastStart =
      before === 0 ? this.#time : this.#time + this.#duration.ofRun(this.#scheduler.batch, before);
  }

  #admit(): void {
    while (this.#source.nextReady <= this.#cutoff) {
      const id = this.#source.take();
      this.#scheduler.enqueue(id, this.#source.isTransferred);
      this.#observer.ready(id, this.#cutoff);
    }
  }

  /**
   * Steps of the run, at most `most`, up to the first end of one at or after `ready`. (Under asynchronous scheduling the
   * step after that is scheduled already; it is then a run of its own.)
   */
  #stepsUntil(ready: number, most: number): number {
    const span = ready - this.#time;
    if (span <= this.#first) return 1;
    return span === Infinity ? most : this.#fewestFor(span, most);
  }

  /** The fewest steps, at most `most` ≥ 2, that together take `span` or longer; one takes less. */
  #fewestFor(span: number, most: number): number {
    const { batch } = this.#scheduler;
    let low = 1;
    let lowTime = this.#first;
    // Steps grow with the context, so equal steps overestimate the count; where they do not, the loop corrects it.
    let high = Math.min(most, Math.max(2, Math.ceil(span / this.#first)));
    let highTime = this.#duration.ofRun(batch, high);
    while (highTime < span) {
      if (high === most) return most;
      low = high;
      lowTime = highTime;
      high = Math.min(most, high * 2);
      highTime = this.#duration.ofRun(batch, high);
    }
    while (high - low > 1) {
      const guess = low + Math.ceil(((span - lowTime) / (highTime - lowTime)) * (high - low));
      const middle = Math.min(high - 1, Math.max(low + 1, guess));
      const middleTime = this.#duration.ofRun(batch, middle);
      if (middleTime >= span) {
        high = middle;
        highTime = middleTime;
      } else {
        low = middle;
        lowTime = middleTime;
      }
    }
    return high;
  }
}
