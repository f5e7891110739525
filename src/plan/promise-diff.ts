import type { LatencyLimit, PlanDocument } from '../model/index.ts';
import { compareText } from '../units/index.ts';
import { limitHeadroom, plannedAims } from './aims.ts';
import type { LimitName } from './aims.ts';
import { responseHeadroom, sloHeadroom } from './slo-headroom.ts';

/** How far one limit of an SLO is from its promise: headroom = 1 − value ÷ limit; negative when broken. */
export interface SloChange {
  readonly workload: string;
  readonly limit: string;
  readonly before?: { readonly value: number; readonly headroom: number };
  readonly after?: { readonly value: number; readonly headroom: number };
  readonly risk: 'lower' | 'same' | 'higher' | 'broken';
}

/** The same of one limit that stands beside the SLO, in its own unit. */
export interface LimitChange extends Omit<SloChange, 'limit'> {
  readonly limit: LimitName;
}

/** Something that a workload is planned for and was not before; absent where nothing is said. */
export interface AimChange {
  readonly workload: string;
  readonly aim: 'objective' | 'confidence' | 'serving' | LimitName;
  readonly before?: string | number;
  readonly after?: string | number;
}

/** Headroom changes smaller than this share of the limit do not count as more or less risk (assumed: below simulation noise). */
const RISK_THRESHOLD = 0.02;

/** What the workloads of two plans are planned for, where it differs; sorted by workload. */
export function diffAims(before: PlanDocument, after: PlanDocument): readonly AimChange[] {
  const [old, fresh] = [aimsByName(before), aimsByName(after)];
  return [...new Set([...old.keys(), ...fresh.keys()])].sort(compareText).flatMap((key): AimChange[] => {
    const [was, is] = [old.get(key), fresh.get(key)];
    if (was === is) return [];
    const [workload = '', aim] = key.split(' ');
    return [
      {
        workload,
        aim: aim as AimChange['aim'],
        ...(was === undefined ? {} : { before: was }),
        ...(is === undefined ? {} : { after: is }),
      },
    ];
  });
}

/** Aims of the workloads of a plan by `<workload> <aim>`. */
function aimsByName(plan: PlanDocument): ReadonlyMap<string, string | number> {
  return new Map(
    plannedAims(plan).flatMap(({ workload, objective, confidence, serving, limits }) =>
      Object.entries({ objective, confidence, serving, ...limits }).flatMap(
        ([aim, value]): [string, string | number][] =>
          value === undefined ? [] : [[`${workload} ${aim}`, value]],
      ),
    ),
  );
}

/** Headroom of every limit of the SLOs, sorted by workload; `response.p99` and the like are limits of services. */
export function diffSlo(before: PlanDocument, after: PlanDocument): readonly SloChange[] {
  const named = (plan: PlanDocument): readonly Headroom<string>[] => [
    ...sloHeadroom(plan).map((item) => ({ ...item, limit: limitName(item.limit) })),
    ...responseHeadroom(plan).map((item) => ({ ...item, limit: `response.${item.percentile}` })),
  ];
  return diffHeadroom(named(before), named(after));
}

/** Headroom of every limit beside the SLOs, sorted by workload. */
export function diffLimits(before: PlanDocument, after: PlanDocument): readonly LimitChange[] {
  const named = (plan: PlanDocument): readonly Headroom<LimitName>[] =>
    limitHeadroom(plan).map((item) => ({ ...item, limit: item.name }));
  return diffHeadroom(named(before), named(after));
}

/** What a workload reaches beside the limit of a name. */
interface Headroom<Name extends string> {
  readonly workload: string;
  readonly limit: Name;
  readonly value: number;
  readonly headroom: number;
}

function diffHeadroom<Name extends string>(
  before: readonly Headroom<Name>[],
  after: readonly Headroom<Name>[],
): readonly (Omit<SloChange, 'limit'> & { readonly limit: Name })[] {
  const byKey = (items: readonly Headroom<Name>[]): ReadonlyMap<string, Headroom<Name>> =>
    new Map(items.map((item) => [`${item.workload} ${item.limit}`, item]));
  const [old, fresh] = [byKey(before), byKey(after)];
  return [...new Set([...old.keys(), ...fresh.keys()])].sort(compareText).map((key) => {
    const [was, is] = [old.get(key), fresh.get(key)];
    const [workload = '', limit] = key.split(' ');
    return {
      workload,
      limit: limit as Name,
      ...(was === undefined ? {} : { before: { value: was.value, headroom: was.headroom } }),
      ...(is === undefined ? {} : { after: { value: is.value, headroom: is.headroom } }),
      risk: riskOf(was?.headroom, is?.headroom),
    };
  });
}

function riskOf(before: number | undefined, after: number | undefined): SloChange['risk'] {
  if (after !== undefined && after < 0) return 'broken';
  if (before === undefined || after === undefined) return 'same';
  if (after < before - RISK_THRESHOLD) return 'higher';
  return after > before + RISK_THRESHOLD ? 'lower' : 'same';
}

function limitName(limit: LatencyLimit): string {
  return `${limit.metric}.${limit.percentile}`;
}
