import type { ServiceWorkload } from '../../model/index.ts';
import { streamsOf } from './call-graph.ts';
import type { CallGraph } from './call-graph.ts';
import { hasLimits } from './choices.ts';

/** Mean number of requests at each service of `group` per request from outside, the largest over entries with limits; 0 where none reaches it. */
export function visitsOf(graph: CallGraph, group: readonly ServiceWorkload[]): ReadonlyMap<string, number> {
  const most = new Map(group.map((service) => [service.id, 0]));
  for (const entry of group.filter(hasLimits)) {
    const visits = new Map(group.map((service) => [service.id, 0]));
    const add = (id: string, count: number): void => void visits.set(id, visits.get(id)! + count);
    const streams = streamsOf(entry);
    const total = streams.reduce((sum, stream) => sum + stream.meanRate, 0);
    add(entry.id, 1);
    for (const { calls, meanRate } of streams) {
      const share = total > 0 ? meanRate / total : 1 / streams.length;
      for (const call of calls) add(call.service, share * call.perRequest);
    }
    for (const service of graph.order) {
      const count = visits.get(service.id);
      if (count === undefined || count === 0 || service === entry) continue;
      for (const call of service.calls) add(call.service, count * call.perRequest);
    }
    for (const [id, count] of visits) most.set(id, Math.max(most.get(id)!, count));
  }
  return most;
}
