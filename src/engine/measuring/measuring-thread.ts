import { Worker } from 'node:worker_threads';
import type { OperatorCoefficients } from '../../perf/index.ts';
import type { CrewSubject, Job } from './job.ts';
import type { ThreadOrder, ThreadReply } from './wire.ts';

/** The entry beside this file: TypeScript in a checkout, JavaScript where it was compiled. */
const ENTRY = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);

/** What a thread tells its owner. */
export interface ThreadEvents {
  /** It can take a job: it has started, or has finished one. */
  readonly onFree: () => void;
  /** It broke down; its jobs are settled with the error. */
  readonly onLost: (error: Error) => void;
}

/** Numbers of coefficients, the same for all threads. */
const coefficientNumbers = new WeakMap<OperatorCoefficients, number>();
let coefficientCount = 0;

function numberOf(coefficients: OperatorCoefficients): number {
  const known = coefficientNumbers.get(coefficients);
  if (known !== undefined) return known;
  coefficientNumbers.set(coefficients, coefficientCount);
  return coefficientCount++;
}

/**
 * One worker thread that performs jobs in the order given. It keeps the process alive only while it has jobs. Subjects
 * and coefficients are sent once.
 */
export class MeasuringThread {
  readonly #worker: Worker;
  readonly #events: ThreadEvents;
  readonly #jobs = new Map<number, Job>();
  readonly #sentCoefficients = new Set<number>();
  readonly #sentSubjects = new Set<number>();
  #isReady = false;
  #isOver = false;
  #jobCount = 0;

  /** Starts the thread; `entry` is replaced in tests only. */
  constructor(events: ThreadEvents, entry = ENTRY) {
    this.#events = events;
    // Flags of this process, such as modules to import first, are for its main thread.
    this.#worker = new Worker(entry, { execArgv: [], name: 'plimsoll-measuring' });
    this.#worker.unref();
    this.#worker.on('message', (reply: ThreadReply) => {
      this.#hear(reply);
    });
    this.#worker.on('messageerror', (error) => {
      this.#lose(error);
    });
    this.#worker.on('error', (error) => {
      this.#lose(error instanceof Error ? error : new Error(String(error)));
    });
    this.#worker.on('exit', (code) => {
      this.#lose(new Error(`A measuring thread ended by itself, with code ${code}.`));
    });
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Jobs in hand, the one that is running counted. */
  get load(): number {
    return this.#jobs.size;
  }

  /** Takes a job after those in hand. */
  take(job: Job): void {
    this.#introduce(job.subject);
    const id = this.#jobCount++;
    this.#jobs.set(id, job);
    if (this.#jobs.size === 1) this.#worker.ref();
    this.#order({ kind: 'job', id, subject: job.subject.id, task: job.task });
  }

  /** Frees what the thread keeps of a subject. */
  forget({ id }: CrewSubject): void {
    if (this.#sentSubjects.delete(id)) this.#order({ kind: 'forget', subject: id });
  }

  /** Ends the thread, whatever it does; jobs in hand are settled with an error. */
  async close(): Promise<void> {
    this.#end(new Error('The measuring threads were closed.'));
    await this.#worker.terminate();
  }

  #introduce({ id, subject }: CrewSubject): void {
    if (this.#sentSubjects.has(id)) return;
    const coefficients = numberOf(subject.coefficients);
    if (!this.#sentCoefficients.has(coefficients)) {
      this.#order({ kind: 'coefficients', id: coefficients, coefficients: subject.coefficients });
      this.#sentCoefficients.add(coefficients);
    }
    this.#order({ kind: 'subject', id, subject: { ...subject, coefficients } });
    this.#sentSubjects.add(id);
  }

  #order(order: ThreadOrder): void {
    if (!this.#isOver) this.#worker.postMessage(order);
  }

  #hear(reply: ThreadReply): void {
    if (this.#isOver) return;
    if (reply.kind === 'ready') this.#isReady = true;
    else {
      const job = this.#jobs.get(reply.id);
      this.#jobs.delete(reply.id);
      if (this.#jobs.size === 0) this.#worker.unref();
      job?.settle(
        reply.kind === 'answer' ? { ok: true, answer: reply.answer } : { ok: false, error: reply.error },
      );
    }
    this.#events.onFree();
  }

  #lose(error: Error): void {
    if (this.#isOver) return;
    this.#end(error);
    this.#events.onLost(error);
  }

  #end(error: Error): void {
    this.#isOver = true;
    const jobs = [...this.#jobs.values()];
    this.#jobs.clear();
    this.#worker.unref();
    for (const job of jobs) job.settle({ ok: false, error });
  }
}
