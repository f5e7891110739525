import type { ServiceWorkload } from '../../model/index.ts';
import type { CallGraph } from './call-graph.ts';
import { EntryResponse } from './entry-response.ts';
import { SHARES } from './measured-replica.ts';
import type { ReplicaOption } from './replica-options.ts';
import { TimeGrid } from './time-grid.ts';
import type { Masses } from './time-grid.ts';

/** Points of the grid on which limits are checked; its end is the longest limit of the entry. */
const GRID_LENGTH = 512;
/** By how much a share may miss its percentile: rounding of the transforms. */
const TOLERANCE = 1e-9;

/** The size and rate at which the replicas of a service are run. */
export interface Choice {
  readonly option: ReplicaOption;
  readonly rate: number;
}

/** One choice for every service, keyed by service. */
export type Choices = ReadonlyMap<string, Choice>;

/** The limits on response times of services that call one another: do they hold under choices? */
export class LimitCheck {
  readonly #entries: readonly EntryResponse[];

  constructor(graph: CallGraph, services: readonly ServiceWorkload[]) {
    this.#entries = services
      .filter((service) => hasLimits(service))
      .map((entry) => {
        const longest = Math.max(...entry.slo.limits.map((item) => item.limit));
        return new EntryResponse(graph, entry, new TimeGrid(longest, GRID_LENGTH));
      });
  }

  /** Whether the time of a service counts in any limit. */
  concerns(id: string): boolean {
    return this.#entries.some((entry) => entry.reach.has(id));
  }

  /** Remembers choices, all of them or some that changed. */
  set(choices: Iterable<readonly [string, Choice]>): void {
    for (const [id, choice] of choices) {
      const concerned = this.#entries.filter((entry) => entry.reach.has(id));
      if (concerned.length === 0) continue;
      const reading = choice.option.readAt(choice.rate);
      for (const entry of concerned) entry.set(id, reading.masses(entry.grid));
    }
  }

  /** Whether all limits hold under what is remembered. */
  holds(): boolean {
    return this.#entries.every((entry) =>
      sparesOf(entry, entry.response()).every((spare) => spare >= -TOLERANCE),
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
    const concerned = this.#entries.filter((entry) => entry.reach.has(id));
    if (concerned.length === 0) return Infinity;
    const reading = option.readAt(rate);
    let least = Infinity;
    for (const entry of concerned) {
      const response = entry.response({ id, own: reading.masses(entry.grid) });
      const reserved = part < 1 ? sparesOf(entry, entry.response()) : [];
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
function sparesOf({ entry, grid }: EntryResponse, response: Masses): readonly number[] {
  return entry.slo.limits.map(({ percentile, limit }) => {
    const share = SHARES.find(([name]) => name === percentile)![1];
    return grid.shareBelow(response, limit) - share;
  });
}
