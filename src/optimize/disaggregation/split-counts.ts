/** Work done by a search. */
export interface SplitCounts {
  /** Role options, and pairs of options with numbers of replicas. */
  readonly options: number;
  readonly splits: number;
  /** Splits that were looked at by their bounds and estimates only. */
  readonly splitsLeft: number;
  readonly simulated: number;
  readonly simulations: number;
  readonly requests: number;
}
