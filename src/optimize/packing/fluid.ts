import { ProgramBuilder } from '../solvers/integer-program.ts';
import type { Term } from '../solvers/integer-program.ts';
import type { SolverAdapter } from '../solvers/solver-adapter.ts';
import { solveTrusted } from '../solvers/trusted-solve.ts';
import { packingClasses } from './packing-classes.ts';
import type { PackingClasses } from './packing-classes.ts';
import type { PackingProblem, PackNode } from './packing-problem.ts';

/** The relaxation in which pods and nodes may both be cut in parts, solved by its dual. */
export interface FluidAnswer {
  /** No packing costs less, micro-dollars per hour. */
  readonly bound: number;
  /** Price of one more pod of each class. */
  readonly classPrices: Float64Array;
  /** Nodes of each kept kind in the relaxation of the groups; the bound does not rest on it. */
  readonly nodes: Float64Array;
  /** Share of the pods of each class that runs on each kept kind there: entry `class · kinds + kind`. */
  readonly shares: Float64Array;
}

/** Groups of classes that the first linear program tells apart, over all kinds (assumed). */
const COARSE_GROUPS = 48;
/** Groups of the second one, over the kinds that the first uses (assumed: a few tenths of a second). */
const FINE_GROUPS = 400;
/** Steps of the ascent that follows (assumed). */
const ASCENT_STEPS = 60;

/**
 * A lower bound and pod prices for problems of any size. Dual of the relaxation: every kind of node shares its price out among its
 * resources, y_b · capacity_b = price_b; a pod then costs at least min_b y_b · request, and Σ pods · that is a bound for every choice
 * of y. The choice comes from two linear programs in which classes of like proportions are one group: a coarse one over all kinds, a
 * fine one over the kinds that it uses; projected subgradient steps on all classes follow. Limits on nodes are left out, which keeps
 * the bound valid.
 */
export async function fluidRelaxation(
  classes: PackingClasses,
  solvers: readonly SolverAdapter[],
): Promise<FluidAnswer> {
  const relaxed = await relaxGroups(classes, solvers);
  const shares = new NodePrices(classes, relaxed);
  let last = shares.evaluate();
  let { bound, classPrices } = last;
  for (let step = 1; step <= ASCENT_STEPS; step++) {
    shares.ascend(last.takers, 0.05 / step);
    last = shares.evaluate();
    if (last.bound > bound) ({ bound, classPrices } = last);
  }
  return { bound: bound + relaxed.spreadCost, classPrices, nodes: relaxed.nodes, shares: relaxed.shares };
}

/**
 * Prices of a unit of each resource on the kinds of node that the relaxation of a problem uses: one vector per kind, with
 * vector · capacity = price. Other kinds are compared with these (`cheapestUnits`). Empty where the program was not solved.
 */
export async function fluidUnitPrices(
  problem: PackingProblem,
  solvers: readonly SolverAdapter[],
): Promise<readonly Float64Array[]> {
  const classes = packingClasses(problem);
  const { prices } = await relaxGroups(classes, solvers);
  const { resources } = classes;
  return classes.kinds.flatMap((index, kind) => {
    const own = prices.slice(kind * resources, (kind + 1) * resources);
    const node = problem.nodes[index];
    return node !== undefined && own.some((amount) => amount > 0) ? [unitsOf(node, own)] : [];
  });
}

/** Unit prices of a node that add up to its price, in the proportions of the known vector at which its capacity costs least. */
export function cheapestUnits(node: PackNode, known: readonly Float64Array[]): Float64Array {
  const worth = (units: Float64Array): number =>
    units.reduce((sum, price, r) => sum + price * (node.capacity[r] ?? 0), 0);
  const [first = new Float64Array(node.capacity.length).fill(1), ...others] = known.filter(
    (units) => worth(units) > 0,
  );
  const least = others.reduce((best, units) => (worth(units) < worth(best) ? units : best), first);
  const total = worth(least);
  return least.map((price) => (total > 0 ? (price * node.price) / total : 0));
}

function unitsOf(node: PackNode, amounts: Float64Array): Float64Array {
  const total = amounts.reduce((sum, amount) => sum + amount, 0);
  return amounts.map((amount, r) => (amount / total) * (node.price / Math.max(node.capacity[r] ?? 0, 1e-9)));
}

async function relaxGroups(classes: PackingClasses, solvers: readonly SolverAdapter[]): Promise<GroupAnswer> {
  const all = classes.kinds.map((_, kind) => kind);
  const coarse = await groupProgram(
    classes,
    { groups: groupsOf(classes, COARSE_GROUPS), kinds: all },
    solvers,
  );
  const used = all.filter((kind) => (coarse.nodes[kind] ?? 0) > 1e-6);
  const isFine = classes.members.length > COARSE_GROUPS && used.length > 0;
  if (!isFine) return coarse;
  return groupProgram(classes, { groups: groupsOf(classes, FINE_GROUPS), kinds: used }, solvers);
}

/**
 * The problem with like classes as one, of their mean request: at most about `most` classes. Neither a relaxation nor a restriction of the problem, so it
 * tells which nodes are worth buying and bounds nothing. Limits per node of single classes become least numbers of nodes of the group.
 */
export function groupedClasses(classes: PackingClasses, most: number): PackingClasses {
  const groups = groupsOf(classes, most);
  const { resources } = classes;
  const counts = Float64Array.from(groups, (list) =>
    list.reduce((sum, c) => sum + (classes.counts[c] ?? 0), 0),
  );
  const requests = new Float64Array(groups.length * resources);
  groups.forEach((list, g) => {
    for (let r = 0; r < resources; r++) {
      const total = list.reduce(
        (sum, c) => sum + (classes.counts[c] ?? 0) * (classes.requests[c * resources + r] ?? 0),
        0,
      );
      requests[g * resources + r] = total / Math.max(counts[g] ?? 0, 1e-9);
    }
  });
  const groupOf = new Map(groups.flatMap((list, g) => list.map((c): [number, number] => [c, g])));
  return {
    ...classes,
    members: groups.map((list) => list.flatMap((c) => classes.members[c] ?? [])),
    counts,
    requests,
    maxPerNode: new Float64Array(groups.length).fill(Infinity),
    leastNodes: Float64Array.from(groups, (list) => Math.max(...list.map((c) => classes.leastNodes[c] ?? 0))),
    apart: groups.map(() => []),
    takes: classes.takes.map((list) =>
      [...new Set(list.map((c) => groupOf.get(c) ?? -1))].sort((a, b) => a - b),
    ),
  };
}

/** Classes grouped by the kinds they may use and by the proportions of their requests; each group holds like classes. */
function groupsOf(classes: PackingClasses, most: number): readonly (readonly number[])[] {
  const bySignature = new Map<string, number[]>();
  const kindsOf: number[][] = classes.members.map(() => []);
  classes.takes.forEach((list, kind) => list.forEach((c) => kindsOf[c]?.push(kind)));
  kindsOf.forEach((kinds, c) => {
    const key = kinds.join(',');
    const list = bySignature.get(key);
    if (list === undefined) bySignature.set(key, [c]);
    else list.push(c);
  });
  const perSignature = Math.max(1, Math.floor(most / Math.max(1, bySignature.size)));
  return [...bySignature.values()].flatMap((list) => cutByProportion(classes, list, perSignature));
}

function cutByProportion(classes: PackingClasses, list: readonly number[], groups: number): number[][] {
  const { resources, requests } = classes;
  const proportion = (c: number): number =>
    (requests[c * resources + 1] ?? 0) / Math.max(requests[c * resources] ?? 0, 1e-9);
  const order = [...list].sort((a, b) => proportion(a) - proportion(b) || a - b);
  const size = Math.ceil(order.length / groups);
  return Array.from({ length: Math.ceil(order.length / size) }, (_, g) =>
    order.slice(g * size, (g + 1) * size),
  );
}

/** The relaxation of groups: nodes of each kept kind, shares as in `FluidAnswer`, and what the rows say about prices. */
interface GroupAnswer {
  readonly nodes: Float64Array;
  readonly shares: Float64Array;
  /** Money on each resource of each kept kind, `kind · resources + r`. */
  readonly prices: Float64Array;
  /** What spread rows take off the price of a node of each kept kind, ≥ 0 and at most its price. */
  readonly spreadPrices: Float64Array;
  /** What the spread rows add to the bound. */
  readonly spreadCost: number;
}

async function groupProgram(
  classes: PackingClasses,
  part: { readonly groups: readonly (readonly number[])[]; readonly kinds: readonly number[] },
  solvers: readonly SolverAdapter[],
): Promise<GroupAnswer> {
  const { resources, requests, problem } = classes;
  const { groups, kinds } = part;
  const nodeOf = (kind: number): PackingProblem['nodes'][number] | undefined =>
    problem.nodes[classes.kinds[kind] ?? 0];
  const builder = new ProgramBuilder('fluid');
  const nodes = kinds.map((kind) =>
    builder.column({
      name: `n${kind}`,
      cost: nodeOf(kind)?.price ?? 0,
      lower: 0,
      upper: Infinity,
      isInteger: false,
    }),
  );
  const totals = groups.map((list) => {
    const total = new Float64Array(resources);
    for (const c of list) {
      for (let r = 0; r < resources; r++) {
        total[r] = (total[r] ?? 0) + (classes.counts[c] ?? 0) * (requests[c * resources + r] ?? 0);
      }
    }
    return total;
  });
  const covering: Term[][] = groups.map(() => []);
  const parts: { readonly column: number; readonly group: number; readonly kind: number }[] = [];
  const takes = classes.takes.map((list) => new Set(list));
  kinds.forEach((kind, at) => {
    const capacity = nodeOf(kind)?.capacity ?? [];
    const using: Term[][] = Array.from({ length: resources }, () => []);
    groups.forEach((list, g) => {
      if (list[0] === undefined || takes[kind]?.has(list[0]) !== true) return;
      const part = builder.column({
        name: `x${g}-${kind}`,
        cost: 0,
        lower: 0,
        upper: Infinity,
        isInteger: false,
      });
      covering[g]?.push([part, 1]);
      parts.push({ column: part, group: g, kind });
      for (let r = 0; r < resources; r++) {
        const share = (totals[g]?.[r] ?? 0) / Math.max(capacity[r] ?? 0, 1e-9);
        if (share > 0) using[r]?.push([part, share]);
      }
    });
    using.forEach((terms, r) =>
      builder.row(`room-${kind}-${r}`, { upper: 0 }, [...terms, [nodes[at] ?? 0, -1]]),
    );
  });
  covering.forEach((terms, g) => builder.row(`group-${g}`, { lower: 1 }, terms));
  const spreads = spreadRows(classes);
  spreads.forEach((spread, index) => {
    const terms = kinds.flatMap((kind, at): Term[] => (spread.kinds.has(kind) ? [[nodes[at] ?? 0, 1]] : []));
    builder.row(`spread-${index}`, { lower: spread.nodes }, terms);
  });
  const answer = await solveTrusted(builder.build(), { nodes: 1, seconds: 30, relativeGap: 0 }, solvers);
  const all = classes.kinds.length;
  const prices = new Float64Array(all * resources);
  const shares = new Float64Array(classes.members.length * all);
  const amounts = new Float64Array(all);
  const spreadPrices = new Float64Array(all);
  if (answer.status !== 'optimal') return { nodes: amounts, shares, prices, spreadPrices, spreadCost: 0 };
  let spreadCost = 0;
  spreads.forEach((spread, index) => {
    const dual = Math.max(0, answer.duals?.[kinds.length * resources + groups.length + index] ?? 0);
    if (dual === 0) return;
    // A kind that the program does not hold may cost less than the row is worth: the row is worth no more than its cheapest node.
    const own = Math.min(
      dual,
      ...[...spread.kinds].map((kind) => (nodeOf(kind)?.price ?? 0) - (spreadPrices[kind] ?? 0)),
    );
    for (const kind of spread.kinds) spreadPrices[kind] = (spreadPrices[kind] ?? 0) + own;
    spreadCost += own * spread.nodes;
  });
  for (const { column, group, kind } of parts) {
    for (const c of groups[group] ?? []) shares[c * all + kind] = answer.values[column] ?? 0;
  }
  kinds.forEach((kind, at) => {
    amounts[kind] = answer.values[nodes[at] ?? 0] ?? 0;
    for (let r = 0; r < resources; r++) {
      prices[kind * resources + r] = Math.max(0, -(answer.duals?.[at * resources + r] ?? 0));
    }
  });
  return { nodes: amounts, shares, prices, spreadPrices, spreadCost };
}

/** Least nodes that classes with a limit per node need, by the kinds they may use; the largest of each set of kinds. */
function spreadRows(
  classes: PackingClasses,
): readonly { readonly kinds: ReadonlySet<number>; readonly nodes: number }[] {
  const kindsOf: number[][] = classes.members.map(() => []);
  classes.takes.forEach((list, kind) => list.forEach((c) => kindsOf[c]?.push(kind)));
  const rows = new Map<string, { readonly kinds: ReadonlySet<number>; nodes: number }>();
  kindsOf.forEach((kinds, c) => {
    const needed = classes.leastNodes[c] ?? 0;
    if (needed === 0) return;
    const key = kinds.join(',');
    const row = rows.get(key);
    if (row === undefined) rows.set(key, { kinds: new Set(kinds), nodes: needed });
    else row.nodes = Math.max(row.nodes, needed);
  });
  return [...rows.values()];
}

/** How each kind of node shares its price out among its resources. */
class NodePrices {
  readonly #classes: PackingClasses;
  /** Share of the price that each resource carries, `kind · resources + r`; the shares of a kind add up to 1. */
  readonly #shares: Float64Array;
  /** Price of a node of each kind that its resources share. */
  readonly #prices: Float64Array;
  /** Prices per unit of resource. */
  readonly #unit: Float64Array;
  readonly #kindsOf: readonly (readonly number[])[];

  /** Kinds on which the relaxation puts no money take the proportions of the others (`cheapestUnits`). */
  constructor(classes: PackingClasses, relaxed: Pick<GroupAnswer, 'prices' | 'spreadPrices'>) {
    this.#classes = classes;
    const { resources, kinds, problem } = classes;
    this.#shares = new Float64Array(kinds.length * resources);
    this.#prices = Float64Array.from(kinds, (index, kind) =>
      Math.max(0, (problem.nodes[index]?.price ?? 0) - (relaxed.spreadPrices[kind] ?? 0)),
    );
    const own = kinds.map((_, kind) => relaxed.prices.slice(kind * resources, (kind + 1) * resources));
    const known = kinds.flatMap((index, kind) => {
      const node = problem.nodes[index];
      const amounts = own[kind];
      if (node === undefined || amounts?.some((amount) => amount > 0) !== true) return [];
      return [unitsOf({ ...node, price: this.#prices[kind] ?? 0 }, amounts)];
    });
    kinds.forEach((index, kind) => {
      const amounts = own[kind];
      const node = problem.nodes[index];
      if (node === undefined || amounts === undefined) return;
      if (amounts.some((amount) => amount > 0)) return this.#set(kind, amounts);
      const units = cheapestUnits({ ...node, price: 1 }, known);
      this.#set(
        kind,
        units.map((price, r) => price * (node.capacity[r] ?? 0)),
      );
    });
    this.#unit = new Float64Array(this.#shares.length);
    const kindsOf: number[][] = classes.members.map(() => []);
    classes.takes.forEach((list, kind) => list.forEach((c) => kindsOf[c]?.push(kind)));
    this.#kindsOf = kindsOf;
  }

  #set(kind: number, amounts: Float64Array): void {
    const { resources } = this.#classes;
    const total = amounts.reduce((sum, amount) => sum + amount, 0);
    for (let r = 0; r < resources; r++) {
      this.#shares[kind * resources + r] = total > 0 ? (amounts[r] ?? 0) / total : 1 / resources;
    }
  }

  /** The bound of these prices, the price of each class, and the kind at which each class is cheapest. */
  evaluate(): { readonly bound: number; readonly classPrices: Float64Array; readonly takers: Int32Array } {
    const { resources, requests, problem, kinds, counts } = this.#classes;
    kinds.forEach((index, kind) => {
      const node = problem.nodes[index];
      for (let r = 0; r < resources; r++) {
        const at = kind * resources + r;
        const capacity = node?.capacity[r] ?? 0;
        this.#unit[at] = capacity > 0 ? ((this.#shares[at] ?? 0) * (this.#prices[kind] ?? 0)) / capacity : 0;
      }
    });
    const classPrices = new Float64Array(counts.length);
    const takers = new Int32Array(counts.length).fill(-1);
    let bound = 0;
    for (let c = 0; c < counts.length; c++) {
      let least = Infinity;
      for (const kind of this.#kindsOf[c] ?? []) {
        let cost = 0;
        for (let r = 0; r < resources; r++) {
          cost += (this.#unit[kind * resources + r] ?? 0) * (requests[c * resources + r] ?? 0);
        }
        if (cost < least) {
          least = cost;
          takers[c] = kind;
        }
      }
      if (takers[c] === -1) continue;
      classPrices[c] = least;
      bound += least * (counts[c] ?? 0);
    }
    return { bound, classPrices, takers };
  }

  /** A step towards resources that the classes on each kind ask more for, relative to its capacity. */
  ascend(takers: Int32Array, step: number): void {
    const { resources, requests, problem, kinds, counts } = this.#classes;
    const load = new Float64Array(this.#shares.length);
    takers.forEach((kind, c) => {
      if (kind < 0) return;
      const capacity = problem.nodes[kinds[kind] ?? 0]?.capacity ?? [];
      for (let r = 0; r < resources; r++) {
        const at = kind * resources + r;
        load[at] =
          (load[at] ?? 0) +
          ((counts[c] ?? 0) * (requests[c * resources + r] ?? 0)) / Math.max(capacity[r] ?? 0, 1e-9);
      }
    });
    kinds.forEach((_, kind) => {
      const own = load.subarray(kind * resources, (kind + 1) * resources);
      const total = own.reduce((sum, amount) => sum + amount, 0);
      if (total <= 0) return;
      const moved = new Float64Array(resources);
      for (let r = 0; r < resources; r++) {
        const share = this.#shares[kind * resources + r] ?? 0;
        moved[r] = Math.max(0, share + step * ((own[r] ?? 0) / total - 1 / resources));
      }
      if (moved.some((amount) => amount > 0)) this.#set(kind, moved);
    });
  }
}
