import type { EngineObserver } from './clocks/engine-clock.ts';
import type { RunMark, RunTally } from './clocks/run-tally.ts';
import type { HopelessWatch } from './hopeless.ts';
import type { SimulationWorkspace } from './workspace.ts';

/** What a recorder needs to know of a run. */
export interface RecorderOptions {
  readonly workspace: SimulationWorkspace;
  readonly arrival: Float64Array;
  readonly osl: Int32Array;
  readonly outputLatency: number;
  /** Requests that will become schedulable. */
  readonly requests: number;
  /** The first request (by id) that is measured; earlier ones warm the engine up. */
  readonly firstMeasured: number;
  readonly watch: HopelessWatch | undefined;
  /** Told of every request answered, at the time at which the client sees the last token. */
  readonly onAnswered?: (time: number) => void;
}

/** Writes latencies of requests and marks of the measured part of a run while a clock runs. */
export class LatencyRecorder implements EngineObserver {
  /** Sums of every rank when the first measured request came to the front, and when the last request did. */
  started: readonly RunMark[] | undefined;
  drained: readonly RunMark[] | undefined;
  isStopped = false;
  /** Set when the clock is built. */
  tallies: readonly RunTally[] = [];
  #readyCount = 0;
  readonly #options: RecorderOptions;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  ready(id: number, time: number): void {
    const { firstMeasured, requests } = this.#options;
    if (this.started === undefined && id >= firstMeasured) this.started = this.marks(time);
    if (++this.#readyCount === requests) this.drained = this.marks(time);
  }

  firstToken(id: number, time: number): void {
    const { workspace, watch, arrival, outputLatency, firstMeasured } = this.#options;
    const ttft = time + outputLatency - arrival[id]!;
    workspace.firstToken[id] = time;
    workspace.ttft[id] = ttft;
    if (watch === undefined || id < firstMeasured) return;
    watch.firstToken(ttft);
    this.isStopped = watch.limit !== '';
  }

  finished(id: number, time: number): void {
    const { workspace, watch, arrival, osl, outputLatency, firstMeasured, onAnswered } = this.#options;
    const seen = time + outputLatency;
    const e2e = seen - arrival[id]!;
    const tpot = osl[id]! > 1 ? (time - workspace.firstToken[id]!) / (osl[id]! - 1) : NaN;
    workspace.lastToken[id] = time;
    workspace.tpot[id] = tpot;
    workspace.e2e[id] = e2e;
    if (watch !== undefined && id >= firstMeasured) {
      watch.lastToken(tpot, e2e);
      this.isStopped = watch.limit !== '';
    }
    if (onAnswered !== undefined) onAnswered(seen);
  }

  /** The sums of every rank so far. */
  marks(time: number): readonly RunMark[] {
    return this.tallies.map((tally) => tally.mark(time));
  }
}
