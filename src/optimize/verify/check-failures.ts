import { INDEPENDENT_NODES } from '../../model/index.ts';
import type {
  Allocation,
  ConstraintCheck,
  Offering,
  ResolvedProblem,
  TimeWindow,
} from '../../model/index.ts';
import { HOURS_PER_MONTH } from '../../units/index.ts';
import { allocationsFor, atMost, replicasAt, roleGroups } from './subject.ts';
import type { Subject } from './subject.ts';

/** Replicas of one allocation on one offering. */
interface Held {
  readonly allocation: Allocation;
  readonly offering: Offering;
  readonly count: number;
}

/** Demand against what is left after the worst loss that the SLO says must be survived, per window. */
export function checkSurvival(problem: ResolvedProblem, subject: Subject): readonly ConstraintCheck[] {
  return problem.workloads.flatMap(({ workload, profile }) => {
    if (workload.slo.tolerates === 'nothing') return [];
    return subject.windows.map((window) => {
      const demand = Math.max(0, ...window.hours.map((hour) => profile.hourlyRate[hour] ?? 0));
      const left = rolesHeld(heldIn(problem, subject, { workload: workload.id, window })).map((held) => {
        const losses = problem.offerings.map((offering) => {
          const isGroup =
            workload.slo.tolerates === 'correlation-group' && offering.correlationGroup !== INDEPENDENT_NODES;
          return isGroup ? groupLoss(held, offering.correlationGroup) : nodesLoss(held, offering, 1);
        });
        return rateOf(held) - Math.max(0, ...losses);
      });
      return atMost(`survive/${workload.id}/${window.id}`, demand, Math.min(...left), 'requests/s');
    });
  });
}

/** The promised availability against the share of time that scenarios with at most two failures cover. */
export function checkAvailability(problem: ResolvedProblem, subject: Subject): readonly ConstraintCheck[] {
  return problem.workloads.map(({ workload, profile }) => {
    const shares = subject.windows.map((window) => {
      const demand = Math.max(0, ...window.hours.map((hour) => profile.hourlyRate[hour] ?? 0));
      const held = heldIn(problem, subject, { workload: workload.id, window });
      return demand > 0 ? coveredTime(subject, held, { demand, window }) : 1;
    });
    return atMost(`availability/${workload.id}`, workload.slo.availability, Math.min(1, ...shares), 'share');
  });
}

/** One thing that is up or down: a group or a single node. */
interface Unit {
  readonly down: number;
  readonly group?: string;
  readonly offering?: Offering;
}

function coveredTime(
  subject: Subject,
  held: readonly Held[],
  facts: { readonly demand: number; readonly window: TimeWindow },
): number {
  const units = unitsOf(subject, held, facts.window);
  const allUp = units.reduce((product, unit) => product * (1 - unit.down), 1);
  const isServed = (failed: readonly Unit[]): boolean => {
    const groups = new Set(failed.flatMap((unit) => unit.group ?? []));
    const nodes = Map.groupBy(
      failed.flatMap((unit) => unit.offering ?? []),
      (offering) => offering,
    );
    return rolesHeld(held).every((own) => {
      let left = rateOf(own.filter((item) => !groups.has(item.offering.correlationGroup)));
      for (const [offering, lost] of nodes) left -= nodesLoss(own, offering, lost.length);
      return left >= facts.demand * (1 - 1e-9);
    });
  };
  let covered = isServed([]) ? allUp : 0;
  units.forEach((first, i) => {
    const one = (allUp * first.down) / (1 - first.down);
    if (isServed([first])) covered += one;
    for (const second of units.slice(i + 1)) {
      if (isServed([first, second])) covered += (one * second.down) / (1 - second.down);
    }
  });
  return covered;
}

/** Every group and every single node that carries replicas. */
function unitsOf(subject: Subject, held: readonly Held[], window: TimeWindow): readonly Unit[] {
  const startups = new Map(
    subject.workloads.flatMap((item) => item.chosen.map((chosen) => [chosen.candidate.id, chosen.startup])),
  );
  const downOf = (members: readonly Held[]): number => {
    const monthly = Math.max(...members.map((item) => item.offering.interruption.monthlyHigh));
    const node = Math.max(...members.map((item) => item.offering.nodeStartup));
    const replica = Math.max(...members.map((item) => startups.get(item.allocation.candidate.id) ?? 0));
    const failuresPerHour = -Math.log(1 - Math.min(monthly, 0.999999)) / HOURS_PER_MONTH;
    const hoursDown = (failuresPerHour * (node + replica)) / 3600;
    return hoursDown / (1 + hoursDown);
  };
  const isIndependent = (item: Held): boolean => item.offering.correlationGroup === INDEPENDENT_NODES;
  const groups = Map.groupBy(
    held.filter((item) => !isIndependent(item)),
    (item) => item.offering.correlationGroup,
  );
  const units: Unit[] = [...groups].map(([group, members]) => ({ group, down: downOf(members) }));
  for (const [offering, members] of Map.groupBy(held.filter(isIndependent), (item) => item.offering)) {
    const bought = subject.nodes.find((item) => item.offering === offering.id)?.nodes[window.id] ?? 0;
    const pods = members.reduce(
      (sum, item) => sum + item.count * item.allocation.candidate.podGroup.nodes,
      0,
    );
    for (let node = 0; node < Math.min(bought, pods); node++) units.push({ offering, down: downOf(members) });
  }
  return units;
}

function heldIn(
  problem: ResolvedProblem,
  subject: Subject,
  facts: { readonly workload: string; readonly window: TimeWindow },
): readonly Held[] {
  return allocationsFor(subject, facts.workload).flatMap((allocation) =>
    problem.offerings
      .filter(
        (offering) => offering.pool === allocation.pool && offering.capacityType === allocation.capacityType,
      )
      .map((offering) => ({
        allocation,
        offering,
        count: replicasAt(allocation, facts.window.id, offering.zone),
      }))
      .filter((item) => item.count > 0),
  );
}

/** What is held by what it does: a request needs every role. */
function rolesHeld(held: readonly Held[]): readonly (readonly Held[])[] {
  return roleGroups([...new Set(held.map((item) => item.allocation))]).map((own) =>
    held.filter((item) => own.includes(item.allocation)),
  );
}

function rateOf(held: readonly Held[]): number {
  return held.reduce((sum, item) => sum + item.count * item.allocation.plannedRatePerReplica, 0);
}

function groupLoss(held: readonly Held[], group: string): number {
  return rateOf(held.filter((item) => item.offering.correlationGroup === group));
}

/** The most rate that `nodes` nodes of an offering can carry: the worst mix of its replicas that fits on them. */
function nodesLoss(held: readonly Held[], offering: Offering, nodes: number): number {
  const here = held.filter((item) => item.offering.id === offering.id);
  const accelerators = offering.instanceType.accelerator?.count ?? 0;
  const worst = (index: number, room: number): number => {
    const item = here[index];
    if (item === undefined) return 0;
    const size = Math.max(item.allocation.candidate.podGroup.acceleratorsPerNode, 1e-9);
    let best = 0;
    for (let lost = 0; lost <= item.count && lost * size <= room + 1e-9; lost++) {
      const rest = worst(index + 1, room - lost * size);
      best = Math.max(best, lost * item.allocation.plannedRatePerReplica + rest);
    }
    return best;
  };
  return worst(0, accelerators * nodes);
}
