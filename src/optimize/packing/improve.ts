import { randomStream } from '../../random/index.ts';
import { mostOnNode } from './packing-classes.ts';
import type { FilledKind, PackingClasses } from './packing-classes.ts';

/** How long a packing is improved. */
export interface ImproveOptions {
  /** What a pod of each class is worth: its price in a relaxation. */
  readonly values: Float64Array;
  readonly tries: number;
  readonly isPast: () => boolean;
}

/** Nodes taken apart at once besides the worst one (assumed). */
const MOST_PARTNERS = 3;
/** Kinds tried for the first node of a new filling, and for each further one (assumed). */
const KINDS_TRIED = 10;

interface Node {
  readonly kind: number;
  readonly pods: ReadonlyMap<number, number>;
}

/**
 * Takes a few nodes apart, one that holds little for its price among them, and fills new nodes with their pods; keeps the new ones where they cost less.
 * Small nodes at the end of a greedy packing are what it finds most. Classes of which a node may hold few keep their number of nodes. Deterministic. One try
 * takes O(kinds tried² × pods × classes).
 */
export function improveFilling(
  classes: PackingClasses,
  filled: readonly FilledKind[],
  options: ImproveOptions,
): readonly FilledKind[] {
  const filler = new Filler(classes, options.values);
  let nodes: readonly Node[] = filled.flatMap(({ kind, count, pods }) =>
    Array.from({ length: count }, (): Node => ({ kind, pods: new Map(pods) })),
  );
  const stream = randomStream(1, 'improve-filling');
  for (let turn = 0; turn < options.tries && nodes.length > 1 && !options.isPast(); turn++) {
    const order = nodes
      .map((node, index) => ({ index, waste: filler.priceOf(node.kind) - filler.valueOf(node.pods) }))
      .sort((a, b) => b.waste - a.waste || a.index - b.index);
    const chosen = new Set([order[turn % order.length]?.index ?? 0]);
    for (let partner = 1 + stream.integer(MOST_PARTNERS); partner > 0; partner--)
      chosen.add(stream.integer(nodes.length));
    const rest = nodes.filter((_, index) => !chosen.has(index));
    const old = nodes.filter((_, index) => chosen.has(index));
    const better = filler.refill(old);
    if (better !== undefined) nodes = [...rest, ...better];
  }
  return grouped(nodes);
}

function grouped(nodes: readonly Node[]): readonly FilledKind[] {
  const groups = new Map<string, { kind: number; count: number; pods: FilledKind['pods'] }>();
  for (const { kind, pods } of nodes) {
    const list = [...pods].sort(([a], [b]) => a - b);
    const key = `${kind}:${list.join(';')}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { kind, count: 1, pods: list });
    else known.count++;
  }
  return [...groups.values()];
}

/** Fills nodes with given pods. */
class Filler {
  readonly #classes: PackingClasses;
  readonly #values: Float64Array;
  /** Most pods of each class on a node of each kind; 0 where it takes none. */
  readonly #most: readonly Float64Array[];
  /** Requests as shares of a node of each kind, `class · resources + r`. */
  readonly #shares: readonly Float64Array[];
  /** Kinds by falling price. */
  readonly #byPrice: readonly number[];

  constructor(classes: PackingClasses, values: Float64Array) {
    this.#classes = classes;
    this.#values = values;
    this.#most = classes.takes.map((list, kind) => {
      const most = new Float64Array(classes.members.length);
      for (const c of list) most[c] = mostOnNode(classes, c, kind);
      return most;
    });
    this.#shares = classes.kinds.map((index) => {
      const capacity = classes.problem.nodes[index]?.capacity ?? [];
      return classes.requests.map(
        (request, at) => request / Math.max(capacity[at % classes.resources] ?? 0, 1e-9),
      );
    });
    this.#byPrice = classes.kinds
      .map((_, kind) => kind)
      .sort((a, b) => this.priceOf(b) - this.priceOf(a) || a - b);
  }

  priceOf(kind: number): number {
    return this.#classes.problem.nodes[this.#classes.kinds[kind] ?? 0]?.price ?? 0;
  }

  valueOf(pods: ReadonlyMap<number, number>): number {
    let value = 0;
    for (const [c, count] of pods) value += count * (this.#values[c] ?? 0);
    return value;
  }

  /** Cheaper nodes for the pods of some nodes; undefined where none are found or a class would lie on fewer nodes. */
  refill(old: readonly Node[]): readonly Node[] | undefined {
    const pool = new Map<number, number>();
    for (const { pods } of old) for (const [c, count] of pods) pool.set(c, (pool.get(c) ?? 0) + count);
    const cost = old.reduce((sum, { kind }) => sum + this.priceOf(kind), 0);
    let best: readonly Node[] | undefined;
    let least = cost * (1 - 1e-9);
    for (const first of this.#likely(pool, cost)) {
      const found = this.#fillFrom(first, pool, least);
      if (found === undefined || !this.#isSpread(found, old)) continue;
      best = found;
      least = found.reduce((sum, { kind }) => sum + this.priceOf(kind), 0);
    }
    return best;
  }

  /** Kinds that cost at most so much, spread over sizes. */
  #likely(pool: ReadonlyMap<number, number>, most: number): readonly number[] {
    const usable = this.#byPrice.filter(
      (kind) => this.priceOf(kind) <= most && [...pool.keys()].some((c) => (this.#most[kind]?.[c] ?? 0) > 0),
    );
    const step = Math.max(1, usable.length / KINDS_TRIED);
    return Array.from(
      { length: Math.min(KINDS_TRIED, usable.length) },
      (_, index) => usable[Math.floor(index * step)] ?? 0,
    );
  }

  #fillFrom(first: number, pool: ReadonlyMap<number, number>, below: number): readonly Node[] | undefined {
    const waiting = new Map(pool);
    const nodes: Node[] = [];
    let cost = 0;
    let kind: number | undefined = first;
    while (kind !== undefined) {
      const pods = this.#fill(kind, waiting);
      cost += this.priceOf(kind);
      if (pods.size === 0 || cost >= below) return undefined;
      nodes.push({ kind, pods });
      for (const [c, count] of pods) {
        const left = (waiting.get(c) ?? 0) - count;
        if (left > 0) waiting.set(c, left);
        else waiting.delete(c);
      }
      if (waiting.size === 0) return nodes;
      kind = this.#next(waiting, below - cost);
    }
    return undefined;
  }

  /** The kind that holds most value of the waiting pods per dollar; whole holdings at least price first. */
  #next(waiting: ReadonlyMap<number, number>, most: number): number | undefined {
    let best: number | undefined;
    let bestRate = 0;
    for (const kind of this.#likely(waiting, most)) {
      const rate = this.valueOf(this.#fill(kind, waiting)) / Math.max(this.priceOf(kind), 1e-9);
      if (rate > bestRate * (1 + 1e-9)) {
        bestRate = rate;
        best = kind;
      }
    }
    return best;
  }

  /** Pods for one node, the next one always the one whose request lies most in the direction of the room that is left. */
  #fill(kind: number, waiting: ReadonlyMap<number, number>): ReadonlyMap<number, number> {
    const { resources, apart } = this.#classes;
    const shares = this.#shares[kind] ?? new Float64Array(0);
    const left = new Float64Array(resources).fill(1 + 1e-12);
    const open = [...waiting]
      .map(([c, count]) => ({
        c,
        room: Math.min(count, this.#most[kind]?.[c] ?? 0),
        length: this.#lengthOf(kind, c),
      }))
      .filter(({ room }) => room > 0);
    const pods = new Map<number, number>();
    for (;;) {
      let best: (typeof open)[number] | undefined;
      let bestScore = -Infinity;
      for (const item of open) {
        if (item.room <= 0) continue;
        let dot = 0;
        for (let r = 0; r < resources; r++) {
          const share = shares[item.c * resources + r] ?? 0;
          if (share > (left[r] ?? 0)) item.room = 0;
          dot += share * (left[r] ?? 0);
        }
        if (item.room <= 0) continue;
        const score = dot / Math.max(item.length, 1e-9) + item.length;
        if (score <= bestScore) continue;
        if ((apart[item.c] ?? []).some((other) => pods.has(other))) continue;
        bestScore = score;
        best = item;
      }
      if (best === undefined) return pods;
      best.room--;
      pods.set(best.c, (pods.get(best.c) ?? 0) + 1);
      for (let r = 0; r < resources; r++) left[r] = (left[r] ?? 0) - (shares[best.c * resources + r] ?? 0);
    }
  }

  #lengthOf(kind: number, c: number): number {
    const { resources } = this.#classes;
    let sum = 0;
    for (let r = 0; r < resources; r++) sum += (this.#shares[kind]?.[c * resources + r] ?? 0) ** 2;
    return Math.sqrt(sum);
  }

  /** Whether classes of which a node may hold few lie on as many nodes as before, and none of them thicker. */
  #isSpread(found: readonly Node[], old: readonly Node[]): boolean {
    const before = this.#spreadOf(old);
    return [...this.#spreadOf(found)].every(([c, { hosts, most }]) => {
      const known = before.get(c);
      return known !== undefined && hosts >= known.hosts && most <= known.most;
    });
  }

  #spreadOf(nodes: readonly Node[]): ReadonlyMap<number, { readonly hosts: number; readonly most: number }> {
    const spread = new Map<number, { readonly hosts: number; readonly most: number }>();
    for (const { pods } of nodes) {
      for (const [c, count] of pods) {
        if (!Number.isFinite(this.#classes.maxPerNode[c] ?? Infinity)) continue;
        const known = spread.get(c) ?? { hosts: 0, most: 0 };
        spread.set(c, { hosts: known.hosts + 1, most: Math.max(known.most, count) });
      }
    }
    return spread;
  }
}
