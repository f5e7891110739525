import { RequestList } from './request-list.ts';
import type { Links } from './request-list.ts';

/** The requests that wait to be admitted. */
export interface WaitingQueue {
  /** The request to admit next, −1 when empty. */
  readonly head: number;
  readonly length: number;
  /** Puts in a new request. */
  add(id: number): void;
  /** Puts a preempted request back. */
  putBack(id: number): void;
  removeHead(): void;
}

/** First come, first served; a preempted request goes first. O(1). */
export class FifoQueue implements WaitingQueue {
  readonly #list: RequestList;

  constructor(links: Links) {
    this.#list = new RequestList(links);
  }

  get head(): number {
    return this.#list.head;
  }

  get length(): number {
    return this.#list.length;
  }

  add(id: number): void {
    this.#list.pushBack(id);
  }

  putBack(id: number): void {
    this.#list.pushFront(id);
  }

  removeHead(): void {
    this.#list.remove(this.#list.head);
  }
}

/** By a given order, new and preempted alike: a binary heap, O(log waiting). */
export class OrderedQueue implements WaitingQueue {
  readonly #heap: number[] = [];
  readonly #isBefore: (left: number, right: number) => boolean;

  constructor(isBefore: (left: number, right: number) => boolean) {
    this.#isBefore = isBefore;
  }

  get head(): number {
    return this.#heap[0] ?? -1;
  }

  get length(): number {
    return this.#heap.length;
  }

  add(id: number): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(id, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = id;
  }

  putBack(id: number): void {
    this.add(id);
  }

  removeHead(): void {
    const heap = this.#heap;
    const id = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && this.#isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!this.#isBefore(heap[child]!, id)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = id;
  }
}
