/** How a number came to be known, from strongest to weakest. */
export type Evidence = 'measured' | 'fitted' | 'published' | 'assumed';

/** Where a fact comes from. Every record of the catalogue and every prediction carries one. */
export interface Provenance {
  readonly evidence: Evidence;
  /** Document, data set or feed; for `assumed`, the reasoning. */
  readonly source: string;
  /** ISO date (YYYY-MM-DD) at which the source said so; absent for reasoning. */
  readonly date?: string;
}
