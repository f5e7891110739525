import { dealLeftovers, dealOut } from './deal.ts';
import { FILL_RULES, OpenNodes, fillNode, placeByEjection } from './fill-nodes.ts';
import type { FillRule } from './fill-nodes.ts';
import type { FluidAnswer } from './fluid.ts';
import { nodeLimits } from './column-generation.ts';
import type { PackingClasses } from './packing-classes.ts';

/** Classes up to which nodes are filled one by one too: each fill looks at all of them. */
const MOST_FILL_CLASSES = 150;

/** Nodes and pods up to which ejection is tried: it looks at all pairs of nodes. */
const EJECTION_WORK = 4_000_000;

/**
 * Placements by filling nodes one after the other: first the whole part of the fluid relaxation's nodes, then, for what is left, always
 * the kind whose filled node is worth most per dollar at the relaxation's pod prices. One placement per fill rule; pods may be left
 * waiting where limits end. O(nodes × fills × classes) each.
 */
export function packGreedily(classes: PackingClasses, fluid: FluidAnswer): readonly OpenNodes[] {
  const isLarge = classes.members.length > MOST_FILL_CLASSES;
  const rules = isLarge ? [] : [...FILL_RULES, 'value' as const];
  return [dealt(classes, fluid), ...rules.map((name) => fillByRule(classes, fluid, name))];
}

/** Pods that wait go on the kinds that hold most value per dollar at the given pod prices, node by node, as long as limits allow. */
export function openForWaiting(open: OpenNodes, prices: Float64Array): void {
  const { classes } = open;
  const budget = new NodeBudget(classes);
  for (const kind of open.kinds) budget.take(kind);
  const rule = {
    name: 'shape' as const,
    weights: new Float64Array(classes.resources).fill(1),
    values: prices,
  };
  while (open.pending > 0) if (!openBest(open, { budget, rule, prices })) break;
}

/** The relaxation's own mix on whole nodes, leftovers where they fit, and new nodes for the rest. */
function dealt(classes: PackingClasses, fluid: FluidAnswer): OpenNodes {
  const open = new OpenNodes(classes);
  const budget = new NodeBudget(classes);
  dealOut(open, fluid, (kind) => budget.take(kind));
  dealLeftovers(open);
  const rule = { name: 'shape' as const, weights: weightsOf(classes, fluid), values: fluid.classPrices };
  while (open.pending > 0) if (!openBest(open, { budget, rule, prices: fluid.classPrices })) break;
  return open;
}

function fillByRule(classes: PackingClasses, fluid: FluidAnswer, name: FillRule): OpenNodes {
  const open = new OpenNodes(classes);
  const budget = new NodeBudget(classes);
  const rule = { name, weights: weightsOf(classes, fluid), values: fluid.classPrices };
  const order = classes.kinds
    .map((_, kind) => kind)
    .filter((kind) => (fluid.nodes[kind] ?? 0) >= 1)
    .sort((a, b) => priceOf(classes, b) - priceOf(classes, a) || a - b);
  for (const kind of order) {
    for (let copy = Math.floor(fluid.nodes[kind] ?? 0); copy > 0 && budget.take(kind); copy--) {
      fillNode(open, open.open(kind), rule);
    }
  }
  while (open.pending > 0) if (!openBest(open, { budget, rule, prices: fluid.classPrices })) break;
  if (open.pending > 0 && open.pending * open.kinds.length ** 2 < EJECTION_WORK) placeByEjection(open);
  return open;
}

function priceOf(classes: PackingClasses, kind: number): number {
  return classes.problem.nodes[classes.kinds[kind] ?? 0]?.price ?? 0;
}

/** How scarce each resource is: its share of all prices on the nodes of the relaxation. */
function weightsOf(classes: PackingClasses, fluid: FluidAnswer): Float64Array {
  const { resources, requests, counts } = classes;
  const weights = new Float64Array(resources);
  for (let r = 0; r < resources; r++) {
    let asked = 0;
    let held = 0;
    for (let c = 0; c < counts.length; c++) asked += (counts[c] ?? 0) * (requests[c * resources + r] ?? 0);
    classes.kinds.forEach((index, kind) => {
      held += (fluid.nodes[kind] ?? 0) * (classes.problem.nodes[index]?.capacity[r] ?? 0);
    });
    weights[r] = held > 0 ? asked / held : 1;
  }
  return weights;
}

/** Kinds tried for one more node: those whose capacity costs least at pod prices, and the small ones for the last pods. */
const KINDS_TRIED = 40;

/** Opens the kind that holds most value of waiting pods per dollar; false when no kind takes any. */
function openBest(
  open: OpenNodes,
  facts: {
    readonly budget: NodeBudget;
    readonly rule: { readonly name: FillRule; readonly weights: Float64Array; readonly values: Float64Array };
    readonly prices: Float64Array;
  },
): boolean {
  const { classes } = open;
  let best = -1;
  let bestRate = 0;
  const kinds = classes.kinds.map((_, kind) => kind).filter((kind) => facts.budget.has(kind));
  const step = Math.max(1, Math.floor(kinds.length / KINDS_TRIED));
  const byPrice = kinds.sort((a, b) => priceOf(classes, a) - priceOf(classes, b) || a - b);
  for (let at = 0; at < byPrice.length; at += step) {
    const kind = byPrice[at] ?? 0;
    const value = valueOfOne(open, kind, facts);
    const rate = value / Math.max(priceOf(classes, kind), 1e-9);
    if (value > 0 && rate > bestRate * (1 + 1e-9)) {
      bestRate = rate;
      best = kind;
    }
  }
  if (best < 0 || !facts.budget.take(best)) return false;
  fillNode(open, open.open(best), facts.rule);
  return true;
}

/** What a node of a kind would be worth with waiting pods; the node is taken away again. */
function valueOfOne(
  open: OpenNodes,
  kind: number,
  facts: {
    readonly rule: { readonly name: FillRule; readonly weights: Float64Array; readonly values: Float64Array };
    readonly prices: Float64Array;
  },
): number {
  const node = open.open(kind);
  fillNode(open, node, facts.rule);
  return open.close(node).reduce((sum, count, c) => sum + count * Math.max(facts.prices[c] ?? 0, 1e-9), 0);
}

/** How many nodes may still be bought. */
class NodeBudget {
  readonly #left: number[];
  readonly #limitsOf: readonly (readonly number[])[];

  constructor(classes: PackingClasses) {
    const limits = nodeLimits(classes);
    this.#left = limits.map((limit) => limit.most);
    this.#limitsOf = classes.kinds.map((_, kind) =>
      limits.flatMap((limit, index) => (limit.kinds.includes(kind) ? [index] : [])),
    );
  }

  has(kind: number): boolean {
    return (this.#limitsOf[kind] ?? []).every((limit) => (this.#left[limit] ?? 0) >= 1);
  }

  take(kind: number): boolean {
    if (!this.has(kind)) return false;
    for (const limit of this.#limitsOf[kind] ?? []) this.#left[limit] = (this.#left[limit] ?? 0) - 1;
    return true;
  }
}
