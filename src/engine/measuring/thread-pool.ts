import { MeasuringBench } from '../../optimize/index.ts';
import type { AnswersOf, BenchAnswer, BenchSubject, BenchTask, MeasuringCrew } from '../../optimize/index.ts';
import { expectedSeconds } from './expected-seconds.ts';
import type { CrewSubject, Job, JobOutcome } from './job.ts';
import { MeasuringThread } from './measuring-thread.ts';
import type { ThreadEvents } from './measuring-thread.ts';

/**
 * Work that must be expected before threads are started, seconds on one core. A thread takes 0.15 to 0.4 s to load its
 * modules and as long again to get fast (measured 2026-11-21, two cores).
 */
const WORTH_THREADS = 0.5;

/** How a pool is set up. */
export interface PoolOptions {
  /** Threads, ≥ 1. */
  readonly size: number;
  /** Work expected before threads are started, seconds; default 0.5. Zero starts them with the first task. */
  readonly worthThreads?: number;
  /** Starts a thread; replaced in tests only. */
  readonly startThread?: (events: ThreadEvents) => MeasuringThread;
}

/**
 * Threads that crews of any number of subjects share. Until all of them run, this thread performs jobs itself, short ones
 * first, so that a small search never waits for a start; threads begin with the long ones. Which of them gets a job
 * depends on the clock, the answers do not.
 */
export class ThreadPool {
  readonly #options: Required<PoolOptions>;
  readonly #benches = new Map<CrewSubject, MeasuringBench>();
  #threads: readonly MeasuringThread[] = [];
  /** Longest first. */
  #queue: Job[] = [];
  #expected = 0;
  #subjects = 0;
  #isWorkingHere = false;
  #isAboutToHandOut = false;
  #end: Error | undefined;

  constructor(options: PoolOptions) {
    this.#options = {
      worthThreads: WORTH_THREADS,
      startThread: (events) => new MeasuringThread(events),
      ...options,
    };
  }

  /** A crew for a subject. Its close frees what threads keep of the subject; the threads stay. */
  gather(benchSubject: BenchSubject): MeasuringCrew {
    const subject: CrewSubject = { id: this.#subjects++, subject: benchSubject };
    return {
      size: this.#options.size,
      run: async <const Tasks extends readonly BenchTask[]>(tasks: Tasks) =>
        (await this.#perform(subject, tasks)) as unknown as AnswersOf<Tasks>,
      close: () => {
        this.#benches.delete(subject);
        for (const thread of this.#threads) thread.forget(subject);
        return Promise.resolve();
      },
    };
  }

  /** Ends all threads; whoever waits for an answer gets an error. */
  async close(): Promise<void> {
    this.#fail(new Error('The measuring threads were closed.'));
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  /** All answers in the order of the tasks; the first exception ends the wave, its waiting jobs are dropped. */
  #perform(subject: CrewSubject, tasks: readonly BenchTask[]): Promise<readonly BenchAnswer[]> {
    const wave = tasks.map((task) => {
      const { promise, resolve, reject } = Promise.withResolvers<BenchAnswer>();
      const settle = (outcome: JobOutcome): void => {
        if (outcome.ok) resolve(outcome.answer);
        else {
          this.#queue = this.#queue.filter((job) => !jobs.has(job));
          reject(outcome.error);
        }
      };
      return { promise, job: { subject, task, seconds: expectedSeconds(task), settle } };
    });
    const jobs = new Set<Job>(wave.map((item) => item.job));
    this.#expected += [...jobs].reduce((sum, job) => sum + job.seconds, 0);
    this.#queue = [...this.#queue, ...jobs].sort((a, b) => b.seconds - a.seconds);
    this.#handOutSoon();
    return Promise.all(wave.map((item) => item.promise));
  }

  /** Hands out once for all tasks that arrive in one turn, so that the longest of them go first. */
  #handOutSoon(): void {
    if (this.#isAboutToHandOut) return;
    this.#isAboutToHandOut = true;
    queueMicrotask(() => {
      this.#isAboutToHandOut = false;
      this.#handOut();
    });
  }

  /** Gives waiting jobs to whoever is free. */
  #handOut(): void {
    if (this.#end !== undefined) {
      this.#fail(this.#end);
      return;
    }
    const { size, worthThreads } = this.#options;
    if (this.#threads.length === 0 && this.#queue.length > 0 && this.#expected >= worthThreads)
      this.#threads = Array.from({ length: size }, () => this.#startThread());
    // A second job in hand bridges the time until the next message; none when few are left, for others may be free first.
    for (const most of [1, 2]) {
      for (const thread of this.#threads) {
        if (this.#queue.length < (most === 1 ? 1 : 2 * size)) break;
        if (!thread.isReady || thread.load >= most) continue;
        const job = this.#queue.shift();
        if (job !== undefined) thread.take(job);
      }
    }
    if (this.#isWorkingHere) return;
    if (this.areThreadsReady) this.#benches.clear();
    else if (this.#queue.length > 0) void this.#workHere();
  }

  /** Whether all threads run, so that this one performs nothing any more. */
  get areThreadsReady(): boolean {
    return this.#threads.length > 0 && this.#threads.every((thread) => thread.isReady);
  }

  #startThread(): MeasuringThread {
    return this.#options.startThread({
      onFree: () => {
        this.#handOut();
      },
      onLost: (error) => {
        this.#fail(error);
      },
    });
  }

  /** Performs jobs in this thread until all others run, and lets messages and signals in between. */
  async #workHere(): Promise<void> {
    this.#isWorkingHere = true;
    while (!this.areThreadsReady) {
      const job = this.#queue.pop();
      if (job === undefined) break;
      job.settle(this.#performHere(job));
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#isWorkingHere = false;
    this.#handOut();
  }

  #performHere({ subject, task }: Job): JobOutcome {
    try {
      const bench = this.#benches.get(subject) ?? new MeasuringBench(subject.subject);
      this.#benches.set(subject, bench);
      return { ok: true, answer: bench.perform(task) };
    } catch (error) {
      return { ok: false, error: error instanceof Error ? error : new Error(String(error)) };
    }
  }

  /** Settles every waiting job with an error, and all that come later. */
  #fail(error: Error): void {
    this.#end ??= error;
    const jobs = this.#queue;
    this.#queue = [];
    for (const job of jobs) job.settle({ ok: false, error: this.#end });
  }
}
