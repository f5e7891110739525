import type { Offering, TimeWindow } from '../../model/index.ts';
import type { ProgramBuilder, Term } from '../solvers/index.ts';
import type {
  PlacementOption,
  PlacementProblem,
  PlacementWorkload,
  Protection,
} from './placement-problem.ts';

/** Replicas of one option on one offering in one window. */
export interface ReplicaVariable {
  readonly column: number;
  readonly workload: PlacementWorkload;
  readonly option: PlacementOption;
  readonly offering: Offering;
  readonly window: TimeWindow;
  /** Most replicas any sensible plan has here. */
  readonly upper: number;
}

/** Nodes of one offering in one window. */
export interface NodeVariable {
  readonly column: number;
  readonly offering: Offering;
  readonly window: TimeWindow;
  /** Most nodes any sensible plan has here. */
  readonly upper: number;
}

/** What a program is built from: some windows of a problem, and the losses each workload must survive. */
export interface ProgramScope {
  readonly problem: PlacementProblem;
  readonly windows: readonly TimeWindow[];
  readonly protection: ReadonlyMap<string, Protection>;
  /** Whether rows that tie windows together (budgets, capacity paid for in every hour) are included. */
  readonly isJoint: boolean;
  /**
   * Whether nodes may be bought in parts, by accelerators alone (processors where there are none) and without spread:
   * a lower bound that adds up over workloads. Default false.
   */
  readonly isRelaxed?: boolean;
}

/** A program under construction: what the row builders share. */
export interface Draft extends ProgramScope {
  readonly builder: ProgramBuilder;
  readonly replicas: ReplicaVariable[];
  readonly nodes: NodeVariable[];
}

/** Rate the workload must be served in the window. */
export function demandOf(workload: PlacementWorkload, window: TimeWindow): number {
  return window.peakRate[workload.id] ?? 0;
}

/** The replica variables of a workload in a window. */
export function replicasOf(draft: Draft, workload: PlacementWorkload, window: TimeWindow): ReplicaVariable[] {
  return draft.replicas.filter((v) => v.workload.id === workload.id && v.window.id === window.id);
}

/** Terms of the rate that the given replicas serve. */
export function rateTerms(replicas: readonly ReplicaVariable[]): Term[] {
  return replicas.map((v) => [v.column, v.option.rate]);
}
