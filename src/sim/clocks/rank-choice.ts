import type { RankAssignment } from '../schedulers/scheduler.ts';

/** What a choice of rank looks at, by rank. */
export interface RankLoads {
  readonly count: number;
  waiting(rank: number): number;
  running(rank: number): number;
}

/** Weight of a waiting request against a running one (source: vLLM's data-parallel balancer, `core_client.py`, 2025). */
const WAITING_WEIGHT = 4;

/**
 * Chooses the data-parallel rank that takes the next request: the one with the least 4 × waiting + running (the first
 * of several), as vLLM's balancer does, from counts of the moment where that has them from up to 100 ms ago; or
 * each in turn.
 */
export class RankChoice {
  readonly #assignment: RankAssignment;
  readonly #loads: RankLoads;
  #turn = 0;

  constructor(assignment: RankAssignment, loads: RankLoads) {
    this.#assignment = assignment;
    this.#loads = loads;
  }

  next(): number {
    const loads = this.#loads;
    if (this.#assignment === 'in-turn') return this.#turn++ % loads.count;
    let best = 0;
    let least = Infinity;
    for (let rank = 0; rank < loads.count; rank++) {
      const score = WAITING_WEIGHT * loads.waiting(rank) + loads.running(rank);
      if (score < least) {
        least = score;
        best = rank;
      }
    }
    return best;
  }
}
