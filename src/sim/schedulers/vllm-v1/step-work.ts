import { IdList } from '../scheduler.ts';

/** What a walk over the running requests has given each so far; entries can be taken back. */
export class StepWork {
  readonly #ids = new IdList();
  readonly #tokens = new IdList();
  readonly #inStep: Uint8Array;

  /** @param inStep by request id: 1 while it is in the list; cleared by `clear` */
  constructor(inStep: Uint8Array) {
    this.#inStep = inStep;
  }

  get length(): number {
    return this.#ids.length;
  }

  id(index: number): number {
    return this.#ids.at(index);
  }

  /** Tokens given, 0 for an entry that was taken back. */
  tokens(index: number): number {
    return this.#tokens.at(index);
  }

  clear(): void {
    for (let i = 0; i < this.#ids.length; i++) this.#inStep[this.#ids.at(i)] = 0;
    this.#ids.length = 0;
    this.#tokens.length = 0;
  }

  add(id: number, tokens: number): void {
    this.#ids.push(id);
    this.#tokens.push(tokens);
    this.#inStep[id] = 1;
  }

  has(id: number): boolean {
    return this.#inStep[id] === 1;
  }

  /** Takes back what a request was given; gives its tokens, 0 if it had none. */
  drop(id: number): number {
    if (this.#inStep[id] === 0) return 0;
    let index = this.#ids.length - 1;
    while (this.#ids.at(index) !== id || this.#tokens.at(index) === 0) index--;
    const tokens = this.#tokens.at(index);
    this.#tokens.set(index, 0);
    this.#inStep[id] = 0;
    return tokens;
  }

  /** Entries whose request is in a phase. */
  countIn(phases: Uint8Array, phase: number): number {
    let count = 0;
    for (let i = 0; i < this.#ids.length; i++) {
      if (this.#tokens.at(i) > 0 && phases[this.#ids.at(i)] === phase) count++;
    }
    return count;
  }
}
