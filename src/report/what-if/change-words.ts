import { formatPercent } from '../../units/index.ts';
import { plural } from '../phrases.ts';
import type { ModelRun, ReplicaRange, ServiceRun, VariantPlan } from './what-if-report.ts';

/** Differences in the shares on spot capacity below this are not told: one replica of a hundred. */
const TOLD_SHARE = 0.01;
/** Services told one by one; the others are counted. */
const TOLD_SERVICES = 6;

/** What differs between two plans in what runs, a phrase each; empty where only the cost does. */
export function changeWords(before: VariantPlan, after: VariantPlan): readonly string[] {
  const models = paired(before.models, after.models).flatMap(([workload, was, is]) =>
    prefixed(workload, was === undefined || is === undefined ? [fate(was)] : modelWords(was, is)),
  );
  const services = paired(before.services, after.services).flatMap(([workload, was, is]) =>
    prefixed(workload, was === undefined || is === undefined ? [fate(was)] : serviceWords(was, is)),
  );
  const untold = services.length - TOLD_SERVICES;
  return [
    ...models,
    ...services.slice(0, TOLD_SERVICES),
    ...(untold > 0 ? [`${plural(untold, 'other service')} changed`] : []),
    ...(before.nodes === after.nodes ? [] : [`shared nodes ${before.nodes} → ${after.nodes}`]),
    ...(before.violations === after.violations
      ? []
      : [`mandatory violations ${before.violations} → ${after.violations}`]),
  ];
}

/** Replicas as `4`, or `3–6` where they follow the hours. */
export function rangePhrase({ min, max }: ReplicaRange): string {
  return min === max ? String(max) : `${min}–${max}`;
}

function modelWords(was: ModelRun, is: ModelRun): readonly string[] {
  return [
    ...changed('', was.accelerators.join(' + '), is.accelerators.join(' + ')),
    ...(was.accelerators.join() === is.accelerators.join()
      ? changed('pool ', was.pools.join(' + '), is.pools.join(' + '))
      : []),
    ...changed('', was.runs.join(' + '), is.runs.join(' + ')),
    ...changed('replicas ', rangePhrase(was.replicas), rangePhrase(is.replicas)),
    ...spotWords(was, is),
  ];
}

function serviceWords(was: ServiceRun, is: ServiceRun): readonly string[] {
  return [
    ...changed('size ', was.size, is.size),
    ...changed('replicas ', rangePhrase(was.replicas), rangePhrase(is.replicas)),
    ...spotWords(was, is),
  ];
}

function spotWords(
  was: { readonly spotShare: number },
  is: { readonly spotShare: number },
): readonly string[] {
  return Math.abs(was.spotShare - is.spotShare) < TOLD_SHARE
    ? []
    : changed('spot ', formatPercent(was.spotShare, 2), formatPercent(is.spotShare, 2));
}

function changed(what: string, was: string, is: string): readonly string[] {
  return was === is ? [] : [`${what}${was} → ${is}`];
}

function fate(was: unknown): string {
  return was === undefined ? 'is new' : 'is gone';
}

function prefixed(workload: string, words: readonly string[]): readonly string[] {
  return words.length === 0 ? [] : [`${workload}: ${words.join(', ')}`];
}

function paired<T extends { readonly workload: string }>(
  before: readonly T[],
  after: readonly T[],
): readonly (readonly [workload: string, was: T | undefined, is: T | undefined])[] {
  const names = [...new Set([...before, ...after].map((item) => item.workload))].sort();
  return names.map((name) => [
    name,
    before.find((item) => item.workload === name),
    after.find((item) => item.workload === name),
  ]);
}
