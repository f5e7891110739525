import type {
  CostLineItem,
  CostReport,
  Decision,
  NodeAllocation,
  Offering,
  PlannedTraffic,
  Problem,
  WorkloadCost,
} from '../model/index.ts';
import { HOURS_PER_MONTH, priceOfHours, sortedBy } from '../units/index.ts';
import { apportion, sumOf, unitCost } from './apportion.ts';
import { IDLE, occupancyOf } from './occupancy.ts';

/** What pricing a decision needs. */
export interface PricingInput {
  readonly decision: Decision;
  /** Every offering that `decision.nodes` names. */
  readonly offerings: readonly Offering[];
  readonly problem: Problem;
  readonly traffic: readonly PlannedTraffic[];
}

const SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600;

/**
 * Prices a decision per month (730 h): node hours of each offering over the weekly windows, split among the workloads
 * whose replicas use the nodes, idle capacity on lines of its own. Each offering's cost is rounded once to a
 * micro-dollar and split without losing one, so line items sum to the total exactly. Line items are sorted by id,
 * workloads as the problem lists them. Throws when the decision names an offering that is not given.
 */
export function priceDecision(input: PricingInput): CostReport {
  const { decision, problem } = input;
  const offerings = new Map(input.offerings.map((offering) => [offering.id, offering]));
  const teams = new Map(problem.workloads.map((workload) => [workload.id, workload.team]));
  const lineItems = sortedBy(
    decision.nodes.flatMap((nodes) => {
      const offering = offerings.get(nodes.offering);
      if (offering === undefined) throw new Error(`decision names unknown offering ${nodes.offering}`);
      return priceNodes(decision, { nodes, offering, teams });
    }),
    (item) => item.id,
  );
  return {
    lineItems,
    totalPerMonth: sumOf(lineItems, (item) => item.effectiveCost),
    listPerMonth: sumOf(lineItems, (item) => item.listCost),
    workloads: problem.workloads.map(({ id, team }) =>
      priceWorkload(
        { id, team },
        lineItems,
        input.traffic.find((row) => row.workload === id),
      ),
    ),
  };
}

function priceNodes(
  decision: Decision,
  bought: {
    readonly nodes: NodeAllocation;
    readonly offering: Offering;
    readonly teams: ReadonlyMap<string, string>;
  },
): CostLineItem[] {
  const { nodes, offering, teams } = bought;
  const { nodeHours, shares } = occupancyOf(decision, nodes, offering);
  if (shares.length === 0) return [];
  const weights = shares.map((share) => share.nodeHours);
  const effective = apportion(priceOfHours(offering.price, nodeHours), weights);
  const list = apportion(priceOfHours(offering.listPrice, nodeHours), weights);
  const zero = priceOfHours(offering.price, 0);
  return shares.map((share, index) => ({
    id: `${offering.id}/${share.workload}`,
    workload: share.workload,
    team: share.workload === IDLE ? '' : (teams.get(share.workload) ?? ''),
    pool: offering.pool,
    provider: offering.provider,
    region: offering.region,
    zone: offering.zone,
    instanceType: offering.instanceType.name,
    capacityType: offering.capacityType,
    nodeHours: share.nodeHours,
    listUnitPrice: offering.listPrice,
    unitPrice: offering.price,
    listCost: list[index] ?? zero,
    effectiveCost: effective[index] ?? zero,
    priceProvenance: offering.priceProvenance,
  }));
}

/** Unit costs at the declared mean traffic; zero where a workload has none. Idle capacity is not charged to workloads. */
function priceWorkload(
  workload: { readonly id: string; readonly team: string },
  lineItems: readonly CostLineItem[],
  traffic: PlannedTraffic | undefined,
): WorkloadCost {
  const own = lineItems.filter((item) => item.workload === workload.id);
  const perMonth = sumOf(own, (item) => item.effectiveCost);
  const requests = (traffic?.meanRate ?? 0) * SECONDS_PER_MONTH;
  const tokens = requests * ((traffic?.isl.mean ?? 0) + (traffic?.osl.mean ?? 0));
  return {
    workload: workload.id,
    team: workload.team,
    perMonth,
    perThousandRequests: unitCost(perMonth, requests, 1e3),
    perMillionTokens: unitCost(perMonth, tokens, 1e6),
    requestsPerMonth: requests,
    tokensPerMonth: tokens,
  };
}
