import { availabilityOf } from './resilience.ts';
import type { CellOffer, Spread, SpreadRules } from './resilience.ts';

/** What a spread is made from. */
export interface NestedTask {
  /** Replicas by cell before. */
  readonly before: ReadonlyMap<number, number>;
  /** Cells that the service may use, with the prices of its replicas there. */
  readonly offers: readonly CellOffer[];
  readonly rules: SpreadRules;
  /** Largest difference of base replicas between two zones. */
  readonly zoneSkew: number;
}

/** Numbers of spares that are tried between none and those that a service had. */
const SPARES_TRIED = 8;

/**
 * The spread that a service had with more or fewer replicas: where there are fewer, the dearest go; where there are more, they come to base capacity. It stays as near to where
 * it was as its rules let it, so that nodes can stay. Of several numbers of spares the cheapest is taken. Undefined where no such spread keeps the rules.
 */
export function nestedSpread(task: NestedTask): Spread | undefined {
  const { rules, offers } = task;
  const planned = sumOf(task.before.values());
  let best: Spread | undefined;
  for (const spares of sparesToTry(rules, planned)) {
    const counts = withSpares(task, spares);
    if (counts === undefined) continue;
    const priceOf = new Map(offers.map(({ cell, price }) => [cell, price]));
    const replicas = [...counts].filter(([, count]) => count > 0).sort(([a], [b]) => a - b);
    const cost = replicas.reduce((sum, [cell, count]) => sum + count * (priceOf.get(cell) ?? 0), 0);
    const maxPerNode =
      rules.tolerates === 'nothing' ? rules.maxPerNode : Math.min(rules.maxPerNode, Math.max(1, spares));
    const spread = { replicas, maxPerNode, cost, rank: cost };
    if (best !== undefined && cost >= best.cost) continue;
    if (availabilityOf(spread, offers, rules) >= rules.availability) best = spread;
  }
  return best;
}

function sparesToTry({ needed, tolerates, maxReplicas }: SpreadRules, planned: number): readonly number[] {
  if (tolerates === 'nothing' || needed === 0) return [0];
  const most = Math.min(Math.max(1, planned), needed, maxReplicas - needed);
  const step = Math.max(1, Math.ceil(most / SPARES_TRIED));
  const tried = new Set([1, most]);
  for (let spares = step; spares <= most; spares += step) tried.add(spares);
  return [...tried].filter((spares) => spares >= 1 && spares <= most).sort((a, b) => a - b);
}

/** Replicas by cell with so many spares; undefined where the rules do not allow them. */
function withSpares(task: NestedTask, spares: number): ReadonlyMap<number, number> | undefined {
  const { rules, offers } = task;
  const total = rules.needed + spares;
  const offerOf = new Map(offers.map((offer) => [offer.cell, offer]));
  const counts = new Map([...task.before].filter(([cell]) => offerOf.has(cell)));
  const dearest = (cells: readonly CellOffer[]): CellOffer | undefined =>
    cells
      .filter(({ cell }) => (counts.get(cell) ?? 0) > 0)
      .reduce<CellOffer | undefined>((a, b) => (a === undefined || b.price > a.price ? b : a), undefined);
  const take = (offer: CellOffer): void => void counts.set(offer.cell, (counts.get(offer.cell) ?? 0) - 1);
  const inGroup = (cells: readonly CellOffer[]): number =>
    sumOf(cells.map(({ cell }) => counts.get(cell) ?? 0));
  // No group that may be lost together may hold more than the spares.
  for (const group of lostTogether(offers, rules)) {
    for (let over = inGroup(group) - spares; over > 0; over--) {
      const offer = dearest(group);
      if (offer !== undefined) take(offer);
    }
  }
  const spot = offers.filter(({ kind }) => kind === 'spot');
  const base = offers.filter(({ kind }) => kind === 'base');
  const mostOnSpot = Math.floor(rules.maxSpotShare * total + 1e-9);
  for (let over = inGroup(spot) - mostOnSpot; over > 0; over--) {
    const offer = dearest(spot);
    if (offer !== undefined) take(offer);
  }
  for (let over = inGroup(offers) - total; over > 0; over--) {
    const onBase = fullestZone(base, counts);
    const onSpot = dearest(spot);
    const isBase = onBase !== undefined && (onSpot === undefined || onBase.price >= onSpot.price);
    const offer = isBase ? onBase : onSpot;
    if (offer === undefined) return undefined;
    take(offer);
  }
  for (let missing = total - inGroup(offers); missing > 0; missing--) {
    const offer = emptiestZone(base, {
      counts,
      offers,
      mostInZone: rules.tolerates === 'zone' ? spares : Infinity,
    });
    if (offer === undefined) return undefined;
    counts.set(offer.cell, (counts.get(offer.cell) ?? 0) + 1);
  }
  return isEvenEnough(base, { counts, zoneSkew: rules.isEven ? task.zoneSkew : Infinity })
    ? counts
    : undefined;
}

/** Cells that are lost at once where the service must survive that. */
function lostTogether(
  offers: readonly CellOffer[],
  { tolerates }: SpreadRules,
): readonly (readonly CellOffer[])[] {
  if (tolerates === 'zone') return [...Map.groupBy(offers, ({ zone }) => zone).values()];
  if (tolerates !== 'correlation-group') return [];
  const spot = offers.filter(({ kind }) => kind === 'spot');
  return [...Map.groupBy(spot, ({ group }) => group).values()];
}

/** The base cell with most replicas; of equal ones the dearest. */
function fullestZone(base: readonly CellOffer[], counts: ReadonlyMap<number, number>): CellOffer | undefined {
  const [first] = base
    .filter(({ cell }) => (counts.get(cell) ?? 0) > 0)
    .sort(
      (a, b) => (counts.get(b.cell) ?? 0) - (counts.get(a.cell) ?? 0) || b.price - a.price || a.cell - b.cell,
    );
  return first;
}

/** The base cell with fewest replicas whose zone has room; of equal ones the cheapest. */
function emptiestZone(
  base: readonly CellOffer[],
  facts: {
    readonly counts: ReadonlyMap<number, number>;
    readonly offers: readonly CellOffer[];
    readonly mostInZone: number;
  },
): CellOffer | undefined {
  const { counts, offers, mostInZone } = facts;
  const inZone = (zone: string): number =>
    sumOf(offers.filter((offer) => offer.zone === zone).map(({ cell }) => counts.get(cell) ?? 0));
  const [first] = base
    .filter(({ zone }) => inZone(zone) < mostInZone)
    .sort(
      (a, b) => (counts.get(a.cell) ?? 0) - (counts.get(b.cell) ?? 0) || a.price - b.price || a.cell - b.cell,
    );
  return first;
}

function isEvenEnough(
  base: readonly CellOffer[],
  { counts, zoneSkew }: { readonly counts: ReadonlyMap<number, number>; readonly zoneSkew: number },
): boolean {
  const own = base.map(({ cell }) => counts.get(cell) ?? 0);
  return own.length === 0 || Math.max(...own) - Math.min(...own) <= Math.max(1, zoneSkew);
}

function sumOf(counts: Iterable<number>): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}
