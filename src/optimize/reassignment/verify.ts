import type { ReassignmentCost, ReassignmentProblem } from './problem.ts';

/**
 * Checks an assignment against the problem as it is written, from scratch and sharing nothing with the search.
 * `assignment`: the machine of each process, one entry per process. Answers the broken rules as sentences, none when all hold.
 */
export function brokenRules(problem: ReassignmentProblem, assignment: ArrayLike<number>): readonly string[] {
  const { processes, machines } = problem;
  if (assignment.length !== processes.length)
    return [`${assignment.length} machines for ${processes.length} processes`];
  const unplaced = processes.flatMap((_, index) =>
    machines[assignment[index] ?? -1] === undefined ? [`process ${index} is on no machine`] : [],
  );
  if (unplaced.length > 0) return unplaced;
  return [
    ...brokenCapacities(problem, assignment),
    ...brokenServices(problem, assignment),
    ...brokenDisruption(problem, assignment),
  ];
}

/** Cost of an assignment by term, from scratch. `assignment`: the machine of each process. */
export function costOf(problem: ReassignmentProblem, assignment: ArrayLike<number>): ReassignmentCost {
  const { resources, machines, services, processes, balances, weights } = problem;
  const use = usage(problem, assignment);
  let load = 0;
  let balance = 0;
  machines.forEach(({ capacity, safetyCapacity }, machine) => {
    const used = (resource: number): number => use[machine]?.[resource] ?? 0;
    const free = (resource: number): number => (capacity[resource] ?? 0) - used(resource);
    resources.forEach(({ loadWeight }, resource) => {
      load += loadWeight * Math.max(0, used(resource) - (safetyCapacity[resource] ?? 0));
    });
    for (const { first, second, target, weight } of balances)
      balance += weight * Math.max(0, target * free(first) - free(second));
  });
  const movedOf = services.map(() => 0);
  let processMoves = 0;
  let machineMoves = 0;
  processes.forEach(({ home, service, moveCost }, index) => {
    const machine = assignment[index] ?? -1;
    if (home === undefined || home === machine) return;
    processMoves += moveCost;
    machineMoves += machines[home]?.moveCostTo?.[machine] ?? 0;
    movedOf[service] = (movedOf[service] ?? 0) + 1;
  });
  const terms = {
    load,
    balance,
    processMoves: weights.process * processMoves,
    serviceMoves: weights.service * movedOf.reduce((most, count) => Math.max(most, count), 0),
    machineMoves: weights.machine * machineMoves,
  };
  return { ...terms, total: Object.values(terms).reduce((sum, value) => sum + value, 0) };
}

/** Use of each resource on each machine: [machine][resource]. */
function usage(problem: ReassignmentProblem, assignment: ArrayLike<number>): number[][] {
  const use = problem.machines.map(() => problem.resources.map(() => 0));
  problem.processes.forEach(({ demand }, index) => {
    const row = use[assignment[index] ?? -1];
    demand.forEach((amount, resource) => {
      if (row !== undefined) row[resource] = (row[resource] ?? 0) + amount;
    });
  });
  return use;
}

function brokenCapacities(problem: ReassignmentProblem, assignment: ArrayLike<number>): readonly string[] {
  const held = usage(problem, assignment);
  problem.processes.forEach(({ demand, home }, index) => {
    const row = home === undefined || home === assignment[index] ? undefined : held[home];
    if (row === undefined) return;
    problem.resources.forEach(({ isTransient }, resource) => {
      if (isTransient) row[resource] = (row[resource] ?? 0) + (demand[resource] ?? 0);
    });
  });
  return problem.machines.flatMap(({ capacity }, machine) =>
    capacity.flatMap((most, resource) => {
      const used = held[machine]?.[resource] ?? 0;
      // Amounts that are no integers are summed in another order than the search sums them.
      return used > most + 1e-9 * Math.max(1, most)
        ? [`machine ${machine} holds ${used} of resource ${resource}, capacity ${most}`]
        : [];
    }),
  );
}

function brokenServices(problem: ReassignmentProblem, assignment: ArrayLike<number>): readonly string[] {
  const { processes, machines, services } = problem;
  const members = services.map((): number[] => []);
  processes.forEach(({ service }, index) => members[service]?.push(assignment[index] ?? -1));
  const neighbourhoodsOf = members.map(
    (own) => new Set(own.map((machine) => machines[machine]?.neighbourhood)),
  );
  return services.flatMap(({ spread, dependsOn }, service) => {
    const own = members[service] ?? [];
    const locations = new Set(own.map((machine) => machines[machine]?.location)).size;
    const broken: string[] = [];
    if (new Set(own).size < own.length) broken.push(`two processes of service ${service} are on one machine`);
    if (locations < spread) broken.push(`service ${service} is in ${locations} locations, not ${spread}`);
    for (const other of dependsOn) {
      const missing = [...(neighbourhoodsOf[service] ?? [])].filter(
        (near) => neighbourhoodsOf[other]?.has(near) !== true,
      );
      if (missing.length > 0)
        broken.push(`service ${service} is without service ${other} in neighbourhoods ${missing.join(', ')}`);
    }
    return broken;
  });
}

function brokenDisruption(problem: ReassignmentProblem, assignment: ArrayLike<number>): readonly string[] {
  const { disruption = {}, processes, services } = problem;
  const moved = processes.filter(({ home }, index) => home !== undefined && home !== assignment[index]);
  const bytes = moved.reduce((sum, { traffic = 0 }) => sum + traffic, 0);
  const perService = services.map(() => 0);
  for (const { service } of moved) perService[service] = (perService[service] ?? 0) + 1;
  const mostOfService = perService.reduce((most, count) => Math.max(most, count), 0);
  const { moves = Infinity, movesPerService = Infinity, traffic = Infinity } = disruption;
  return [
    ...(moved.length > moves ? [`${moved.length} processes move, at most ${moves} may`] : []),
    ...(mostOfService > movesPerService
      ? [`${mostOfService} processes of one service move, at most ${movesPerService} may`]
      : []),
    ...(bytes > traffic * (1 + 1e-9) ? [`moves send ${bytes} bytes, at most ${traffic} may be sent`] : []),
  ];
}
