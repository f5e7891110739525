/** What one row tells: from tick `start` for `length` ticks `nodes` nodes could be had. */
export interface ObservedSpan {
  /** ≥ 0. */
  readonly start: number;
  /** ≥ 1. */
  readonly length: number;
  /** ≥ 0. */
  readonly nodes: number;
  /** Line of the file, counted from 1. */
  readonly line: number;
}

/** All that a file tells of one offering, in the order of the file; spans may still overlap or leave gaps. */
export interface ObservedOffering {
  readonly id: string;
  readonly campaign: string;
  readonly zone: string;
  readonly instanceType: string;
  readonly kind: 'probe' | 'held';
  /** Seconds, > 0. */
  readonly tickSeconds: number;
  readonly mostNodes: number;
  /** ISO date on which observation began, where the file tells it. */
  readonly date?: string;
  readonly spans: ObservedSpan[];
}
