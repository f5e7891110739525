import type {
  CostLineItem,
  CostReport,
  Decision,
  NodeAllocation,
  Offering,
  PlannedServiceTraffic,
  PlannedTraffic,
  Problem,
  WorkloadCost,
} from '../model/index.ts';
import { HOURS_PER_MONTH, priceOfHours, sortedBy } from '../units/index.ts';
import { apportion, sumOf, unitCost } from './apportion.ts';
import { changesTogether } from './node-changes.ts';
import { isNobodys, occupancyOf } from './occupancy.ts';
import type { SharedNodes } from './occupancy.ts';
import { spotForecast } from './spot-forecast.ts';

/** What pricing a decision needs. */
export interface PricingInput {
  readonly decision: Decision;
  /** Every offering that `decision.nodes` names. */
  readonly offerings: readonly Offering[];
  readonly problem: Problem;
  readonly traffic: readonly PlannedTraffic[];
  /** Traffic of services; default none. */
  readonly serviceTraffic?: readonly PlannedServiceTraffic[];
}

const SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600;

/**
 * Prices a decision per month (730 h): node hours of each offering over the weekly windows, split among the workloads
 * whose replicas use the nodes, idle capacity on lines of its own. Each offering's cost is rounded once to a
 * micro-dollar and split without losing one, so line items sum to the total exactly. Line items are sorted by id,
 * workloads as the problem lists them, services behind language models. Throws when the decision names an offering that is not given.
 */
export function priceDecision(input: PricingInput): CostReport {
  const { decision, problem } = input;
  const offerings = new Map(input.offerings.map((offering) => [offering.id, offering]));
  const owners = [...problem.workloads, ...problem.services];
  const teams = new Map(owners.map((workload) => [workload.id, workload.team]));
  const sizes = new Map(decision.services?.map((item) => [item.workload, item.shape.resources]));
  const packing = Map.groupBy(decision.packing ?? [], (group) => group.offering);
  const lineItems = sortedBy(
    joinedNodes(decision.nodes).flatMap((nodes) => {
      const offering = offerings.get(nodes.offering);
      if (offering === undefined) throw new Error(`decision names unknown offering ${nodes.offering}`);
      const shared = { packing: packing.get(nodes.offering) ?? [], sizes };
      return priceNodes(decision, { nodes, offering, teams, shared });
    }),
    (item) => item.id,
  );
  const forecast = spotForecast(lineItems, offerings);
  const own = Map.groupBy(lineItems, (item) => item.workload);
  const traffic = new Map(input.traffic.map((row) => [row.workload, row]));
  const rates = new Map(input.serviceTraffic?.map((row) => [row.workload, row.meanRate]));
  return {
    lineItems,
    totalPerMonth: sumOf(lineItems, (item) => item.effectiveCost),
    listPerMonth: sumOf(lineItems, (item) => item.listCost),
    workloads: owners.map((workload) =>
      priceWorkload(workload, own.get(workload.id) ?? [], {
        meanRate: rates.get(workload.id) ?? 0,
        ...traffic.get(workload.id),
      }),
    ),
    ...(forecast === undefined ? {} : { spotForecast: forecast }),
  };
}

/** The nodes bought of each offering as one entry: language models and services may buy of the same. */
function joinedNodes(nodes: readonly NodeAllocation[]): readonly NodeAllocation[] {
  const joined = new Map<string, NodeAllocation>();
  for (const item of nodes) {
    const known = joined.get(item.offering);
    const windows = Object.keys({ ...known?.nodes, ...item.nodes });
    const sum = windows.map((id): [string, number] => [id, (known?.nodes[id] ?? 0) + (item.nodes[id] ?? 0)]);
    const changes = [item.changes, known?.changes].flatMap((own) => own ?? []);
    joined.set(item.offering, {
      ...item,
      nodes: Object.fromEntries(sum),
      ...(changes.length === 0 ? {} : { changes: changesTogether(changes) }),
    });
  }
  return [...joined.values()];
}

function priceNodes(
  decision: Decision,
  bought: {
    readonly nodes: NodeAllocation;
    readonly offering: Offering;
    readonly teams: ReadonlyMap<string, string>;
    readonly shared: SharedNodes;
  },
): CostLineItem[] {
  const { nodes, offering, teams, shared } = bought;
  const { nodeHours, shares } = occupancyOf(decision, nodes, offering, shared);
  if (shares.length === 0) return [];
  const weights = shares.map((share) => share.nodeHours);
  const effective = apportion(priceOfHours(offering.price, nodeHours), weights);
  const list = apportion(priceOfHours(offering.listPrice, nodeHours), weights);
  const zero = priceOfHours(offering.price, 0);
  return shares.map((share, index) => ({
    id: `${offering.id}/${share.workload}`,
    workload: share.workload,
    team: isNobodys(share.workload) ? '' : (teams.get(share.workload) ?? ''),
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

/** Unit costs at the declared mean traffic; zero where a workload has none, tokens zero for services. Idle capacity is not charged to workloads. */
function priceWorkload(
  workload: { readonly id: string; readonly team: string },
  own: readonly CostLineItem[],
  traffic: Pick<PlannedTraffic, 'meanRate'> & Partial<Pick<PlannedTraffic, 'isl' | 'osl'>>,
): WorkloadCost {
  const perMonth = sumOf(own, (item) => item.effectiveCost);
  const requests = traffic.meanRate * SECONDS_PER_MONTH;
  const tokens = requests * ((traffic.isl?.mean ?? 0) + (traffic.osl?.mean ?? 0));
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
