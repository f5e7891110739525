import type { RequestSource } from '../request-source.ts';
import type { Scheduler } from '../schedulers/scheduler.ts';
import { reportTokens } from './engine-clock.ts';
import type { ClockParts, EngineClock, EngineObserver } from './engine-clock.ts';
import { RunTally } from './run-tally.ts';
import { StageDurations } from './stage-durations.ts';

/**
 * The clock of an engine of several pipeline stages: up to one batch per stage is in flight, and a sequence is in one
 * of them at a time. A batch that takes t[k] on stage k enters the first stage when that is free and leaves stage k at
 * max(its leaving stage k−1, the batch before it leaving stage k) + t[k]. A lone sequence therefore gets a token every
 * Σ t, and a full pipeline completes a batch every max t.
 *
 * Runs are stepped, never jumped: the batches in flight have different lengths and wait for each other stage by stage, so
 * that the time of a run is no sum of decode runs; and which batch a request joins depends on which is idle.
 * The CPU's part of a step overlaps the batches in flight with or without asynchronous scheduling, which therefore
 * changes nothing here.
 */
export class PipelineClock implements EngineClock {
  readonly schedulers: readonly Scheduler[];
  readonly tallies: readonly RunTally[];
  readonly #scheduler: Scheduler;
  readonly #tally: RunTally;
  readonly #source: RequestSource;
  readonly #observer: EngineObserver;
  readonly #duration: StageDurations;
  readonly #stageFree: Float64Array;
  readonly #isBusy: Uint8Array;
  /** Batches in flight, oldest first: a ring of cohorts and of the times at which they leave the last stage. */
  readonly #flying: Uint8Array;
  readonly #landing: Float64Array;
  #oldest = 0;
  #flights = 0;
  #time = 0;
  /** The cohort to try first: the one that has been idle longest. */
  #first = 0;
  #isWoken = false;

  constructor(scheduler: Scheduler, parts: ClockParts) {
    const { source, steps, observer } = parts;
    this.#scheduler = scheduler;
    this.schedulers = [scheduler];
    this.#tally = new RunTally(scheduler);
    this.tallies = [this.#tally];
    this.#source = source;
    this.#observer = observer;
    this.#duration = new StageDurations(steps);
    this.#stageFree = new Float64Array(steps.pipelineDepth);
    this.#isBusy = new Uint8Array(steps.pipelineDepth);
    this.#flying = new Uint8Array(steps.pipelineDepth);
    this.#landing = new Float64Array(steps.pipelineDepth);
  }

  get pending(): number {
    return this.#source.pending;
  }

  get nextEventTime(): number {
    if (this.#isWoken) return this.#time;
    const ready = Math.max(this.#source.nextReady, this.#time);
    return Math.min(this.#nextCompletion(), this.#nextFreeSlot(), ready);
  }

  advanceUntil(time: number): void {
    for (;;) {
      while (this.#nextCompletion() <= this.#time) {
        this.#land();
        if (this.#observer.isStopped) return;
      }
      this.#admit();
      this.#isWoken = false;
      if (this.#start()) continue;
      const next = this.nextEventTime;
      if (next > time || next === Infinity) return;
      this.#time = next;
    }
  }

  arrived(): void {
    // Nothing is jumped, so nothing is cut.
  }

  freed(time: number): void {
    if (this.#flights > 0) return;
    this.#time = Math.max(this.#time, time);
    this.#isWoken = true;
  }

  #land(): void {
    const cohort = this.#flying[this.#oldest]!;
    const end = this.#landing[this.#oldest]!;
    this.#oldest = (this.#oldest + 1) % this.#flying.length;
    this.#flights--;
    this.#isBusy[cohort] = 0;
    this.#scheduler.complete(cohort, 1);
    this.#tally.time = end;
    reportTokens(this.#scheduler, this.#observer, end);
  }

  #admit(): void {
    while (this.#source.nextReady <= this.#time) {
      const id = this.#source.take();
      this.#scheduler.enqueue(id, this.#source.isTransferred);
      this.#observer.ready(id, this.#time);
    }
  }

  /** When the oldest batch leaves the last stage; Infinity when nothing is in flight. */
  #nextCompletion(): number {
    return this.#flights > 0 ? this.#landing[this.#oldest]! : Infinity;
  }

  /** When the first stage becomes free, if that is to come and a cohort is idle; else Infinity. */
  #nextFreeSlot(): number {
    const free = this.#stageFree[0]!;
    return free > this.#time && this.#flights < this.#isBusy.length ? free : Infinity;
  }

  /** Starts a batch of some idle cohort if the first stage is free; false when none has anything to run. */
  #start(): boolean {
    if (this.#stageFree[0]! > this.#time) return false;
    const cohorts = this.#isBusy.length;
    for (let i = 0; i < cohorts; i++) {
      const cohort = (this.#first + i) % cohorts;
      if (this.#isBusy[cohort] === 1 || !this.#scheduler.schedule(cohort)) continue;
      this.#first = (cohort + 1) % cohorts;
      this.#launch(cohort);
      return true;
    }
    return false;
  }

  #launch(cohort: number): void {
    const { batch } = this.#scheduler;
    const busy = this.#duration.fill(batch);
    const slot = (this.#oldest + this.#flights++) % this.#flying.length;
    this.#flying[slot] = cohort;
    this.#landing[slot] = this.#duration.pass(this.#time, this.#stageFree);
    this.#isBusy[cohort] = 1;
    this.#tally.step(1, batch.sequences, busy);
  }
}
