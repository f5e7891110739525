import type { StepBatch } from '../scheduler.ts';

/** A step under construction. */
export class MutableBatch implements StepBatch {
  prefillTokens = 0;
  prefillAttended = 0;
  decodeSequences = 0;
  decodeKvTokens = 0;
  sequences = 0;

  clear(): void {
    this.prefillTokens = 0;
    this.prefillAttended = 0;
    this.decodeSequences = 0;
    this.decodeKvTokens = 0;
    this.sequences = 0;
  }

  /** Adds sequences that generate a token each and together read `kvTokens` KV tokens. */
  addDecodes(sequences: number, kvTokens: number): void {
    this.decodeSequences += sequences;
    this.decodeKvTokens += kvTokens;
    this.sequences += sequences;
  }

  /** Adds `tokens` prompt tokens of a sequence that has `before` tokens in KV. */
  addChunk(before: number, tokens: number): void {
    this.prefillTokens += tokens;
    this.prefillAttended += tokens * (before + tokens / 2);
    this.sequences++;
  }
}
