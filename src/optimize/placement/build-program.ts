import type { Offering, TimeWindow } from '../../model/index.ts';
import { toDollars } from '../../units/index.ts';
import { hoursPerMonth } from '../windows.ts';
import { ProgramBuilder } from '../solvers/index.ts';
import type { IntegerProgram, Term } from '../solvers/index.ts';
import { demandOf, rateTerms, replicasOf } from './draft.ts';
import type { Draft, NodeVariable, ProgramScope, ReplicaVariable } from './draft.ts';
import { addFailureRows } from './failure-rows.ts';
import { hoursPaid } from './paid-hours.ts';
import { isBase, nodeShare, optionsOn, quotaIdOf, replicasPerNode } from './placement-problem.ts';
import type { PlacementOption, PlacementWorkload } from './placement-problem.ts';
import { interchangeable } from './symmetry.ts';

/** The integer program of a placement and the meaning of its columns. */
export interface PlacementProgram {
  readonly program: IntegerProgram;
  readonly replicas: readonly ReplicaVariable[];
  readonly nodes: readonly NodeVariable[];
}

/**
 * Writes a placement as an integer program in dollars per month; docs/design/0002-optimizer.md states the
 * formulation. Columns and rows come in the order of windows, offerings, workloads and options, so that equal
 * problems give equal programs.
 */
export function buildProgram(scope: ProgramScope): PlacementProgram {
  const draft: Draft = { ...scope, builder: new ProgramBuilder('placement'), replicas: [], nodes: [] };
  for (const window of scope.windows) addColumns(draft, window);
  for (const window of scope.windows) {
    addPackingRows(draft, window);
    addQuotaRows(draft, window);
    addSpreadRows(draft, window);
    addSymmetryRows(draft, window);
    for (const workload of scope.problem.workloads) {
      addDemandRow(draft, workload, window);
      addSpotShareRow(draft, workload, window);
      addFailureRows(draft, workload, window);
    }
  }
  if (scope.isJoint) {
    addBudgetRows(draft);
    addReservedRows(draft);
  }
  return { program: draft.builder.build(), replicas: draft.replicas, nodes: draft.nodes };
}

function addColumns(draft: Draft, window: TimeWindow): void {
  const { builder, problem } = draft;
  const paid = hoursPaid(problem);
  for (const offering of problem.offerings) {
    let neededNodes = 0;
    for (const workload of problem.workloads) {
      const isBarred = !isBase(offering) && workload.maxSpotShare === 0;
      for (const option of isBarred ? [] : optionsOn(workload, offering)) {
        const upper = mostReplicas(option, offering, demandOf(workload, window));
        neededNodes += upper * option.candidate.podGroup.nodes;
        const column = builder.count(`n/${option.candidate.id}/${offering.id}/${window.id}`, upper);
        draft.replicas.push({ column, workload, option, offering, window, upper });
      }
    }
    const upper = Math.max(
      0,
      Math.min(problem.maxNodes[quotaIdOf(problem, offering.pool)] ?? Infinity, neededNodes),
    );
    const cost = toDollars(offering.price) * paid(offering, window.id);
    const name = `N/${offering.id}/${window.id}`;
    const isInteger = draft.isRelaxed !== true;
    const column = builder.column({ name, cost, lower: 0, upper, isInteger });
    draft.nodes.push({ column, offering, window, upper });
  }
}

/** Alone able to carry the demand after losing two nodes, plus one for an even spread over zones. */
function mostReplicas(option: PlacementOption, offering: Offering, demand: number): number {
  if (demand <= 0) return 0;
  return Math.ceil(demand / option.rate) + 2 * replicasPerNode(option.candidate, offering) + 1;
}

/** Pods fit on nodes in every resource: exact for accelerators because sizes divide each other and the node. */
function addPackingRows(draft: Draft, window: TimeWindow): void {
  for (const node of draft.nodes.filter((v) => v.window.id === window.id)) {
    const { instanceType } = node.offering;
    const placed = draft.replicas.filter(
      (v) => v.window.id === window.id && v.offering.id === node.offering.id,
    );
    if (placed.length === 0) continue;
    const fit = (resource: string, available: number, asked: (v: ReplicaVariable) => number): void => {
      if (!placed.some((v) => asked(v) > 0)) return;
      // Divided by what a node has: rows of about unit size keep the solver's tolerances meaningful.
      const terms = placed.map((v): Term => [v.column, asked(v) / Math.max(available, 1e-9)]);
      draft.builder.row(`pack/${resource}/${node.offering.id}/${window.id}`, { upper: 0 }, [
        ...terms,
        [node.column, -1],
      ]);
    };
    const pods = (v: ReplicaVariable): number => v.option.candidate.podGroup.nodes;
    const accelerators = instanceType.accelerator?.count ?? 0;
    fit('accelerators', accelerators, (v) => pods(v) * v.option.candidate.podGroup.acceleratorsPerNode);
    if (draft.isRelaxed === true && accelerators > 0) continue;
    fit('cpu', instanceType.allocatable.cpuMillicores, (v) => {
      return pods(v) * v.option.candidate.podGroup.cpuMillicores;
    });
    fit('memory', instanceType.allocatable.memory, (v) => pods(v) * v.option.candidate.podGroup.memory);
    fit('pods', instanceType.allocatable.pods, pods);
  }
}

function addQuotaRows(draft: Draft, window: TimeWindow): void {
  const { problem } = draft;
  for (const [quota, limit] of Object.entries(problem.maxNodes).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!Number.isFinite(limit)) continue;
    const nodes = draft.nodes.filter(
      (v) => v.window.id === window.id && quotaIdOf(problem, v.offering.pool) === quota,
    );
    draft.builder.row(
      `quota/${quota}/${window.id}`,
      { upper: limit },
      nodes.map((v) => [v.column, 1]),
    );
  }
}

/** Base nodes of a pool differ by at most one between its zones. */
function addSpreadRows(draft: Draft, window: TimeWindow): void {
  if (!draft.problem.isSpread || draft.isRelaxed === true) return;
  const sets = Map.groupBy(
    draft.nodes.filter((v) => v.window.id === window.id && isBase(v.offering)),
    (v) => `${v.offering.pool}/${v.offering.capacityType}`,
  );
  for (const [set, members] of sets) {
    if (members.length < 2) continue;
    const least = draft.builder.count(`least/${set}/${window.id}`, Math.max(...members.map((v) => v.upper)));
    for (const v of members) {
      draft.builder.row(`spread/${set}/${v.offering.zone}/${window.id}`, { lower: 0, upper: 1 }, [
        [v.column, 1],
        [least, -1],
      ]);
    }
  }
}

/** Of zones that differ in nothing the earlier gets at least as many nodes. */
function addSymmetryRows(draft: Draft, window: TimeWindow): void {
  const nodes = draft.nodes.filter((v) => v.window.id === window.id);
  for (const [first, second] of interchangeable(draft.problem.offerings)) {
    const before = nodes.find((v) => v.offering.id === first.id);
    const after = nodes.find((v) => v.offering.id === second.id);
    if (before === undefined || after === undefined) continue;
    draft.builder.row(`order/${second.id}/${window.id}`, { lower: 0 }, [
      [before.column, 1],
      [after.column, -1],
    ]);
  }
}

function addDemandRow(draft: Draft, workload: PlacementWorkload, window: TimeWindow): void {
  const demand = demandOf(workload, window);
  if (demand <= 0) return;
  const terms = rateTerms(replicasOf(draft, workload, window));
  draft.builder.row(`demand/${workload.id}/${window.id}`, { lower: demand }, terms);
}

/**
 * Spot may hold at most the share of a workload's replicas, and of their planned rate: counted by replicas alone, a
 * few weak base replicas would excuse a fleet that lives on spot.
 */
function addSpotShareRow(draft: Draft, workload: PlacementWorkload, window: TimeWindow): void {
  const share = workload.maxSpotShare;
  if (share >= 1 || share === 0) return;
  const replicas = replicasOf(draft, workload, window);
  const factor = (v: ReplicaVariable): number => (isBase(v.offering) ? -share : 1 - share);
  const byCount = replicas.map((v): Term => [v.column, factor(v)]);
  const byRate = replicas.map((v): Term => [v.column, factor(v) * v.option.rate]);
  draft.builder.row(`spot-share/${workload.id}/${window.id}`, { upper: 0 }, byCount);
  draft.builder.row(`spot-rate/${workload.id}/${window.id}`, { upper: 0 }, byRate);
}

function addBudgetRows(draft: Draft): void {
  const paid = hoursPaid(draft.problem);
  for (const budget of draft.problem.budgets) {
    const terms: Term[] =
      budget.team === ''
        ? draft.nodes.map((v) => [v.column, toDollars(v.offering.price) * paid(v.offering, v.window.id)])
        : draft.replicas
            .filter((v) => v.workload.team === budget.team)
            .map((v) => {
              const share = nodeShare(v.option.candidate, v.offering);
              return [v.column, share * toDollars(v.offering.price) * hoursPerMonth(v.window)];
            });
    draft.builder.row(`budget/${budget.id}`, { upper: toDollars(budget.limit) }, terms);
  }
}

/** Reserved and owned nodes are paid for in every hour: the same number in every window. */
function addReservedRows(draft: Draft): void {
  for (const offering of draft.problem.offerings) {
    if (offering.capacityType !== 'reserved' && offering.capacityType !== 'owned') continue;
    const nodes = draft.nodes.filter((v) => v.offering.id === offering.id);
    const [first] = nodes;
    for (const v of nodes.slice(1)) {
      if (first === undefined) continue;
      draft.builder.row(`held/${offering.id}/${v.window.id}`, { lower: 0, upper: 0 }, [
        [first.column, 1],
        [v.column, -1],
      ]);
    }
  }
}
