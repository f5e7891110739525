import { ProgramBuilder } from '../solvers/integer-program.ts';
import type { Term } from '../solvers/integer-program.ts';
import type { SolverAdapter } from '../solvers/solver-adapter.ts';
import { solveTrusted } from '../solvers/trusted-solve.ts';
import type { PackingClasses } from './packing-classes.ts';
import type { PackingProblem } from './packing-problem.ts';

/** The relaxation of groups: nodes of each kept kind, shares as in `FluidAnswer`, and what the rows say about prices. */
export interface GroupAnswer {
  readonly nodes: Float64Array;
  readonly shares: Float64Array;
  /** Money on each resource of each kept kind, `kind · resources + r`. */
  readonly prices: Float64Array;
  /** What spread rows take off the price of a node of each kept kind, ≥ 0 and at most its price. */
  readonly spreadPrices: Float64Array;
  /** What the spread rows add to the bound. */
  readonly spreadCost: number;
}

/** Parts of the pods of each group on each kind, and nodes in parts, at least price. */
export async function groupProgram(
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
