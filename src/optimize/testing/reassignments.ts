import { randomStream } from '../../random/index.ts';
import type { DisruptionLimits, ReassignmentProblem } from '../reassignment/problem.ts';

/** How large a random problem is and what it holds. */
export interface RandomProblem {
  readonly seed: number;
  readonly processes: number;
  readonly machines: number;
  /** Share of capacity that is used, about. */
  readonly fill?: number;
  readonly disruption?: DisruptionLimits;
}

/**
 * A random reassignment problem whose homes keep all rules: three resources, the last transient, services of up to three processes, spread
 * and dependencies as the homes have them. Integers throughout.
 */
export function randomProblem(options: RandomProblem): ReassignmentProblem {
  const { seed, processes: count, machines: machineCount, fill = 0.7, disruption } = options;
  const random = randomStream(seed, 'problem');
  const serviceCount = Math.ceil(count / 2);
  const services: { spread: number; dependsOn: number[] }[] = [];
  const homes: number[] = [];
  const serviceOf: number[] = [];
  for (let process = 0; process < count; process++) {
    const service = process < serviceCount ? process : random.integer(serviceCount);
    const taken = homes.filter((_, other) => serviceOf[other] === service);
    const free = Array.from({ length: machineCount }, (_, machine) => machine).filter(
      (machine) => !taken.includes(machine),
    );
    homes.push(free[random.integer(free.length)] ?? 0);
    serviceOf.push(free.length > 0 ? service : process % serviceCount);
  }
  const location = (machine: number): number => machine % 3;
  const neighbourhood = (machine: number): number => machine % 2;
  const placesOf = (service: number, place: (machine: number) => number): Set<number> =>
    new Set(homes.filter((_, process) => serviceOf[process] === service).map(place));
  for (let service = 0; service < serviceCount; service++) {
    const near = placesOf(service, neighbourhood);
    const dependsOn = Array.from({ length: serviceCount }, (_, other) => other).filter(
      (other) =>
        other !== service &&
        random.uniform() < 0.3 &&
        [...near].every((place) => placesOf(other, neighbourhood).has(place)),
    );
    services.push({ spread: Math.min(2, placesOf(service, location).size), dependsOn });
  }
  const processes = homes.map((home, process) => ({
    service: serviceOf[process] ?? 0,
    demand: [1 + random.integer(20), 1 + random.integer(20), 1 + random.integer(10)],
    moveCost: 1 + random.integer(3),
    home,
    traffic: 1 + random.integer(9),
  }));
  const machines = Array.from({ length: machineCount }, (_, machine) => {
    const used = [0, 1, 2].map((r) =>
      processes.reduce((sum, { home, demand }) => sum + (home === machine ? (demand[r] ?? 0) : 0), 0),
    );
    const mean = (r: number): number =>
      processes.reduce((sum, { demand }) => sum + (demand[r] ?? 0), 0) / machineCount;
    const capacity = used.map((amount, r) => Math.ceil(Math.max(amount, mean(r) / fill)));
    return {
      location: location(machine),
      neighbourhood: neighbourhood(machine),
      capacity,
      safetyCapacity: capacity.map((amount) => Math.floor(amount * fill * 0.9)),
      moveCostTo: Array.from({ length: machineCount }, (_, to) =>
        to === machine ? 0 : 1 + random.integer(3),
      ),
    };
  });
  return {
    resources: [
      { isTransient: false, loadWeight: 10 },
      { isTransient: false, loadWeight: 3 },
      { isTransient: true, loadWeight: 5 },
    ],
    machines,
    services,
    processes,
    balances: [{ first: 0, second: 1, target: 1, weight: 2 }],
    weights: { process: 1, service: 2, machine: 1 },
    ...(disruption === undefined ? {} : { disruption }),
  };
}

/** The least total cost of all assignments that keep all rules, by looking at every one of them. */
export function cheapestByEnumeration(
  problem: ReassignmentProblem,
  judge: {
    readonly isSound: (assignment: readonly number[]) => boolean;
    readonly cost: (assignment: readonly number[]) => number;
  },
): number {
  const machines = problem.machines.length;
  const assignment = problem.processes.map(() => 0);
  let least = Infinity;
  for (;;) {
    if (judge.isSound(assignment)) least = Math.min(least, judge.cost(assignment));
    let at = 0;
    while (at < assignment.length && assignment[at] === machines - 1) assignment[at++] = 0;
    if (at === assignment.length) return least;
    assignment[at] = (assignment[at] ?? 0) + 1;
  }
}
