import type { TimeWindow } from '../../model/index.ts';
import { microUsd, toDollars } from '../../units/index.ts';
import type { MicroUsd } from '../../units/index.ts';
import { ProgramBuilder, solveTrusted } from '../solvers/index.ts';
import type { IntegerProgram, SolverAdapter, SolverLimits, TrustedAnswer } from '../solvers/index.ts';
import { worstAvailability } from './availability.ts';
import { buildProgram } from './build-program.ts';
import type { PlacementProgram } from './build-program.ts';
import { PROTECTION_OF, nodeShare } from './placement-problem.ts';
import { withoutRiskiest } from './risky-groups.ts';
import type { PaidTime } from './paid-hours.ts';
import type { PlacementProblem, Protection } from './placement-problem.ts';
import type { ProgramScope } from './draft.ts';
import { boundToMicroUsd, costOfNodes } from './solution.ts';
import type { PlacedNodes, PlacedReplicas, PlacementSolution } from './solution.ts';
import { hoursPerMonth } from '../windows.ts';

/** How to solve: the adapters in order, and when to stop. */
export interface PlacementContext {
  readonly solvers: readonly SolverAdapter[];
  readonly limits: SolverLimits;
  /**
   * Whether replicas that cost nothing but serve nothing are removed by a second solve; default true. Costs and bounds
   * are the same without.
   */
  readonly isTidy?: boolean;
}

/** A placement, or why there is none. */
export type PlacementOutcome =
  | { readonly ok: true; readonly solution: PlacementSolution }
  /** No placement exists (`isProven`), or none was found and no solver could prove it. */
  | { readonly ok: false; readonly reason: 'infeasible'; readonly isProven: boolean; readonly detail: string }
  /** Every solver stopped empty-handed or gave an answer that failed verification. */
  | { readonly ok: false; readonly reason: 'limit' | 'rejected'; readonly detail: string }
  /** Every placement costs at least the limit of the cutoff. */
  | { readonly ok: false; readonly reason: 'too-dear'; readonly detail: string };

/** Lets a restricted problem stop early: no placement of interest costs `limit` or more. */
export interface Cutoff {
  readonly limit: number;
  /** What a window costs at least, micro-dollars per month; 0 when nothing is known. */
  readonly windowBound: (window: string) => number;
}

const NEXT_PROTECTION: Readonly<Record<Protection, Protection | undefined>> = {
  none: 'node',
  node: 'unit',
  unit: 'two-units',
  'two-units': undefined,
};

/**
 * The cheapest placement that meets every constraint. Windows share nothing but budgets of teams and capacity paid
 * for in every hour; without those each window is its own small program and the sum of their optima is optimal.
 *
 * Availability is a chance constraint over scenarios. It is met by raising what a workload must survive, level by
 * level (a node, a unit, two units), until the scenario count says enough; the bound stays the one of the declared
 * level, so an answer that needed raising is reported with its gap. Where traces tell that spot capacity is out for long, workloads that needed raising
 * are also kept off the groups most often out, half of them at a time, and the cheapest of these placements is taken.
 */
export async function solvePlacement(
  problem: PlacementProblem,
  context: PlacementContext,
  cutoff?: Cutoff,
): Promise<PlacementOutcome> {
  const first = await raiseProtection(problem, context, cutoff);
  const { declared } = first;
  let best = first.outcome;
  let current = problem;
  let { short } = first;
  while (declared !== undefined && short.size > 0) {
    const next = withoutRiskiest(current, short);
    if (next === undefined) break;
    const { outcome, ...other } = await raiseProtection(next, context);
    const isBetter = outcome.ok && (!best.ok || outcome.solution.objective < best.solution.objective);
    if (isBetter) best = { ok: true, solution: atLeast(outcome.solution, declared) };
    current = next;
    short = other.short;
  }
  return best;
}

/** A bound that holds for every placement of a problem at its declared protection. */
type DeclaredBound = Pick<PlacementSolution, 'bound' | 'windowBounds'>;

/** What raising protections came to. */
interface Raised {
  readonly outcome: PlacementOutcome;
  /** Undefined where the problem was not solved at its declared protection. */
  readonly declared: DeclaredBound | undefined;
  /** Workloads whose protection had to be raised, or was not enough. */
  readonly short: ReadonlySet<string>;
}

function atLeast(solution: PlacementSolution, declared: DeclaredBound): PlacementSolution {
  return { ...solution, ...declared, isOptimal: declared.bound >= solution.objective };
}

/** The cheapest placement with the least protection found to keep every availability. */
async function raiseProtection(
  problem: PlacementProblem,
  context: PlacementContext,
  cutoff?: Cutoff,
): Promise<Raised> {
  const everShort = new Set<string>();
  const protection = new Map(problem.workloads.map((w) => [w.id, PROTECTION_OF[w.tolerates]]));
  let declared: DeclaredBound | undefined;
  for (;;) {
    // What holds of a raised level is no proof about the declared one.
    const isRaised = declared !== undefined;
    const level = { problem, protection, cutoff: isRaised ? undefined : cutoff };
    const outcome = await solveWithProtection(level, context);
    if (!outcome.ok) {
      const failed = isRaised && outcome.reason === 'infeasible' ? { ...outcome, isProven: false } : outcome;
      return { outcome: failed, declared, short: everShort };
    }
    declared ??= { bound: outcome.solution.bound, windowBounds: outcome.solution.windowBounds };
    const short = problem.workloads.filter(
      (w) => worstAvailability(w, outcome.solution, problem.windows) < w.availability,
    );
    if (short.length === 0) {
      const solution = atLeast(outcome.solution, declared);
      return { outcome: { ok: true, solution }, declared, short: everShort };
    }
    for (const workload of short) {
      everShort.add(workload.id);
      const next = NEXT_PROTECTION[protection.get(workload.id) ?? 'none'];
      if (next === undefined) {
        const detail = `${workload.id} stays below its availability even when any two losses are survived`;
        const failed = { ok: false, reason: 'infeasible', isProven: false, detail } as const;
        return { outcome: failed, declared, short: everShort };
      }
      protection.set(workload.id, next);
    }
  }
}

interface ProtectedProblem {
  readonly problem: PlacementProblem;
  readonly protection: ReadonlyMap<string, Protection>;
  readonly cutoff: Cutoff | undefined;
}

async function solveWithProtection(
  { problem, protection, cutoff }: ProtectedProblem,
  context: PlacementContext,
): Promise<PlacementOutcome> {
  const isHeld = problem.offerings.some((o) => o.capacityType === 'reserved' || o.capacityType === 'owned');
  if (!isHeld || problem.windows.length === 1) {
    const parts: PlacementOutcome[] = [];
    for (const window of problem.windows) {
      const scope = { problem, windows: [window], protection, isJoint: problem.windows.length === 1 };
      const part = await solveScope(buildProgram(scope), scope, context);
      if (!part.ok) return part;
      parts.push(part);
      if (cutoff !== undefined && lowerBound(parts, problem.windows, cutoff) >= cutoff.limit) {
        return { ok: false, reason: 'too-dear', detail: 'proven by the windows solved so far' };
      }
    }
    const joined = joinParts(parts, problem);
    if (meetsTeamBudgets(problem, joined)) return checkFleetBudget(problem, joined);
  }
  const scope = { problem, windows: problem.windows, protection, isJoint: true };
  return solveScope(buildProgram(scope), scope, context);
}

async function solveScope(
  placement: PlacementProgram,
  scope: Pick<ProgramScope, 'problem' | 'windows'>,
  context: PlacementContext,
): Promise<PlacementOutcome> {
  const answer = await solveTrusted(placement.program, context.limits, context.solvers);
  const failed = asFailure(answer);
  if (failed !== undefined) return failed;
  if (answer.status !== 'optimal' && answer.status !== 'feasible') throw new Error('unreachable');
  if (context.isTidy === false) {
    return { ok: true, solution: readSolution({ ...scope, placement, values: answer.values, answer }) };
  }
  const tidy = await solveTrusted(
    tidyProgram(placement, answer.values),
    { ...context.limits, relativeGap: 0 },
    context.solvers,
  );
  const values = tidy.status === 'optimal' ? tidy.values : answer.values;
  return { ok: true, solution: readSolution({ ...scope, placement, values, answer }) };
}

function asFailure(answer: TrustedAnswer): PlacementOutcome | undefined {
  switch (answer.status) {
    case 'optimal':
    case 'feasible':
      return undefined;
    case 'infeasible':
      return { ok: false, reason: 'infeasible', isProven: answer.isProven, detail: answer.solver };
    case 'unbounded':
      return { ok: false, reason: 'rejected', detail: `${answer.solver} calls the placement unbounded` };
    case 'limit':
    case 'rejected':
      return { ok: false, reason: answer.status, detail: answer.attempts.join('; ') };
  }
}

/**
 * The second, lexicographic solve: nodes are held to what was bought, and the fewest accelerators in replicas are
 * asked for, earlier options and earlier offerings first. It removes replicas that cost nothing but serve nothing.
 */
function tidyProgram(placement: PlacementProgram, values: readonly number[]): IntegerProgram {
  const builder = new ProgramBuilder(`${placement.program.name}/tidy`);
  const weight = new Map(
    placement.replicas.map((v, index) => {
      const { nodes, acceleratorsPerNode } = v.option.candidate.podGroup;
      const rank = v.workload.options.indexOf(v.option);
      return [v.column, nodes * Math.max(1, acceleratorsPerNode) * (1 + rank * 1e-3 + index * 1e-6)];
    }),
  );
  const bought = new Set(placement.nodes.map((v) => v.column));
  placement.program.columns.forEach((column, j) => {
    const upper = bought.has(j) ? (values[j] ?? 0) : column.upper;
    builder.column({
      ...column,
      upper,
      lower: bought.has(j) ? upper : column.lower,
      cost: weight.get(j) ?? 0,
    });
  });
  const { columns } = builder.build();
  return { name: `${placement.program.name}/tidy`, columns, rows: placement.program.rows };
}

interface Reading extends Pick<ProgramScope, 'problem' | 'windows'> {
  readonly placement: PlacementProgram;
  readonly values: readonly number[];
  readonly answer: Extract<TrustedAnswer, { readonly status: 'optimal' | 'feasible' }>;
}

function readSolution({ placement, problem, windows, values, answer }: Reading): PlacementSolution {
  const replicas = placement.replicas
    .map((v): PlacedReplicas => {
      const count = values[v.column] ?? 0;
      return { workload: v.workload.id, option: v.option, offering: v.offering, window: v.window.id, count };
    })
    .filter((placed) => placed.count > 0);
  const nodes = placement.nodes
    .map((v): PlacedNodes => {
      return { offering: v.offering, window: v.window.id, count: values[v.column] ?? 0 };
    })
    .filter((placed) => placed.count > 0);
  const objective = costOfNodes(nodes, problem);
  const isOptimal = answer.status === 'optimal';
  const bound = isOptimal ? objective : microUsd(Math.min(boundToMicroUsd(answer.bound), objective));
  const [only] = windows;
  const windowBounds = windows.length === 1 && only !== undefined ? { [only.id]: bound } : {};
  return { isOptimal, solver: answer.solver, objective, bound, windowBounds, replicas, nodes };
}

/** What any completion of the windows solved so far costs at least, micro-dollars. */
function lowerBound(
  parts: readonly PlacementOutcome[],
  windows: readonly TimeWindow[],
  { windowBound }: Cutoff,
): number {
  const solved = parts.reduce((sum, part) => sum + (part.ok ? part.solution.bound : 0), 0);
  return windows.slice(parts.length).reduce((sum, window) => sum + windowBound(window.id), solved);
}

function joinParts(parts: readonly PlacementOutcome[], time: PaidTime): PlacementSolution {
  const solutions = parts.flatMap((part) => (part.ok ? [part.solution] : []));
  const nodes = solutions.flatMap((solution) => solution.nodes);
  const objective = costOfNodes(nodes, time);
  const isOptimal = solutions.every((solution) => solution.isOptimal);
  const bound = solutions.reduce((sum, solution) => sum + solution.bound, 0);
  return {
    isOptimal,
    solver: [...new Set(solutions.map((solution) => solution.solver))].sort().join('+'),
    objective,
    bound: isOptimal ? objective : microUsd(Math.min(bound, objective)),
    windowBounds: Object.assign({}, ...solutions.map((solution) => solution.windowBounds)) as Record<
      string,
      MicroUsd
    >,
    replicas: solutions.flatMap((solution) => solution.replicas),
    nodes,
  };
}

/** Cost per month of the node shares of a team's replicas, dollars. */
export function teamCost(problem: PlacementProblem, solution: PlacementSolution, team: string): number {
  const hours = new Map(problem.windows.map((window) => [window.id, hoursPerMonth(window)]));
  const ids = new Set(problem.workloads.filter((w) => w.team === team).map((w) => w.id));
  return solution.replicas
    .filter((placed) => ids.has(placed.workload))
    .reduce((sum, { option, offering, window, count }) => {
      const perHour = toDollars(offering.price) * nodeShare(option.candidate, offering) * count;
      return sum + perHour * (hours.get(window) ?? 0);
    }, 0);
}

/** Whether every team stays within its budget. */
export function meetsTeamBudgets(problem: PlacementProblem, solution: PlacementSolution): boolean {
  return problem.budgets.every(
    (budget) =>
      budget.team === '' || teamCost(problem, solution, budget.team) <= toDollars(budget.limit) + 1e-6,
  );
}

/** The budget of the whole fleet limits the objective itself: a cheapest plan above it proves there is none. */
export function checkFleetBudget(problem: PlacementProblem, solution: PlacementSolution): PlacementOutcome {
  const broken = problem.budgets.find((budget) => budget.team === '' && solution.objective > budget.limit);
  if (broken === undefined) return { ok: true, solution };
  return {
    ok: false,
    reason: 'infeasible',
    isProven: solution.bound > broken.limit,
    detail: `the cheapest placement costs more than budget ${broken.id}`,
  };
}
