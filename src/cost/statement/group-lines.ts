import { compareText, sumMoney } from '../../units/index.ts';
import type { Money } from '../../units/index.ts';
import type { Grouping, StatementGroup, StatementLine } from './cost-statement.ts';

const KEYS: Readonly<Record<Grouping, (line: StatementLine) => string>> = {
  workload: (line) => line.workload,
  team: (line) => (line.team === '' ? (line.kind === 'idle' ? line.workload : '(no team)') : line.team),
  pool: (line) => line.pool,
  'capacity-type': (line) => line.capacityType,
  zone: (line) => (line.zone === '' ? line.region : `${line.region}/${line.zone}`),
  offering: (line) => line.offering,
};

/** The value that a line is summed under. */
export function groupKey(line: StatementLine, grouping: Grouping): string {
  return KEYS[grouping](line);
}

/** Sums lines by one of their values: groups by falling effective cost, then by value. They sum to the lines exactly. */
export function groupLines(lines: readonly StatementLine[], grouping: Grouping): readonly StatementGroup[] {
  return [...Map.groupBy(lines, (line) => groupKey(line, grouping))]
    .map(([key, own]): StatementGroup => {
      const sum = (field: (line: StatementLine) => Money): Money => sumMoney(own.map(field));
      return {
        key,
        nodeHours: own.reduce((total, line) => total + line.nodeHours, 0),
        listCost: sum((line) => line.listCost),
        contractedCost: sum((line) => line.contractedCost),
        effectiveCost: sum((line) => line.effectiveCost),
        idleCost: sumMoney(
          own.filter(({ kind }) => kind !== 'used').map(({ effectiveCost }) => effectiveCost),
        ),
      };
    })
    .sort((a, b) => b.effectiveCost - a.effectiveCost || compareText(a.key, b.key));
}
