import type { BenchSubject } from '../capacity/measure.ts';
import type { MeasuringCrew } from '../capacity/crew.ts';
import type { Shape } from '../candidates/shape.ts';
import type { SearchLoad } from '../search/request.ts';

/**
 * What a disaggregated plan makes best:
 * - `least`: the least weight that carries the load;
 * - `densest`: the most capacity per weight, enough for the load;
 * - `most`: the largest capacity that the accelerators give;
 * - `fastest`: the least p99 end-to-end latency at the load.
 */
export type SplitAim = 'least' | 'densest' | 'most' | 'fastest';

/** How thoroughly roles and splits are measured: requests per run and the tolerance of searches. */
export interface SplitEffort {
  readonly screen: { readonly count: number; readonly tolerance: number };
  readonly middle: { readonly count: number; readonly tolerance: number };
}

/** As for single replicas. */
export const SPLIT_EFFORT: SplitEffort = {
  screen: { count: 1500, tolerance: 0.08 },
  middle: { count: 4000, tolerance: 0.04 },
};

/** One search for disaggregated plans. */
export interface DisaggregationContext {
  readonly subject: BenchSubject;
  /** Measures for `subject`. */
  readonly crew: MeasuringCrew;
  /** Shapes of one replica that run at all (`checkConfiguration`), of every pool. */
  readonly shapes: readonly Shape[];
  /** Whether roles that their engine cannot run are looked at too; default false. */
  readonly includesUnexecutable?: boolean;
  /** Accelerators by pool id; pools that are absent have none, Infinity means no limit. */
  readonly accelerators: Readonly<Record<string, number>>;
  readonly load: SearchLoad;
  readonly aim: SplitAim;
  /** What one replica costs in the objective, > 0: money per hour, accelerators, watts. */
  weigh(shape: Shape): number;
  /** Weight of the best plan known (of `densest`: weight per unit of load); absent: none. Far heavier plans are not verified. */
  readonly toBeat?: number;
  /** Plans found at most; default 2. */
  readonly top?: number;
  readonly effort?: SplitEffort;
  /** Whether the time is up: what is not looked at by then is counted. Default: never. */
  isPast?(): boolean;
  onProgress?(done: number, total: number): void;
}

/** Tasks handed over at once, whatever the size of the crew, so that answers do not depend on it. */
export const WAVE = 8;

/** Items in groups of `WAVE`, in order. */
export function wavesOf<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / WAVE) }, (_, wave) =>
    items.slice(wave * WAVE, (wave + 1) * WAVE),
  );
}

/** Requests per second or clients that must be carried; 0 where the cluster is to carry what it can. */
export function demandOf(load: SearchLoad): number {
  switch (load.kind) {
    case 'rate':
      return load.rate;
    case 'concurrency':
      return load.clients;
    case 'most':
      return 0;
  }
}
