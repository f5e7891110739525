import type { Percentile, ServiceWorkload } from '../../model/index.ts';
import type { Seconds } from '../../units/index.ts';
import type { CallGraph } from './call-graph.ts';
import { reachOf } from './call-graph.ts';
import { EntryResponse } from './entry-response.ts';
import { latencyPercentiles, timesByShare } from './latency-percentiles.ts';
import type { TimesByShare } from './latency-percentiles.ts';
import type { ReplicaReading } from './replica-model.ts';

/** Percentiles of the response time of `entry` to its callers from outside, calls included, when every service reads as `own` says. */
export function responsePercentiles(
  graph: CallGraph,
  entry: ServiceWorkload,
  own: (id: string) => ReplicaReading,
): Readonly<Partial<Record<Percentile, Seconds>>> {
  return latencyPercentiles(...responseOn(graph, entry, own));
}

/** The whole distribution of that time. */
export function responseTimes(
  graph: CallGraph,
  entry: ServiceWorkload,
  own: (id: string) => ReplicaReading,
): TimesByShare | undefined {
  return timesByShare(...responseOn(graph, entry, own));
}

function responseOn(
  graph: CallGraph,
  entry: ServiceWorkload,
  own: (id: string) => ReplicaReading,
): Parameters<typeof timesByShare> {
  const reach = [...reachOf(graph, entry.id)];
  const typical = reach.reduce((sum, id) => sum + own(id).meanTime, 0);
  const massesOn: Parameters<typeof timesByShare>[0] = (grid) => {
    const response = new EntryResponse(graph, entry, grid);
    for (const id of reach) response.set(id, own(id).masses(grid));
    return response.response();
  };
  return [massesOn, typical];
}
