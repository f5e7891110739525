import { nodeChanges, nodeHoursPerMonth } from '../cost/index.ts';
import type { NodeAllocation, Offering, TimeWindow } from '../model/index.ts';
import { priceOfHours, sumUsd } from '../units/index.ts';
import type { MicroUsd } from '../units/index.ts';

/** What decides how long the nodes of a decision are paid for. */
export interface NodeFacts {
  readonly windows: readonly TimeWindow[];
  readonly offerings: readonly Offering[];
  /** Seconds until the slowest replica on an offering (by id) answers, from the start of its pod. */
  readonly startup: (offering: string) => number;
}

/** The nodes with their coming and going; reserved and owned ones are held all week, as many as the fullest window asks for. */
export function withChanges(nodes: readonly NodeAllocation[], facts: NodeFacts): readonly NodeAllocation[] {
  const offerings = new Map(facts.offerings.map((offering) => [offering.id, offering]));
  return nodes.map((item): NodeAllocation => {
    if (item.capacityType === 'reserved' || item.capacityType === 'owned') {
      const most = Math.max(...facts.windows.map(({ id }) => item.nodes[id] ?? 0));
      return { ...item, nodes: Object.fromEntries(facts.windows.map(({ id }) => [id, most])) };
    }
    const scaleUp = (offerings.get(item.offering)?.nodeStartup ?? 0) + facts.startup(item.offering);
    const changes = nodeChanges(item.nodes, facts.windows, scaleUp);
    return changes === undefined ? item : { ...item, changes };
  });
}

/** What nodes cost per month, rounded once per offering as a bill does. */
export function costPerMonth(
  nodes: readonly NodeAllocation[],
  { windows, offerings }: Pick<NodeFacts, 'windows' | 'offerings'>,
): MicroUsd {
  const prices = new Map(offerings.map((offering) => [offering.id, offering.price]));
  return sumUsd(
    nodes.flatMap((item) => {
      const price = prices.get(item.offering);
      return price === undefined ? [] : [priceOfHours(price, nodeHoursPerMonth(item, windows))];
    }),
  );
}
