import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import { randomStream } from '../../random/index.ts';
import { FORMING, HARD_PENALTY, MENDING, anneal } from './annealing.ts';
import type { AnnealingParts, BestAssignment, TemperatureRange } from './annealing.ts';
import { lowerBound } from './bound.ts';
import { SearchBudget } from './budget.ts';
import type { SearchLimits } from './budget.ts';
import { Hosts } from './hosts.ts';
import { compileInstance } from './instance.ts';
import type { ReassignmentInstance } from './instance.ts';
import { polish } from './polish.ts';
import { ProcessSizes } from './process-sizes.ts';
import { problemDiagnostics } from './problem-diagnostics.ts';
import type { ReassignmentCost, ReassignmentProblem } from './problem.ts';
import { rearrange } from './rearrange.ts';
import { AssignmentState } from './state.ts';
import { brokenRules, costOf } from './verify.ts';

/**
 * Temperature at the start: twice what the cost lies above its bound per process. Where no resource is transient at least an eighth of the
 * size of the largest process: at less, the largest ones stay where they are; with transient resources a hot start only fills the
 * homes with what is held there, and with more than 8,000 processes too few moves are left for each (all assumed, tried on challenge set A).
 */
const HOT = 0.125;
const LEAST_HOT = 2;
const MOST_HOT_PROCESSES = 8000;
/** Temperature at which the large structure stands, in parts of the cost above the bound per process (assumed, tried on challenge set A). */
const WARM = 1 / 30;
/** Start of the mending pass, in parts of that. */
const MENDING_HOT = 10;
/** Shares of the limits that are used when the first pass and the mending pass end; rearranging takes the rest (assumed). */
const FORMED = 0.55;
const MENDED = 0.75;
/** Temperature at the end, in parts of the least cost of a move (assumed). */
const COLD = 0.3;
/** Coldest temperature in parts of the cost above the bound per process. */
const COLDEST = 1e-8;
/** Share of the limits after which the best assignment is polished. */
const POLISH_FROM = 0.97;
/** Broken rules that a diagnostic lists. */
const MOST_LISTED = 5;

/** How a search goes. */
export interface ReassignmentOptions {
  /** Seed of the random stream `reassignment`. */
  readonly seed: number;
  /** How long to search; `{ trials: 0 }` only goes downhill from the present assignment. */
  readonly limits: SearchLimits;
}

/** A process that moves, or starts where it has no home. */
export interface ReassignmentMove {
  readonly process: number;
  /** Absent: it ran nowhere. */
  readonly from?: number;
  readonly to: number;
}

/** The answer to a reassignment problem. */
export interface ReassignmentResult {
  /**
   * `optimal`: the cost is the bound. `improved`: cheaper than the present assignment, or that one broke a rule. `unchanged`: nothing
   * found that is worth its moves. `none`: nothing found that keeps all rules; see the diagnostics.
   */
  readonly status: 'optimal' | 'improved' | 'unchanged' | 'none';
  /** Machine of each process; the present one, with -1 for what runs nowhere, when there is no answer. */
  readonly assignment: readonly number[];
  /** By process. */
  readonly moves: readonly ReassignmentMove[];
  readonly cost: ReassignmentCost;
  /** Cost of the present assignment; absent where it breaks a rule or is not whole. */
  readonly costBefore?: ReassignmentCost;
  /** Proven lower bound of the cost. */
  readonly bound: number;
  /** (cost − bound) / cost; 0 where the cost is 0. */
  readonly gap: number;
  /** Bytes that all moves send. */
  readonly traffic: number;
  /** Moves judged. */
  readonly trials: number;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Finds a cheap assignment: the present one, annealed and polished, checked from scratch against the problem as written. Never answers
 * with something dearer than the present assignment where that keeps all rules.
 * Errors: `optimize-reassignment-invalid` (a problem that makes no sense), `optimize-reassignment-none` (no assignment found).
 * Draws from the stream `reassignment` of the seed; deterministic where the limits have no clock.
 */
export function reassign(problem: ReassignmentProblem, options: ReassignmentOptions): ReassignmentResult {
  const present = problem.processes.map(({ home = -1 }) => home);
  const invalid = problemDiagnostics(problem);
  if (invalid.length > 0) return noAnswer(problem, present, invalid, 0);
  const budget = new SearchBudget(options.limits);
  const broken = brokenRules(problem, present);
  const found = search(compileInstance(problem), broken.length > 0, { budget, seed: options.seed });
  const stillBroken = brokenRules(problem, found.machineOf);
  if (stillBroken.length > 0) return noAnswer(problem, present, [noneFound(stillBroken)], budget.trials);
  const isSound = broken.length === 0;
  const costBefore = isSound ? costOf(problem, present) : undefined;
  const cost = costOf(problem, found.machineOf);
  const keeps = costBefore !== undefined && cost.total >= costBefore.total;
  return answer(problem, keeps ? present : Array.from(found.machineOf), {
    ...(costBefore === undefined ? {} : { costBefore }),
    trials: budget.trials,
  });
}

/** The best assignment found; one that breaks rules where none was found that keeps them. */
function search(
  instance: ReassignmentInstance,
  isBroken: boolean,
  { budget, seed }: { readonly budget: SearchBudget; readonly seed: number },
): BestAssignment {
  const state = new AssignmentState(instance);
  const hosts = new Hosts(instance);
  placeHomeless(state, hosts);
  const best: BestAssignment = {
    machineOf: state.machineOf.slice(),
    cost: isBroken ? Infinity : state.cost,
  };
  const sizes = new ProcessSizes(state);
  annealAndMend({ state, hosts, sizes, random: randomStream(seed, 'reassignment'), budget, best });
  state.setPrices(HARD_PENALTY, 0);
  if (best.cost < Infinity) state.restore(best.machineOf);
  polish(state, hosts, () => budget.isLate);
  if (state.overfull === 0 && state.brokenRules === 0 && state.cost <= best.cost)
    best.machineOf.set(state.machineOf);
  return best;
}

/**
 * Forms an assignment from hot, mends the best one met from a temperature at which its structure mostly stands, then rearranges few
 * machines at a time.
 */
function annealAndMend(parts: AnnealingParts): void {
  const { state, best } = parts;
  const range = temperatures(parts);
  anneal(parts, range, { ...FORMING, until: FORMED });
  if (best.cost < Infinity) state.restore(best.machineOf);
  const mending = { ...range, hot: Math.min(range.hot, range.warm * MENDING_HOT) };
  anneal(parts, mending, { ...MENDING, until: best.cost < Infinity ? MENDED : POLISH_FROM });
  rearrange(parts, range.warm, POLISH_FROM);
}

/** Puts what runs nowhere on machines, the largest first, each where it costs least. */
function placeHomeless(state: AssignmentState, hosts: Hosts): void {
  const { home, counts } = state.instance;
  const homeless = [...home.keys()].filter((process) => home[process]! < 0);
  const size = homeless.map((process) => sizeOf(state, process));
  const order = [...homeless.keys()].sort((a, b) => size[b]! - size[a]! || a - b);
  for (const index of order) {
    const process = homeless[index]!;
    let least = Infinity;
    let best = -1;
    for (let machine = 0; machine < counts.machines; machine++) {
      if (!hosts.allows(process, machine)) continue;
      const delta = state.placementDelta(process, machine);
      if (delta >= least) continue;
      least = delta;
      best = machine;
    }
    if (best >= 0) state.place(process, best, least);
  }
}

function sizeOf(state: AssignmentState, process: number): number {
  const { demand, counts } = state.instance;
  let size = 0;
  for (let r = 0; r < counts.resources; r++)
    size += state.loads.excessUnit[r]! * demand[process * counts.resources + r]!;
  return size;
}

function temperatures({ state, sizes }: AnnealingParts): TemperatureRange {
  const { processMoveCost, serviceMoveWeight, machineMoveCost, counts } = state.instance;
  const avoidable = Math.max(0, state.cost - state.loads.leastCost()) / Math.max(1, counts.processes);
  const isHeld = state.instance.isTransient.some((flag) => flag !== 0);
  const enough = isHeld || counts.processes > MOST_HOT_PROCESSES ? 0 : HOT * sizes.largest;
  const hot = avoidable > 0 ? Math.max(LEAST_HOT * avoidable, enough) : 0;
  const least = (costs: Float64Array): number =>
    costs.reduce((low, cost) => (cost > 0 && cost < low ? cost : low), Infinity);
  const unit = Math.min(least(processMoveCost), least(machineMoveCost), serviceMoveWeight || Infinity);
  const cold = Math.min(hot, Math.max(unit < Infinity ? COLD * unit : 0, avoidable * COLDEST));
  return { hot, warm: Math.max(avoidable * WARM, cold), cold };
}

function answer(
  problem: ReassignmentProblem,
  assignment: readonly number[],
  found: Pick<ReassignmentResult, 'costBefore' | 'trials'>,
): ReassignmentResult {
  const cost = costOf(problem, assignment);
  const bound = lowerBound(problem);
  const moves = problem.processes.flatMap(({ home }, process): readonly ReassignmentMove[] => {
    const to = assignment[process] ?? -1;
    if (home === to) return [];
    return [{ process, ...(home === undefined ? {} : { from: home }), to }];
  });
  const traffic = moves.reduce((sum, { process, from }) => {
    return from === undefined ? sum : sum + (problem.processes[process]?.traffic ?? 0);
  }, 0);
  const isOptimal = cost.total <= bound * (1 + 1e-12);
  const status = isOptimal ? 'optimal' : moves.length === 0 ? 'unchanged' : 'improved';
  const gap = cost.total > 0 ? Math.max(0, cost.total - bound) / cost.total : 0;
  return { status, assignment, moves, cost, bound, gap, traffic, diagnostics: [], ...found };
}

function noneFound(broken: readonly string[]): Diagnostic {
  const more = broken.length > MOST_LISTED ? `; and ${broken.length - MOST_LISTED} more` : '';
  return diagnostic('optimize-reassignment-none', {
    summary: `No assignment was found that keeps all rules: ${broken.length} are broken in the nearest one.`,
    detail: `${broken.slice(0, MOST_LISTED).join('; ')}${more}`,
    fix: 'Search longer, allow more moves, or add machines.',
  });
}

function noAnswer(
  problem: ReassignmentProblem,
  assignment: readonly number[],
  diagnostics: readonly Diagnostic[],
  trials: number,
): ReassignmentResult {
  const nothing = { load: 0, balance: 0, processMoves: 0, serviceMoves: 0, machineMoves: 0, total: 0 };
  const isReadable = diagnostics.every(({ code }) => code !== 'optimize-reassignment-invalid');
  const cost = isReadable ? costOf(problem, assignment) : nothing;
  const bound = isReadable ? lowerBound(problem) : 0;
  return { status: 'none', assignment, moves: [], cost, bound, gap: 1, traffic: 0, trials, diagnostics };
}
