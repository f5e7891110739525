import type { BatchLimits, Rejection } from '../../model/index.ts';
import { formatDuration, formatNumber } from '../../units/index.ts';
import { candidateOf } from '../candidates/shape.ts';
import type { Shape } from '../candidates/shape.ts';
import type { Measured } from '../capacity/measure.ts';

/** What a rejection says of loads and of what replicas cost. */
export interface RaceUnits {
  readonly load: 'requests/s' | 'clients';
  /** Micro-dollars per hour at list price, accelerators, or watts. */
  readonly cost: 'money' | 'accelerators' | 'watts';
}

/** The rejection of a shape that meets the SLO at no load tried. */
export function withoutCapacity({ shape, batch, reading }: Measured): Rejection {
  const [metric, percentile] = reading.limit.split('.');
  const known = metric === 'ttft' || metric === 'tpot' || metric === 'e2e' ? metric : undefined;
  const value =
    known !== undefined &&
    (percentile === 'p50' || percentile === 'p90' || percentile === 'p95' || percentile === 'p99')
      ? reading.evidence.latency[known][percentile].value
      : undefined;
  const at = `at a load of ${formatNumber(reading.rate, 3)}`;
  return {
    candidate: candidateOf(shape, batch).id,
    workload: shape.workload,
    pool: shape.pool,
    reason: known === undefined ? 'unstable' : 'slo-not-met',
    detail:
      value === undefined
        ? `load grows faster than it is served ${at}`
        : `${reading.limit} is ${formatDuration(value)} ${at}`,
  };
}

/** The figures behind a lost race; costs are micro-dollars per hour and load. */
export interface LostRace {
  readonly unit: RaceUnits;
  /** Least cost that it was shown to have. */
  readonly cost: number;
  /** Load that it did not carry within the SLO; absent where it was not run. */
  readonly load?: number;
  /** Present when only these limits lost, not the shape. */
  readonly batch?: BatchLimits;
}

/** The rejection of a shape, or of one pair of its limits, that a run showed to cost more than another. */
export function asBeaten(shape: Shape, { unit, cost, load, batch }: LostRace): Rejection {
  const why =
    load === undefined
      ? 'the most promising shapes of its size are far dearer'
      : `it does not keep the SLO with room at ${formatNumber(load, 3)} ${unit.load}`;
  return {
    candidate: batch === undefined ? shape.id : candidateOf(shape, batch).id,
    workload: shape.workload,
    pool: shape.pool,
    reason: 'costlier',
    detail: `${costPhrase(cost, unit)} or more: ${why}`,
  };
}

/** The rejection of a shape or candidate that an analytic bound shows to cost more than what is held. */
export function asBounded(
  shape: Shape,
  facts: {
    readonly id: string;
    readonly unit: RaceUnits;
    /** The load that it cannot exceed. */
    readonly bound: number;
    /** Its least cost by that, and what it would have to cost less than. */
    readonly least: number;
    readonly ceiling: number;
  },
): Rejection {
  const { id, unit, bound, least, ceiling } = facts;
  return {
    candidate: id,
    workload: shape.workload,
    pool: shape.pool,
    reason: 'bound-exceeds-best',
    detail:
      `carries at most ${formatNumber(bound, 3)} ${unit.load}, so at least ${costPhrase(least, unit)}; ` +
      `${costPhrase(ceiling, unit)} is known to do`,
  };
}

/** The rejection of a candidate that the time did not suffice for. */
export function asNotMeasured(shape: Shape, batch?: BatchLimits): Rejection {
  return {
    candidate: batch === undefined ? shape.id : candidateOf(shape, batch).id,
    workload: shape.workload,
    pool: shape.pool,
    reason: 'not-measured',
    detail: 'the time limit had passed',
  };
}

/** A cost per load in words. */
function costPhrase(cost: number, { load, cost: kind }: RaceUnits): string {
  switch (kind) {
    case 'money':
      return load === 'requests/s'
        ? `${formatNumber((cost / 1e6 / 3600) * 1000, 3)} USD per 1,000 requests at list price`
        : `${formatNumber(cost / 1e6, 3)} USD/hour per client at list price`;
    case 'accelerators':
      return `${formatNumber(cost, 3)} accelerators per ${load === 'clients' ? 'client' : 'request/s'}`;
    case 'watts':
      return `${formatNumber(cost, 3)} W per ${load === 'clients' ? 'client' : 'request/s'}`;
  }
}
