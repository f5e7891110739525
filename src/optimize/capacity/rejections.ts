import type { Rejection } from '../../model/index.ts';
import { formatDuration, formatNumber, formatPercent } from '../../units/index.ts';
import { candidateOf } from '../candidates/shape.ts';
import type { Measured } from './measure.ts';

/** The rejection of a shape that meets the SLO at no rate tried. */
export function withoutCapacity({ shape, batch, reading }: Measured): Rejection {
  const [metric, percentile] = reading.limit.split('.');
  const known = metric === 'ttft' || metric === 'tpot' || metric === 'e2e' ? metric : undefined;
  const value =
    known !== undefined &&
    (percentile === 'p50' || percentile === 'p90' || percentile === 'p95' || percentile === 'p99')
      ? reading.evidence.latency[known][percentile].value
      : undefined;
  const at = `at ${formatNumber(reading.rate, 3)} requests/s`;
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

/**
 * The rejection of a shape that was not measured further.
 * @param cost micro-dollars per hour over requests per second at the rate that the shape does not reach
 */
export function asOutpaced({ shape, batch, reading }: Measured, cost: number): Rejection {
  return {
    candidate: candidateOf(shape, batch).id,
    workload: shape.workload,
    pool: shape.pool,
    reason: 'costlier',
    detail:
      `more than ${formatNumber((cost / 1e6 / 3600) * 1000, 3)} USD per 1,000 requests at list price: ` +
      `it does not meet the SLO at ${formatNumber(reading.rate, 3)} requests/s, in short runs`,
  };
}

/** The rejection of a shape that others beat in cost per request. */
export function asCostlier(
  m: Measured,
  own: number,
  cheapest: Measured | undefined,
  cost: (m: Measured) => number,
): Rejection {
  const best = cheapest === undefined ? own : cost(cheapest);
  // micro-dollars per hour over requests per second, to dollars per thousand requests
  const perThousand = (own / 1e6 / 3600) * 1000;
  return {
    candidate: candidateOf(m.shape, m.batch).id,
    workload: m.shape.workload,
    pool: m.shape.pool,
    reason: 'costlier',
    detail:
      `${formatNumber(perThousand, 3)} USD per 1,000 requests at list price, ` +
      `${formatPercent(own / best - 1)} above the cheapest configuration, in short runs`,
  };
}
