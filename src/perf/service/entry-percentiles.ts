import type { Percentile, ServiceWorkload } from '../../model/index.ts';
import type { Seconds } from '../../units/index.ts';
import type { CallGraph } from './call-graph.ts';
import { reachOf } from './call-graph.ts';
import { EntryResponse } from './entry-response.ts';
import { latencyPercentiles } from './latency-percentiles.ts';
import type { ReplicaReading } from './replica-model.ts';

/** Percentiles of the response time of `entry` to its callers from outside, calls included, when every service reads as `own` says. */
export function responsePercentiles(
  graph: CallGraph,
  entry: ServiceWorkload,
  own: (id: string) => ReplicaReading,
): Readonly<Partial<Record<Percentile, Seconds>>> {
  const reach = [...reachOf(graph, entry.id)];
  const typical = reach.reduce((sum, id) => sum + own(id).meanTime, 0);
  return latencyPercentiles((grid) => {
    const response = new EntryResponse(graph, entry, grid);
    for (const id of reach) response.set(id, own(id).masses(grid));
    return response.response();
  }, typical);
}
