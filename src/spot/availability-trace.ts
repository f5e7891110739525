import type { Provenance } from '../model/index.ts';

/**
 * How many nodes of one offering could be had over time, as observed. Time runs in ticks of `tickSeconds` from 0; run i says that
 * from tick `runStart[i]` until the next run begins (the last one until `ticks`) `runNodes[i]` nodes could be held at once.
 */
export interface AvailabilityTrace {
  /** Unique within its set, for example `aws-02-15-2023/us-east-1a_v100_1`. */
  readonly id: string;
  /** Campaign of observation: tick 0 of all traces that name the same one is the same moment. Absent: alone on its clock. */
  readonly campaign?: string;
  /** Place of the offering; traces of one zone and family share a correlation group. */
  readonly zone: string;
  /** Instance type, or accelerator with its count where the trace tells no more. */
  readonly instanceType: string;
  /** `probe`: launches were tried; `held`: an instance was held until it was taken away. */
  readonly kind: 'probe' | 'held';
  /** Length of a tick in seconds, > 0. */
  readonly tickSeconds: number;
  /** Number of ticks observed, ≥ 1. */
  readonly ticks: number;
  /** First tick of each run, ascending, the first is 0. */
  readonly runStart: Int32Array;
  /** Nodes of each run, ≥ 0; same length as `runStart`. */
  readonly runNodes: Int32Array;
  /** Largest number the observation could have shown: a probe for one node cannot tell of two. */
  readonly mostNodes: number;
  readonly provenance: Provenance;
}

/** The nodes that could be held at `seconds` since the start of the trace; 0 before it begins and after it ends. */
export function nodesAvailableAt(trace: AvailabilityTrace, seconds: number): number {
  const tick = Math.floor(seconds / trace.tickSeconds);
  if (tick < 0 || tick >= trace.ticks) return 0;
  let low = 0;
  let high = trace.runStart.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((trace.runStart[middle] ?? 0) <= tick) low = middle;
    else high = middle - 1;
  }
  return trace.runNodes[low] ?? 0;
}
