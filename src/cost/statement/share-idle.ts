import { sortedBy, sumMoney } from '../../units/index.ts';
import type { Money } from '../../units/index.ts';
import { apportion } from '../apportion.ts';
import type { StatementLine } from './cost-statement.ts';

/** A workload and its part of a pool. */
interface Tenant {
  readonly workload: string;
  readonly team: string;
  readonly cost: Money;
}

/**
 * Shares what nobody uses of a pool among the workloads that use the pool, in proportion to what they pay for it (node hours where all of it is free of
 * charge). Each line of unused capacity becomes one line per workload, `<id>→<workload>`, whose money sums to it exactly. Pools without any user keep their lines. Sorted by id.
 */
export function shareIdle(lines: readonly StatementLine[]): readonly StatementLine[] {
  const byPool = Map.groupBy(lines, ({ pool }) => pool);
  return sortedBy(
    [...byPool.values()].flatMap((own) => {
      const tenants = tenantsOf(own);
      return own.flatMap((line) => (line.kind === 'idle' ? sharesOf(line, tenants) : [line]));
    }),
    ({ id }) => id,
  );
}

function tenantsOf(lines: readonly StatementLine[]): readonly Tenant[] {
  const used = lines.filter(({ kind }) => kind === 'used');
  const isFree = used.every(({ effectiveCost }) => effectiveCost === 0);
  const tenants = [...Map.groupBy(used, ({ workload }) => workload)].map(([workload, own]) => ({
    workload,
    team: own[0]?.team ?? '',
    cost: isFree
      ? (own.reduce((sum, line) => sum + line.nodeHours, 0) as Money)
      : sumMoney(own.map(({ effectiveCost }) => effectiveCost)),
  }));
  return sortedBy(tenants, ({ workload }) => workload);
}

function sharesOf(line: StatementLine, tenants: readonly Tenant[]): readonly StatementLine[] {
  if (tenants.length === 0) return [line];
  const weights = tenants.map(({ cost }) => cost);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const [list, contracted, effective] = [line.listCost, line.contractedCost, line.effectiveCost].map(
    (amount) => apportion(amount, weights),
  );
  return tenants.map(({ workload, team }, index) => ({
    ...line,
    id: `${line.id}→${workload}`,
    kind: 'idle-share',
    workload,
    team,
    nodeHours: line.nodeHours * ((weights[index] ?? 0) / total),
    listCost: list?.[index] ?? line.listCost,
    contractedCost: contracted?.[index] ?? line.contractedCost,
    effectiveCost: effective?.[index] ?? line.effectiveCost,
  }));
}
