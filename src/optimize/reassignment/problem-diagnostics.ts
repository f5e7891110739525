import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import type { ReassignmentProblem } from './problem.ts';

/**
 * What is wrong with a problem before any search: lists of the wrong length, indexes that point nowhere, amounts that are negative
 * or no numbers, processes that no machine can hold. All of it, code `optimize-reassignment-invalid`; empty for a sound problem.
 */
export function problemDiagnostics(problem: ReassignmentProblem): readonly Diagnostic[] {
  return [...machineProblems(problem), ...processProblems(problem), ...ruleProblems(problem)].map(
    ([path, summary]) => diagnostic('optimize-reassignment-invalid', { path, summary }),
  );
}

/** Where, and what. */
type Finding = readonly [string, string];

function machineProblems({ machines, resources }: ReassignmentProblem): readonly Finding[] {
  return machines.flatMap((machine, index): readonly Finding[] => {
    const path = `machines[${index}]`;
    const { capacity, safetyCapacity, moveCostTo, location, neighbourhood } = machine;
    const amounts = [...capacity, ...safetyCapacity, ...(moveCostTo ?? [])];
    return [
      ...wrongLength(`${path}.capacity`, capacity, resources.length),
      ...wrongLength(`${path}.safetyCapacity`, safetyCapacity, resources.length),
      ...(moveCostTo === undefined ? [] : wrongLength(`${path}.moveCostTo`, moveCostTo, machines.length)),
      ...(amounts.every(isAmount) ? [] : [[path, 'an amount is negative or no number'] as const]),
      ...(isIndex(location, Infinity) && isIndex(neighbourhood, Infinity)
        ? []
        : [[path, 'locations and neighbourhoods are counted from 0'] as const]),
    ];
  });
}

function processProblems(problem: ReassignmentProblem): readonly Finding[] {
  const { processes, machines, resources, services } = problem;
  return processes.flatMap((process, index): readonly Finding[] => {
    const path = `processes[${index}]`;
    const { demand, service, home, moveCost, traffic = 0 } = process;
    const fits = machines.some(({ capacity }) => demand.every((want, r) => want <= (capacity[r] ?? 0)));
    return [
      ...wrongLength(`${path}.demand`, demand, resources.length),
      ...([...demand, moveCost, traffic].every(isAmount)
        ? []
        : [[path, 'an amount is negative or no number'] as const]),
      ...(isIndex(service, services.length)
        ? []
        : [[`${path}.service`, `there is no service ${service}`] as const]),
      ...(home === undefined || isIndex(home, machines.length)
        ? []
        : [[`${path}.home`, `there is no machine ${home}`] as const]),
      ...(fits ? [] : [[`${path}.demand`, 'it is larger than every machine'] as const]),
    ];
  });
}

function ruleProblems(problem: ReassignmentProblem): readonly Finding[] {
  const { services, balances, resources, weights, disruption = {} } = problem;
  const { moves = 0, movesPerService = 0, traffic = 0 } = disruption;
  const limits = [moves, movesPerService, traffic];
  return [
    ...services.flatMap(({ dependsOn }, index) =>
      dependsOn
        .filter((other) => !isIndex(other, services.length))
        .map((other): Finding => [`services[${index}].dependsOn`, `there is no service ${other}`]),
    ),
    ...balances.flatMap(({ first, second, target, weight }, index): readonly Finding[] =>
      isIndex(first, resources.length) &&
      isIndex(second, resources.length) &&
      isAmount(target) &&
      isAmount(weight)
        ? []
        : [[`balances[${index}]`, 'a resource does not exist, or an amount is negative or no number']],
    ),
    ...([
      weights.process,
      weights.service,
      weights.machine,
      ...resources.map(({ loadWeight }) => loadWeight),
    ].every(isAmount)
      ? []
      : [['weights', 'a weight is negative or no number'] as const]),
    ...(limits.every((limit) => limit >= 0)
      ? []
      : [['disruption', 'a limit is negative or no number'] as const]),
  ];
}

function wrongLength(path: string, list: readonly number[], length: number): readonly Finding[] {
  return list.length === length ? [] : [[path, `it has ${list.length} entries, not ${length}`]];
}

function isAmount(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}

function isIndex(value: number, count: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < count;
}
