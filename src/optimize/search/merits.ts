import type { Objective, ObjectiveLimits, ServingPlan } from '../../model/index.ts';
import { formatDuration, formatNumber, formatUsd } from '../../units/index.ts';

/** The value of an objective, less is better. */
export function objectiveValue(plan: ServingPlan, objective: Objective): number {
  const { merits } = plan;
  switch (objective) {
    case 'cost':
      return merits.costPerMonth;
    case 'accelerators':
      return plan.accelerators;
    case 'cost-per-token':
      return merits.costPerMillionTokens;
    case 'throughput-per-accelerator':
      return -merits.throughputPerAccelerator;
    case 'latency':
      return merits.latency;
    case 'energy':
      return merits.energyPerOutputToken;
  }
}

/** Plans by an objective, best first; ties go to the cheaper, the smaller, the one with the lower latency, then by id. */
export function ranked(plans: readonly ServingPlan[], objective: Objective): readonly ServingPlan[] {
  return [...plans].sort(
    (a, b) =>
      objectiveValue(a, objective) - objectiveValue(b, objective) ||
      a.merits.costPerMonth - b.merits.costPerMonth ||
      a.accelerators - b.accelerators ||
      a.merits.latency - b.merits.latency ||
      (a.id < b.id ? -1 : 1),
  );
}

/** A limit beside the SLO that a plan breaks. */
export interface BrokenMerit {
  readonly limit: keyof ObjectiveLimits;
  /** What the plan has, in the unit of the limit. */
  readonly value: number;
  /** By how much it is missed, as a ratio above 1. */
  readonly ratio: number;
  /** Words for what the plan has: `2.1 USD per million tokens`. */
  readonly text: string;
}

/** The limits that a plan breaks, the worst first. */
export function brokenMerits(
  { merits }: Pick<ServingPlan, 'merits'>,
  limits: ObjectiveLimits,
): readonly BrokenMerit[] {
  const broken: BrokenMerit[] = [];
  const atMost = (limit: keyof ObjectiveLimits, value: number, text: string): void => {
    const most = limits[limit];
    if (most !== undefined && value > most) broken.push({ limit, value, ratio: value / most, text });
  };
  atMost('costPerMonth', merits.costPerMonth, `${formatUsd(merits.costPerMonth)} USD/month`);
  atMost(
    'costPerMillionTokens',
    merits.costPerMillionTokens,
    `${formatUsd(merits.costPerMillionTokens, 4)} USD per million tokens`,
  );
  atMost('latency', merits.latency, `${formatDuration(merits.latency)} p99 end to end`);
  atMost(
    'energyPerOutputToken',
    merits.energyPerOutputToken,
    `${formatNumber(merits.energyPerOutputToken, 3)} J per output token`,
  );
  const least = limits.throughputPerAccelerator;
  const throughput = merits.throughputPerAccelerator;
  if (least !== undefined && throughput < least) {
    broken.push({
      limit: 'throughputPerAccelerator',
      value: throughput,
      ratio: least / Math.max(1e-9, throughput),
      text: `${formatNumber(throughput, 3)} output tokens/s per accelerator`,
    });
  }
  return broken.sort((a, b) => b.ratio - a.ratio);
}

/** Plans that no other beats or equals in cost per month, p99 latency and energy alike, by rising cost; of equal ones the first by id. */
export function paretoPlans(plans: readonly ServingPlan[]): readonly ServingPlan[] {
  const kept: ServingPlan[] = [];
  // Of equal cost the quickest first, then the most frugal: no later plan may beat an earlier one.
  const sorted = [...plans].sort(
    (a, b) =>
      a.merits.costPerMonth - b.merits.costPerMonth ||
      a.merits.latency - b.merits.latency ||
      a.merits.energyPerOutputToken - b.merits.energyPerOutputToken ||
      (a.id < b.id ? -1 : 1),
  );
  for (const plan of sorted) {
    const isBeaten = kept.some(
      ({ merits }) =>
        merits.latency <= plan.merits.latency &&
        merits.energyPerOutputToken <= plan.merits.energyPerOutputToken,
    );
    if (!isBeaten) kept.push(plan);
  }
  return kept;
}
