import type { LatencyLimit, Objective } from '../../model/index.ts';
import { parallelismName } from '../../model/index.ts';
import { formatDuration, formatNumber, formatPercent, formatUsd, usd } from '../../units/index.ts';
import { dollars } from '../serving/figures.ts';
import type { SearchedLimit, SearchedPart, SearchedPlan, SearchReport } from './search-report.ts';

/** What each objective makes best, as the end of `the plan with …`. */
export const OBJECTIVE_PHRASES: Readonly<Record<Objective, string>> = {
  cost: 'least cost per month',
  accelerators: 'fewest accelerators',
  'cost-per-token': 'least cost per token at capacity',
  'throughput-per-accelerator': 'most output tokens per second and accelerator at capacity',
  latency: 'least p99 end-to-end latency at the load',
  energy: 'least energy per output token at the load',
};

/** What the names of plans must say to tell the plans of a report apart. */
export interface Distinctions {
  readonly accelerators: boolean;
  readonly engines: boolean;
}

/** Which facts differ between the plans of a report: what is the same for all is said once, in its head. */
export function distinctionsOf({ cluster, plans, pareto }: SearchReport): Distinctions {
  const parts = [...plans, ...pareto].flatMap((plan) => plan.parts);
  return {
    accelerators: new Set(cluster.map((pool) => pool.accelerator)).size > 1,
    engines: new Set(parts.map((part) => part.engine)).size > 1,
  };
}

/** Equal replicas in a few words: `4 × tp2`, `prefill 2 × tp4 h100-sxm sglang`, `1 × tp8·pp2 (48 + 32 layers)`. */
export function partPhrase(part: SearchedPart, told: Distinctions): string {
  const role = part.role === 'aggregated' ? '' : `${part.role} `;
  const layers = part.stages?.map(
    (stage) => `${stage.layers}${told.accelerators ? ` ${stage.accelerator}` : ''}`,
  );
  const stages = layers === undefined ? '' : ` (${layers.join(' + ')} layers)`;
  const accelerator = told.accelerators && layers === undefined ? ` ${part.accelerator}` : '';
  const mark = part.notExecutable === undefined ? '' : ' (not executable)';
  return `${role}${part.replicas} × ${parallelismName(part.parallelism)}${accelerator}${stages}${told.engines ? ` ${part.engine}` : ''}${mark}`;
}

/** A whole plan in a few words. */
export function planPhrase(plan: SearchedPlan, told: Distinctions): string {
  return plan.parts.map((part) => partPhrase(part, told)).join(' + ');
}

/** Formats of weights and KV cache: `fp8`, or `fp8, KV bf16` where they differ. */
export function formatPhrase({ weightPrecision, kvPrecision }: SearchedPart): string {
  return weightPrecision === kvPrecision ? weightPrecision : `${weightPrecision}, KV ${kvPrecision}`;
}

/** A load in its unit: `4/s` or `32 clients`. */
export function loadPhrase(load: number, kind: SearchReport['load']['kind']): string {
  return kind === 'concurrency'
    ? `${formatNumber(Math.floor(load))} client${Math.floor(load) === 1 ? '' : 's'}`
    : `${formatNumber(load, 3)}/s`;
}

/** Money per month without decimals: `40,179 USD/month`. */
export function monthly(amount: number): string {
  return `${formatUsd(usd(amount), 0)} USD/month`;
}

/** Limits of an SLO: `ttft p99 ≤ 1 s, tpot p99 ≤ 50 ms`. */
export function sloPhrase(limits: readonly LatencyLimit[]): string {
  return limits
    .map(({ metric, percentile, limit }) => `${metric} ${percentile} ≤ ${formatDuration(limit)}`)
    .join(', ');
}

/** A limit set beside the SLO: `cost ≤ 50,000 USD/month`. */
export function limitPhrase({ name, value, unit }: SearchedLimit): string {
  const sign = name === 'throughput-per-accelerator' ? '≥' : '≤';
  const printed = name === 'cost' ? formatUsd(usd(value), 0) : formatNumber(value);
  return name === 'latency'
    ? `p99 latency ≤ ${formatDuration(value)}`
    : `${name.replaceAll('-', ' ')} ${sign} ${printed} ${unit}`;
}

/** Figures of energy and latency of one plan, for sentences. */
export function energyAndLatency(plan: SearchedPlan): string {
  return `${formatNumber(plan.energyPerOutputToken, 3)} J/token, E2E p99 ${formatDuration(plan.latency.e2e.p99.value)}`;
}

/** Candidates left out, most frequent reason first: `640 out-of-memory, 12 costlier`; nothing without any. */
export function leftPhrase(left: Readonly<Record<string, number>>): string {
  return Object.entries(left)
    .filter(([, count]) => count > 0)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([reason, count]) => `${formatCount(count)} ${reason}`)
    .join(', ');
}

/** A count with thousands separators. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** The value of the objective of a plan, in words. */
export function objectiveValue(plan: SearchedPlan, objective: Objective): string {
  switch (objective) {
    case 'cost':
      return plan.costPerMonth === undefined
        ? `${plan.accelerators} accelerators`
        : monthly(plan.costPerMonth);
    case 'accelerators':
      return `${plan.accelerators} accelerator${plan.accelerators === 1 ? '' : 's'}`;
    case 'cost-per-token':
      return plan.costPerMillionTokens === undefined
        ? `${formatNumber(plan.throughputPerAccelerator, 3)} output tokens/s per accelerator`
        : `${dollars(plan.costPerMillionTokens)} USD per million tokens`;
    case 'throughput-per-accelerator':
      return `${formatNumber(plan.throughputPerAccelerator, 3)} output tokens/s per accelerator`;
    case 'latency':
      return `E2E p99 ${formatDuration(plan.latency.e2e.p99.value)}`;
    case 'energy':
      return `${formatNumber(plan.energyPerOutputToken, 3)} J/token`;
  }
}

/** A change against a base: `44 % less`, `12 % more`, `the same`. */
export function changePhrase(value: number, base: number): string {
  const change = base > 0 ? value / base - 1 : 0;
  if (Math.abs(change) < 0.0005) return 'the same';
  return `${formatPercent(Math.abs(change), 2)} ${change < 0 ? 'less' : 'more'}`;
}
