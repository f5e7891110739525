import type { CostReport } from '../../model/index.ts';
import { formatNumber, formatUsd } from '../../units/index.ts';
import { perMonth } from '../phrases.ts';
import { PLAIN } from '../text/palette.ts';
import type { Palette } from '../text/palette.ts';
import { renderTable } from '../text/table.ts';
import { shownItems, shownWorkloads, tokenPrice } from './cost-rows.ts';

/** The line items of a plan as a text table, unit costs, and the total last. Tables of services are cut unless `isFull`. */
export function renderCost(cost: CostReport, palette: Palette = PLAIN, isFull = false): string {
  const most = isFull ? [Infinity] : [];
  const lines = shownItems(cost, ...most);
  const workloads = shownWorkloads(cost, ...most);
  const items = renderTable(
    [
      { title: 'WORKLOAD' },
      { title: 'TEAM' },
      { title: 'POOL' },
      { title: 'INSTANCE TYPE' },
      { title: 'ZONE' },
      { title: 'CAPACITY' },
      { title: 'NODE HOURS', align: 'right' },
      { title: 'USD/HOUR', align: 'right' },
      { title: 'LIST USD', align: 'right' },
      { title: 'USD/MONTH', align: 'right' },
    ],
    lines.items.map((item) => [
      item.workload,
      item.team === '' ? '–' : item.team,
      item.pool,
      item.instanceType,
      item.zone,
      item.capacityType,
      formatNumber(item.nodeHours, 6),
      formatUsd(item.unitPrice, 4),
      formatUsd(item.listCost),
      formatUsd(item.effectiveCost),
    ]),
  );
  const units = renderTable(
    [
      { title: 'WORKLOAD' },
      { title: 'USD/MONTH', align: 'right' },
      { title: 'USD/1K REQUESTS', align: 'right' },
      { title: 'USD/1M TOKENS', align: 'right' },
      { title: 'REQUESTS/MONTH', align: 'right' },
    ],
    workloads.items.map((item) => [
      item.workload,
      formatUsd(item.perMonth),
      formatUsd(item.perThousandRequests, 4),
      tokenPrice(item),
      formatNumber(item.requestsPerMonth),
    ]),
  );
  const total = `Total ${perMonth(cost.totalPerMonth)} (730 h); list price ${perMonth(cost.listPerMonth)}.`;
  const tables = [
    [items, lines.more],
    [units, workloads.more],
  ].map((parts) => parts.filter((part) => part !== '').join('\n'));
  return `${tables.join('\n\n')}\n\n${palette.bold(total)}\n`;
}
