import type { Role } from '../../model/index.ts';
import type { RunMark } from '../clocks/run-tally.ts';
import type { EngineInstance } from '../engine-instance.ts';
import type { StepTimeModel } from '../step-time-model.ts';
import type { ReplicaUse } from './fleet-options.ts';
import type { RoutedReplica } from './router.ts';
import type { ReplicaStretch, TimelineRecorder } from './timeline.ts';

/** Where a replica stands in its fleet. */
export interface ReplicaPlace {
  /** Over all pools in order. */
  readonly index: number;
  /** Among the replicas of its role. */
  readonly peer: number;
  /** Index of its pool, and the role of that. */
  readonly pool: number;
  readonly role: Role;
}

/** One replica of a fleet with the sums that describe its run. */
export class FleetReplica implements RoutedReplica {
  readonly place: ReplicaPlace;
  readonly instance: EngineInstance;
  readonly steps: StepTimeModel;
  readonly kvTokens: number;
  /** Requests taken. */
  requests = 0;
  readonly #timeline: TimelineRecorder | undefined;
  /** The state since the last event; written over and over. */
  readonly #stretch: Mutable<ReplicaStretch> = {
    from: 0,
    to: 0,
    running: 0,
    waiting: 0,
    kvShare: 0,
    outputTokens: 0,
  };
  #outputTokens = 0;

  constructor(
    place: ReplicaPlace,
    instance: EngineInstance,
    steps: StepTimeModel,
    timeline: TimelineRecorder | undefined,
  ) {
    this.place = place;
    this.instance = instance;
    this.steps = steps;
    this.kvTokens = steps.kvBlocks * steps.blockTokens * steps.dataParallel;
    this.#timeline = timeline;
  }

  /** Time of the last event seen. */
  get time(): number {
    return this.#stretch.from;
  }

  /** Takes notice of what changed at `time`: to be called after every submit, release and advance. Mutates. */
  observe(time: number): void {
    const stretch = this.#stretch;
    if (this.#timeline === undefined) {
      stretch.from = time;
      return;
    }
    const { load } = this.instance;
    const { outputTokens } = load;
    stretch.to = time;
    stretch.outputTokens = outputTokens - this.#outputTokens;
    if (time > stretch.from || stretch.outputTokens > 0) this.#timeline.add(this.place.pool, stretch);
    stretch.from = time;
    stretch.running = load.running;
    stretch.waiting = load.waiting;
    stretch.kvShare = load.kvShare;
    this.#outputTokens = outputTokens;
  }

  /** The sums so far; seconds are means over the data-parallel ranks. */
  mark(time: number): RunMark {
    const { busySeconds, sequenceSeconds, outputTokens } = this.instance.load;
    const ranks = this.steps.dataParallel;
    return { time, busy: busySeconds / ranks, sequenceSeconds: sequenceSeconds / ranks, outputTokens };
  }

  /** What the replica did between two marks. */
  use(from: RunMark, to: RunMark): ReplicaUse {
    const { load } = this.instance;
    const span = to.time - from.time;
    const busy = to.busy - from.busy;
    return {
      requests: this.requests,
      busyShare: span > 0 ? Math.min(1, busy / span) : 0,
      meanBatch: busy > 0 ? (to.sequenceSeconds - from.sequenceSeconds) / busy : 0,
      outputTokensPerSecond: span > 0 ? (to.outputTokens - from.outputTokens) / span : 0,
      peakKvShare: load.peakKvShare,
      preemptions: load.preemptions,
      prefixHitRate: load.promptTokens > 0 ? load.hitTokens / load.promptTokens : 0,
      steps: load.steps,
    };
  }
}

type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] };
