import type { EngineClock, EngineObserver } from './clocks/engine-clock.ts';
import type { EngineInstance, EngineInstanceOptions, EngineListener, EngineLoad } from './engine-instance.ts';
import { canServe, checkSettings, makeClock } from './engine-setup.ts';
import type { EngineSetup } from './engine-setup.ts';
import { ReadyQueue } from './request-source.ts';
import type { Scheduler } from './schedulers/scheduler.ts';
import { SimulationWorkspace } from './workspace.ts';

/**
 * Builds one replica on a shared clock. Throws RangeError as `simulateEngine` does.
 * Memory: about 60 bytes per request of `requests` unless a workspace is shared, 17 bytes per prefix block id and rank.
 */
export function createEngineInstance(options: EngineInstanceOptions): EngineInstance {
  return new SteppedEngine(options);
}

class SteppedEngine implements EngineInstance {
  readonly load: EngineLoad;
  readonly #setup: EngineSetup;
  readonly #queue: ReadyQueue;
  readonly #clock: EngineClock;
  /** Prompt tokens of all requests put in with `submit`. */
  #submittedTokens = 0;

  constructor(options: EngineInstanceOptions) {
    checkSettings(options);
    const { steps, requests, prefillOnly = false } = options;
    const workspace = options.workspace ?? new SimulationWorkspace();
    if (options.workspace === undefined) workspace.reserve(requests.isl.length);
    this.#setup = { settings: options, steps, requests, workspace, prefillOnly };
    // Ranks that step on their own write the workspace's column, which a shared one may use elsewhere.
    const ready = steps.dataParallel > 1 ? new Float64Array(requests.isl.length) : workspace.ready;
    this.#queue = new ReadyQueue(ready);
    this.#clock = makeClock(this.#setup, this.#queue, new ListenerObserver(options.listener));
    this.load = new LiveLoad(this.#clock, steps.kvBlocks, () => this.#submittedTokens);
  }

  get nextEventTime(): number {
    return this.#clock.nextEventTime;
  }

  submit(id: number, time: number): void {
    this.#put(id, time, false);
    this.#submittedTokens += this.#setup.requests.isl[id]!;
  }

  submitTransferred(id: number, time: number): void {
    if (!(this.#setup.requests.osl[id]! > 1)) throw new RangeError(`request ${String(id)} has no token left`);
    this.#put(id, time, true);
  }

  release(id: number, time: number): void {
    if (this.#clock.schedulers.some((scheduler) => scheduler.release(id))) this.#clock.freed(time);
  }

  advanceUntil(time: number): void {
    this.#clock.advanceUntil(time);
  }

  cachedPrefixTokens(id: number): number {
    let most = 0;
    for (const scheduler of this.#clock.schedulers) most = Math.max(most, scheduler.cachedTokens(id));
    return most;
  }

  canServe(id: number): boolean {
    return canServe(this.#setup, id);
  }

  #put(id: number, time: number, isTransferred: boolean): void {
    if (!this.canServe(id)) throw new RangeError(`request ${String(id)} does not fit this engine`);
    this.#queue.push(id, time, isTransferred);
    this.#clock.arrived(time);
  }
}

class ListenerObserver implements EngineObserver {
  readonly isStopped = false;
  readonly #listener: EngineListener;

  constructor(listener: EngineListener) {
    this.#listener = listener;
  }

  ready(): void {
    // The caller knows: it put the request in.
  }

  firstToken(id: number, time: number): void {
    this.#listener.firstToken(id, time);
  }

  finished(id: number, time: number): void {
    this.#listener.finished(id, time);
  }
}

/** Sums over the ranks of a clock, read when asked for. */
class LiveLoad implements EngineLoad {
  readonly #clock: EngineClock;
  readonly #kvBlocks: number;
  readonly #submittedTokens: () => number;

  constructor(clock: EngineClock, kvBlocks: number, submittedTokens: () => number) {
    this.#clock = clock;
    this.#kvBlocks = kvBlocks;
    this.#submittedTokens = submittedTokens;
  }

  get running(): number {
    return this.#sum((scheduler) => scheduler.runningCount);
  }

  get waiting(): number {
    return this.#clock.pending + this.#sum((scheduler) => scheduler.waitingCount);
  }

  get queuedTokens(): number {
    const inSchedulers = this.#sum((scheduler) => scheduler.queuedTokens - scheduler.enqueuedTokens);
    return this.#submittedTokens() + inSchedulers;
  }

  get kvShare(): number {
    const free = this.#sum((scheduler) => scheduler.freeBlocks);
    return this.#kvBlocks > 0 ? 1 - free / (this.#kvBlocks * this.#clock.schedulers.length) : 0;
  }

  get peakKvShare(): number {
    let most = 0;
    for (const scheduler of this.#clock.schedulers) most = Math.max(most, scheduler.peakBlocks);
    return this.#kvBlocks > 0 ? most / this.#kvBlocks : 0;
  }

  get preemptions(): number {
    return this.#sum((scheduler) => scheduler.preemptions);
  }

  get hitTokens(): number {
    return this.#sum((scheduler) => scheduler.hitTokens);
  }

  get promptTokens(): number {
    return this.#sum((scheduler) => scheduler.promptTokens);
  }

  get outputTokens(): number {
    return this.#sum((scheduler) => scheduler.outputTokens);
  }

  get steps(): number {
    return this.#clock.tallies.reduce((sum, tally) => sum + tally.steps, 0);
  }

  get busySeconds(): number {
    return this.#clock.tallies.reduce((sum, tally) => sum + tally.busy, 0);
  }

  get sequenceSeconds(): number {
    return this.#clock.tallies.reduce((sum, tally) => sum + tally.sequenceSeconds, 0);
  }

  #sum(figure: (scheduler: Scheduler) => number): number {
    let sum = 0;
    for (const scheduler of this.#clock.schedulers) sum += figure(scheduler);
    return sum;
  }
}
