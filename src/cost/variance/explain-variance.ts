import { compareText, money, sumMoney } from '../../units/index.ts';
import type { Money } from '../../units/index.ts';
import type { Grouping } from '../statement/cost-statement.ts';
import { isNobodys } from '../occupancy.ts';
import type { UsedCapacity, VarianceEffects, VarianceRow } from './cost-variance.ts';
import { decompose } from './decompose.ts';

/** Units of work by workload, on each side; workloads without are left out. */
export interface KnownWork {
  readonly before: ReadonlyMap<string, number>;
  readonly after: ReadonlyMap<string, number>;
}

/** What is compared. */
export interface ComparedCosts {
  readonly before: readonly UsedCapacity[];
  readonly after: readonly UsedCapacity[];
  readonly groupBy: Grouping;
  readonly work?: KnownWork;
}

const KEYS: Readonly<Record<Grouping, (item: UsedCapacity) => string>> = {
  workload: ({ workload }) => workload,
  team: ({ workload, team }) => (isNobodys(workload) ? workload : team === '' ? '(no team)' : team),
  pool: ({ pool }) => pool,
  'capacity-type': ({ capacityType }) => capacityType,
  zone: ({ zone }) => zone,
  offering: ({ pool, zone, capacityType }) => `${pool}/${zone}/${capacityType}`,
};

/** Whether the rows of a grouping are made of workloads, whose work is known; the others are hardware. */
export function isOfWorkloads(grouping: Grouping): boolean {
  return grouping === 'workload' || grouping === 'team';
}

/**
 * Explains the difference of two sides of costs by group: rows by falling size of their difference, and their sum. Teams are explained workload by workload; hardware as a whole, its hours
 * standing for work. Another grouping may move amounts between the four effects, never change their sum.
 */
export function explainVariance(costs: ComparedCosts): { rows: readonly VarianceRow[]; total: VarianceRow } {
  const keyOf = KEYS[costs.groupBy];
  const keys = new Set([...costs.before, ...costs.after].map(keyOf));
  const before = Map.groupBy(costs.before, keyOf);
  const after = Map.groupBy(costs.after, keyOf);
  const rows = [...keys]
    .map((key) => rowOf(key, { ...costs, before: before.get(key) ?? [], after: after.get(key) ?? [] }))
    .sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before) || compareText(a.key, b.key));
  return { rows, total: sumRows('Total', rows) };
}

function rowOf(key: string, { before, after, groupBy, work }: ComparedCosts): VarianceRow {
  const cost = (items: readonly UsedCapacity[]): Money => sumMoney(items.map((item) => item.cost));
  const parts = isOfWorkloads(groupBy)
    ? [...new Set([...before, ...after].map(unitOf))].map((unit) => {
        const own = (items: readonly UsedCapacity[]) => items.filter((item) => unitOf(item) === unit);
        return decompose({ before: own(before), after: own(after), ...workOf(unit, work) });
      })
    : [decompose({ before, after })];
  return { key, before: cost(before), after: cost(after), ...sumEffects(parts) };
}

/** What is explained by itself: a workload, or what nobody uses of one pool; prices of one pool say nothing about another. */
function unitOf({ workload, pool }: UsedCapacity): string {
  return isNobodys(workload) ? `${workload} ${pool}` : workload;
}

function workOf(
  workload: string,
  work: KnownWork | undefined,
): { readonly work?: { readonly before: number; readonly after: number } } {
  const [before, after] = [work?.before.get(workload) ?? 0, work?.after.get(workload) ?? 0];
  return before > 0 && after > 0 ? { work: { before, after } } : {};
}

function sumEffects(parts: readonly VarianceEffects[]): VarianceEffects {
  const sum = (field: keyof VarianceEffects): Money => sumMoney(parts.map((part) => part[field]));
  return {
    volume: sum('volume'),
    efficiency: sum('efficiency'),
    mix: sum('mix'),
    price: sum('price'),
  };
}

function sumRows(key: string, rows: readonly VarianceRow[]): VarianceRow {
  const side = (field: 'before' | 'after'): Money => money(rows.reduce((sum, row) => sum + row[field], 0));
  return { key, before: side('before'), after: side('after'), ...sumEffects(rows) };
}
