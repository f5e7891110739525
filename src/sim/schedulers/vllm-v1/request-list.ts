/** Links by request id, shared by all lists of a run: a request is in one list at a time. */
export interface Links {
  readonly next: Int32Array;
  readonly previous: Int32Array;
}

/** A doubly linked list of request ids; every operation costs O(1). Ends are −1 when it is empty. */
export class RequestList {
  head = -1;
  tail = -1;
  length = 0;
  readonly #links: Links;

  constructor(links: Links) {
    this.#links = links;
  }

  /** The id after `id`, −1 at the end. */
  after(id: number): number {
    return this.#links.next[id]!;
  }

  pushBack(id: number): void {
    this.#links.next[id] = -1;
    this.#links.previous[id] = this.tail;
    if (this.tail < 0) this.head = id;
    else this.#links.next[this.tail] = id;
    this.tail = id;
    this.length++;
  }

  pushFront(id: number): void {
    this.#links.previous[id] = -1;
    this.#links.next[id] = this.head;
    if (this.head < 0) this.tail = id;
    else this.#links.previous[this.head] = id;
    this.head = id;
    this.length++;
  }

  remove(id: number): void {
    const next = this.#links.next[id]!;
    const previous = this.#links.previous[id]!;
    if (previous < 0) this.head = next;
    else this.#links.next[previous] = next;
    if (next < 0) this.tail = previous;
    else this.#links.previous[next] = previous;
    this.length--;
  }
}
