import type { HopelessWatch } from './hopeless.ts';
import type { RequestSource } from './request-source.ts';
import type { Scheduler } from './schedulers/scheduler.ts';
import type { SimulationWorkspace } from './workspace.ts';

/** Running sums of a run; the difference of two marks describes the time between them. */
export interface RunMark {
  readonly time: number;
  /** Seconds in which a step ran (in the first pipeline stage). */
  readonly busy: number;
  /** Σ over steps of sequences × step time. */
  readonly sequenceSeconds: number;
  readonly outputTokens: number;
}

/** What a recorder needs to know of a run. */
export interface RecorderOptions {
  readonly workspace: SimulationWorkspace;
  readonly arrival: Float64Array;
  readonly osl: Int32Array;
  readonly outputLatency: number;
  readonly source: RequestSource;
  readonly scheduler: Scheduler;
  /** The first request (by id) that is measured; earlier ones warm the engine up. */
  readonly firstMeasured: number;
  readonly watch: HopelessWatch | undefined;
}

/** Writes latencies of requests and sums of a run while the engine loop goes on. */
export class RunRecorder {
  steps = 0;
  time = 0;
  started: RunMark | undefined;
  /** Mark at which the last request was put in: from then on the engine drains. */
  drained: RunMark | undefined;
  #busy = 0;
  #sequenceSeconds = 0;
  readonly #options: RecorderOptions;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** Whether a limit can no longer be met and the run may stop. */
  get isHopeless(): boolean {
    const { watch } = this.#options;
    return watch !== undefined && watch.limit !== '';
  }

  /** Puts all requests that are schedulable at `time` into the scheduler. */
  admit(time: number): void {
    const { source, scheduler, firstMeasured } = this.#options;
    while (source.nextReady <= time) {
      const id = source.take();
      scheduler.enqueue(id);
      if (this.started === undefined && id >= firstMeasured) this.started = this.mark(time);
      if (source.nextReady === Infinity) this.drained = this.mark(time);
    }
  }

  /** Notes `steps` equal batches of `sequences` sequences that take `duration` seconds together. */
  step(steps: number, sequences: number, duration: number): void {
    this.steps += steps;
    this.#busy += duration;
    this.#sequenceSeconds += sequences * duration;
  }

  /** Stamps the requests that the scheduler reports after a completed step that ended at `time`. */
  completed(time: number): void {
    const { scheduler, workspace, watch, arrival, outputLatency } = this.#options;
    this.time = time;
    const { firstTokens, finished } = scheduler;
    for (let i = 0; i < firstTokens.length; i++) {
      const id = firstTokens.at(i);
      const ttft = time + outputLatency - arrival[id]!;
      workspace.firstToken[id] = time;
      workspace.ttft[id] = ttft;
      if (watch !== undefined && id >= this.#options.firstMeasured) watch.firstToken(ttft);
    }
    for (let i = 0; i < finished.length; i++) this.#finish(finished.at(i), time);
  }

  /** The sums so far. */
  mark(time: number): RunMark {
    return {
      time,
      busy: this.#busy,
      sequenceSeconds: this.#sequenceSeconds,
      outputTokens: this.#options.scheduler.outputTokens,
    };
  }

  #finish(id: number, time: number): void {
    const { workspace, watch, arrival, osl, source } = this.#options;
    const seen = time + this.#options.outputLatency;
    const e2e = seen - arrival[id]!;
    const tpot = osl[id]! > 1 ? (time - workspace.firstToken[id]!) / (osl[id]! - 1) : NaN;
    workspace.lastToken[id] = time;
    workspace.tpot[id] = tpot;
    workspace.e2e[id] = e2e;
    if (watch !== undefined && id >= this.#options.firstMeasured) watch.lastToken(tpot, e2e);
    source.finished(id, seen);
  }
}
