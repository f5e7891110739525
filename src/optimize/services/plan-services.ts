import type { ServiceShape } from '../../model/index.ts';
import type { FilledNodes } from '../packing/index.ts';
import type { SolverAdapter } from '../solvers/index.ts';
import { hoursPerMonth } from '../windows.ts';
import { priceFleet } from './cell-prices.ts';
import type { PricedFleet } from './cell-prices.ts';
import { floorBound } from './floor-bound.ts';
import { jointSpreads } from './joint-program.ts';
import { packWindow } from './pack-window.ts';
import type { WindowPacking } from './pack-window.ts';
import { cheapestSpread, leastSpreadCost } from './resilience.ts';
import type { Spread } from './resilience.ts';
import { rulesOf } from './spread-rules.ts';
import { replicasFor } from './service-fleet.ts';
import type { FleetService, ServiceFleet } from './service-fleet.ts';

/** How services are placed. */
export interface ServicePlanOptions {
  readonly solvers: readonly SolverAdapter[];
  /** Share of the cost within which a packing is good enough. */
  readonly gap: number;
  readonly isPast: () => boolean;
  /** Wall-clock limit of one integer program. */
  readonly programSeconds?: number;
  readonly onWindow?: (done: number, total: number) => Promise<void>;
}

/** One window of a plan of services. */
export interface WindowPlan {
  /** Nodes filled alike; `node` is an index of offerings, items are indices of services. */
  readonly filled: readonly FilledNodes[];
  /** By service: replicas that carry the load, and where replicas are planned. */
  readonly needed: readonly number[];
  readonly spreads: readonly Spread[];
  /** Micro-dollars per hour. */
  readonly cost: number;
  readonly bound: number;
}

/** A placement of all services in all windows. */
export interface ServicePlan {
  readonly fleet: ServiceFleet;
  /** The shape of each service, the same in all windows. */
  readonly shapes: readonly ServiceShape[];
  readonly windows: readonly WindowPlan[];
  /** Micro-dollars per month. */
  readonly cost: number;
  readonly bound: number;
  readonly priced: PricedFleet;
}

/** Why there is no plan: a service whose rules no spread keeps, or quotas that do not hold the pods. */
export type Unplaceable =
  | { readonly window: number; readonly reason: 'spread'; readonly service: FleetService }
  | { readonly window: number; readonly reason: 'packing' };

/**
 * Places services at least cost: prices of resources from the fluid relaxation, for each service the size of replica and the spread over cells
 * that are cheapest at these prices over all windows, then an exact packing of the pods of every cell. The bound takes, per window and
 * service, the least any size and spread can cost at the prices; where rules leave no choice of spread, the bounds of the
 * packings are sharper.
 */
export async function planServices(
  fleet: ServiceFleet,
  options: ServicePlanOptions,
): Promise<ServicePlan | Unplaceable> {
  const busiest = 0;
  const priced = await priceFleet(fleet, busiest, options.solvers);
  const shapes = fleet.services.map((_, index) => cheapestShape(fleet, index, priced));
  const windows: WindowPlan[] = [];
  const planned = new Map<string, WindowPlan>();
  for (let at = 0; at < fleet.windows.length; at++) {
    const chosen = spreadsOf(fleet, { window: at, shapes, priced });
    if ('reason' in chosen) return chosen;
    const key = JSON.stringify(chosen.needed);
    const familiar = new Set(windows[0]?.filled.map(({ node }) => node));
    const plan =
      planned.get(key) ??
      (await planWindow(fleet, { window: at, shapes, priced, familiar, chosen }, options));
    if (plan === undefined) return { window: at, reason: 'packing' };
    planned.set(key, plan);
    windows.push(plan);
    await options.onWindow?.(at + 1, fleet.windows.length);
  }
  const total = (of: (plan: WindowPlan) => number): number =>
    fleet.windows.reduce((sum, window, at) => {
      const plan = windows[at];
      return sum + (plan === undefined ? 0 : of(plan) * hoursPerMonth(window));
    }, 0);
  return {
    fleet,
    shapes,
    windows,
    priced,
    cost: total((plan) => plan.cost),
    bound: total((plan) => plan.bound),
  };
}

interface WindowTask {
  readonly window: number;
  readonly shapes: readonly ServiceShape[];
  readonly priced: PricedFleet;
  /** Offerings of the busiest window; empty in that window itself. */
  readonly familiar: ReadonlySet<number>;
  readonly chosen: Chosen;
}

/** Packs the spreads chosen by prices; in small fleets also those of the joint program, and keeps the cheaper plan and the better bound. */
async function planWindow(
  fleet: ServiceFleet,
  task: WindowTask,
  options: ServicePlanOptions,
): Promise<WindowPlan | undefined> {
  const { window, shapes, priced, chosen } = task;
  const least = leastCost(fleet, { window, priced });
  const familiar = task.familiar.size === 0 ? {} : { familiar: task.familiar };
  const packing = await packWindow(fleet, { ...chosen, ...familiar, shapes, least }, options);
  const isForced = fleet.services.every((service, index) =>
    hasOneSpread(fleet, service, chosen.spreads[index]),
  );
  let bound = Math.max(least, isForced ? (packing?.bound ?? 0) : 0);
  let best = packing === undefined ? undefined : { ...chosen, ...packing };
  const isOpen = (): boolean =>
    !isForced &&
    !options.isPast() &&
    (best?.cost ?? Infinity) > bound * (1 + Math.max(options.gap, OPEN_GAP));
  if (isOpen()) {
    const other = await fewerNodes(fleet, task, options);
    if (other !== undefined && other.cost < (best?.cost ?? Infinity)) best = other;
  }
  if (isOpen()) bound = Math.max(bound, (await floorBound(fleet, { window, shapes }, options)) ?? 0);
  const isSingleShaped = fleet.services.every((service) => service.shapes.length === 1);
  for (const extent of ['few', 'all'] as const) {
    // The bound of the whole program holds for given sizes of replica only.
    if (extent === 'all' && !isSingleShaped) break;
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
    const other = await packWindow(fleet, { spreads: joint.spreads, shapes, least }, options);
    if (other !== undefined && other.cost < (best?.cost ?? Infinity)) {
      best = { ...chosen, spreads: joint.spreads, ...other };
    }
    if (isSingleShaped) bound = Math.max(bound, joint.bound);
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
/** Gap to which spreads are compared before the best is packed well. */
const ROUGH_GAP = 0.05;

/** The cheapest of spreads over fewer nodes than are at hand, compared by quick packings. */
async function fewerNodes(
  fleet: ServiceFleet,
  { window, shapes, priced, chosen }: WindowTask,
  options: ServicePlanOptions,
): Promise<(Chosen & WindowPacking) | undefined> {
  const most = Math.max(...chosen.needed);
  const seen = [chosen.spreads];
  let best: { readonly spreads: Chosen; readonly cost: number } | undefined;
  for (const part of NODE_PARTS) {
    const nodesAtHand = Math.ceil(most / part) + 1;
    const other = spreadsOf(fleet, { window, shapes, priced: { ...priced, nodesAtHand } });
    if ('reason' in other || seen.some((spreads) => isSame(spreads, other.spreads))) continue;
    seen.push(other.spreads);
    const rough = await packWindow(fleet, { ...other, shapes, least: 0 }, { ...options, gap: ROUGH_GAP });
    if (rough !== undefined && rough.cost < (best?.cost ?? Infinity))
      best = { spreads: other, cost: rough.cost };
  }
  if (best === undefined) return undefined;
  const packing = await packWindow(fleet, { ...best.spreads, shapes, least: 0 }, options);
  return packing === undefined ? undefined : { ...best.spreads, ...packing };
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

/** The size of replica with which a service costs least over the week; of equal ones the first. */
function cheapestShape(fleet: ServiceFleet, index: number, priced: PricedFleet): ServiceShape {
  const service = fleet.services[index];
  const [first] = service?.shapes ?? [];
  if (service === undefined || first === undefined) throw new Error('a service without shapes');
  if (service.shapes.length === 1) return first;
  const costs = service.shapes.map((shape) => shapeCost(fleet, { index, shape, priced }));
  const least = Math.min(...costs);
  return service.shapes[costs.indexOf(least)] ?? first;
}

/** Cost of a service per month at the prices when all its replicas have one shape; Infinity when it cannot have. */
export function shapeCost(
  fleet: ServiceFleet,
  {
    index,
    shape,
    priced,
  }: { readonly index: number; readonly shape: ServiceShape; readonly priced: PricedFleet },
): number {
  const service = fleet.services[index];
  if (service === undefined) return Infinity;
  const offers = priced.prices.offers(index, shape);
  return fleet.windows.reduce((sum, window, at) => {
    const needed = replicasFor(service.workload, shape, service.rates[at] ?? 0);
    const spread = Number.isFinite(needed)
      ? cheapestSpread(offers, rulesOf(service, { needed, index, priced }))
      : undefined;
    return sum + (spread?.cost ?? Infinity) * hoursPerMonth(window);
  }, 0);
}

interface Chosen {
  readonly needed: readonly number[];
  readonly spreads: readonly Spread[];
}

function spreadsOf(
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
function leastCost(
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
 * Whether the rules leave a service but one spread, up to cells that are alike: one size, no spot capacity worth having, and as many replicas in
 * every zone, or one zone only.
 */
function hasOneSpread(fleet: ServiceFleet, service: FleetService, spread: Spread | undefined): boolean {
  const { slo, maxSpotShare, scheduling } = service.workload;
  const hasSpot = maxSpotShare > 0 && service.cells.some((cell) => fleet.cells[cell]?.kind === 'spot');
  if (service.shapes.length > 1 || hasSpot || spread === undefined) return false;
  const zones = service.cells.filter((cell) => fleet.cells[cell]?.kind === 'base').length;
  if (slo.tolerates === 'node' || slo.tolerates === 'correlation-group') return false;
  if (zones === 1) return true;
  const counts = new Set(spread.replicas.map(([, count]) => count));
  return Number.isFinite(scheduling.zoneSkew) && spread.replicas.length === zones && counts.size === 1;
}
