import type {
  AvailabilityEvidence,
  AvailabilityScenario,
  Offering,
  PackedNodes,
  ResolvedProblem,
  ServiceLoad,
  ServiceShape,
  ServiceWorkload,
  TimeWindow,
} from '../../model/index.ts';
import { requestsPerSecond } from '../../units/index.ts';
import { unavailability } from '../placement/availability.ts';
import { unitDowntime } from '../placement/unit-downtime.ts';
import type { UnitPart } from '../placement/unit-downtime.ts';
import { groupOf } from './build-fleet.ts';

/** A placed service: its shape, its load, and the nodes that hold its pods. */
export interface PlacedService {
  readonly service: ServiceWorkload;
  readonly shape: ServiceShape;
  readonly packing: readonly PackedNodes[];
  readonly load: Readonly<Record<string, ServiceLoad>>;
  readonly windows: readonly TimeWindow[];
}

/** What may fail as one: a cell of spot capacity, or one of several nodes that hold as many pods of the service. */
interface Unit {
  readonly id: string;
  /** How many of it there are. */
  readonly multiplicity: number;
  /** Replicas lost when one fails. */
  readonly replicas: number;
  /** Odds of one being down. */
  readonly odds: number;
}

/** Scenarios listed one by one; further harmless ones are summed up. */
const LISTED = 12;

/**
 * Share of time in which the replicas of a service that are up carry its load, at least: nothing failed, one unit, or two at once count, more count as
 * down. Groups of spot cells fail whole, other nodes one by one; both stay down until a new node and pod have started. The lowest over the windows.
 */
export function serviceAvailability(problem: ResolvedProblem, placed: PlacedService): AvailabilityEvidence {
  const offerings = new Map(problem.offerings.map((offering) => [offering.id, offering]));
  const byWindow = placed.windows.map((window) => scenariosOf(placed, window, offerings));
  const achieved = Math.min(1, ...byWindow.map(({ share }) => share));
  return {
    workload: placed.service.id,
    target: placed.service.slo.availability,
    achieved,
    scenarios: summarise(byWindow[0]?.scenarios ?? []),
  };
}

function scenariosOf(
  placed: PlacedService,
  window: TimeWindow,
  offerings: ReadonlyMap<string, Offering>,
): { readonly share: number; readonly scenarios: readonly AvailabilityScenario[] } {
  const load = placed.load[window.id];
  const units = unitsOf(placed, window, offerings);
  if (load === undefined || units.length === 0) return { share: 1, scenarios: [] };
  const total = units.reduce((sum, unit) => sum + unit.replicas * unit.multiplicity, 0);
  const allUp = units.reduce((product, { odds, multiplicity }) => product / (1 + odds) ** multiplicity, 1);
  const scenarios: AvailabilityScenario[] = [];
  const add = (failed: string, weight: number, lost: number): void => {
    const left = Math.max(0, total - lost);
    const rate = placed.shape.ratePerReplica;
    const carried = Number.isFinite(rate) ? left * rate : left >= load.needed ? load.requestRate : 0;
    scenarios.push({
      failed,
      probability: allUp * weight,
      remainingRate: requestsPerSecond(carried),
      meetsDemand: left >= load.needed,
    });
  };
  add('nothing', 1, 0);
  units.forEach((first, i) => {
    add(first.id, first.multiplicity * first.odds, first.replicas);
    if (first.multiplicity > 1) {
      const pairs = (first.multiplicity * (first.multiplicity - 1)) / 2;
      add(`two × ${first.id}`, pairs * first.odds ** 2, 2 * first.replicas);
    }
    for (const second of units.slice(i + 1)) {
      const weight = first.multiplicity * first.odds * second.multiplicity * second.odds;
      add(`${first.id} and ${second.id}`, weight, first.replicas + second.replicas);
    }
  });
  scenarios.sort((a, b) => b.probability - a.probability || (a.failed < b.failed ? -1 : 1));
  return {
    share: scenarios.reduce((sum, item) => sum + (item.meetsDemand ? item.probability : 0), 0),
    scenarios,
  };
}

function unitsOf(
  placed: PlacedService,
  window: TimeWindow,
  offerings: ReadonlyMap<string, Offering>,
): readonly Unit[] {
  const cells = new Map<string, { replicas: number; down: number; parts: UnitPart[] }>();
  const nodes = new Map<string, { replicas: number; count: number; down: number }>();
  for (const group of placed.packing) {
    const pods = group.pods[placed.service.id] ?? 0;
    const offering = offerings.get(group.offering);
    if (group.window !== window.id || pods === 0 || offering === undefined) continue;
    const { interruption } = offering;
    const repairSeconds = offering.nodeStartup + placed.shape.startup;
    const down = unavailability(interruption.monthlyHigh, repairSeconds);
    if (offering.capacityType === 'spot') {
      const cell = cells.get(groupOf(offering)) ?? { replicas: 0, down: 0, parts: [] };
      cells.set(groupOf(offering), {
        replicas: cell.replicas + pods * group.nodes,
        down: Math.max(cell.down, down),
        parts: [...cell.parts, { interruption, repairSeconds }],
      });
    } else {
      const id = `a node of ${offering.id} with ${pods} of its pods`;
      const known = nodes.get(id) ?? { replicas: pods, count: 0, down };
      nodes.set(id, { ...known, count: known.count + group.nodes });
    }
  }
  const odds = (down: number): number => down / (1 - down);
  return [
    ...[...cells].map(([id, { replicas, down, parts }]): Unit => ({
      id,
      multiplicity: 1,
      replicas,
      odds: odds(unitDowntime(down, parts)),
    })),
    ...[...nodes].map(([id, { replicas, count, down }]): Unit => ({
      id,
      multiplicity: count,
      replicas,
      odds: odds(down),
    })),
  ].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function summarise(scenarios: readonly AvailabilityScenario[]): readonly AvailabilityScenario[] {
  const listed = scenarios.filter(
    (item, index) => index < LISTED || (!item.meetsDemand && item.probability > 1e-9),
  );
  const rest = scenarios.filter((item) => !listed.includes(item));
  if (rest.length === 0) return listed;
  return [
    ...listed,
    {
      failed: `${rest.length} further scenarios`,
      probability: rest.reduce((sum, item) => sum + item.probability, 0),
      remainingRate: requestsPerSecond(Math.min(...rest.map((item) => item.remainingRate))),
      meetsDemand: rest.every((item) => item.meetsDemand),
    },
  ];
}
