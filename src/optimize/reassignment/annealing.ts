import type { RandomStream } from '../../random/index.ts';
import type { SearchBudget } from './budget.ts';
import type { Hosts } from './hosts.ts';
import type { ProcessSizes } from './process-sizes.ts';
import type { AssignmentState } from './state.ts';

/** Moves judged between two looks at the clock and at the best answer. */
const EPOCH = 2048;
/** Steps of temperature: while the large structure forms, from hot to warm, and while the costs of moves settle. */
const STRUCTURE_STEPS = 40;
const SETTLING_STEPS = 16;
/** Share of the time that forming the structure takes (assumed, tried on challenge set A). */
const STRUCTURE_TIME = 0.8;
/**
 * Penalty of what is above capacity at `FIRM_FROM` of the structure steps, and from their end on, when the least excess has to cost
 * more than anything it could save (assumed, tried on challenge set A).
 */
const FIRM_PENALTY = 1000;
const FIRM_FROM = 0.95;
export const HARD_PENALTY = 1e7;
/** Share of the structure steps after which transient resources held at home have no price any more (assumed). */
const FREE_FROM = 0.6;
/** What a broken rule of services costs, in temperatures, at the first and at the last structure step (assumed, tried on challenge set A). */
const RULE_HEATS = 1;
const FIRM_RULE_HEATS = 160;
/** Share of moves of a process that is large for the temperature, and of swaps with such a one (assumed). */
const LARGE_FIRST = 0.75;
const LARGE_PARTNERS = 0.2;
/** Share of moves that are swaps. */
const SWAPS = 0.5;
/** How many times warmer than the warm temperature machines that stay overfull are emptied, one try after the other; time of a try. */
const RESCUES = [2, 6, 12];
const RESCUE_STEPS = 10;
const RESCUE_TIME = 0.03;

/** Temperatures, in cost, between which a search cools. */
export interface TemperatureRange {
  readonly hot: number;
  /** Where the large structure stands. */
  readonly warm: number;
  readonly cold: number;
}

/** How a pass begins: the penalty of what is above capacity, and the price of transient resources held at home. */
export interface PassPrices {
  readonly penalty: number;
  readonly price: number;
}

/** Prices of the first pass, which forms the structure, and of later ones, which mend it (assumed, tried on challenge set A). */
export const FORMING: PassPrices = { penalty: 3, price: 0.3 };
export const MENDING: PassPrices = { penalty: 100, price: 0 };

/** The best assignment met. */
export interface BestAssignment {
  readonly machineOf: Int32Array;
  cost: number;
}

/** What a search works on. */
export interface AnnealingParts {
  readonly state: AssignmentState;
  readonly hosts: Hosts;
  readonly sizes: ProcessSizes;
  readonly random: RandomStream;
  readonly budget: SearchBudget;
  /** Kept up to date with assignments in which no machine is overfull and no rule is broken. */
  readonly best: BestAssignment;
}

/**
 * One pass of simulated annealing by shifts and swaps, cooling geometrically: slowly from hot to the temperature at which the large
 * structure stands, then fast to cold. Ends when `until` of the budget is used. Draws from `random`.
 */
export function anneal(
  parts: AnnealingParts,
  range: TemperatureRange,
  { until, ...prices }: PassPrices & { readonly until: number },
): void {
  const start = parts.budget.used();
  const span = until - start;
  if (span <= 0 || range.hot <= 0) return;
  coolStructure(parts, range, { ...prices, until: start + span * STRUCTURE_TIME });
  settle(parts, range, until);
}

/** Cools from hot to warm. Capacities and rules of services start soft and harden with cooling. */
function coolStructure(
  parts: AnnealingParts,
  { hot, warm }: TemperatureRange,
  { until, ...prices }: PassPrices & { readonly until: number },
): void {
  const start = parts.budget.used();
  for (let step = 1; step <= STRUCTURE_STEPS; step++) {
    const progress = step / STRUCTURE_STEPS;
    const temperature = hot * (warm / hot) ** progress;
    const price = prices.price * Math.max(0, 1 - progress / FREE_FROM);
    parts.state.setPrices(penaltyAt(progress, prices.penalty), price, rulePriceAt(progress, temperature));
    dwell(parts, temperature, start + (until - start) * progress);
  }
}

/** Empties machines that stayed overfull, mends broken rules, then cools fast from warm to cold until a share of the budget is used. */
function settle(parts: AnnealingParts, { hot, warm, cold }: TemperatureRange, until: number): void {
  const { state, budget } = parts;
  const rescueSpan = (until - budget.used()) * RESCUE_TIME;
  state.setPrices(HARD_PENALTY, 0, hot * FIRM_RULE_HEATS);
  for (const heat of RESCUES) {
    if (state.overfull === 0 && state.brokenRules === 0) break;
    const start = budget.used();
    for (let step = 1; step <= RESCUE_STEPS; step++) {
      const temperature = warm * heat ** (1 - step / RESCUE_STEPS);
      dwell(parts, temperature, start + (rescueSpan * step) / RESCUE_STEPS);
    }
  }
  const start = budget.used();
  for (let step = 1; step <= SETTLING_STEPS; step++) {
    const progress = step / SETTLING_STEPS;
    dwell(parts, warm * (cold / warm) ** progress, start + (until - start) * progress);
  }
}

function penaltyAt(progress: number, soft: number): number {
  if (progress <= FIRM_FROM) return soft * (FIRM_PENALTY / soft) ** (progress / FIRM_FROM);
  return FIRM_PENALTY * (HARD_PENALTY / FIRM_PENALTY) ** ((progress - FIRM_FROM) / (1 - FIRM_FROM));
}

function rulePriceAt(progress: number, temperature: number): number {
  return temperature * RULE_HEATS * (FIRM_RULE_HEATS / RULE_HEATS) ** progress;
}

/** Stays at one temperature until the budget is used up to `until`. */
function dwell(parts: AnnealingParts, temperature: number, until: number): void {
  const { state, budget, best } = parts;
  while (budget.used() < until) {
    tryMoves(parts, temperature);
    if (state.overfull === 0 && state.brokenRules === 0 && state.trueCost < best.cost) {
      best.cost = state.trueCost;
      best.machineOf.set(state.machineOf);
    }
  }
}

/**
 * Judges one epoch of moves, half shifts, half swaps; makes those that the temperature allows. Processes that are small for the temperature are
 * a gas that follows the large ones, so most moves are of large ones. Where another process of its service is, a process can only
 * change places with that one.
 */
function tryMoves({ state, hosts, sizes, random, budget }: AnnealingParts, temperature: number): void {
  const { processes } = state.instance.counts;
  const large = sizes.countFrom(temperature);
  budget.trials += EPOCH;
  for (let i = 0; i < EPOCH; i++) {
    const process =
      random.uniform() < LARGE_FIRST ? sizes.order[random.integer(large)]! : random.integer(processes);
    const kind = random.uniform();
    const partner = kind < LARGE_PARTNERS ? sizes.order[random.integer(large)]! : -1;
    const to = partner < 0 ? hosts.draw(process, random) : state.machineOf[partner]!;
    if (to < 0 || to === state.machineOf[process] || (partner >= 0 && !hosts.allows(process, to))) continue;
    tryMove({ state, hosts, random }, { process, to, partner, isShift: kind >= SWAPS }, temperature);
  }
}

/** A move to judge: a shift, or a swap with a partner (-1: one is drawn) on the machine where the process goes. */
interface Trial {
  readonly process: number;
  readonly to: number;
  readonly partner: number;
  readonly isShift: boolean;
}

/** Judges a move of a process to a machine that it may run on, and makes it where the temperature allows. Draws from `random`. */
export function tryMove(
  { state, hosts, random }: Pick<AnnealingParts, 'state' | 'hosts' | 'random'>,
  { process, to, partner, isShift }: Trial,
  temperature: number,
): void {
  const limit = -temperature * Math.log(random.uniform());
  const member = state.memberOn(process, to);
  if (isShift && member < 0) {
    const delta = state.shiftDelta(process, to, limit);
    if (delta <= limit && delta < Infinity) state.shift(process, to, delta);
    return;
  }
  const size = state.rosterSize[to]!;
  if (size === 0) return;
  const drawn = partner >= 0 ? partner : state.roster[to]![random.integer(size)]!;
  const other = member >= 0 ? member : drawn;
  if (!hosts.allows(other, state.machineOf[process]!)) return;
  const delta = state.swapDelta(process, other, limit);
  if (delta <= limit && delta < Infinity) state.swap(process, other, delta);
}
