import type { SolverAdapter } from '../solvers/solver-adapter.ts';
import { groupsOf } from './class-groups.ts';
import { groupProgram } from './group-program.ts';
import type { GroupAnswer } from './group-program.ts';
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
