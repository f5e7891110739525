import { scaledWork } from './engine-overheads.ts';
import type { EngineOverheads } from './engine-overheads.ts';
import type { SpeculativePace } from './speculative-pace.ts';
import { TokenTable } from './token-table.ts';

/** What the time of shared work depends on beside the batch. */
export interface SharedWorkParts {
  /** Seconds of all shared operators of one stage for a step by tokens per rank in the mean; fractions allowed. */
  readonly work: (tokens: number) => number;
  /** Ranks whose tokens are worked on together. */
  readonly ranks: number;
  readonly contextParallel: number;
  readonly overheads: EngineOverheads;
  readonly pace: SpeculativePace;
}

/**
 * The part of a step that all data-parallel ranks compute together, tabulated by the tokens of all ranks: a lone token
 * on one of them is one, not one on each.
 */
export class SharedWork {
  readonly #parts: SharedWorkParts;
  readonly #table: TokenTable;
  readonly #work = (tokens: number): number => this.#table.at(tokens * this.#parts.ranks);

  constructor(parts: SharedWorkParts) {
    this.#parts = parts;
    this.#table = new TokenTable((all) => parts.work(all / parts.ranks));
  }

  /** Seconds by prompt tokens and sequences of a rank in the mean; grows in both. None for none. */
  time(prefill: number, sequences: number): number {
    const { pace, overheads } = this.#parts;
    if (prefill + sequences === 0) return 0;
    if (sequences === 0 || pace.pace === 1) return this.#step(prefill, sequences);
    const verify = this.#step(0, sequences);
    const whole = prefill > 0 ? this.#step(prefill, sequences) : verify;
    return pace.perToken(whole, verify, overheads.decodeScale * this.#work(sequences));
  }

  #step(prefill: number, sequences: number): number {
    const { contextParallel, overheads, pace } = this.#parts;
    const prompt = prefill / contextParallel;
    return scaledWork(overheads, this.#work, prompt + sequences * pace.verified, prompt);
  }
}
