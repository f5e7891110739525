import type { ServiceShape } from '../../model/index.ts';
import type { FilledNodes } from '../packing/index.ts';
import type { SolverAdapter } from '../solvers/index.ts';
import { hoursPerMonth } from '../windows.ts';
import { priceFleet } from './cell-prices.ts';
import type { PricedFleet } from './cell-prices.ts';
import { planWindow, spreadsOf } from './plan-window.ts';
import type { WindowTask } from './plan-window.ts';
import { cheapestSpread } from './resilience.ts';
import type { Spread } from './resilience.ts';
import { SpreadMaster } from './spread-master.ts';
import { rulesOf } from './spread-rules.ts';
import { steadyFrom } from './steady.ts';
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
  /** Wall-clock seconds until `isPast`. Default: without end. */
  readonly secondsLeft?: () => number;
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
  const first = await priceFleet(fleet, busiest, options.solvers);
  const master =
    fleet.services.length > MOST_SINGLE ? new SpreadMaster(fleet, first, options.solvers) : undefined;
  await master?.learn({ window: busiest, rounds: MASTER_ROUNDS, isPast: options.isPast });
  const priced = master?.priced ?? first;
  const shapes = fleet.services.map((_, index) => cheapestShape(fleet, index, priced));
  const windows: WindowPlan[] = [];
  const planned = new Map<string, WindowPlan>();
  for (let at = 0; at < fleet.windows.length; at++) {
    const share = shareOfTime(options, {
      done: at,
      windows: fleet.windows.length,
      busiestParts: master === undefined ? BUSIEST_PARTS : 1,
    });
    const steady =
      master === undefined ? undefined : steadyFrom(fleet, { window: at, planned: windows, shapes });
    const known = await master?.choose({
      window: at,
      shapes,
      rounds: MASTER_ROUNDS,
      isPast: share.isPast,
      ...(steady === undefined ? {} : { steady }),
    });
    const chosen = known ?? spreadsOf(fleet, { window: at, shapes, priced });
    if ('reason' in chosen) return chosen;
    // The bound looks at all sizes of replica, so windows are alike only when all of them are needed as often.
    const key = JSON.stringify(fleet.services.map((service) => neededOf(service, at)));
    const familiar = familiarOf(windows[0], master !== undefined);
    const plan =
      planned.get(key) ??
      (await planWindow(fleet, { window: at, shapes, priced, familiar, steady, chosen }, share));
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

/** Services up to which each takes its own cheapest spread: in larger fleets they would crowd into the same cells (assumed). */
const MOST_SINGLE = 40;
/** Wall-clock limit of one integer program where no other is given; its limit on branches comes before. */
const PROGRAM_SECONDS = 60;
/** Part of the time of all windows that is kept for what follows them: evidence, checks (assumed; `bench:scale` shows both). */
const KEPT_TIME = 1 / 4;
/** Parts of the time that the busiest window gets in small fleets, where much is tried that the other windows start from (assumed). */
const BUSIEST_PARTS = 4;
/** Most rounds of the program of spreads (assumed). */
const MASTER_ROUNDS = 12;

/** The offerings of the busiest window, and how near to its bound it came; in small fleets bounds are too loose to tell. */
function familiarOf(busiest: WindowPlan | undefined, isLarge: boolean): WindowTask['familiar'] {
  if (busiest === undefined) return undefined;
  return {
    offerings: new Set(busiest.filled.map(({ node }) => node)),
    gap: isLarge && busiest.bound > 0 ? busiest.cost / busiest.bound - 1 : 0,
  };
}

/**
 * The options with a part of the time left for the next window: equal parts, more for the busiest one where asked, and some
 * for what follows.
 */
function shareOfTime(
  options: ServicePlanOptions,
  {
    done,
    windows,
    busiestParts,
  }: { readonly done: number; readonly windows: number; readonly busiestParts: number },
): ServicePlanOptions {
  const left = options.secondsLeft?.() ?? Infinity;
  const partsLeft = windows * (1 + KEPT_TIME) - done + (done === 0 ? busiestParts - 1 : 0);
  const end = left - (left * (done === 0 ? busiestParts : 1)) / partsLeft;
  return {
    ...options,
    get programSeconds() {
      return options.programSeconds ?? PROGRAM_SECONDS;
    },
    isPast: () => options.isPast() || (left < Infinity && (options.secondsLeft?.() ?? Infinity) <= end),
  };
}

/** Replicas of each size that a service needs in a window; null where it may not have so many. */
function neededOf({ workload, shapes, rates }: FleetService, window: number): readonly (number | null)[] {
  return shapes.map((shape) => {
    const needed = replicasFor(workload, shape, rates[window] ?? 0);
    return Number.isFinite(needed) ? needed : null;
  });
}

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
