import type { CapacityType } from '../../model/index.ts';
import { compareText, money } from '../../units/index.ts';
import type { StatementLine } from '../statement/cost-statement.ts';
import { isNobodys } from '../occupancy.ts';
import type { UnmatchedCharges, UsedCapacity } from './cost-variance.ts';
import type { ActualCharge } from './read-focus-actuals.ts';

/** What charges are matched with. */
export interface MatchOptions {
  readonly stack: string;
  readonly lines: readonly StatementLine[];
  /** Keys of tags that name the workload, first match wins. */
  readonly workloadTags: readonly string[];
  /** Whether a charge needs a workload, or hardware of the plan is enough. */
  readonly needs: 'workload' | 'hardware';
}

/** Charges of a bill sorted into what the plan knows and what it does not. */
export interface MatchedActuals {
  readonly used: readonly UsedCapacity[];
  /** By falling cost. */
  readonly unmatched: readonly UnmatchedCharges[];
}

/** Pricing categories of FOCUS as capacity types. */
const CAPACITY_TYPES: Readonly<Record<string, CapacityType>> = {
  Standard: 'on-demand',
  Dynamic: 'spot',
  Committed: 'reserved',
  Other: 'owned',
};

/** Size of 1e-12 units in micro-units. */
const PICOS_PER_MICRO = 1_000_000n;

/**
 * Matches charges of a bill with a plan: by workload, from `x_Workload`, `AllocatedTags` or `Tags`; by hardware, from instance type (`SkuPriceDetails`, `x_InstanceType`), zone and pricing
 * category. Amounts are summed exactly and rounded once per kind of capacity. Every charge is either in `used` or in `unmatched`; charges of nothing (0) are in neither.
 */
export function matchActuals(charges: readonly ActualCharge[], options: MatchOptions): MatchedActuals {
  const facts = planFacts(options.lines);
  const used = new Map<string, Sum<Omit<UsedCapacity, 'hours' | 'cost'>>>();
  const unmatched = new Map<string, Sum<Pick<UnmatchedCharges, 'why' | 'what'>>>();
  for (const charge of charges) {
    if (charge.cost === 0n && charge.hours === 0) continue;
    if (charge.cost === 0n && charge.cell('ChargeCategory') === 'Purchase') continue;
    const found = identify(charge, options, facts);
    if ('why' in found) add(unmatched, found, charge);
    else add(used, found, charge);
  }
  return {
    used: [...used.values()].map(({ key, hours, picos }) => ({ ...key, hours, cost: toMicros(picos) })),
    unmatched: [...unmatched.values()]
      .map(({ key, rows, firstRow, picos }) => ({ ...key, rows, firstRow, cost: toMicros(picos) }))
      .sort((a, b) => b.cost - a.cost || compareText(a.what, b.what)),
  };
}

interface Sum<Key> {
  readonly key: Key;
  readonly firstRow: number;
  rows: number;
  hours: number;
  picos: bigint;
}

function add<Key>(sums: Map<string, Sum<Key>>, key: Key, { row, hours, cost }: ActualCharge): void {
  const id = JSON.stringify(key);
  const sum = sums.get(id) ?? { key, firstRow: row, rows: 0, hours: 0, picos: 0n };
  sum.rows += 1;
  sum.hours += hours;
  sum.picos += cost;
  sums.set(id, sum);
}

/** Half a micro-unit goes away from zero, as everywhere. */
function toMicros(picos: bigint): UsedCapacity['cost'] {
  const sign = picos < 0n ? -1n : 1n;
  return money(Number(sign * ((picos * sign + PICOS_PER_MICRO / 2n) / PICOS_PER_MICRO)));
}

interface PlanFacts {
  readonly teams: ReadonlyMap<string, string>;
  readonly lines: readonly StatementLine[];
  readonly types: ReadonlySet<string>;
}

function planFacts(lines: readonly StatementLine[]): PlanFacts {
  return {
    lines,
    teams: new Map(lines.filter(({ kind }) => kind !== 'idle').map(({ workload, team }) => [workload, team])),
    types: new Set(lines.map(({ instanceType }) => instanceType)),
  };
}

function identify(
  charge: ActualCharge,
  { stack, workloadTags, needs }: MatchOptions,
  { teams, lines, types }: PlanFacts,
): Omit<UsedCapacity, 'hours' | 'cost'> | Pick<UnmatchedCharges, 'why' | 'what'> {
  const { cell } = charge;
  const tags = { ...tagsOf(cell('Tags')), ...tagsOf(cell('AllocatedTags')) };
  const what = cell('ServiceName') || cell('ChargeCategory') || 'charges';
  if (tags['stack'] !== undefined && tags['stack'] !== stack) {
    return { why: 'of another stack', what: tags['stack'] };
  }
  const named =
    cell('x_Workload') || (workloadTags.map((key) => tags[key]).find((name) => name !== undefined) ?? '');
  const workload = teams.has(named) || isNobodys(named) ? named : '';
  const hardware = hardwareOf(charge, lines);
  const isOurs = types.has(hardware.instanceType);
  if (needs === 'workload' && workload === '') {
    return named === ''
      ? { why: isOurs ? 'hardware of the plan without a workload tag' : 'without a workload tag', what }
      : { why: 'of a workload that the plan does not have', what: named };
  }
  if (needs === 'hardware' && !isOurs) return { why: 'hardware that the plan does not have', what };
  return { workload, team: teams.get(workload) ?? '', ...hardware };
}

function hardwareOf(
  { cell }: ActualCharge,
  lines: readonly StatementLine[],
): Pick<UsedCapacity, 'pool' | 'zone' | 'instanceType' | 'capacityType'> {
  const instanceType = cell('x_InstanceType') || (tagsOf(cell('SkuPriceDetails'))['InstanceType'] ?? '');
  const zone = cell('AvailabilityZone');
  const capacityType = cell('x_CapacityType') || (CAPACITY_TYPES[cell('PricingCategory')] ?? '');
  const same = lines.filter((line) => line.instanceType === instanceType);
  const exact = same.find((line) => line.zone === zone && line.capacityType === capacityType);
  return { pool: (exact ?? same[0])?.pool ?? '', zone, instanceType, capacityType };
}

/** The pairs of a JSON object of texts; empty where it is none. */
function tagsOf(text: string): Readonly<Record<string, string>> {
  if (!text.startsWith('{')) return {};
  try {
    const pairs = Object.entries(JSON.parse(text) as object);
    return Object.fromEntries(pairs.filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
  } catch {
    return {};
  }
}
