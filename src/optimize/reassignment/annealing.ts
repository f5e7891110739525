import type { RandomStream } from '../../random/index.ts';
import type { SearchBudget } from './budget.ts';
import type { Hosts } from './hosts.ts';
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
  readonly random: RandomStream;
  readonly budget: SearchBudget;
  /** Kept up to date with assignments in which no machine is overfull. */
  readonly best: BestAssignment;
}

/**
 * One pass of simulated annealing by shifts and swaps, cooling geometrically: slowly from hot to the temperature at which the large structure
 * stands, then fast to cold. Capacities start soft and harden with cooling. Ends when `until` of the budget is used. Draws from
 * `random`.
 */
export function anneal(
  parts: AnnealingParts,
  { hot, warm, cold }: TemperatureRange,
  { until, ...prices }: PassPrices & { readonly until: number },
): void {
  const start = parts.budget.used();
  const span = until - start;
  if (span <= 0 || hot <= 0) return;
  for (let step = 1; step <= STRUCTURE_STEPS; step++) {
    const progress = step / STRUCTURE_STEPS;
    const penalty = penaltyAt(progress, prices.penalty);
    parts.state.setPrices(penalty, prices.price * Math.max(0, 1 - progress / FREE_FROM));
    dwell(parts, hot * (warm / hot) ** progress, start + span * STRUCTURE_TIME * progress);
  }
  parts.state.setPrices(HARD_PENALTY, 0);
  let time = STRUCTURE_TIME;
  for (const heat of RESCUES) {
    if (parts.state.overfull === 0) break;
    for (let step = 1; step <= RESCUE_STEPS; step++) {
      const temperature = warm * heat ** (1 - step / RESCUE_STEPS);
      dwell(parts, temperature, start + span * (time + (RESCUE_TIME * step) / RESCUE_STEPS));
    }
    time += RESCUE_TIME;
  }
  for (let step = 1; step <= SETTLING_STEPS; step++) {
    const progress = step / SETTLING_STEPS;
    const temperature = warm * (cold / warm) ** progress;
    dwell(parts, temperature, start + span * (time + (1 - time) * progress));
  }
}

function penaltyAt(progress: number, soft: number): number {
  if (progress <= FIRM_FROM) return soft * (FIRM_PENALTY / soft) ** (progress / FIRM_FROM);
  return FIRM_PENALTY * (HARD_PENALTY / FIRM_PENALTY) ** ((progress - FIRM_FROM) / (1 - FIRM_FROM));
}

/** Stays at one temperature until the budget is used up to `until`. */
function dwell(parts: AnnealingParts, temperature: number, until: number): void {
  const { state, budget, best } = parts;
  while (budget.used() < until) {
    tryMoves(parts, temperature);
    if (state.overfull === 0 && state.trueCost < best.cost) {
      best.cost = state.trueCost;
      best.machineOf.set(state.machineOf);
    }
  }
}

/** Judges one epoch of moves, half shifts, half swaps; makes those that the temperature allows. */
function tryMoves({ state, hosts, random, budget }: AnnealingParts, temperature: number): void {
  const { processes } = state.instance.counts;
  budget.trials += EPOCH;
  for (let i = 0; i < EPOCH; i++) {
    const process = random.integer(processes);
    const to = hosts.draw(process, random);
    const from = state.machineOf[process]!;
    if (to < 0 || to === from) continue;
    const limit = -temperature * Math.log(random.uniform());
    if (random.uniform() < 0.5) {
      const delta = state.shiftDelta(process, to, limit);
      if (delta <= limit && delta < Infinity) state.shift(process, to, delta);
      continue;
    }
    const size = state.rosterSize[to]!;
    if (size === 0) continue;
    const other = state.roster[to]![random.integer(size)]!;
    if (!hosts.allows(other, from)) continue;
    const delta = state.swapDelta(process, other, limit);
    if (delta <= limit && delta < Infinity) state.swap(process, other, delta);
  }
}
