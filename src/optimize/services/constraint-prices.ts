import type { ConstraintPrice } from '../../model/index.ts';
import { microUsd } from '../../units/index.ts';
import { hoursPerMonth } from '../windows.ts';
import { rulesOf } from './spread-rules.ts';
import type { ServicePlan } from './plan-services.ts';
import { cheapestSpread } from './resilience.ts';
import type { SpreadRules } from './resilience.ts';
import { replicasFor } from './service-fleet.ts';

/** A rule that can be lifted: its id, what it says, and the rules without it. */
interface Lifted {
  readonly id: string;
  readonly words: string;
  readonly rules: (rules: SpreadRules) => SpreadRules;
}

const LIFTED: readonly Lifted[] = [
  {
    id: 'tolerates',
    words: 'Spare replicas so that losses are survived',
    rules: (rules) => ({ ...rules, tolerates: 'nothing' }),
  },
  {
    id: 'spot-share',
    words: 'The limit on the share of replicas on spot capacity',
    rules: (rules) => ({ ...rules, maxSpotShare: 1 }),
  },
  {
    id: 'zone-spread',
    words: 'Replicas spread evenly over zones',
    rules: (rules) => ({ ...rules, isEven: false }),
  },
  {
    id: 'availability',
    words: 'The availability promised',
    rules: (rules) => ({ ...rules, availability: 0 }),
  },
];

/**
 * What each rule costs all services together per month: the pods of the plan priced at the relaxation's prices of resources, with the rule and
 * without. Only rules that cost something are listed, dearest first. Prices are those of shares of nodes: what a rule costs in whole nodes
 * differs by the last node of a kind.
 */
export function servicePrices(plan: ServicePlan): readonly ConstraintPrice[] {
  const base = spreadCost(plan, (rules) => rules);
  return LIFTED.map(({ id, words, rules }): ConstraintPrice => {
    const saved = base - spreadCost(plan, rules);
    return {
      constraint: `services/${id}`,
      description: `${words}, all services together`,
      perMonth: microUsd(Math.max(0, Math.round(saved))),
    };
  })
    .filter((price) => price.perMonth > 0)
    .sort((a, b) => b.perMonth - a.perMonth || (a.constraint < b.constraint ? -1 : 1));
}

/** Micro-dollars per month of the cheapest spreads under changed rules, shapes as planned. */
function spreadCost(plan: ServicePlan, change: (rules: SpreadRules) => SpreadRules): number {
  const { fleet, priced, shapes } = plan;
  return fleet.services.reduce((sum, service, index) => {
    const shape = shapes[index];
    if (shape === undefined) return sum;
    const offers = priced.prices.offers(index, shape);
    return fleet.windows.reduce((total, window, at) => {
      const needed = replicasFor(service.workload, shape, service.rates[at] ?? 0);
      const rules = change(rulesOf(service, { needed, index, priced }));
      return total + (cheapestSpread(offers, rules)?.cost ?? 0) * hoursPerMonth(window);
    }, sum);
  }, 0);
}
