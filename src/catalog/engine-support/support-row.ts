import type { EngineFacts } from './engine-facts.ts';
import type { VersionRange } from './engine-version.ts';

/** One thing that an engine cannot do, in some of its versions. */
export interface SupportRow {
  readonly versions: VersionRange;
  /** Whether the facts ask for it. */
  readonly isAsked: (facts: EngineFacts) => boolean;
  /** One sentence without the engine's name: `has no …`. */
  readonly why: string;
  /** Documentation, source or thread, with the month it was read or written. */
  readonly source: string;
}

/** Two pools that an engine cannot join, prefill first. */
export interface PairRow {
  readonly isAsked: (prefill: EngineFacts, decode: EngineFacts) => boolean;
  readonly why: string;
  readonly source: string;
}

/** What one engine cannot do; everything else that the model knows, it can. */
export interface EngineSupport {
  readonly engine: string;
  /** Releases that the rows were checked against. */
  readonly versions: VersionRange;
  /** The first row that is asked for is the reason given. */
  readonly rows: readonly SupportRow[];
  readonly pairs: readonly PairRow[];
}
