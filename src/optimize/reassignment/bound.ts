import type { ReassignmentProblem } from './problem.ts';

/**
 * A proven lower bound of the cost of any assignment: per resource, what all processes use above the safety capacity of all machines;
 * per balance, what the free amounts of all machines miss in sum. Both hold because a sum of positive parts is at least the positive
 * part of the sum; costs of moves are at least 0. Linear in the size of the problem. (The bound that the challenge's teams
 * report: Mehta, O'Sullivan and Simonis, CP 2012.)
 */
export function lowerBound({ resources, machines, processes, balances }: ReassignmentProblem): number {
  const demand = resources.map((_, r) => total(processes.map((process) => process.demand[r] ?? 0)));
  const safe = resources.map((_, r) => total(machines.map((machine) => machine.safetyCapacity[r] ?? 0)));
  const capacity = resources.map((_, r) => total(machines.map((machine) => machine.capacity[r] ?? 0)));
  const free = (r: number): number => (capacity[r] ?? 0) - (demand[r] ?? 0);
  const load = total(
    resources.map(({ loadWeight }, r) => loadWeight * Math.max(0, (demand[r] ?? 0) - (safe[r] ?? 0))),
  );
  const balance = total(
    balances.map(
      ({ first, second, target, weight }) => weight * Math.max(0, target * free(first) - free(second)),
    ),
  );
  return load + balance;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
