import type { ServiceShape } from '../../model/index.ts';
import type { PricedFleet } from './cell-prices.ts';
import { floorBound } from './floor-bound.ts';
import { jointSpreads } from './joint-program.ts';
import { packWindow } from './pack-window.ts';
import type { WindowPods } from './pack-window.ts';
import type { ServicePlanOptions, Unplaceable, WindowPlan } from './plan-services.ts';
import { cheapestSpread, leastSpreadCost } from './resilience.ts';
import type { Spread } from './resilience.ts';
import { replicasFor } from './service-fleet.ts';
import type { FleetService, ServiceFleet } from './service-fleet.ts';
import { rulesOf } from './spread-rules.ts';

/** One window to plan. */
export interface WindowTask {
  readonly window: number;
  readonly shapes: readonly ServiceShape[];
  readonly priced: PricedFleet;
  /** Offerings of the busiest window and its gap; absent in that window itself. */
  readonly familiar: WindowPods['familiar'];
  readonly steady?: WindowPods['steady'];
  readonly chosen: Chosen;
}

/** Packs the spreads chosen by prices; in small fleets also those of the joint program, and keeps the cheaper plan and the better bound. */
export async function planWindow(
  fleet: ServiceFleet,
  task: WindowTask,
  options: ServicePlanOptions,
): Promise<WindowPlan | undefined> {
  const { window, shapes, priced, chosen } = task;
  const least = Math.max(leastCost(fleet, { window, priced }), chosen.bound ?? 0);
  const { steady } = task;
  const familiar = { familiar: task.familiar, steady };
  const isForced = fleet.services.every((service, index) =>
    hasOneSpread(fleet, service, { spread: chosen.spreads[index], needed: chosen.needed[index] ?? 0 }),
  );
  const packing = await packWindow(fleet, { ...chosen, ...familiar, shapes, least }, options);
  let bound = Math.max(least, isForced ? (packing?.bound ?? 0) : 0);
  let best = packing === undefined ? undefined : { ...chosen, ...packing };
  const isOpen = (): boolean =>
    !isForced &&
    steady === undefined &&
    !options.isPast() &&
    (best?.cost ?? Infinity) > bound * (1 + Math.max(options.gap, OPEN_GAP));
  if (isOpen()) bound = Math.max(bound, (await floorBound(fleet, { window, shapes, priced }, options)) ?? 0);
  for (const other of fewerNodes(fleet, task)) {
    if (!isOpen()) break;
    const packed = await packWindow(fleet, { ...other, shapes, least }, options);
    if (packed !== undefined && packed.cost < (best?.cost ?? Infinity)) best = { ...other, ...packed };
  }
  for (const extent of ['few', 'all'] as const) {
    if (!isOpen()) break;
    const joint = await jointSpreads(fleet, {
      window,
      shapes,
      priced,
      atMost: best?.cost ?? Infinity,
      seconds: options.programSeconds ?? JOINT_SECONDS,
      gap: options.gap,
      solvers: options.solvers,
      extent,
    });
    if (joint === undefined) continue;
    bound = Math.max(bound, joint.bound);
    if (extent === 'all') break;
    const other = await packWindow(fleet, { spreads: joint.spreads, shapes, least }, options);
    if (other !== undefined && other.cost < (best?.cost ?? Infinity)) {
      best = { ...chosen, spreads: joint.spreads, ...other };
    }
  }
  return best === undefined
    ? undefined
    : {
        filled: best.filled,
        needed: best.needed,
        spreads: best.spreads,
        cost: best.cost,
        bound: Math.min(best.cost, bound),
      };
}

/** Plans nearer to their bound than this are not searched further (assumed: less than prices move in a week). */
const OPEN_GAP = 0.005;
/** Parts of what a service needs that one node may hold: larger parts mean fewer and larger nodes, and more spares. */
const NODE_PARTS: readonly number[] = [1, 2, 3, 5];

/** Services up to which spreads are compared by packings; in larger fleets single nodes weigh little. */
const MOST_COMPARED = 200;

/** Other spreads, over fewer nodes with more spares, most nodes first; none in large fleets. */
function fewerNodes(fleet: ServiceFleet, { window, shapes, priced, chosen }: WindowTask): readonly Chosen[] {
  if (fleet.services.length > MOST_COMPARED) return [];
  const most = Math.max(...chosen.needed);
  const tried: Chosen[] = [chosen];
  for (const part of NODE_PARTS) {
    const nodesAtHand = Math.ceil(most / part) + 1;
    const other = spreadsOf(fleet, { window, shapes, priced: { ...priced, nodesAtHand } });
    if ('reason' in other || tried.some((known) => isSame(known.spreads, other.spreads))) continue;
    tried.push(other);
  }
  return tried.slice(1);
}

function isSame(a: readonly Spread[], b: readonly Spread[]): boolean {
  return a.every((spread, index) => {
    const other = b[index];
    return (
      spread.maxPerNode === other?.maxPerNode &&
      JSON.stringify(spread.replicas) === JSON.stringify(other.replicas)
    );
  });
}

/** Wall-clock limit of the joint program of one window, seconds; its limit on nodes comes before. */
const JOINT_SECONDS = 60;

/** Spreads of all services in one window. */
export interface Chosen {
  readonly needed: readonly number[];
  readonly spreads: readonly Spread[];
  /** No plan of the window costs less, micro-dollars per hour. Absent where only prices tell. */
  readonly bound?: number;
}

/** The cheapest spread of every service at the prices, or the first service that has none. */
export function spreadsOf(
  fleet: ServiceFleet,
  facts: { readonly window: number; readonly shapes: readonly ServiceShape[]; readonly priced: PricedFleet },
): Unplaceable | Chosen {
  const needed: number[] = [];
  const spreads: Spread[] = [];
  for (const [index, service] of fleet.services.entries()) {
    const shape = facts.shapes[index];
    if (shape === undefined) continue;
    const count = replicasFor(service.workload, shape, service.rates[facts.window] ?? 0);
    const offers = facts.priced.prices.offers(index, shape);
    const spread = cheapestSpread(offers, rulesOf(service, { needed: count, index, priced: facts.priced }));
    if (spread === undefined) return { service, window: facts.window, reason: 'spread' };
    needed.push(count);
    spreads.push(spread);
  }
  return { needed, spreads };
}

/** The least that the pods of a window can cost at the prices, whatever sizes and spreads are chosen; micro-dollars per hour. */
export function leastCost(
  fleet: ServiceFleet,
  facts: { readonly window: number; readonly priced: PricedFleet },
): number {
  return fleet.services.reduce((sum, service, index) => {
    const costs = service.shapes.map((shape) => {
      const needed = replicasFor(service.workload, shape, service.rates[facts.window] ?? 0);
      if (!Number.isFinite(needed)) return Infinity;
      const rules = rulesOf(service, { needed, index, priced: facts.priced });
      return leastSpreadCost(facts.priced.prices.offers(index, shape), rules);
    });
    const least = Math.min(...costs);
    return sum + (Number.isFinite(least) ? least : 0);
  }, 0);
}

/**
 * Whether the rules leave a service but one spread, up to cells that are alike, so that the bound of its packing bounds every plan: one size, no
 * spot capacity, one zone or as many replicas in each, and no more of them than the rules ask for.
 */
function hasOneSpread(
  fleet: ServiceFleet,
  service: FleetService,
  { spread, needed }: { readonly spread: Spread | undefined; readonly needed: number },
): boolean {
  const { slo, maxSpotShare, scheduling } = service.workload;
  const hasSpot = maxSpotShare > 0 && service.cells.some((cell) => fleet.cells[cell]?.kind === 'spot');
  if (service.shapes.length > 1 || hasSpot || spread === undefined) return false;
  if (slo.tolerates === 'node' || slo.tolerates === 'correlation-group') return false;
  const zones = service.cells.length;
  const total = spread.replicas.reduce((sum, [, count]) => sum + count, 0);
  const spares = slo.tolerates === 'zone' ? Math.ceil(needed / Math.max(1, zones - 1)) : 0;
  if (total !== needed + spares) return false;
  if (zones === 1 || total === 0) return true;
  const isEqual =
    new Set(spread.replicas.map(([, count]) => count)).size === 1 && spread.replicas.length === zones;
  // With a skew of two or more replicas other spreads would keep the rules, unless every zone holds all that it may lose.
  return isEqual && (scheduling.zoneSkew < 2 || (slo.tolerates === 'zone' && total === zones * spares));
}
