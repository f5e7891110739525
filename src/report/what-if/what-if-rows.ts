import { formatPercent, formatUsd } from '../../units/index.ts';
import { perMonth, plural, signedUsd, statusPhrase } from '../phrases.ts';
import { rangePhrase } from './change-words.ts';
import type { VariantOutcome, VariantPlan, WhatIfReport } from './what-if-report.ts';

/** Titles of the columns of variants; all after the first are figures or short words. */
export const VARIANT_TITLES = [
  'variant',
  'USD/month',
  'change',
  'accelerators',
  'runs as',
  'replicas',
  'spot',
  'headroom',
  'status',
] as const;

/** Runs or accelerators of several workloads told in one cell. */
const TOLD = 3;

/** One row per variant, the base first; cells in the order of `VARIANT_TITLES`, empty where nothing is known. */
export function variantRows({ base, variants }: WhatIfReport): readonly (readonly string[])[] {
  return [base, ...variants].map((item) => {
    const { plan, delta } = item;
    if (plan === undefined) return [item.name, '', '', '', '', '', '', '', shortStatus(item)];
    return [
      item.name,
      formatUsd(plan.perMonth),
      delta === undefined ? '' : shareCell(delta.share),
      namesCell(plan.models.flatMap((model) => model.accelerators)),
      namesCell([
        ...plan.models.flatMap((model) => model.runs),
        ...(plan.services.length === 0 ? [] : [plural(plan.services.length, 'service')]),
      ]),
      replicasCell(plan),
      formatPercent(spotShareOf(plan), 2),
      plan.headroom === undefined ? '' : formatPercent(plan.headroom.share, 2),
      shortStatus(item),
    ];
  });
}

/** Share of all replicas on spot capacity, each workload in its busiest window, 0..1. */
export function spotShareOf({ models, services }: VariantPlan): number {
  const runs = [...models, ...services];
  const all = runs.reduce((sum, item) => sum + item.replicas.max, 0);
  const spot = runs.reduce((sum, item) => sum + item.replicas.max * item.spotShare, 0);
  return all === 0 ? 0 : spot / all;
}

/** What a variant does, in a sentence for the lines below the table. */
export function variantSentence(item: VariantOutcome): string {
  if (item.status === 'failed') return `not planned: ${item.diagnostics[0]?.summary ?? 'no reason is known'}`;
  if (item.plan === undefined) return `no plan: ${bindingPhrase(item)}`;
  const cost =
    item.delta === undefined
      ? perMonth(item.plan.perMonth)
      : item.delta.perMonth === 0
        ? 'costs the same'
        : `${signedUsd(item.delta.perMonth)} USD/month`;
  const same = item.delta === undefined ? '' : '; nothing else changes';
  return item.differences.length === 0 ? `${cost}${same}` : `${cost}; ${item.differences.join('; ')}`;
}

/** What stands in the way of a plan, with the change that would help. */
export function bindingPhrase({ binding }: Pick<VariantOutcome, 'binding'>): string {
  if (binding.length === 0) return 'no combination of constraints explains it';
  return binding
    .map(({ constraint, relaxation }) => {
      if (relaxation === undefined) return constraint;
      const cost =
        relaxation.perMonth === undefined ? '' : `, a plan then costs ${perMonth(relaxation.perMonth)}`;
      return `${constraint} (${relaxation.change}${cost})`;
    })
    .join(' or ');
}

/** The one sentence a report ends with: the cheapest and the dearest of the variants, and how many have no plan. */
export function whatIfSentence({ stack, base, variants }: WhatIfReport): string {
  const planned = variants.filter((item) => item.plan !== undefined);
  const sorted = planned.toSorted((a, b) => (a.plan?.perMonth ?? 0) - (b.plan?.perMonth ?? 0));
  const [least, most] = [sorted[0], sorted.at(-1)];
  const declared =
    base.plan === undefined ? 'has no plan as declared' : `costs ${perMonth(base.plan.perMonth)} as declared`;
  const range =
    least?.plan === undefined || most?.plan === undefined
      ? ''
      : sorted.length === 1 || least.plan.perMonth === most.plan.perMonth
        ? `, ${perMonth(least.plan.perMonth)} with ${least.name}`
        : `, from ${formatUsd(least.plan.perMonth)} (${least.name}) to ${perMonth(most.plan.perMonth)} (${most.name})`;
  const without = variants.length - planned.length;
  const rest = without === 0 ? '' : `; ${plural(without, 'variant')} of ${variants.length} without a plan`;
  return `${stack} ${declared}${range}${rest}.`;
}

function shareCell(share: number): string {
  const text = formatPercent(share, 3);
  return share > 0 ? `+${text}` : text;
}

function namesCell(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  const more = distinct.length - TOLD;
  return `${distinct.slice(0, TOLD).join(' + ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Replicas of all workloads, each at its fewest and at its most. */
function replicasCell({ models, services }: VariantPlan): string {
  const runs = [...models, ...services];
  return rangePhrase({
    min: runs.reduce((sum, item) => sum + item.replicas.min, 0),
    max: runs.reduce((sum, item) => sum + item.replicas.max, 0),
  });
}

function shortStatus(item: VariantOutcome): string {
  if (item.status === 'failed') return 'not planned';
  const violations = item.plan?.violations ?? 0;
  const words = item.status === 'optimal' ? 'optimal' : statusPhrase({ status: item.status, gap: item.gap });
  return violations === 0 ? words : `${words}, ${plural(violations, 'mandatory violation')}`;
}
