import type { AssignmentState } from './state.ts';

/** Fewest processes that count as large. */
const FEWEST = 10;

/** Processes by size: the largest of the costs that a process brings to a machine which is above its safety capacities, over resources. */
export class ProcessSizes {
  /** Processes, the largest first. */
  readonly order: Int32Array;
  /** Size of each process in that order. */
  readonly #sizes: Float64Array;

  constructor({ instance, loads }: AssignmentState) {
    const { demand, counts } = instance;
    const size = Float64Array.from({ length: counts.processes }, (_, process) => {
      let most = 0;
      for (let r = 0; r < counts.resources; r++)
        most = Math.max(most, loads.excessUnit[r]! * demand[process * counts.resources + r]!);
      return most;
    });
    const order = [...size.keys()].sort((a, b) => size[b]! - size[a]! || a - b);
    this.order = Int32Array.from(order);
    this.#sizes = Float64Array.from(order, (process) => size[process]!);
  }

  /** Size of the largest process; 0 without processes. */
  get largest(): number {
    return this.#sizes[0] ?? 0;
  }

  /** Number of processes at the head of the order that are at least of a size; at least 10, where there are as many. */
  countFrom(size: number): number {
    let low = 0;
    let high = this.#sizes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#sizes[middle]! >= size) low = middle + 1;
      else high = middle;
    }
    return Math.min(this.#sizes.length, Math.max(FEWEST, low));
  }
}
