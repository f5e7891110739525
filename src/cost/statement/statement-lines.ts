import type { CostLineItem } from '../../model/index.ts';
import { isNobodys } from '../occupancy.ts';
import { convertMoney, convertPrice } from '../../units/index.ts';
import type { StatementLine } from './cost-statement.ts';

/**
 * A line of a plan as a line of a statement, at `perUsd` units of the statement's currency per dollar: each amount is rounded once. Capacity that is reserved is a commitment:
 * its contracted price is the list price, its effective price what the reservation costs per hour. All other prices are contracts themselves.
 */
export function statementLine(item: CostLineItem, perUsd: number): StatementLine {
  const isCommitted = item.capacityType === 'reserved';
  const { id, workload, team, pool, provider, region, zone, instanceType, capacityType } = item;
  return {
    ...{ id, workload, team, pool, provider, region, zone, instanceType, capacityType },
    offering: `${pool}/${zone}/${capacityType}`,
    kind: isNobodys(workload) ? 'idle' : 'used',
    nodeHours: item.nodeHours,
    listUnitPrice: convertPrice(item.listUnitPrice, perUsd),
    contractedUnitPrice: convertPrice(isCommitted ? item.listUnitPrice : item.unitPrice, perUsd),
    unitPrice: convertPrice(item.unitPrice, perUsd),
    listCost: convertMoney(item.listCost, perUsd),
    contractedCost: convertMoney(isCommitted ? item.listCost : item.effectiveCost, perUsd),
    effectiveCost: convertMoney(item.effectiveCost, perUsd),
    priceProvenance: item.priceProvenance,
  };
}
