import type {
  Allocation,
  EvaluatedCandidate,
  Offering,
  PlanDocument,
  TimeWindow,
} from '../../model/index.ts';
import type { FleetOffering, PlannedGroup, ReplicaLaw } from '../../sim/index.ts';
import type { AvailabilityTrace } from '../../spot/index.ts';
import { HOURS_PER_WEEK, seconds } from '../../units/index.ts';
import type { MicroUsdPerHour } from '../../units/index.ts';

/** The fleet of one workload of a plan: what it holds where in each hour of the week. */
export interface PlannedFleet {
  readonly offerings: readonly FleetOffering[];
  readonly groups: readonly PlannedGroup[];
  /** The same replicas bought on demand at list price, without reclaims. */
  readonly listOfferings: readonly FleetOffering[];
  /** Replicas in all, by hour of the week. */
  readonly needed: readonly number[];
}

/** What a planned fleet is made from. */
export interface PlannedFleetParts {
  readonly plan: PlanDocument;
  readonly workload: string;
  readonly traces: ReadonlyMap<string, AvailabilityTrace>;
  /** Law of each allocation, by its id. */
  readonly laws: ReadonlyMap<string, ReplicaLaw>;
}

/** The spot offerings that a plan buys replicas of a workload on. */
export function spotOfferings(plan: PlanDocument, workload: string): readonly Offering[] {
  const zones = new Set(
    allocationsOf(plan, workload)
      .filter(({ capacityType }) => capacityType === 'spot')
      .flatMap((allocation) => zonesOf(allocation).map((zone) => `${allocation.pool}/${zone}/spot`)),
  );
  return plan.offerings.filter(({ id }) => zones.has(id));
}

/** The fleet of a workload; offerings are allocations by zone. Throws when the plan lacks an offering that it uses. */
export function plannedOfferings(parts: PlannedFleetParts): PlannedFleet {
  const { plan, workload } = parts;
  const offerings: FleetOffering[] = [];
  const listOfferings: FleetOffering[] = [];
  const groups: PlannedGroup[] = [];
  const hours = windowsByHour(plan.decision.windows);
  for (const allocation of allocationsOf(plan, workload)) {
    const zones = zonesOf(allocation);
    const first = offerings.length;
    for (const zone of zones) {
      const { own, list } = offeringOf(parts, allocation, zone);
      offerings.push(own);
      listOfferings.push(list);
    }
    const counts = hours.map((window) => zones.map((zone) => allocation.replicas[window]?.[zone] ?? 0));
    groups.push({
      offerings: zones.map((_, index) => first + index),
      desired: (at) => counts[hourOfWeek(at)]!,
    });
  }
  const needed = hours.map((_, hour) =>
    groups.reduce((sum, group) => sum + total(group.desired(hour * 3600)), 0),
  );
  return { offerings, listOfferings, groups, needed };
}

/** The hour of the week at a moment; a run begins on Monday at 0:00. */
export function hourOfWeek(at: number): number {
  return Math.floor(at / 3600) % HOURS_PER_WEEK;
}

function allocationsOf({ decision }: PlanDocument, workload: string): readonly Allocation[] {
  return decision.allocations.filter((allocation) => allocation.workload === workload);
}

function zonesOf({ replicas }: Allocation): readonly string[] {
  return [...new Set(Object.values(replicas).flatMap((zones) => Object.keys(zones)))].sort();
}

function windowsByHour(windows: readonly TimeWindow[]): readonly string[] {
  const byHour = Array.from({ length: HOURS_PER_WEEK }, () => windows[0]?.id ?? '');
  for (const window of windows) for (const hour of window.hours) byHour[hour] = window.id;
  return byHour;
}

function offeringOf(
  { plan, traces, laws }: PlannedFleetParts,
  allocation: Allocation,
  zone: string,
): { readonly own: FleetOffering; readonly list: FleetOffering } {
  const id = `${allocation.pool}/${zone}/${allocation.capacityType}`;
  const offering = plan.offerings.find((item) => item.id === id);
  const law = laws.get(allocation.id);
  if (offering === undefined || law === undefined) throw new Error(`the plan lacks ${id}`);
  const evaluated = evaluatedOf(plan, allocation);
  const share = nodesPerReplica(allocation, offering);
  const paid = paidNodes(plan, offering, share);
  const list: FleetOffering = {
    id: `${allocation.id}/${zone}`,
    zone,
    capacityType: 'on-demand',
    price: Math.round(offering.listPrice * paid) as MicroUsdPerHour,
    nodesPerReplica: share,
    nodeStartup: offering.nodeStartup,
    replicaStartup: evaluated?.startup ?? seconds(0),
    notice: offering.interruption.notice,
    law,
  };
  const trace = traces.get(id);
  return {
    list,
    own: {
      ...list,
      price: Math.round(offering.price * paid) as MicroUsdPerHour,
      capacityType: allocation.capacityType === 'spot' ? 'spot' : 'on-demand',
      ...(trace === undefined ? {} : { trace }),
    },
  };
}

/** The evaluation of an allocation's candidate, where the plan holds it. */
export function evaluatedOf(
  { decision }: PlanDocument,
  { workload, candidate }: Allocation,
): EvaluatedCandidate | undefined {
  return decision.workloads
    .find((item) => item.workload === workload)
    ?.chosen.find((item) => item.candidate.id === candidate.id);
}

/** Nodes of one replica: whole ones, or the part that its accelerators are of a node's. */
function nodesPerReplica({ candidate }: Allocation, { instanceType }: Offering): number {
  const { nodes, acceleratorsPerNode } = candidate.podGroup;
  const count = instanceType.accelerator?.count ?? acceleratorsPerNode;
  return nodes > 1 ? nodes : 1 / Math.max(1, Math.floor(count / Math.max(1, acceleratorsPerNode)));
}

/**
 * Nodes that the plan pays per replica on an offering over a week, idle room shared evenly; what the replica needs where the
 * plan tells no nodes.
 */
function paidNodes({ decision }: PlanDocument, offering: Offering, share: number): number {
  const bought = decision.nodes.find((nodes) => nodes.offering === offering.id);
  let nodeHours = 0;
  let replicaHours = 0;
  for (const window of decision.windows) {
    nodeHours += window.hours.length * (bought?.nodes[window.id] ?? 0);
    for (const allocation of decision.allocations) {
      if (allocation.pool !== offering.pool || allocation.capacityType !== offering.capacityType) continue;
      replicaHours += window.hours.length * (allocation.replicas[window.id]?.[offering.zone] ?? 0);
    }
  }
  return nodeHours > 0 && replicaHours > 0 ? nodeHours / replicaHours : share;
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
