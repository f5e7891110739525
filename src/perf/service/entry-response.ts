import type { ServiceCall, ServiceWorkload } from '../../model/index.ts';
import { reachOf, streamsOf } from './call-graph.ts';
import type { CallGraph } from './call-graph.ts';
import { mixture } from './time-grid.ts';
import type { Masses, TimeGrid } from './time-grid.ts';

/**
 * The response time of one service to its callers from outside, calls included, on one grid. Times of different
 * services are taken as independent; calls of one group run side by side, groups follow one another, and the classes
 * of requests are mixed by their mean rates. Remembers the times set, so that a change of one service computes only what is above it.
 */
export class EntryResponse {
  readonly grid: TimeGrid;
  readonly entry: ServiceWorkload;
  /** Services whose time counts. */
  readonly reach: ReadonlySet<string>;
  readonly #graph: CallGraph;
  readonly #own = new Map<string, Masses>();
  readonly #whole = new Map<string, Masses>();
  readonly #reaches = new Map<string, ReadonlySet<string>>();

  constructor(graph: CallGraph, entry: ServiceWorkload, grid: TimeGrid) {
    this.grid = grid;
    this.entry = entry;
    this.#graph = graph;
    this.reach = reachOf(graph, entry.id);
    for (const id of this.reach) this.#reaches.set(id, reachOf(graph, id));
  }

  /** Sets the time that a service takes itself; for every one reached, before `response`. */
  set(id: string, own: Masses): void {
    this.#own.set(id, own);
    for (const [caller, reach] of this.#reaches) if (reach.has(id)) this.#whole.delete(caller);
  }

  /** The distribution of response times, with another time of one service if given. */
  response(instead?: { readonly id: string; readonly own: Masses }): Masses {
    const fresh = new Map<string, Masses>();
    const own = (id: string): Masses => (instead?.id === id ? instead.own : this.#own.get(id)!);
    const whole = (id: string): Masses => {
      const isAffected = instead !== undefined && this.#reaches.get(id)!.has(instead.id);
      const memo = isAffected ? fresh : this.#whole;
      const known = memo.get(id);
      if (known !== undefined) return known;
      const result = this.#after(own(id), this.#graph.byId.get(id)!.calls, whole);
      memo.set(id, result);
      return result;
    };
    const streams = streamsOf(this.entry);
    const hasTraffic = streams.some((stream) => stream.meanRate > 0);
    const parts = streams.map(({ calls, meanRate }) => ({
      masses:
        calls === this.entry.calls ? whole(this.entry.id) : this.#after(own(this.entry.id), calls, whole),
      weight: hasTraffic ? meanRate : 1,
    }));
    return parts.length === 1 ? parts[0]!.masses : mixture(parts, this.grid.length);
  }

  #after(own: Masses, calls: readonly ServiceCall[], whole: (id: string) => Masses): Masses {
    let result = own;
    for (const group of groupsOf(calls)) {
      const parts = group.map((call) => ({ masses: whole(call.service), count: call.perRequest }));
      const only = parts.length === 1 && parts[0]!.count === 1;
      result = this.grid.sum(result, only ? parts[0]!.masses : this.grid.longest(parts));
    }
    return result;
  }
}

/** Calls that run side by side, groups in the order in which they run. */
export function groupsOf(calls: readonly ServiceCall[]): readonly (readonly ServiceCall[])[] {
  const groups = new Map<number, ServiceCall[]>();
  for (const call of calls) {
    const group = groups.get(call.group);
    if (group === undefined) groups.set(call.group, [call]);
    else group.push(call);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}
