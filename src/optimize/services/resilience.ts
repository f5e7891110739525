import type { ServiceWorkload } from '../../model/index.ts';
import { offersToTry } from './offers-at-risk.ts';

/** A cell as one service sees it. */
export interface CellOffer {
  /** Index of the cell. */
  readonly cell: number;
  readonly kind: 'base' | 'spot';
  readonly zone: string;
  /** Cells of one group are lost together. */
  readonly group: string;
  /** Price of one replica there that choices go by, micro-dollars per hour. */
  readonly price: number;
  /** What a replica there costs at least, for bounds; at most `price`. */
  readonly floor: number;
  /** Nodes over which replicas there can be kept apart without buying more, and the price of a further one. Default: as the rules say for all. */
  readonly apart?: { readonly nodesAtHand: number; readonly nodePrice: number };
  /** Share of time in which all of it is gone; 0 for base capacity, whose nodes fail one by one. */
  readonly outage: number;
  /** Whether traces tell of outages of the cell. */
  readonly isMeasured: boolean;
}

/** Replicas of a service by cell, and what one node may hold of them. */
export interface Spread {
  /** Pairs of cell index and replicas ≥ 1, ascending by cell. */
  readonly replicas: readonly (readonly [cell: number, count: number])[];
  /** Most replicas on one node; Infinity when nothing forbids more. */
  readonly maxPerNode: number;
  /** Price of all of them at the prices of the cells. */
  readonly cost: number;
  /** The same with nodes that are bought only to keep replicas apart: what spreads are compared by. */
  readonly rank: number;
}

/** What a spread must keep to. */
export interface SpreadRules {
  /** Replicas that must be left after a loss. */
  readonly needed: number;
  readonly tolerates: ServiceWorkload['slo']['tolerates'];
  readonly availability: number;
  /** Largest share of all replicas on spot capacity. */
  readonly maxSpotShare: number;
  /** Whether base replicas are spread evenly over the zones. */
  readonly isEven: boolean;
  /** The declared limit per node. */
  readonly maxPerNode: number;
  readonly maxReplicas: number;
  /** Nodes over which base replicas can be spread without buying more, and the price of a further one. */
  readonly nodesAtHand: number;
  readonly nodePrice: number;
  /** Rotates the zones that get one replica more, so that they are not the same for all services. */
  readonly turn: number;
}

/**
 * The cheapest spread found of `needed` replicas and spares over cells such that what `tolerates` names may fail and `needed` are left. With e
 * spares, no spot cell (no zone, no node) that may fail holds more than e replicas; e is tried from the least on, spot cells are
 * filled from the cheapest, the rest is base capacity. A spread must also reach the availability: the probability that the spot cells down at once
 * leave enough, groups of cells failing independently. Where traces tell of outages, spreads that leave out groups of spot cells are tried too. Undefined
 * when none keeps the rules.
 */
export function cheapestSpread(offers: readonly CellOffer[], rules: SpreadRules): Spread | undefined {
  let best: Spread | undefined;
  for (const usable of offersToTry(offers)) {
    for (const spares of sparesToTry(rules)) {
      const spread = spreadWith(usable, rules, spares);
      if (spread === undefined || (best !== undefined && spread.rank >= best.rank)) continue;
      if (availabilityOf(spread, offers, rules) >= rules.availability) best = spread;
    }
  }
  return best;
}

/**
 * The least that any spread can cost at these prices: spares only where the rules ask for them, spot cells filled as far as they allow, zones and
 * whole replicas per cell left out. For bounds: prices must be ones that no node undercuts.
 */
export function leastSpreadCost(offers: readonly CellOffer[], rules: SpreadRules): number {
  const zones = new Set(offers.map((offer) => offer.zone)).size;
  const base = Math.min(Infinity, ...offers.filter(({ kind }) => kind === 'base').map(({ floor }) => floor));
  const spot = offers.filter(({ kind, floor }) => kind === 'spot' && floor < base).map(({ floor }) => floor);
  spot.sort((a, b) => a - b);
  let least = Infinity;
  const { needed, tolerates } = rules;
  if (needed === 0) return 0;
  // More spares than `needed` never pay: with as many, one cell may already hold half of all replicas.
  for (
    let spares = tolerates === 'nothing' ? 0 : 1;
    spares <= Math.max(needed, 1);
    spares = nextSpares(spares)
  ) {
    // Between two tried numbers of spares: replicas of the lower one, room per cell of the next one.
    const room = tolerates === 'nothing' || tolerates === 'node' ? Infinity : nextSpares(spares) - 1;
    const replicas = needed + spares;
    if (tolerates === 'zone' && replicas > zones * room) continue;
    let onSpot = Math.floor(rules.maxSpotShare * (needed + (nextSpares(spares) - 1)) + 1e-9);
    let cost = 0;
    let left = replicas;
    for (const price of spot) {
      const count = Math.min(room, onSpot, left);
      cost += count * price;
      onSpot -= count;
      left -= count;
    }
    least = Math.min(least, left > 0 ? cost + left * base : cost);
    if (tolerates === 'nothing') break;
  }
  return least;
}

/** One by one up to 256, then steps of a fiftieth. */
function nextSpares(spares: number): number {
  return spares < 256 ? spares + 1 : Math.ceil(spares * 1.02);
}

/** Cells that may share a load evenly: with more the spares of one hardly shrink. */
const MOST_SHARERS = 64;

function sparesToTry(rules: SpreadRules): readonly number[] {
  if (rules.tolerates === 'nothing' || rules.needed === 0) return [0];
  const most = Math.min(rules.needed, rules.maxReplicas - rules.needed);
  // With k + 1 cells that hold as much each, losing one takes needed ÷ k: these are the numbers worth trying, and the least ones.
  const tried = new Set([1, 2, 3, 4]);
  for (let k = 1; k <= Math.min(MOST_SHARERS, rules.needed); k++) tried.add(Math.ceil(rules.needed / k));
  return [...tried].filter((spares) => spares <= most).sort((a, b) => a - b);
}

function spreadWith(offers: readonly CellOffer[], rules: SpreadRules, spares: number): Spread | undefined {
  const { needed, tolerates } = rules;
  const total = needed + spares;
  const zoneRoom = new Map(offers.map((offer) => [offer.zone, tolerates === 'zone' ? spares : Infinity]));
  const base = offers.filter((offer) => offer.kind === 'base');
  const basePrice = Math.min(Infinity, ...base.map((offer) => offer.price));
  const counts = new Map<number, number>();
  let onSpot =
    base.length === 0 ? (rules.maxSpotShare >= 1 ? total : 0) : Math.floor(rules.maxSpotShare * total + 1e-9);
  let left = total;
  const spot = offers
    .filter((offer) => offer.kind === 'spot' && offer.price < basePrice)
    .sort((a, b) => a.price - b.price || a.cell - b.cell);
  const groupRoom = new Map(
    spot.map(({ group }) => [group, tolerates === 'correlation-group' ? spares : Infinity]),
  );
  for (const offer of spot) {
    const room = groupRoom.get(offer.group) ?? 0;
    const count = Math.min(room, onSpot, left, zoneRoom.get(offer.zone) ?? 0);
    if (count <= 0) continue;
    groupRoom.set(offer.group, room - count);
    counts.set(offer.cell, count);
    zoneRoom.set(offer.zone, (zoneRoom.get(offer.zone) ?? 0) - count);
    onSpot -= count;
    left -= count;
  }
  if (left > 0 && !placeBase(base, { left, rules, zoneRoom, counts })) {
    // Replicas on spot capacity may have taken the room that a zone's base replicas need: then without them.
    return base.length > 0 && base.length < offers.length ? spreadWith(base, rules, spares) : undefined;
  }
  const perNode = tolerates === 'nothing' ? rules.maxPerNode : Math.min(rules.maxPerNode, spares);
  const priceOf = new Map(offers.map((offer) => [offer.cell, offer.price]));
  const replicas = [...counts].filter(([, count]) => count > 0).sort(([a], [b]) => a - b);
  const cost = replicas.reduce((sum, [cell, count]) => sum + count * (priceOf.get(cell) ?? 0), 0);
  const more = Math.max(0, Math.ceil(left / Math.max(perNode, 1)) - rules.nodesAtHand);
  const ownMore = extraNodes(offers, counts, perNode);
  return { replicas, maxPerNode: perNode, cost, rank: cost + more * rules.nodePrice + ownMore };
}

/** Price of the nodes that are bought only to keep replicas apart, cell by cell, where offers tell it. */
function extraNodes(
  offers: readonly CellOffer[],
  counts: ReadonlyMap<number, number>,
  perNode: number,
): number {
  if (perNode === Infinity) return 0;
  return offers.reduce((sum, { cell, apart }) => {
    const count = counts.get(cell) ?? 0;
    if (apart === undefined || count === 0) return sum;
    return sum + Math.max(0, Math.ceil(count / perNode) - apart.nodesAtHand) * apart.nodePrice;
  }, 0);
}

/** Base replicas over the zones: evenly, or to the cheapest zones with room; false when they do not fit. */
function placeBase(
  base: readonly CellOffer[],
  state: {
    readonly left: number;
    readonly rules: SpreadRules;
    readonly zoneRoom: ReadonlyMap<string, number>;
    readonly counts: Map<number, number>;
  },
): boolean {
  const { rules, zoneRoom, counts } = state;
  if (base.length === 0) return false;
  const room = (offer: CellOffer): number => zoneRoom.get(offer.zone) ?? 0;
  if (!rules.isEven) {
    let left = state.left;
    for (const offer of [...base].sort((a, b) => a.price - b.price || a.cell - b.cell)) {
      const count = Math.min(left, room(offer));
      counts.set(offer.cell, count);
      left -= count;
    }
    return left === 0;
  }
  const each = Math.floor(state.left / base.length);
  const turned = base
    .map((_, at) => base[(at + rules.turn) % base.length])
    .filter((offer) => offer !== undefined);
  let more = state.left % base.length;
  for (const offer of turned) {
    const isTurn = more > 0 && room(offer) > each;
    if (isTurn) more--;
    counts.set(offer.cell, each + (isTurn ? 1 : 0));
  }
  return more === 0 && base.every((offer) => (counts.get(offer.cell) ?? 0) <= room(offer));
}

/** Probability that enough replicas are left, over up to two groups of spot cells down at once; more count as too few. */
export function availabilityOf(
  spread: Spread,
  offers: readonly CellOffer[],
  rules: Pick<SpreadRules, 'needed'>,
): number {
  const total = spread.replicas.reduce((sum, [, count]) => sum + count, 0);
  const units = unitsOf(spread, offers)
    .map(({ count, outage }) => ({ count, odds: oddsOf(outage) }))
    .filter((unit) => unit.odds > 0);
  const allUp = units.reduce((product, { odds }) => product / (1 + odds), 1);
  let share = total >= rules.needed ? allUp : 0;
  units.forEach((first, i) => {
    if (total - first.count >= rules.needed) share += allUp * first.odds;
    for (const second of units.slice(i + 1)) {
      if (total - first.count - second.count >= rules.needed) share += allUp * first.odds * second.odds;
    }
  });
  return Math.min(1, share);
}

/** Replicas on each group of spot cells, and the share of time in which any of its cells in use is gone. */
function unitsOf(
  spread: Spread,
  offers: readonly CellOffer[],
): readonly { readonly count: number; readonly outage: number }[] {
  const offerOf = new Map(offers.map((offer) => [offer.cell, offer]));
  const groups = new Map<string, { count: number; outage: number }>();
  for (const [cell, count] of spread.replicas) {
    const offer = offerOf.get(cell);
    if (offer === undefined || offer.kind !== 'spot') continue;
    const known = groups.get(offer.group);
    const outage = known === undefined ? offer.outage : 1 - (1 - known.outage) * (1 - offer.outage);
    groups.set(offer.group, { count: (known?.count ?? 0) + count, outage });
  }
  return [...groups.values()];
}

function oddsOf(outage: number): number {
  return outage >= 1 ? 1e9 : outage / (1 - outage);
}
