import { mixPoolId } from '../catalog/index.ts';
import { sortedBy, sumUsd, toDollars } from '../units/index.ts';
import type { Offering } from '../model/index.ts';
import { busiestWindow } from './allocation-view.ts';
import { daysBetween } from './dates.ts';
import type { DeclaredPoolView, OfferingView, PlanFacts, PoolView } from './views.ts';

/** A pool as rules see it (one that chooses among many instance types is all of them together): its declaration, what it costs, and its offerings with their prices' ages at `pricesAsOf`. */
export function poolView(declared: DeclaredPoolView, plan: PlanFacts, pricesAsOf: string): PoolView {
  const isOwn = (pool: string, instanceType: string): boolean =>
    pool === declared.id || (declared.instanceType === '' && pool === mixPoolId(declared.id, instanceType));
  const nodes = plan.decision.nodes.filter((item) => isOwn(item.pool, item.instanceType));
  const bought = new Set(
    nodes.filter((item) => Object.values(item.nodes).some((count) => count > 0)).map((item) => item.offering),
  );
  const busiest = busiestWindow(plan.decision)?.id ?? '';
  const lines = plan.cost.lineItems.filter((line) => isOwn(line.pool, line.instanceType));
  return {
    ...declared,
    peakNodes: nodes.reduce((total, item) => total + (item.nodes[busiest] ?? 0), 0),
    costPerMonth: toDollars(sumUsd(lines.map((line) => line.effectiveCost))),
    offerings: sortedBy(
      plan.offerings.filter((offering) => isOwn(offering.pool, offering.instanceType.name)),
      (offering) => offering.id,
    ).map((offering) => offeringView(offering, bought.has(offering.id), pricesAsOf)),
  };
}

function offeringView(offering: Offering, isBought: boolean, pricesAsOf: string): OfferingView {
  const { date, evidence, source } = offering.priceProvenance;
  const age = date === undefined ? undefined : daysBetween(date, pricesAsOf);
  return {
    id: offering.id,
    zone: offering.zone,
    capacityType: offering.capacityType,
    isBought,
    price: toDollars(offering.price),
    listPrice: toDollars(offering.listPrice),
    priceEvidence: evidence,
    priceSource: source,
    ...(date === undefined ? {} : { priceDate: date }),
    ...(age === undefined ? {} : { priceAgeDays: age }),
    interruptionNotice: offering.interruption.notice,
    monthlyInterruption: offering.interruption.monthlyHigh,
  };
}
