import { Worker } from 'node:worker_threads';
import type { SharedAnswers } from './answer-book.ts';
import type { Answer, Question } from './question.ts';
import type { PlanningOrder, PlanningReply } from './wire.ts';

/** The entry beside this file: TypeScript in a checkout, JavaScript where it was compiled. */
const ENTRY = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);

/** A question in hand. */
interface Task {
  readonly onProgress: (stage: string, share: number) => void;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** One worker thread that decides questions, one at a time, and shares what it measures with others through `answers`. */
export class PlanningThread {
  readonly #worker: Worker;
  readonly #answers: SharedAnswers;
  /** Keys that it measures now; given up should it end. */
  readonly #claimed = new Set<string>();
  #task: Task | undefined;
  #hasCoefficients = false;
  #end: Error | undefined;

  constructor(answers: SharedAnswers) {
    this.#answers = answers;
    // Flags of this process, such as modules to import first, are for its main thread.
    this.#worker = new Worker(ENTRY, { execArgv: [], name: 'plimsoll-planning' });
    this.#worker.on('message', (message: PlanningReply) => {
      this.#hear(message);
    });
    this.#worker.on('messageerror', (error) => {
      this.#lose(error);
    });
    this.#worker.on('error', (error) => {
      this.#lose(error instanceof Error ? error : new Error(String(error)));
    });
    this.#worker.on('exit', (code) => {
      this.#lose(new Error(`A planning thread ended by itself, with code ${code}.`));
    });
  }

  /** The answer to a question; rejects for a bug, or where the thread ends. */
  decide(
    { coefficients, ...question }: Question,
    onProgress: (stage: string, share: number) => void,
  ): Promise<Answer> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    if (!this.#hasCoefficients) this.#order({ kind: 'coefficients', coefficients });
    this.#hasCoefficients = true;
    this.#order({ kind: 'question', question });
    return new Promise((resolve, reject) => {
      this.#task = { onProgress, resolve, reject };
    });
  }

  /** Ends the thread, whatever it does. */
  async close(): Promise<void> {
    this.#lose(new Error('The planning threads were closed.'));
    await this.#worker.terminate();
  }

  #order(order: PlanningOrder): void {
    this.#worker.postMessage(order);
  }

  #hear(message: PlanningReply): void {
    switch (message.kind) {
      case 'ready':
        return;
      case 'progress':
        this.#task?.onProgress(message.stage, message.share);
        return;
      case 'claim':
      case 'wait':
        void this.#claim(message);
        return;
      case 'give':
        this.#claimed.delete(message.key);
        this.#answers.give(message.key, message.answer);
        return;
      case 'give-up':
        this.#claimed.delete(message.key);
        this.#answers.giveUp(message.key);
        return;
      case 'answer':
        this.#take()?.resolve(message.answer);
        return;
      case 'broken':
        this.#take()?.reject(message.error);
    }
  }

  async #claim({
    kind,
    call,
    key,
  }: Extract<PlanningReply, { readonly kind: 'claim' | 'wait' }>): Promise<void> {
    const claim = await (kind === 'claim' ? this.#answers.claim(key) : this.#answers.wait(key));
    if (claim.kind === 'yours') {
      if (this.#end !== undefined) {
        this.#answers.giveUp(key);
        return;
      }
      this.#claimed.add(key);
    }
    if (this.#end === undefined) this.#order({ kind: 'claim', call, claim });
  }

  #take(): Task | undefined {
    const task = this.#task;
    this.#task = undefined;
    return task;
  }

  #lose(error: Error): void {
    if (this.#end !== undefined) return;
    this.#end = error;
    for (const key of this.#claimed) this.#answers.giveUp(key);
    this.#claimed.clear();
    this.#take()?.reject(error);
  }
}
