import type { FleetOffering } from './fleet-offering.ts';

/** Changes of what can be held, in order of time; parallel columns. */
export interface AvailabilityChanges {
  /** Seconds, ascending. */
  readonly time: Float64Array;
  /** Index of the offering. */
  readonly offering: Int32Array;
  /** Replicas that can be held from then on. */
  readonly replicas: Int32Array;
}

/**
 * The changes of all traces from `offset` seconds into them until `horizon` seconds later; the state at the beginning counts
 * as a change at time 0. A trace that ends earlier has no capacity from there on.
 */
export function availabilityChanges(
  offerings: readonly FleetOffering[],
  offset: number,
  horizon: number,
): AvailabilityChanges {
  const rows: { time: number; offering: number; replicas: number }[] = [];
  for (const [offering, { trace, nodesPerReplica }] of offerings.entries()) {
    if (trace === undefined) continue;
    const { runStart, runNodes, ticks, tickSeconds } = trace;
    let before = -1;
    const add = (time: number, nodes: number): void => {
      const replicas = Math.floor(nodes / nodesPerReplica + 1e-9);
      if (replicas === before || time >= horizon) return;
      rows.push({ time, offering, replicas });
      before = replicas;
    };
    for (let run = 0; run < runStart.length; run++) {
      const end = (runStart[run + 1] ?? ticks) * tickSeconds - offset;
      if (end > 0) add(Math.max(0, runStart[run]! * tickSeconds - offset), runNodes[run]!);
    }
    add(Math.max(0, ticks * tickSeconds - offset), 0);
  }
  rows.sort((a, b) => a.time - b.time || a.offering - b.offering);
  return {
    time: Float64Array.from(rows, (row) => row.time),
    offering: Int32Array.from(rows, (row) => row.offering),
    replicas: Int32Array.from(rows, (row) => row.replicas),
  };
}
