import type { RequestSource } from '../request-source.ts';
import type { Scheduler } from '../schedulers/scheduler.ts';
import type { StepTimeModel } from '../step-time-model.ts';
import type { RunTally } from './run-tally.ts';

/** Lets the time of one engine pass: the schedulers say what a step computes, the step-time model how long it takes. */
export interface EngineClock {
  /** When a step ends or one may start; Infinity when idle with nothing to come. */
  readonly nextEventTime: number;
  /** Handles all events up to and including `time`, or until the observer stops the run. */
  advanceUntil(time: number): void;
  /**
   * Tells that a request was put into the source that may be scheduled from `time` on, after the time reached: a run of
   * equal steps in progress ends with the first step after which it can be admitted.
   */
  arrived(time: number): void;
  /** Tells that KV blocks were given back at `time`: the queue may move on. */
  freed(time: number): void;
  /** Requests that the source has not given to a scheduler yet. */
  readonly pending: number;
  readonly schedulers: readonly Scheduler[];
  readonly tallies: readonly RunTally[];
}

/** Told what happens while a clock runs. */
export interface EngineObserver {
  /** A request came to the front: it may be scheduled now. */
  ready(id: number, time: number): void;
  firstToken(id: number, time: number): void;
  finished(id: number, time: number): void;
  /** Whether the run may stop. */
  readonly isStopped: boolean;
}

/** What every clock needs. */
export interface ClockParts {
  readonly source: RequestSource;
  readonly steps: StepTimeModel;
  readonly observer: EngineObserver;
  /** Whether runs of equal decode steps are jumped in closed form. */
  readonly jump: boolean;
  /** Whether a step is scheduled while the one before it runs. */
  readonly isAsync: boolean;
}

/** Tells an observer of the tokens of the step that a scheduler completed last. */
export function reportTokens(scheduler: Scheduler, observer: EngineObserver, time: number): void {
  const { firstTokens, finished } = scheduler;
  for (let i = 0; i < firstTokens.length; i++) observer.firstToken(firstTokens.at(i), time);
  for (let i = 0; i < finished.length; i++) observer.finished(finished.at(i), time);
}
