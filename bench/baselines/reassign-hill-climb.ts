/**
 * The plain rival of `bench:reassign`: a hill climber of first improvement. It goes through all processes in order, takes the first
 * shift to another machine that lowers the cost, then the first swap with another process that does, until a whole round changes
 * nothing or the time is over. This is the simple climber that the challenge's teams start from (for example HC2 of
 * Canales, Riff and Montero, "A simple and efficient local search algorithm for the machine reassignment problem", Applied
 * Sciences 15 (2025) 7474: shift and swap, first improvement); their ordering of machines by load (HC1) and what follows it are left out.
 * No figure of the climber alone was found published, so the check is another one: the bench prints whether it ended in a local optimum.
 */
import type { AssignmentState } from '../../src/optimize/reassignment/state.ts';

/** So dear that no machine is ever filled above its capacity. */
const NEVER = 1e12;

/** Climbs down from the present assignment; answers whether it ended where no shift and no swap is cheaper. */
export function hillClimb(state: AssignmentState, isOver: () => boolean): boolean {
  const { processes } = state.instance.counts;
  state.setPrices(NEVER, 0);
  for (let isBetter = true; isBetter;) {
    isBetter = false;
    for (let process = 0; process < processes; process++) {
      if (isOver()) return false;
      if (firstShift(state, process) || firstSwap(state, process)) isBetter = true;
    }
  }
  return true;
}

function firstShift(state: AssignmentState, process: number): boolean {
  for (let machine = 0; machine < state.instance.counts.machines; machine++) {
    const delta = state.shiftDelta(process, machine, 0);
    if (delta >= 0) continue;
    state.shift(process, machine, delta);
    return true;
  }
  return false;
}

function firstSwap(state: AssignmentState, process: number): boolean {
  for (let other = 0; other < state.instance.counts.processes; other++) {
    const delta = state.swapDelta(process, other, 0);
    if (delta >= 0) continue;
    state.swap(process, other, delta);
    return true;
  }
  return false;
}
