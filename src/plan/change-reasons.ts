import type { PlanDocument } from '../model/index.ts';
import { compareText, formatNumber, formatPercent, formatUsd } from '../units/index.ts';
import type { MicroUsdPerHour } from '../units/index.ts';
import { diffValues, formatPath } from './object-diff.ts';
import type { ObjectChange } from './object-diff.ts';
import { changedInputs } from './stale.ts';

/** One thing that somebody or something changed, in words: what, and its values where they are short. */
export interface ChangeReason {
  /** `traffic.meanRate`, `price of h100 on-demand`, `catalog`. */
  readonly about: string;
  readonly before?: string;
  readonly after?: string;
}

/** The price of one offering, dollars per node and hour, where it differs. */
export interface PriceChange {
  readonly offering: string;
  readonly pool: string;
  readonly capacityType: string;
  readonly before: MicroUsdPerHour;
  readonly after: MicroUsdPerHour;
}

/** Longest value told as the reason of a change, in characters. */
const SHORT = 40;

/** Inputs whose difference is told more exactly than by their name. */
const TOLD_OTHERWISE: ReadonlySet<string> = new Set(['problem', 'prices', 'traffic']);

/** What differs in the declared problem, field by field; items with an id are fields of that name: `pools.h100.maxNodes`. */
export function diffDeclared(before: PlanDocument, after: PlanDocument): readonly ObjectChange[] {
  return diffValues(byId({ services: [], ...before.problem }), byId({ services: [], ...after.problem }));
}

/** A plain value whose lists of items with ids are tables by id, at every depth. */
function byId(value: unknown): unknown {
  if (Array.isArray(value)) {
    const ids = new Set(value.map(idOf));
    return ids.size === value.length && !ids.has(undefined)
      ? Object.fromEntries(value.map((item: unknown) => [idOf(item), byId(item)]))
      : value.map(byId);
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, byId(item)]));
}

function idOf(item: unknown): string | undefined {
  const id = typeof item === 'object' && item !== null && 'id' in item ? item.id : undefined;
  return typeof id === 'string' ? id : undefined;
}

/** Prices of offerings that both plans know, where they differ; sorted by offering. */
export function diffPrices(before: PlanDocument, after: PlanDocument): readonly PriceChange[] {
  const old = new Map(before.offerings.map((item) => [item.id, item.price]));
  return after.offerings
    .flatMap(({ id, pool, capacityType, price }): PriceChange[] => {
      const was = old.get(id);
      return was === undefined || was === price
        ? []
        : [{ offering: id, pool, capacityType, before: was, after: price }];
    })
    .sort((a, b) => compareText(a.offering, b.offering));
}

/** Why a workload may differ: what was declared otherwise about it; where nothing was, what changed for all. */
export function changeReasons(
  workload: string,
  before: PlanDocument,
  after: PlanDocument,
): readonly ChangeReason[] {
  const declared = diffDeclared(before, after);
  const own = [
    ...declared.filter((change) => isAbout(change, workload)).map(ownReason),
    ...rateReasons(workload, before, after),
  ];
  return own.length > 0 ? own : sharedReasons(declared, before, after);
}

/** What changed for every workload: prices, pools, budgets, the program; where nothing did, the other workloads. */
function sharedReasons(
  declared: readonly ObjectChange[],
  before: PlanDocument,
  after: PlanDocument,
): readonly ChangeReason[] {
  const isOfWorkload = ({ path }: ObjectChange): boolean => path[0] === 'workloads' || path[0] === 'services';
  const shared = [
    ...declared
      .filter((change) => !isOfWorkload(change))
      .map((change) => reason(formatPath(change.path), change)),
    ...priceReasons(before, after),
    ...changedInputs(before.inputs, after.inputs)
      .filter(({ input }) => !TOLD_OTHERWISE.has(input))
      .map(inputReason),
  ];
  if (shared.length > 0) return shared;
  return declared.length > 0 ? [{ about: 'other workloads changed' }] : [];
}

function isAbout({ path: [list, item] }: ObjectChange, workload: string): boolean {
  return (list === 'workloads' || list === 'services') && item === workload;
}

function ownReason(change: ObjectChange): ChangeReason {
  const inner = change.path.slice(2);
  return inner.length === 0
    ? { about: change.action === 'removed' ? 'no longer declared' : 'newly declared' }
    : reason(formatPath(inner), change);
}

function reason(about: string, change: ObjectChange): ChangeReason {
  if (change.action === 'reordered') return { about: `order of ${about}` };
  const words = {
    before: change.action === 'added' ? 'none' : shortWords(change.before),
    after: change.action === 'removed' ? 'none' : shortWords(change.after),
  };
  if (words.before !== undefined && words.after !== undefined)
    return { about, before: words.before, after: words.after };
  return { about: change.action === 'changed' ? about : `${about} ${change.action}` };
}

function shortWords(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= SHORT ? text : undefined;
}

/** Requests of the busiest hour, where the traffic differs though nobody declared it otherwise: a trace, say. */
function rateReasons(workload: string, before: PlanDocument, after: PlanDocument): readonly ChangeReason[] {
  if (before.inputs.hashes.problem !== after.inputs.hashes.problem) return [];
  const rate = (plan: PlanDocument): number | undefined =>
    [...plan.traffic, ...(plan.serviceTraffic ?? [])].find((item) => item.workload === workload)?.peakRate;
  const [was, is] = [rate(before), rate(after)];
  return was === undefined || is === undefined || was === is
    ? []
    : [
        {
          about: 'requests in the busiest hour',
          before: `${formatNumber(was, 3)}/s`,
          after: `${formatNumber(is, 3)}/s`,
        },
      ];
}

/** One reason per pool and capacity type: zones mostly change alike, and the first stands for them. */
function priceReasons(before: PlanDocument, after: PlanDocument): readonly ChangeReason[] {
  const groups = Map.groupBy(
    diffPrices(before, after),
    ({ pool, capacityType }) => `${pool} ${capacityType}`,
  );
  return [...groups].flatMap(([name, [first]]): ChangeReason[] =>
    first === undefined
      ? []
      : [
          {
            about: `price of ${name}`,
            before: formatUsd(first.before, 4),
            after: `${formatUsd(first.after, 4)} USD/hour${shareOf(first)}`,
          },
        ],
  );
}

function shareOf({ before, after }: PriceChange): string {
  if (before === 0) return '';
  const share = after / before - 1;
  return ` (${share > 0 ? '+' : ''}${formatPercent(share, 2)})`;
}

function inputReason({ input, planned, current }: ReturnType<typeof changedInputs>[number]): ChangeReason {
  const isHash = [planned, current].some((value) => /^[0-9a-f]{64}$/.test(value));
  return isHash || planned.length + current.length > 2 * SHORT
    ? { about: input }
    : { about: input, before: planned, after: current };
}
