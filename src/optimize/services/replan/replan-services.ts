import type {
  Decision,
  ReplanEvidence,
  ResolvedProblem,
  ServiceDecision,
  ServiceShape,
  TimeWindow,
} from '../../../model/index.ts';
import type { PreviousDecision, ReplanSettings } from '../../options.ts';
import { hoursPerMonth } from '../../windows.ts';
import { buildFleet } from '../build-fleet.ts';
import { priceFleet } from '../cell-prices.ts';
import type { PricedFleet } from '../cell-prices.ts';
import { shapeCost } from '../plan-services.ts';
import type { ServicePlan, ServicePlanOptions, WindowPlan } from '../plan-services.ts';
import { leastCost } from '../plan-window.ts';
import { replicasFor } from '../service-fleet.ts';
import type { FleetService, ServiceFleet } from '../service-fleet.ts';
import { verifyServices } from '../verify-services.ts';
import { fleetMoves } from './fleet-moves.ts';
import { keptWindows } from './kept-windows.ts';
import { replanWindow } from './replan-window.ts';

/** A plan made from the plan before it, or why that does not do. */
export type Replanned =
  | { readonly plan: ServicePlan; readonly changed: readonly string[]; readonly looseness: number }
  | { readonly reason: string };

/** USD that moving a pod is worth: it starts anew, with cold caches, and somebody may look at it (assumed). */
const MOVE_COST = 0.01;
/** By how much a plan may be further from the relaxation than the last one from scratch (assumed). */
const DRIFT = 0.01;
/** A service keeps its size of replica while another would save less than this share of its cost (assumed). */
const RESIZE_SAVING = 0.005;

/** The settings with what was left out. */
export function replanSettings(settings: ReplanSettings = {}): Required<ReplanSettings> {
  return {
    moveCost: settings.moveCost ?? MOVE_COST,
    drift: settings.drift ?? DRIFT,
    mostMovedPerService: settings.mostMovedPerService ?? Infinity,
    mostMoved: settings.mostMoved ?? Infinity,
  };
}

/**
 * Plans services again from an earlier decision, within its windows: services that still have the replicas that they need, in places that keep their rules,
 * stay where they are; all others are placed anew (`replanWindow`). The bound is that of the relaxation over the whole fleet. A plan further
 * from it than the last one from scratch by more than the drift allowed is no answer.
 */
export async function replanServices(
  problem: ResolvedProblem,
  previous: PreviousDecision,
  options: ServicePlanOptions,
): Promise<Replanned> {
  const windows = keptWindows(problem, previous.decision.windows);
  if (windows === undefined) return { reason: 'the windows of the plan before no longer fit the traffic' };
  const built = buildFleet(problem, windows);
  if (!built.ok) return { reason: 'a service has no place' };
  const { fleet } = built;
  const settings = replanSettings(previous.settings);
  const priced = await priceFleet(fleet, 0, options.solvers);
  const known = new Map(previous.decision.services?.map((item) => [item.workload, item]));
  const shapes = fleet.services.map((service, index) =>
    shapeOf(service, known.get(service.workload.id), { fleet, index, priced }),
  );
  const broken = brokenServices(problem, previous.decision, fleet);
  const changed = new Set<string>();
  const plans: WindowPlan[] = [];
  for (const [at, window] of windows.entries()) {
    const needed = fleet.services.map((service, index) => neededOf(service, shapes[index], at));
    if (!needed.every(Number.isFinite)) return { reason: 'a service needs more replicas than it may have' };
    const touched = { unpacked: new Set<number>(), changed: new Set<number>() };
    fleet.services.forEach(({ workload }, index) => {
      const before = known.get(workload.id);
      const isEqual = before !== undefined && isSameSize(before.shape, shapes[index]);
      if (!isEqual) touched.unpacked.add(index);
      else if (before.load[window.id]?.needed !== needed[index] || broken.has(workload.id))
        touched.changed.add(index);
    });
    for (const index of [...touched.unpacked, ...touched.changed])
      changed.add(fleet.services[index]?.workload.id ?? '');
    const plan = await replanWindow({
      fleet,
      window: at,
      shapes,
      needed,
      neededBefore: fleet.services.map(({ workload }) => known.get(workload.id)?.load[window.id]?.needed),
      priced,
      before: (previous.decision.packing ?? []).filter((group) => group.window === window.id),
      ...touched,
      moveCost: settings.moveCost * 1e6,
      mostMoved: { perService: settings.mostMovedPerService, total: settings.mostMoved },
      options,
    });
    if (plan === undefined) return { reason: `the pods of window ${window.id} do not fit` };
    const bound = Math.min(plan.cost, leastCost(fleet, { window: at, priced }));
    plans.push({ ...plan, bound });
    await options.onWindow?.(at + 1, windows.length);
  }
  const plan = planOf({ fleet, shapes, priced, plans });
  const looseness = loosenessBefore(previous, { plan, known, shapes });
  // Fleets are bought in whole nodes: one more of good value is no drift.
  const oneNode = windows.reduce((sum, window) => sum + priced.nodePrice * hoursPerMonth(window), 0);
  if (plan.cost - oneNode > plan.bound * (looseness + settings.drift))
    return {
      reason: `the plan would be ${percent(plan.cost / plan.bound - 1)} above the relaxation, ${percent(looseness - 1)} were so before`,
    };
  return { plan, changed: [...changed].sort(), looseness };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** What changes against the plan before, and how the new one was made. Windows with the same hours are compared. */
export function replanEvidence(
  previous: PreviousDecision,
  next: Pick<Decision, 'windows' | 'packing' | 'services'>,
  facts: Pick<ReplanEvidence, 'isFromScratch' | 'reason' | 'changed' | 'looseness'>,
): ReplanEvidence {
  const shapes = new Map(next.services?.map((item) => [item.workload, item.shape]));
  const hours = new Map(previous.decision.windows.map((window) => [window.id, window.hours.join()]));
  return {
    ...facts,
    moveCost: replanSettings(previous.settings).moveCost,
    windows: next.windows
      .filter((window) => hours.get(window.id) === window.hours.join())
      .map((window) =>
        fleetMoves(previous.decision.packing ?? [], next.packing ?? [], { window: window.id, shapes }),
      ),
  };
}

/** The size of replica that a service had, unless it is not offered any more or another saves enough. */
function shapeOf(
  service: FleetService,
  before: ServiceDecision | undefined,
  facts: { readonly fleet: ServiceFleet; readonly index: number; readonly priced: PricedFleet },
): ServiceShape {
  const [first] = service.shapes;
  if (first === undefined) throw new Error('a service without shapes');
  const own = service.shapes.find((shape) => before !== undefined && isSameSize(before.shape, shape));
  if (service.shapes.length === 1) return first;
  const costs = service.shapes.map((shape) => shapeCost(facts.fleet, { ...facts, shape }));
  const least = Math.min(...costs);
  const ownCost = own === undefined ? Infinity : (costs[service.shapes.indexOf(own)] ?? Infinity);
  if (own !== undefined && ownCost <= least * (1 + RESIZE_SAVING)) return own;
  return service.shapes[costs.indexOf(least)] ?? first;
}

function isSameSize(a: ServiceShape, b: ServiceShape | undefined): boolean {
  return (
    a.id === b?.id &&
    a.resources.cpuMillicores === b.resources.cpuMillicores &&
    a.resources.memory === b.resources.memory
  );
}

function neededOf(service: FleetService, shape: ServiceShape | undefined, window: number): number {
  return shape === undefined ? Infinity : replicasFor(service.workload, shape, service.rates[window] ?? 0);
}

/** Services for which a rule does not hold any more in the plan before, whatever their load. */
function brokenServices(
  problem: ResolvedProblem,
  previous: Decision,
  fleet: ServiceFleet,
): ReadonlySet<string> {
  const ids = fleet.services.map((service) => service.workload.id);
  const checks = verifyServices(problem, previous).filter((check) => !check.holds);
  return new Set(ids.filter((id) => checks.some(({ constraint }) => `${constraint}/`.includes(`/${id}/`))));
}

/** Cost over relaxation of the last plan from scratch: as recorded, recomputed where offerings are the same, else from its own bound. */
function loosenessBefore(
  { decision, hasSameOfferings }: PreviousDecision,
  facts: {
    readonly plan: ServicePlan;
    readonly known: ReadonlyMap<string, ServiceDecision>;
    readonly shapes: readonly ServiceShape[];
  },
): number {
  const recorded = decision.replan;
  if (recorded?.isFromScratch === false && hasSameOfferings === true) return recorded.looseness;
  const byBound = 1 / Math.max(1e-9, 1 - decision.gap);
  if (hasSameOfferings !== true) return byBound;
  const { fleet, priced } = facts.plan;
  const isSameFleet = fleet.services.every(({ workload }) => facts.known.has(workload.id));
  if (!isSameFleet || facts.known.size !== fleet.services.length) return byBound;
  const services = fleet.services.map((service) =>
    asBefore(service, facts.known.get(service.workload.id), fleet.windows),
  );
  const least = fleet.windows.reduce(
    (sum, window, at) =>
      sum + leastCost({ ...fleet, services }, { window: at, priced }) * hoursPerMonth(window),
    0,
  );
  const prices = new Map(fleet.offerings.map((offering) => [offering.id, offering.price]));
  const hours = new Map(fleet.windows.map((window) => [window.id, hoursPerMonth(window)]));
  const cost = (decision.packing ?? []).reduce(
    (sum, { offering, window, nodes }) =>
      sum + (prices.get(offering) ?? 0) * (hours.get(window) ?? 0) * nodes,
    0,
  );
  return least > 0 ? Math.max(1, cost / least) : byBound;
}

/** A service with the rates and the fixed replicas that it had, by which the relaxation before is found again. */
function asBefore(
  service: FleetService,
  before: ServiceDecision | undefined,
  windows: readonly TimeWindow[],
): FleetService {
  const { performance, replicas } = service.workload;
  const fewest = Math.min(...windows.map(({ id }) => before?.load[id]?.needed ?? 0));
  return {
    ...service,
    rates: windows.map(({ id }) => before?.load[id]?.requestRate ?? 0),
    workload: {
      ...service.workload,
      replicas: { ...replicas, min: Math.min(replicas.min, fewest) },
      performance: performance.source === 'fixed' ? { ...performance, replicas: fewest } : performance,
    },
  };
}

function planOf(parts: {
  readonly fleet: ServiceFleet;
  readonly shapes: readonly ServiceShape[];
  readonly priced: PricedFleet;
  readonly plans: readonly WindowPlan[];
}): ServicePlan {
  const { plans, ...facts } = parts;
  const total = (of: (plan: WindowPlan) => number): number =>
    facts.fleet.windows.reduce((sum, window: TimeWindow, at) => {
      const plan = plans[at];
      return sum + (plan === undefined ? 0 : of(plan) * hoursPerMonth(window));
    }, 0);
  return { ...facts, windows: plans, cost: total((plan) => plan.cost), bound: total((plan) => plan.bound) };
}
