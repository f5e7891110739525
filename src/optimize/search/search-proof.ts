import { worldSize } from '../../model/index.ts';
import type { BatchLimits, Objective } from '../../model/index.ts';
import { HOURS_PER_MONTH } from '../../units/index.ts';
import { BoundedLoads } from '../bounds/bounded-loads.ts';
import { capacityBound } from '../bounds/capacity-bound.ts';
import { stepCosts } from '../bounds/step-costs.ts';
import { listCostPerHour } from '../candidates/list-price.ts';
import type { Shape } from '../candidates/shape.ts';
import type { MeasuringBench } from '../capacity/measure.ts';
import { ROLE_LIMITS } from '../disaggregation/role-options.ts';
import type { Field } from '../race/field.ts';
import type { SearchRequest } from './request.ts';
import type { RequestTokens } from './serving-plans.ts';

/** What replicas weigh in an objective: of a plan, and per request per second. */
interface LeastWeights {
  /** Least weight of replicas that carry the demand; of one replica where there is no demand. */
  readonly whole: number;
  readonly perRate: number;
}

/**
 * The best value of an objective that any plan could have, as `objectiveValue`, by the analytic bounds of all shapes that could
 * serve at all: aggregated ones, and the sum of the least that prefill and decode roles take. Undefined for latency and
 * energy, for closed loops, and where nothing serves.
 */
export function objectiveBound(
  field: Field,
  request: SearchRequest,
  { bench, tokens }: { readonly bench: MeasuringBench; readonly tokens: RequestTokens },
): number | undefined {
  const weigh = weightIn(request);
  if (weigh === undefined || request.load.kind === 'concurrency') return undefined;
  const weights: LeastWeights[] = [];
  if (request.modes.includes('aggregated')) {
    weights.push(...field.shapes.map((item) => leastWeights(weigh(item.shape), item.widestBound, request)));
  }
  if (request.modes.includes('disaggregated')) {
    const loads = new BoundedLoads(bench.sample(bench.subject.longest));
    const role = (name: 'prefill' | 'decode'): LeastWeights => {
      const all = field.runnable.map((shape) =>
        leastWeights(weigh(shape), roleBound(name, shape, { bench, loads }), request),
      );
      return {
        whole: Math.min(...all.map((item) => item.whole)),
        perRate: Math.min(...all.map((item) => item.perRate)),
      };
    };
    const [prefill, decode] = [role('prefill'), role('decode')];
    weights.push({ whole: prefill.whole + decode.whole, perRate: prefill.perRate + decode.perRate });
  }
  const whole = Math.min(...weights.map((item) => item.whole));
  const perRate = Math.min(...weights.map((item) => item.perRate));
  return Number.isFinite(whole) && perRate > 0
    ? valueOf(request.objective, { whole, perRate }, tokens)
    : undefined;
}

/** Money per hour or accelerators of a replica, as the objective counts; undefined where it counts neither. */
function weightIn({ objective, offerings }: SearchRequest): ((shape: Shape) => number) | undefined {
  switch (objective) {
    case 'cost':
    case 'cost-per-token':
      return (shape) => listCostPerHour(shape, offerings);
    case 'accelerators':
    case 'throughput-per-accelerator':
      return ({ configuration }) => worldSize(configuration.parallelism);
    case 'latency':
    case 'energy':
      return undefined;
  }
}

function leastWeights(weight: number, bound: number, { load }: SearchRequest): LeastWeights {
  const replicas = load.kind === 'rate' ? Math.max(1, Math.ceil(load.rate / bound)) : 1;
  return { whole: weight * replicas, perRate: weight / bound };
}

function valueOf(objective: Objective, least: LeastWeights, tokens: RequestTokens): number | undefined {
  switch (objective) {
    case 'cost':
      return least.whole * HOURS_PER_MONTH;
    case 'accelerators':
      return least.whole;
    case 'cost-per-token':
      return (least.perRate / ((tokens.input + tokens.output) * 3600)) * 1e6;
    case 'throughput-per-accelerator':
      return -tokens.output / least.perRate;
    case 'latency':
    case 'energy':
      return undefined;
  }
}

/** A rate that no replica of the role can sustain, whatever its limits. */
function roleBound(
  role: 'prefill' | 'decode',
  shape: Shape,
  { bench, loads }: { readonly bench: MeasuringBench; readonly loads: BoundedLoads },
): number {
  const batch = widestOf(ROLE_LIMITS[role]);
  const { steps } = bench.performanceOf(shape);
  const replica = { steps, costs: stepCosts(steps, batch), batch };
  return Math.min(
    Infinity,
    ...loads.ofRole(role, bench.limitsFor(shape)).map((load) => capacityBound(replica, load)),
  );
}

function widestOf(limits: readonly BatchLimits[]): BatchLimits {
  return {
    maxBatchedTokens: Math.max(...limits.map((item) => item.maxBatchedTokens)),
    maxSequences: Math.max(...limits.map((item) => item.maxSequences)),
  };
}
