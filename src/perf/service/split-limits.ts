import type { PodResources } from '../../model/index.ts';
import type { Choice, Choices, LimitCheck } from './choices.ts';
import type { ReplicaOption } from './replica-options.ts';

/** What a vCPU and a GiB of memory cost relative to each other: 7.5 to 1, about as in the price lists of custom machine types (assumed). Only the ratio counts. */
const CPU_WEIGHT = 7.5;
const MEMORY_WEIGHT = 1;
/** Loads of a size that are weighed, as shares of its largest rate. */
const LOAD_STEPS = 24;
/** Smallest share of its largest rate at which a replica is run. */
export const LEAST_LOAD = 0.02;
/** Halvings of the interval of a price of time, in powers of ten. */
const PRICE_STEPS = 16;
/** Steps towards the largest rate of a size, and how close to it is close enough. */
const RATE_STEPS = 10;
const RATE_PRECISION = 0.005;
/** Standard deviations added to the mean time of a service when time is weighed: each is tried, the cheapest end kept. */
const DEVIATIONS = [0, 1, 3] as const;

/** What a service of the split may choose from, and what it carries. */
export interface SplitService {
  readonly id: string;
  readonly options: readonly ReplicaOption[];
  /** Rate of its busiest hour. */
  readonly peakRate: number;
  readonly leastReplicas: number;
  /** Times that one request from outside waits for it, at most 1: calls made side by side are waited for once. */
  readonly visits: number;
}

/** A point of the table of one service: a choice with its cost and the time it takes. */
interface Point extends Choice {
  readonly cost: number;
  readonly mean: number;
  readonly deviation: number;
}

/** Relative cost of resources: vCPUs and memory by list price; a pod that asks for nothing costs a hundredth of a core (assumed). */
export function resourceCost(resources: PodResources): number {
  const cpu = (Math.max(10, resources.cpuMillicores) / 1000) * CPU_WEIGHT;
  return cpu + (resources.memory / 2 ** 30) * MEMORY_WEIGHT;
}

/** Relative cost of the replicas for the busiest hour; numbers of replicas may be broken, but not below those always kept. */
export function costOf(service: SplitService, { option, rate }: Choice): number {
  const replicas = Math.max(1, service.leastReplicas, rate === Infinity ? 0 : service.peakRate / rate);
  return replicas * resourceCost(option.model.resources);
}

/**
 * Splits the limits on response times over services: sizes and rates per replica that cost least while all limits hold.
 * A price of time is put on the time of every service (mean plus some deviations) and each service takes its cheapest
 * point; the lowest price at which all limits hold is found by bisection (Lagrange relaxation). Then each service, those
 * that save most first, is raised as far as the limits allow. Undefined when the limits fail even at the least load of
 * the fastest sizes. A heuristic: limits always hold at the end, the least cost is not proven.
 */
export function splitLimits(services: readonly SplitService[], check: LimitCheck): Choices | undefined {
  const tables = services.map((service) => pointsOf(service));
  let best: Map<string, Choice> | undefined;
  let least = Infinity;
  for (const deviations of DEVIATIONS) {
    const start = cheapestPrice({ services, tables, check, deviations });
    if (start === undefined) continue;
    const raised = raise(services, start, check);
    const cost = services.reduce((sum, service) => sum + costOf(service, raised.get(service.id)!), 0);
    if (cost < least * (1 - 1e-9)) [best, least] = [raised, cost];
  }
  return best;
}

/** The choices of least time: the fastest size of every service at its least load. */
export function fastestChoices(services: readonly SplitService[]): Choices {
  const tables = services.map((service) => pointsOf(service));
  return choose(services, tables, (service, point) => service.visits * point.mean + 1e-9 * point.cost);
}

/** What `largestRateWithin` may start from and use. */
export interface RateSearch {
  /** A rate known to hold. */
  readonly from?: number;
  /** Part of the spare shares that it may use up (0..1, see `LimitCheck`); default all. */
  readonly part?: number;
}

/**
 * The largest rate of `option` at which all limits hold while other services stay as `check` remembers them, at most
 * `option.largestRate`; undefined when none does. To half a percent, on the safe side, by false position with halved weights (Illinois).
 */
export function largestRateWithin(
  option: ReplicaOption,
  check: LimitCheck,
  { from, part = 1 }: RateSearch = {},
): number | undefined {
  const id = option.service.id;
  const spareAt = (rate: number): number => check.spareWith(id, { option, rate }, part);
  let high = option.largestRate;
  if (!check.concerns(id) || high === Infinity) return high;
  let failing = spareAt(high);
  if (failing >= 0) return high;
  let low = from ?? LEAST_LOAD * high;
  let holding = spareAt(low);
  if (holding < 0) return from;
  let side = 0;
  for (let step = 0; step < RATE_STEPS && high - low > RATE_PRECISION * high; step++) {
    // A little below where the straight line says, so that the holding side closes in as well.
    const share = Math.min(0.9, Math.max(0.1, (0.98 * holding) / (holding - failing)));
    const rate = low + share * (high - low);
    const spare = spareAt(rate);
    if (spare >= 0) {
      if (side === 1) failing /= 2;
      [low, holding, side] = [rate, spare, 1];
    } else {
      if (side === -1) holding /= 2;
      [high, failing, side] = [rate, spare, -1];
    }
  }
  return low;
}

function pointsOf(service: SplitService): readonly Point[] {
  return service.options.flatMap((option) => {
    if (option.largestRate === Infinity || option.service.performance.source === 'fixed')
      return [pointOf(service, { option, rate: option.largestRate })];
    const shares = [LEAST_LOAD, ...Array.from({ length: LOAD_STEPS }, (_, k) => (k + 1) / LOAD_STEPS)];
    return shares.map((share) => pointOf(service, { option, rate: share * option.largestRate }));
  });
}

function pointOf(service: SplitService, choice: Choice): Point {
  const { meanTime, variance } = choice.option.readAt(choice.rate === Infinity ? 0 : choice.rate);
  return {
    ...choice,
    cost: costOf(service, choice),
    mean: meanTime,
    deviation: Math.sqrt(Math.max(0, variance)),
  };
}

function choose(
  services: readonly SplitService[],
  tables: readonly (readonly Point[])[],
  weigh: (service: SplitService, point: Point) => number,
): Map<string, Choice> {
  return new Map(
    services.map((service, i) => {
      let best = tables[i]![0]!;
      let least = Infinity;
      for (const point of tables[i]!) {
        const weight = weigh(service, point);
        if (weight < least) [best, least] = [point, weight];
      }
      return [service.id, { option: best.option, rate: best.rate }];
    }),
  );
}

interface PriceSearch {
  readonly services: readonly SplitService[];
  readonly tables: readonly (readonly Point[])[];
  readonly check: LimitCheck;
  readonly deviations: number;
}

/** The choices under the lowest price of time that keeps all limits; undefined when no price does. */
function cheapestPrice({
  services,
  tables,
  check,
  deviations,
}: PriceSearch): Map<string, Choice> | undefined {
  const under = (price: number): Map<string, Choice> =>
    choose(services, tables, (service, point) => {
      const time = service.visits * (point.mean + deviations * point.deviation);
      return price === Infinity ? time + 1e-9 * point.cost : point.cost + price * time;
    });
  const holds = (choices: Choices): boolean => {
    check.set(choices);
    return check.holds();
  };
  const free = under(0);
  if (holds(free)) return free;
  const dearest = under(Infinity);
  if (!holds(dearest)) return undefined;
  const unit = priceUnit(services, tables);
  let best = dearest;
  let [low, high] = [-6, 8];
  for (let step = 0; step < PRICE_STEPS; step++) {
    const middle = (low + high) / 2;
    const choices = under(unit * 10 ** middle);
    if (holds(choices)) [best, high] = [choices, middle];
    else low = middle;
  }
  return best;
}

/** Cost over time of the cheapest points: what a price is measured in. */
function priceUnit(services: readonly SplitService[], tables: readonly (readonly Point[])[]): number {
  let [cost, time] = [0, 0];
  for (const [i, service] of services.entries()) {
    cost += Math.min(...tables[i]!.map((point) => point.cost));
    time += service.visits * Math.min(...tables[i]!.map((point) => point.mean));
  }
  return time > 0 ? cost / time : 1;
}

/** Every service, those that could save most first, at the size and rate that cost least while the others stay. */
function raise(services: readonly SplitService[], start: Choices, check: LimitCheck): Map<string, Choice> {
  const choices = new Map(start);
  check.set(choices);
  const saving = (service: SplitService): number =>
    costOf(service, choices.get(service.id)!) -
    Math.min(...service.options.map((option) => costOf(service, { option, rate: option.largestRate })));
  const ordered = services
    .map((service) => ({ service, saving: saving(service) }))
    .sort((a, b) => b.saving - a.saving);
  for (const { service } of ordered) {
    const current = choices.get(service.id)!;
    let best = current;
    for (const option of service.options) {
      const isCurrent = option === current.option;
      if (!isCurrent && !isCheaperWithin(service, option, { check, than: costOf(service, best) })) continue;
      const rate = largestRateWithin(option, check, isCurrent ? { from: current.rate } : {});
      if (rate === undefined) continue;
      const choice = { option, rate };
      const isCheaper = costOf(service, choice) < costOf(service, best) * (1 - 1e-9);
      if (isCheaper || (option === best.option && rate > best.rate)) best = choice;
    }
    choices.set(service.id, best);
    check.set([[service.id, best]]);
  }
  return choices;
}

/** Whether a size could carry the service for less than a cost while all limits hold: tried at the rate at which it costs as much. */
function isCheaperWithin(
  service: SplitService,
  option: ReplicaOption,
  { check, than }: { readonly check: LimitCheck; readonly than: number },
): boolean {
  const replicas = than / resourceCost(option.model.resources);
  if (replicas <= Math.max(1, service.leastReplicas) || service.peakRate / replicas > option.largestRate)
    return false;
  return check.spareWith(service.id, { option, rate: service.peakRate / replicas }) >= 0;
}
