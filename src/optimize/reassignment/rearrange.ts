import type { RandomStream } from '../../random/index.ts';
import { HARD_PENALTY, tryMove } from './annealing.ts';
import type { AnnealingParts } from './annealing.ts';
import type { AssignmentState } from './state.ts';

/** Numbers of machines that are rearranged at once, each as often as the others (assumed, tried on challenge set A). */
const SIZES = [2, 3, 4, 6];
/** Share of the draws that take any machines; the others take one above and one below its safety capacity of a resource (assumed). */
const BLIND = 0.3;
/** Coolest and hottest start, in parts of the warm temperature; end in parts of the start (assumed, tried on challenge set A). */
const COOLEST = 1.8;
const HOTTEST = 36;
const COLD = 0.01;
const STEPS = 12;
/** Moves judged per process. */
const MOVES_PER_PROCESS = 300;
/** Penalty of what is above capacity, and price of a broken rule in parts of the start, at the first and at the last but one step (assumed). */
const PENALTIES = { soft: 10, firm: 1000 };
const RULE_PRICES = { soft: 1, firm: 30 };

/**
 * Rearranges a few machines at a time, the others being fixed: a short annealing from hot, taken back where it brings nothing. It finds what single
 * shifts and swaps do not: a large process changing its machine and all around it making room. Begins with the best assignment, ends
 * when `until` of the budget is used. Draws from `random`.
 */
export function rearrange(parts: AnnealingParts, warm: number, until: number): void {
  const { state, random, budget, best } = parts;
  const { machines } = state.instance.counts;
  if (best.cost === Infinity || machines < 2) return;
  state.restore(best.machineOf);
  state.setPrices(HARD_PENALTY, 0);
  while (budget.used() < until) {
    const size = Math.min(machines, SIZES[random.integer(SIZES.length)]!);
    const hot = warm * COOLEST * (HOTTEST / COOLEST) ** random.uniform();
    annealOn(parts, drawMachines(state, random, size), hot);
  }
  best.cost = state.trueCost;
  best.machineOf.set(state.machineOf);
}

/** Anneals the processes of some machines among these; takes it back where it breaks something or the cost is higher. */
function annealOn(parts: AnnealingParts, machines: Int32Array, hot: number): void {
  const { state, hosts, random, budget } = parts;
  const before = state.cost;
  const processes = processesOn(state, machines);
  const places = processes.map((process) => state.machineOf[process]!);
  const trials = Math.ceil((MOVES_PER_PROCESS * processes.length) / STEPS);
  budget.trials += 1 + trials * STEPS;
  for (let step = 0; step < STEPS && processes.length > 0; step++) {
    const progress = step / (STEPS - 1);
    const isLast = step === STEPS - 1;
    const penalty = isLast ? HARD_PENALTY : between(PENALTIES, progress);
    state.setPricesOn(machines, penalty, hot * (isLast ? HARD_PENALTY : between(RULE_PRICES, progress)));
    for (let i = 0; i < trials; i++) {
      const process = processes[random.integer(processes.length)]!;
      const to = machines[random.integer(machines.length)]!;
      if (to === state.machineOf[process] || !hosts.allows(process, to)) continue;
      const trial = { process, to, partner: -1, isShift: random.uniform() < 0.5 };
      tryMove({ state, hosts, random }, trial, hot * COLD ** progress);
    }
  }
  const isSound = state.overfull === 0 && state.brokenRules === 0;
  state.setPricesOn(machines, HARD_PENALTY, Infinity);
  if (!isSound || state.cost > before) state.putBack({ processes, places, machines, cost: before });
}

function between({ soft, firm }: { readonly soft: number; readonly firm: number }, progress: number): number {
  return soft * (firm / soft) ** progress;
}

function processesOn(state: AssignmentState, machines: Int32Array): Int32Array {
  const all: number[] = [];
  for (const machine of machines) {
    for (let i = 0; i < state.rosterSize[machine]!; i++) all.push(state.roster[machine]![i]!);
  }
  return Int32Array.from(all);
}

/** Different machines. */
function drawMachines(state: AssignmentState, random: RandomStream, size: number): Int32Array {
  const { machines } = state.instance.counts;
  const chosen = new Set<number>(random.uniform() < BLIND ? [] : uneven(state, random));
  while (chosen.size < size) chosen.add(random.integer(machines));
  return Int32Array.from(chosen);
}

/** A machine above and one below its safety capacity of a resource, drawn by how much it could save; fewer where there are none. */
function uneven(state: AssignmentState, random: RandomStream): readonly number[] {
  const { counts, safety, loadWeight } = state.instance;
  const { machines, resources } = counts;
  const above = new Float64Array(machines * resources);
  const below = new Float64Array(machines * resources);
  const total = { above: new Float64Array(resources), below: new Float64Array(resources) };
  for (let cell = 0; cell < above.length; cell++) {
    const r = cell % resources;
    const over = loadWeight[r]! * (state.loads.use[cell]! - safety[cell]!);
    above[cell] = Math.max(0, over);
    below[cell] = Math.max(0, -over);
    total.above[r]! += above[cell]!;
    total.below[r]! += below[cell]!;
  }
  const avoidable = total.above.map((over, r) => Math.min(over, total.below[r]!));
  const resource = drawWeighted(avoidable, random);
  if (resource < 0) return [];
  const column = (cells: Float64Array): Float64Array =>
    Float64Array.from({ length: machines }, (_, machine) => cells[machine * resources + resource]!);
  return [above, below].map((cells) => drawWeighted(column(cells), random)).filter((machine) => machine >= 0);
}

/** An index drawn by weight; -1 where all weigh nothing. */
function drawWeighted(weights: Float64Array, random: RandomStream): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0)) return -1;
  let left = random.uniform() * total;
  for (let i = 0; i < weights.length; i++) {
    left -= weights[i]!;
    if (left < 0) return i;
  }
  return -1;
}
