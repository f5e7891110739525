import { formatNumber, formatPercent } from '../../../units/index.ts';
import type { Assumption, MeasuredFigure, MovedAssumption, Tolerance, WorkloadDrift } from './findings.ts';
import type { PlannedWorkload } from './planned-workload.ts';

/** Requests beyond a percentile that it needs to mean something; *assumed*, as in simulations. */
export const ENOUGH_BEYOND = 10;

/** What is found of one part of a workload. */
export type LoadDrift = Pick<WorkloadDrift, 'figures' | 'moved'>;

/** Nothing was measured. */
export const NOTHING: LoadDrift = { figures: [], moved: [] };

interface ExactFacts {
  readonly name: string;
  readonly unit: MeasuredFigure['unit'];
  readonly planned: number;
  readonly measured: number;
  readonly metric: string;
  readonly tolerance: Tolerance;
}

/** A figure that is known as exactly as it was counted. */
export function exactFigure({ workload }: PlannedWorkload, facts: ExactFacts): MeasuredFigure {
  const { name, unit, planned, measured, metric } = facts;
  const most = 1 + facts.tolerance.relative;
  const isBeyond = measured > planned * most || measured < planned / most;
  return {
    workload,
    name,
    unit,
    planned: bounded(planned),
    measured: bounded(measured),
    verdict: isBeyond ? 'beyond' : 'within',
    metric,
  };
}

/** The assumption that a figure beyond its tolerance contradicts. */
export function movedBy(
  { workload }: PlannedWorkload,
  assumption: Assumption,
  figure: MeasuredFigure,
  title: string,
): MovedAssumption {
  const planned = figure.planned?.value ?? 0;
  const measured = figure.measured.value;
  const change = planned === 0 ? Infinity : measured / planned - 1;
  const direction = change >= 0 ? 'up' : 'down';
  const unit = figure.unit === 'pods' ? '' : ` ${figure.unit}`;
  const by = Number.isFinite(change) ? ` ${formatPercent(Math.abs(change), 2)}` : '';
  return {
    assumption,
    workload,
    planned,
    measured,
    unit: figure.unit,
    change,
    statement: `${title} ${direction}${by}: ${formatNumber(measured, 3)}${unit}, planned ${formatNumber(planned, 3)}${unit}.`,
  };
}

/** A figure that is known exactly. */
export function bounded(value: number): {
  readonly value: number;
  readonly low: number;
  readonly high: number;
} {
  return { value, low: value, high: value };
}
