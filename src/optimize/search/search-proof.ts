import { worldSize } from '../../model/index.ts';
import type { Objective } from '../../model/index.ts';
import { HOURS_PER_MONTH } from '../../units/index.ts';
import type { RacedShape } from '../race/contenders.ts';
import type { SearchRequest } from './request.ts';
import type { RequestTokens } from './serving-plans.ts';

/**
 * The best value of an objective that any aggregated plan could have, as `objectiveValue`, by the analytic bounds of all shapes
 * that could serve at all; undefined for latency and energy, for closed loops, and where nothing serves.
 */
export function objectiveBound(
  shapes: readonly RacedShape[],
  request: SearchRequest,
  tokens: RequestTokens,
): number | undefined {
  const values = shapes.map((shape) => shapeBound(shape, request, tokens));
  const least = Math.min(...values.map((value) => value ?? -Infinity));
  return values.length > 0 && Number.isFinite(least) ? least : undefined;
}

function shapeBound(
  item: RacedShape,
  { objective, load }: SearchRequest,
  tokens: RequestTokens,
): number | undefined {
  const rate = item.widestBound;
  if (!Number.isFinite(rate) || load.kind === 'concurrency') return undefined;
  const size = worldSize(item.shape.configuration.parallelism);
  const replicas = load.kind === 'rate' ? Math.ceil(load.rate / rate) : 1;
  const perHour: Readonly<Record<Objective, number | undefined>> = {
    cost: item.price * replicas * HOURS_PER_MONTH,
    accelerators: size * replicas,
    'cost-per-token': (item.price / (rate * (tokens.input + tokens.output) * 3600)) * 1e6,
    'throughput-per-accelerator': -(rate * tokens.output) / size,
    latency: undefined,
    energy: undefined,
  };
  return perHour[objective];
}
