import type { LatencyLimit } from '../../model/index.ts';
import type { SpotFleetReport } from '../../sim/index.ts';

/**
 * Version of the JSON of a replay against availability traces. Promise: a minor version only adds fields; a removed or re-defined
 * field raises the major version.
 */
export const SPOT_SIMULATION_FORMAT_VERSION = '1.1';

/** Which trace stood for which spot offering of the plan. */
export interface ReplayedTrace {
  readonly offering: string;
  readonly trace: string;
  /** Share of the simulated time in which at least one node could be had, 0..1. */
  readonly availableShare: number;
  /** Most nodes that the trace could show, and that the plan holds at once. */
  readonly mostNodes: number;
  readonly plannedNodes: number;
}

/** What `plimsoll simulate --spot-trace` says about one workload. Money in micro-dollars, times in seconds. */
export interface SpotSimulationReport {
  readonly formatVersion: string;
  readonly subject: string;
  /** Where requests and traces are from, in words. */
  readonly traffic: string;
  readonly traces: readonly ReplayedTrace[];
  readonly limits: readonly LatencyLimit[];
  /** Share of requests that the strictest limit asks for. */
  readonly wantedAttainment: number;
  readonly meetsSlo: boolean;
  readonly seed: number;
  readonly fleet: SpotFleetReport;
  /** The same replicas all on demand, at list price. */
  readonly onDemand: { readonly cost: number; readonly attainment: number; readonly ttftP99: number };
  /** Cost over that of all on demand. */
  readonly costShare: number;
  /** What was chosen or assumed, in sentences. */
  readonly assumptions: readonly string[];
}
