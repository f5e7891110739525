import type { CostStatement, StatementGroup, StatementLine } from '../../cost/index.ts';
import { groupKey } from '../../cost/index.ts';
import { formatNumber, formatUsd, sumMoney } from '../../units/index.ts';
import { plural } from '../phrases.ts';
import type { Column } from '../text/table.ts';
import { GROUP_TITLES, shareOf } from './statement-phrases.ts';

/** Lines of a table before it is cut; totals count all of them. */
const SHOWN_LINES = 50;

/** A table as its columns and rows, drawn as text or Markdown. */
export interface StatementTable {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  /** What was left out; empty when nothing was. */
  readonly more: string;
}

const right = (title: string): Column => ({ title, align: 'right' });

/** Sums by what the statement is grouped by, the total last. */
export function groupTable(statement: CostStatement, isFull: boolean): StatementTable {
  const { groups, groupedBy, totalPerMonth } = statement;
  const shown = isFull ? groups : groups.slice(0, SHOWN_LINES);
  const total: StatementGroup = {
    key: 'Total',
    nodeHours: groups.reduce((sum, item) => sum + item.nodeHours, 0),
    listCost: statement.listPerMonth,
    contractedCost: statement.contractedPerMonth,
    effectiveCost: totalPerMonth,
    idleCost: sumMoney(groups.map(({ idleCost }) => idleCost)),
  };
  return {
    columns: [
      { title: GROUP_TITLES[groupedBy] },
      ...['Node hours', 'List', 'Contracted', 'Effective', 'of it idle'].map(right),
      right('Share'),
    ],
    rows: [...shown, total].map((item) => [
      item.key,
      formatNumber(item.nodeHours, 6),
      formatUsd(item.listCost),
      formatUsd(item.contractedCost),
      formatUsd(item.effectiveCost),
      formatUsd(item.idleCost),
      shareOf(item.effectiveCost, totalPerMonth),
    ]),
    more: leftOut(groups.length - shown.length, 'group'),
  };
}

/** The lines of one group, dearest first, their subtotal last where there are several. */
export function lineTable(statement: CostStatement, group: StatementGroup, isFull: boolean): StatementTable {
  const own = statement.lineItems
    .filter((line) => groupKey(line, statement.groupedBy) === group.key)
    .toSorted((a, b) => b.effectiveCost - a.effectiveCost);
  const shown = isFull ? own : own.slice(0, SHOWN_LINES);
  const subtotal = ['Subtotal', '', '', '', formatNumber(group.nodeHours, 6), '', formatUsd(group.listCost)];
  return {
    columns: [
      { title: 'Workload' },
      { title: 'Team' },
      { title: 'Offering' },
      { title: 'Instance type' },
      ...['Node hours', 'Price/hour', 'List', 'Effective'].map(right),
    ],
    rows: [
      ...shown.map(lineCells),
      ...(own.length > 1 ? [[...subtotal, formatUsd(group.effectiveCost)]] : []),
    ],
    more: leftOut(own.length - shown.length, 'line'),
  };
}

function lineCells(line: StatementLine): readonly string[] {
  return [
    line.kind === 'idle-share' ? `${line.workload} (idle share)` : line.workload,
    line.team === '' ? '–' : line.team,
    line.offering,
    line.instanceType,
    formatNumber(line.nodeHours, 6),
    formatUsd(line.unitPrice, 4),
    formatUsd(line.listCost),
    formatUsd(line.effectiveCost),
  ];
}

/** What a unit of work costs. */
export function unitTable({ workloads, currency }: CostStatement, isFull: boolean): StatementTable {
  const sorted = workloads.toSorted((a, b) => b.perMonth - a.perMonth);
  const shown = isFull ? sorted : sorted.slice(0, SHOWN_LINES);
  const { code } = currency;
  return {
    columns: [
      { title: 'Workload' },
      { title: 'Team' },
      ...[`${code}/month`, `${code}/1k requests`, `${code}/1M tokens`, 'Requests/month'].map(right),
    ],
    rows: shown.map((item) => [
      item.workload,
      item.team === '' ? '–' : item.team,
      formatUsd(item.perMonth),
      item.requestsPerMonth > 0 ? formatUsd(item.perThousandRequests, 4) : '–',
      item.tokensPerMonth > 0 ? formatUsd(item.perMillionTokens, 4) : '–',
      formatNumber(item.requestsPerMonth),
    ]),
    more: leftOut(sorted.length - shown.length, 'workload'),
  };
}

function leftOut(count: number, noun: string): string {
  return count <= 0 ? '' : `… and ${plural(count, `more ${noun}`)} (--full shows all; sums count them)`;
}
