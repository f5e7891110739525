import type { ServiceWorkload } from '../../model/index.ts';
import type { CallGraph } from './call-graph.ts';
import { EntryResponse } from './entry-response.ts';
import { SHARES } from './measured-replica.ts';
import type { ReplicaOption } from './replica-options.ts';
import { TimeGrid } from './time-grid.ts';
import type { Masses } from './time-grid.ts';

/** Points of the grid on which limits are checked; its end is the longest limit checked on it. */
const GRID_LENGTH = 512;
/** Limits further apart than this factor are checked on grids of their own, so that the shorter one has 64 points. */
const LIKE_SIZES = 8;
/** By how much a share may miss its percentile: rounding of the transforms. */
const TOLERANCE = 1e-9;

/** The size and rate at which the replicas of a service are run. */
export interface Choice {
  readonly option: ReplicaOption;
  readonly rate: number;
}

/** One choice for every service, keyed by service. */
export type Choices = ReadonlyMap<string, Choice>;

type Limits = ServiceWorkload['slo']['limits'];

/** Limits of one entry that are checked on one grid, and its response time on it. */
interface LimitedEntry {
  readonly limits: Limits;
  readonly times: EntryResponse;
}

/** The limits on response times of services that call one another: do they hold under choices? */
export class LimitCheck {
  readonly #entries: readonly LimitedEntry[];

  constructor(graph: CallGraph, services: readonly ServiceWorkload[]) {
    this.#entries = services.filter(hasLimits).flatMap((entry) =>
      limitsOfLikeSize(entry.slo.limits).map((limits) => ({
        limits,
        times: new EntryResponse(graph, entry, new TimeGrid(limits[0]!.limit, GRID_LENGTH)),
      })),
    );
  }

  /** Whether the time of a service counts in any limit. */
  concerns(id: string): boolean {
    return this.#entries.some(({ times }) => times.reach.has(id));
  }

  /** Remembers choices, all of them or some that changed. */
  set(choices: Iterable<readonly [string, Choice]>): void {
    for (const [id, choice] of choices) {
      const concerned = this.#entries.filter(({ times }) => times.reach.has(id));
      if (concerned.length === 0) continue;
      const reading = choice.option.readAt(choice.rate);
      for (const { times } of concerned) times.set(id, reading.masses(times.grid));
    }
  }

  /** Whether all limits hold under what is remembered. */
  holds(): boolean {
    return this.#entries.every((entry) =>
      sparesOf(entry, entry.times.response()).every((spare) => spare >= -TOLERANCE),
    );
  }

  /**
   * By how much the share of requests within a limit exceeds its percentile, the smallest over all limits that a service
   * matters for, with another choice for it; not negative means that all hold, Infinity that no limit concerns it. The choice may use up
   * `part` (0..1) of what the remembered choices leave.
   */
  spareWith(id: string, choice: Choice, part = 1): number {
    const spare = this.#spare(id, choice, part);
    return spare < 0 && spare >= -TOLERANCE ? 0 : spare;
  }

  #spare(id: string, { option, rate }: Choice, part: number): number {
    const concerned = this.#entries.filter(({ times }) => times.reach.has(id));
    if (concerned.length === 0) return Infinity;
    const reading = option.readAt(rate);
    let least = Infinity;
    for (const entry of concerned) {
      const { times } = entry;
      const response = times.response({ id, own: reading.masses(times.grid) });
      const reserved = part < 1 ? sparesOf(entry, times.response()) : [];
      for (const [i, spare] of sparesOf(entry, response).entries()) {
        least = Math.min(least, spare - (1 - part) * Math.max(0, reserved[i] ?? 0));
      }
    }
    return least;
  }
}

/** Whether callers from outside were promised something. */
export function hasLimits(service: ServiceWorkload): boolean {
  return service.requestClasses.length > 0 && service.slo.limits.length > 0;
}

/** By how much the share of requests within each limit exceeds its percentile. */
function sparesOf({ limits, times }: LimitedEntry, response: Masses): readonly number[] {
  return limits.map(({ percentile, limit }) => {
    const share = SHARES.find(([name]) => name === percentile)![1];
    return times.grid.shareBelow(response, limit) - share;
  });
}

/** Limits in groups that one grid can tell apart, the longest of each first. */
function limitsOfLikeSize(limits: Limits): readonly Limits[] {
  const groups: Limits[number][][] = [];
  for (const item of [...limits].sort((a, b) => b.limit - a.limit)) {
    const group = groups.at(-1);
    if (group !== undefined && item.limit * LIKE_SIZES >= group[0]!.limit) group.push(item);
    else groups.push([item]);
  }
  return groups;
}
