import { FORMING, STRUCTURE_STEPS, STRUCTURE_TIME, coolStructure, settle } from './annealing.ts';
import type { AnnealingParts, TemperatureRange } from './annealing.ts';

/**
 * Most assignments that are cooled beside each other, processes that they may have together, and how many times hotter than warm the start has to be
 * for more than one (assumed).
 */
const MOST_ENTRANTS = 4;
const MOST_PROCESSES = 8000;
const LONG_COOLING = 200;
/** Structure step at which half of the assignments are given up, counted from the last round; share of the time of each round (assumed). */
const ROUND_ENDS = [STRUCTURE_STEPS, 28, 20];
const ROUND_TIMES = [0.35, 0.25, 0.4];

/** An assignment on its way. */
interface Entrant {
  readonly machineOf: Int32Array;
  readonly cost: number;
}

/**
 * Forms an assignment from hot. Where large processes end up is decided while it is hot and luck has a large part in it, so several assignments
 * are cooled beside each other and the dearer half is given up, until one is left. Large problems have one from the start. Ends
 * when `until` of the budget is used. Draws from `random`.
 */
export function form(parts: AnnealingParts, range: TemperatureRange, until: number): void {
  const { state, budget } = parts;
  const start = budget.used();
  const span = until - start;
  if (span <= 0 || range.hot <= 0) return;
  const rounds = range.hot < LONG_COOLING * range.warm ? 0 : roundsFor(state.instance.counts.processes);
  const times = ROUND_TIMES.slice(0, rounds + 1);
  const scale = (span * STRUCTURE_TIME) / times.reduce((sum, share) => sum + share, 0);
  let entrants: readonly Entrant[] = Array.from({ length: 2 ** rounds }, () => {
    return { machineOf: state.machineOf.slice(), cost: state.cost };
  });
  for (let round = rounds; round >= 0; round--) {
    const steps = { from: round === rounds ? 0 : ROUND_ENDS[round + 1]!, to: ROUND_ENDS[round]! };
    const begin = budget.used();
    const length = (scale * times[round]!) / entrants.length;
    const cooled = entrants.map(({ machineOf }, index): Entrant => {
      state.restore(machineOf);
      coolStructure(parts, range, { ...FORMING, ...steps, until: begin + length * (index + 1) });
      return { machineOf: state.machineOf.slice(), cost: state.cost };
    });
    entrants = cooled.sort((a, b) => a.cost - b.cost).slice(0, Math.max(1, cooled.length / 2));
  }
  state.restore(entrants[0]!.machineOf);
  settle(parts, range, until);
}

/** Rounds in which half of the assignments are given up. */
function roundsFor(processes: number): number {
  let rounds = 0;
  while (2 ** (rounds + 1) <= MOST_ENTRANTS && 2 ** (rounds + 1) * processes <= MOST_PROCESSES) rounds++;
  return rounds;
}
