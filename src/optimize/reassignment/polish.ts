import type { Hosts } from './hosts.ts';
import type { AssignmentState } from './state.ts';

/** Most processes of which all pairs are looked at (assumed). */
const MOST_PAIRED = 3000;

/**
 * Goes downhill until no shift and, with at most 3,000 processes, no swap lowers the cost; then brings home what costs nothing to
 * bring home. `isOver` is asked before each process. No random draws.
 */
export function polish(state: AssignmentState, hosts: Hosts, isOver: () => boolean): void {
  const { processes } = state.instance.counts;
  for (let isBetter = true; isBetter && !isOver();) {
    const before = state.cost;
    for (let process = 0; process < processes && !isOver(); process++) shiftBest(state, hosts, process);
    if (processes <= MOST_PAIRED)
      for (let process = 0; process < processes && !isOver(); process++) swapBest(state, hosts, process);
    isBetter = state.cost < before - Math.abs(before) * 1e-12;
  }
  bringHome(state);
}

function shiftBest(state: AssignmentState, hosts: Hosts, process: number): void {
  const { machines } = state.instance.counts;
  let least = 0;
  let best = -1;
  for (let machine = 0; machine < machines; machine++) {
    if (!hosts.allows(process, machine)) continue;
    const delta = state.shiftDelta(process, machine, least);
    if (delta < least) {
      least = delta;
      best = machine;
    }
  }
  if (best >= 0) state.shift(process, best, least);
}

function swapBest(state: AssignmentState, hosts: Hosts, process: number): void {
  const { processes } = state.instance.counts;
  let least = 0;
  let best = -1;
  for (let other = 0; other < processes; other++) {
    if (!hosts.allows(process, state.machineOf[other]!)) continue;
    if (!hosts.allows(other, state.machineOf[process]!)) continue;
    const delta = state.swapDelta(process, other, least);
    if (delta < least) {
      least = delta;
      best = other;
    }
  }
  if (best >= 0) state.swap(process, best, least);
}

function bringHome(state: AssignmentState): void {
  const { home } = state.instance;
  for (let process = 0; process < home.length; process++) {
    if (home[process]! < 0 || home[process] === state.machineOf[process]) continue;
    const delta = state.shiftDelta(process, home[process]!, 0);
    if (delta <= 0) state.shift(process, home[process]!, delta);
  }
}
