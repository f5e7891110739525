import { HOURS_PER_MONTH, requestsPerSecond } from '../../units/index.ts';
import type { AvailabilityEvidence, AvailabilityScenario, TimeWindow } from '../../model/index.ts';
import { failureUnits, replicasPerNode } from './placement-problem.ts';
import type { FailureUnit, PlacementWorkload } from './placement-problem.ts';
import type { PlacedReplicas, PlacementSolution } from './solution.ts';
import { unitDowntime } from './unit-downtime.ts';

/** Interruption probabilities are held below one, or no rate could be formed from them. */
const HIGHEST_MONTHLY = 0.999999;
/** Scenarios listed one by one; further harmless ones are summed up in a last line. */
const LISTED_SCENARIOS = 12;

/**
 * Share of time a unit is down: interruptions come as a Poisson process with rate −ln(1 − monthly) / 730 h (the high
 * end of the published band), and each lasts until a new node has started and the replica answers:
 * rate·repair / (1 + rate·repair), the renewal-reward theorem.
 * @param monthly probability of at least one interruption within a month, 0..1
 * @param repairSeconds node start-up plus replica start-up
 */
export function unavailability(monthly: number, repairSeconds: number): number {
  const perHour = -Math.log1p(-Math.min(monthly, HIGHEST_MONTHLY)) / HOURS_PER_MONTH;
  const expected = perHour * (repairSeconds / 3600);
  return expected / (1 + expected);
}

/** A failure unit in use: how many of it may fail one by one, and how often one is down. */
interface UnitInUse {
  readonly unit: FailureUnit;
  /** 1 for a group; for nodes, how many nodes of the offering carry replicas of the workload. */
  readonly multiplicity: number;
  readonly odds: number;
  readonly replicas: readonly PlacedReplicas[];
}

/** The lowest availability over the windows in which the workload has demand; 1 when there is none. */
export function worstAvailability(
  workload: PlacementWorkload,
  solution: PlacementSolution,
  windows: readonly TimeWindow[],
): number {
  return windows.reduce((worst, window) => {
    return Math.min(worst, scenariosOf(workload, solution, window).achieved);
  }, 1);
}

/**
 * The evidence for one workload: `achieved` is the lowest over the windows; the scenarios are those of the busiest
 * window. Counts no failure, single failures and pairs; three or more count as down, so the figure is a lower bound.
 */
export function availabilityEvidence(
  workload: PlacementWorkload,
  solution: PlacementSolution,
  windows: readonly TimeWindow[],
): AvailabilityEvidence {
  const [busiest] = windows;
  const scenarios = busiest === undefined ? [] : scenariosOf(workload, solution, busiest).scenarios;
  return {
    workload: workload.id,
    target: workload.availability,
    achieved: worstAvailability(workload, solution, windows),
    scenarios: summarise(scenarios),
  };
}

/** Every scenario of at most two simultaneous failures in a window, likeliest first, and their covered share of time. */
export function scenariosOf(
  workload: PlacementWorkload,
  solution: PlacementSolution,
  window: TimeWindow,
): { readonly achieved: number; readonly scenarios: readonly AvailabilityScenario[] } {
  const demand = window.peakRate[workload.id] ?? 0;
  if (demand <= 0) return { achieved: 1, scenarios: [] };
  const placed = solution.replicas.filter(
    (item) => item.workload === workload.id && item.window === window.id,
  );
  const units = unitsInUse(placed, solution, window);
  const allUp = units.reduce((product, { odds, multiplicity }) => product / (1 + odds) ** multiplicity, 1);
  const scenarios: AvailabilityScenario[] = [];
  const add = (failed: string, weight: number, lost: ReadonlyMap<UnitInUse, number>): void => {
    const rate = remainingRate(placed, lost);
    scenarios.push({
      failed,
      probability: allUp * weight,
      remainingRate: requestsPerSecond(rate),
      meetsDemand: rate >= demand * (1 - 1e-9),
    });
  };
  add('nothing', 1, new Map());
  units.forEach((first, i) => {
    add(first.unit.id, first.multiplicity * first.odds, new Map([[first, 1]]));
    if (first.multiplicity > 1) {
      const pairs = (first.multiplicity * (first.multiplicity - 1)) / 2;
      add(`two × ${first.unit.id}`, pairs * first.odds ** 2, new Map([[first, 2]]));
    }
    for (const second of units.slice(i + 1)) {
      const weight = first.multiplicity * first.odds * second.multiplicity * second.odds;
      const lost = new Map([
        [first, 1],
        [second, 1],
      ]);
      add(`${first.unit.id} and ${second.unit.id}`, weight, lost);
    }
  });
  scenarios.sort((a, b) => b.probability - a.probability || (a.failed < b.failed ? -1 : 1));
  const achieved = scenarios.reduce((sum, item) => sum + (item.meetsDemand ? item.probability : 0), 0);
  return { achieved: Math.min(1, achieved), scenarios };
}

function unitsInUse(
  placed: readonly PlacedReplicas[],
  solution: PlacementSolution,
  window: TimeWindow,
): readonly UnitInUse[] {
  const offerings = [...new Map(placed.map((item) => [item.offering.id, item.offering])).values()];
  return failureUnits(offerings, 'unit').map((unit) => {
    const ids = new Set(unit.offerings.map((offering) => offering.id));
    const replicas = placed.filter((item) => ids.has(item.offering.id));
    const monthly = Math.max(...unit.offerings.map((offering) => offering.interruption.monthlyHigh));
    const nodeStartup = Math.max(...unit.offerings.map((offering) => offering.nodeStartup));
    const startup = Math.max(...replicas.map((item) => item.option.startup));
    const parts = unit.offerings.map(({ interruption, nodeStartup: own }) => ({
      interruption,
      repairSeconds: own + startup,
    }));
    const down = unitDowntime(unavailability(monthly, nodeStartup + startup), parts);
    const bought = solution.nodes
      .filter((item) => item.window === window.id && ids.has(item.offering.id))
      .reduce((sum, item) => sum + item.count, 0);
    const pods = replicas.reduce((sum, item) => sum + item.count * item.option.candidate.podGroup.nodes, 0);
    const multiplicity = unit.kind === 'group' ? 1 : Math.min(bought, pods);
    return { unit, multiplicity, odds: down / (1 - down), replicas };
  });
}

/**
 * Rate still served: a lost group takes all its replicas, lost nodes the most that they can hold. Where prefill and decode are
 * apart, a request needs both, so the role that has least left decides.
 */
function remainingRate(placed: readonly PlacedReplicas[], lost: ReadonlyMap<UnitInUse, number>): number {
  const roles = Map.groupBy(placed, (item) => item.option.candidate.role);
  if (roles.size === 0) return 0;
  return Math.min(...[...roles.values()].map((own) => remainingOfRole(own, lost)));
}

function remainingOfRole(own: readonly PlacedReplicas[], lost: ReadonlyMap<UnitInUse, number>): number {
  let rate = own.reduce((sum, item) => sum + item.count * item.option.rate, 0);
  for (const [{ unit, replicas }, count] of lost) {
    for (const item of replicas.filter((replica) => own.includes(replica))) {
      const held = replicasPerNode(item.option.candidate, item.offering);
      rate -= item.option.rate * (unit.kind === 'group' ? item.count : Math.min(item.count, count * held));
    }
  }
  return Math.max(0, rate);
}

function summarise(scenarios: readonly AvailabilityScenario[]): readonly AvailabilityScenario[] {
  const listed = scenarios.filter((item, index) => index < LISTED_SCENARIOS || !item.meetsDemand);
  const rest = scenarios.filter((item, index) => index >= LISTED_SCENARIOS && item.meetsDemand);
  if (rest.length === 0) return listed;
  return [
    ...listed,
    {
      failed: `${rest.length} further scenarios`,
      probability: rest.reduce((sum, item) => sum + item.probability, 0),
      remainingRate: requestsPerSecond(Math.min(...rest.map((item) => item.remainingRate))),
      meetsDemand: true,
    },
  ];
}
