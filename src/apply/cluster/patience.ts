import { ClusterError } from './cluster-client.ts';
import type { ClusterFailure } from './cluster-client.ts';
import type { Answer, Exchange } from './exchange.ts';
import { refusal } from './status-error.ts';

/** Time as the cluster's clients see it: a monotonic clock in seconds, and waiting. */
export interface Clock {
  now(): number;
  sleep(seconds: number): Promise<void>;
}

/** The clock of this process. */
export const PROCESS_CLOCK: Clock = {
  now: () => performance.now() / 1000,
  sleep: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
};

/** How long a server that never answered is waited for, seconds (assumed: a person waits for the message). */
const FIRST_PATIENCE = 4;
/** How long one that did answer is: a control plane restarts within a minute (assumed). */
const PATIENCE = 90;
/** Seconds after an outage in which refusals count as passing: a server that starts reads its roles first. */
const RECOVERY = 20;
/** Refusals that may be gone in a moment. */
const PASSING: readonly ClusterFailure[] = ['unreachable', 'too-many-requests', 'server-error'];
/** Refusals that may be gone once a server has started. */
const REFUSED_AT_START: readonly ClusterFailure[] = ['unauthorized', 'forbidden'];
const FIRST_PAUSE = 0.2;
const LONGEST_PAUSE = 3;

/**
 * Sends requests again while the server is away, overloaded or starting. All requests of this client may be repeated: reads
 * change nothing, an apply says the whole wanted state, a delete names the uid it means.
 */
export class PatientExchange {
  readonly #send: (request: Exchange) => Promise<Answer>;
  readonly #clock: Clock;
  #hasAnswered = false;
  #lastOutage = -Infinity;

  constructor(send: (request: Exchange) => Promise<Answer>, clock: Clock) {
    this.#send = send;
    this.#clock = clock;
  }

  /** The answer with a status below 400. Errors: `ClusterError` with the last refusal. */
  async ask(request: Exchange): Promise<unknown> {
    const start = this.#clock.now();
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      const { failed, body, retryAfterSeconds } = await this.#try(request);
      if (failed === undefined) return body;
      const patience = this.#hasAnswered ? PATIENCE : FIRST_PATIENCE;
      const wait = Math.max(pause, retryAfterSeconds);
      if (!this.#mayPass(failed) || this.#clock.now() + wait - start > patience) throw failed;
      await this.#clock.sleep(wait);
    }
  }

  async #try(request: Exchange): Promise<{
    readonly failed?: ClusterError;
    readonly body?: unknown;
    readonly retryAfterSeconds: number;
  }> {
    try {
      const answer = await this.#send(request);
      if (answer.status >= 500) this.#lastOutage = this.#clock.now();
      else this.#hasAnswered = true;
      return answer.status < 400
        ? { body: answer.body, retryAfterSeconds: 0 }
        : {
            failed: refusal(answer.status, answer.body),
            retryAfterSeconds: Math.min(answer.retryAfterSeconds, LONGEST_PAUSE),
          };
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      if (error.failure === 'unreachable') this.#lastOutage = this.#clock.now();
      return { failed: error, retryAfterSeconds: 0 };
    }
  }

  #mayPass(error: ClusterError): boolean {
    if (PASSING.includes(error.failure)) return true;
    const isStarting = this.#hasAnswered && this.#clock.now() - this.#lastOutage < RECOVERY;
    return isStarting && REFUSED_AT_START.includes(error.failure);
  }
}
