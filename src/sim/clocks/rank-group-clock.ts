import type { RequestSource } from '../request-source.ts';
import { ReadyQueue } from '../request-source.ts';
import type { RankAssignment, Scheduler } from '../schedulers/scheduler.ts';
import type { ClockParts, EngineClock, EngineObserver } from './engine-clock.ts';
import { RankChoice } from './rank-choice.ts';
import type { RunTally } from './run-tally.ts';

/** A rank of its own: its clock, and the queue through which it gets requests. */
interface IndependentRank {
  readonly clock: EngineClock;
  readonly queue: ReadyQueue;
}

/** The clock of data-parallel ranks that do not wait for each other; each request goes to one when it is schedulable. */
export class RankGroupClock implements EngineClock {
  readonly schedulers: readonly Scheduler[];
  readonly tallies: readonly RunTally[];
  readonly #source: RequestSource;
  readonly #observer: EngineObserver;
  readonly #ranks: readonly IndependentRank[];
  readonly #choice: RankChoice;
  /** `nextEventTime` of every rank, which changes only where its clock is touched: reading it of all ranks is dear. */
  readonly #next: Float64Array;

  /**
   * @param clockOf makes the clock of one rank from the parts with its own source
   * @param ready schedulable time by request id, shared by the ranks' queues
   */
  constructor(
    parts: ClockParts,
    ready: Float64Array,
    assignment: RankAssignment,
    clockOf: (parts: ClockParts) => EngineClock,
  ) {
    this.#source = parts.source;
    this.#observer = parts.observer;
    this.#ranks = Array.from({ length: parts.steps.dataParallel }, () => {
      const queue = new ReadyQueue(ready);
      return { queue, clock: clockOf({ ...parts, source: queue }) };
    });
    const ranks = this.#ranks;
    this.#next = Float64Array.from(ranks, ({ clock }) => clock.nextEventTime);
    this.schedulers = ranks.flatMap(({ clock }) => clock.schedulers);
    this.tallies = ranks.flatMap(({ clock }) => clock.tallies);
    this.#choice = new RankChoice(assignment, {
      count: ranks.length,
      waiting: (rank) => ranks[rank]!.clock.pending + this.schedulers[rank]!.waitingCount,
      running: (rank) => this.schedulers[rank]!.runningCount,
    });
  }

  get pending(): number {
    return this.#ranks.reduce((sum, { clock }) => sum + clock.pending, this.#source.pending);
  }

  get nextEventTime(): number {
    let next = this.#source.nextReady;
    for (let rank = 0; rank < this.#next.length; rank++) {
      const own = this.#next[rank]!;
      if (own < next) next = own;
    }
    return next;
  }

  advanceUntil(time: number): void {
    for (;;) {
      const next = this.nextEventTime;
      if (next > time || next === Infinity) return;
      while (this.#source.nextReady <= next) this.#assign();
      for (let rank = 0; rank < this.#next.length; rank++) {
        if (this.#next[rank]! > next) continue;
        const { clock } = this.#ranks[rank]!;
        clock.advanceUntil(next);
        this.#next[rank] = clock.nextEventTime;
        if (this.#observer.isStopped) return;
      }
    }
  }

  arrived(): void {
    // Ranks are told when a request is given to them.
  }

  freed(time: number): void {
    for (const [rank, { clock }] of this.#ranks.entries()) {
      clock.freed(time);
      this.#next[rank] = clock.nextEventTime;
    }
  }

  #assign(): void {
    const time = this.#source.nextReady;
    const id = this.#source.take();
    const rank = this.#choice.next();
    const { queue, clock } = this.#ranks[rank]!;
    queue.push(id, time, this.#source.isTransferred);
    clock.arrived(time);
    this.#next[rank] = clock.nextEventTime;
  }
}
