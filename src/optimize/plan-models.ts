import { DiagnosticError, diagnostic } from '../diagnostics/index.ts';
import type {
  BindingConstraint,
  ConstraintCheck,
  ConstraintPrice,
  Decision,
  ResolvedProblem,
  TimeWindow,
} from '../model/index.ts';
import { microUsd, requestsPerSecond } from '../units/index.ts';
import { nodeQuotas } from './accelerator-pools.ts';
import { narrow, steps } from './aims/narrow.ts';
import type { AimedEvaluation } from './aims/narrow.ts';
import { orderByPlacement } from './aims/order-by-placement.ts';
import { brokenByPlacement } from './aims/placed-merits.ts';
import { decisionOf, infeasibleDecision } from './decision.ts';
import { derated, fleetsThatFallShort } from './disaggregation/derate.ts';
import {
  roleWorkloads,
  withRoleDemand,
  withRolesJoined,
  workloadOf,
} from './disaggregation/role-placement.ts';
import { explainRoles, inServingMode } from './disaggregation/serving-mode.ts';
import { evaluateWorkload } from './evaluate-workload.ts';
import type { WorkloadEvaluation } from './evaluate-workload.ts';
import { Deadline, placementContext, untidy } from './options.ts';
import type { OptimizeOptions } from './options.ts';
import { ComponentSolver } from './placement/components.ts';
import { constraintPrices } from './placement/constraint-prices.ts';
import { explainInfeasible } from './placement/explain-infeasible.ts';
import type { PlacementProblem } from './placement/placement-problem.ts';
import { FULL_EFFORT, oneShapePerPool } from './placement/one-shape.ts';
import { runnersUp } from './placement/runner-up.ts';
import type { RunnerUp } from './placement/runner-up.ts';
import type { ShapedPlan } from './placement/shape-search.ts';
import { solvePlacement } from './placement/solve-placement.ts';
import type { PlacementSolution } from './placement/solution.ts';
import { turnZones } from './placement/symmetry.ts';
import { bestSoFar, breathe } from './progress.ts';
import { explainSlo } from './slo-conflict.ts';
import { brokenConstraints, verifyDecision } from './verify-decision.ts';

/** One run of the optimizer: what its stages share. */
interface Run {
  readonly problem: ResolvedProblem;
  readonly options: OptimizeOptions;
  readonly deadline: Deadline;
  readonly windows: readonly TimeWindow[];
  readonly evaluations: readonly WorkloadEvaluation[];
}

/**
 * Decides what the language models of a problem run on: measures the ways to run each by simulation, places replicas and nodes jointly at
 * least cost, verifies the answer with independent code and says how good it is and what each constraint costs. `problem`
 * is in stable order.
 */
export async function planModels(
  problem: ResolvedProblem,
  windows: readonly TimeWindow[],
  options: OptimizeOptions,
): Promise<Decision> {
  const deadline = new Deadline(options);
  const raced = await evaluateAll(problem, options, deadline);
  const evaluations = await inServingModes({ problem, options, deadline, windows, evaluations: raced });
  const measured: Run = { problem, options, deadline, windows, evaluations };
  const withoutCandidate = evaluations.filter((item) => item.finalists.length === 0);
  if (withoutCandidate.length > 0) {
    const reasons = withoutCandidate.flatMap((item) =>
      item.roles === undefined ? explainSlo(item) : explainRoles(item),
    );
    return infeasible(measured, reasons);
  }
  const aimed = evaluations.map((item) =>
    narrow(item, {
      offerings: problem.offerings,
      peak: windows[0]?.peakRate[item.workload.workload.id] ?? 0,
    }),
  );
  const run: Run = { ...measured, evaluations: aimed.map((item) => item.evaluation) };
  const overLimits = aimed.flatMap((item) => item.binding);
  return overLimits.length > 0 ? infeasible(run, overLimits) : place(run, aimed);
}

/** Places the finalists that the aims want most among those that can be placed. */
async function place(run: Run, aimed: readonly AimedEvaluation[]): Promise<Decision> {
  const { options, deadline } = run;
  options.onProgress?.({ stage: 'place', done: 0, total: 2 });
  await breathe();
  const context = placementContext(options, deadline);
  const solver = new ComponentSolver(untidy(context));
  const ordered = await orderByPlacement(aimed, run.windows[0], async (evaluations) => {
    await breathe();
    const placed = await oneShapePerPool(placementProblem({ ...run, evaluations }), solver, FULL_EFFORT);
    return placed?.solution;
  });
  for (const evaluations of steps(ordered)) {
    let planned = evaluations;
    for (let round = 0; round <= MOST_DERATINGS; round++) {
      const placement = placementProblem({ ...run, evaluations: planned });
      const chosen = await oneShapePerPool(placement, solver, FULL_EFFORT);
      if (chosen === undefined) break;
      options.onProgress?.({ stage: 'place', done: 1, total: 2, ...bestSoFar(chosen.solution) });
      await breathe();
      const solution = await tidied(chosen, new ComponentSolver(context));
      const short = fleetsThatFallShort(planned, withRolesJoined(solution), run.windows);
      if (short.size > 0 && round < MOST_DERATINGS) planned = derated(planned, short);
      else return decide(run, { placement, problem: chosen.problem, solution, solver });
    }
  }
  return withoutPlan(run, placementProblem(run), solver);
}

/** How often the rates of roles are planned lower because the fleet of both falls short of them. */
const MOST_DERATINGS = 4;

/** The plan without replicas that serve nothing; the plan itself should availability have rested on them. */
async function tidied(
  { problem, solution }: ShapedPlan,
  solver: ComponentSolver,
): Promise<PlacementSolution> {
  const outcome = await solver.whole(problem);
  if (!outcome.ok || outcome.solution.objective > solution.objective) return solution;
  const { objective } = outcome.solution;
  const bound = microUsd(Math.min(solution.bound, objective));
  return { ...outcome.solution, bound, isOptimal: bound >= objective };
}

/** Why there is no plan under the rules, and which plan there would be if shapes could be mixed. */
async function withoutPlan(
  run: Run,
  placement: PlacementProblem,
  solver: ComponentSolver,
): Promise<Decision> {
  const mixed = await solvePlacement(placement, solver.context);
  if (!mixed.ok && mixed.reason !== 'infeasible') {
    throw unsolved(mixed.reason === 'limit' ? 'limit' : 'rejected', mixed.detail);
  }
  run.options.onProgress?.({ stage: 'explain', done: 0, total: 1 });
  await breathe();
  const conflicts = await explainInfeasible(placement, solver);
  return infeasible(run, [...conflicts, ...(mixed.ok ? explainUniform(placement, mixed.solution) : [])]);
}

interface Choice {
  /** The placement problem with every finalist. */
  readonly placement: PlacementProblem;
  /** The same with the shapes that the plan keeps to. */
  readonly problem: PlacementProblem;
  readonly solution: PlacementSolution;
  readonly solver: ComponentSolver;
}

/** Adds what the plan is compared with, assembles the decision and verifies it. */
async function decide(run: Run, choice: Choice): Promise<Decision> {
  const { options, deadline, problem, windows, evaluations } = run;
  const { solution, solver } = choice;
  const best = bestSoFar(solution);
  options.onProgress?.({ stage: 'price', done: 0, total: 2, ...best });
  await breathe();
  const prices = deadline.isPast
    ? []
    : [
        ...(await constraintPrices({ problem: choice.placement, shaped: choice.problem, solution }, solver)),
        ...(await priceOfOneShape(choice)),
      ];
  options.onProgress?.({ stage: 'price', done: 1, total: 2, ...best });
  await breathe();
  const runners = deadline.isPast
    ? new Map<string, RunnerUp>()
    : cheapestByWorkload(await runnersUp(choice.placement, solution, solver));
  options.onProgress?.({ stage: 'verify', done: 0, total: 1, ...best });
  await breathe();
  const turned = withRolesJoined(turnZones(solution, problem.offerings));
  const decision = decisionOf({
    windows,
    evaluations,
    placement: choice.problem,
    solution: turned,
    prices,
    runners,
  });
  const checks = verifyDecision(problem, decision);
  const broken = brokenConstraints(checks);
  const overBudget = broken.filter((check) => check.constraint.startsWith('budget/'));
  if (overBudget.length > 0 && overBudget.length === broken.length)
    return infeasible(run, overBudget.map(exceededBudget));
  if (broken.length > 0) {
    throw unsolved(
      'rejected',
      `these constraints do not hold: ${broken.map((c) => c.constraint).join(', ')}`,
    );
  }
  const overLimits = decision.workloads.flatMap(({ workload, merits }) =>
    brokenByPlacement(evaluations, { workload, merits, perMonth: decision.objectivePerMonth }),
  );
  return overLimits.length > 0 ? infeasible(run, overLimits) : { ...decision, checks };
}

/** Of roles the cheaper runner-up, under the name of their workload. */
function cheapestByWorkload(found: ReadonlyMap<string, RunnerUp>): ReadonlyMap<string, RunnerUp> {
  const best = new Map<string, RunnerUp>();
  for (const [id, runner] of found) {
    const known = best.get(workloadOf(id));
    if (known === undefined || runner.perMonth < known.perMonth) best.set(workloadOf(id), runner);
  }
  return best;
}

/** The rule that forbids a plan which exists when shapes may be mixed, and what that plan costs. */
function explainUniform(placement: PlacementProblem, mixed: PlacementSolution): readonly BindingConstraint[] {
  return placement.workloads
    .filter((workload) => workload.isUniform)
    .map((workload) => ({
      constraint: `routing/${workload.id}`,
      description: `Requests of ${workload.id} are spread evenly, so all its replicas must be alike`,
      relaxation: {
        change: `set routing of ${workload.id} to weighted, behind a gateway that weighs replicas by capacity`,
        perMonth: mixed.objective,
      },
    }));
}

/**
 * What keeping to one shape (per pool, or in all) costs, against the cheapest placement that may mix them. For one
 * workload only: with three, that placement alone takes a minute.
 */
async function priceOfOneShape({ placement, solution, solver }: Choice): Promise<readonly ConstraintPrice[]> {
  if (placement.workloads.length !== 1) return [];
  const free = await solver.whole(placement);
  if (!free.ok) return [];
  return [
    {
      constraint: 'one-shape',
      description: 'One shape of replica per workload and pool; one in all where requests are spread evenly',
      perMonth: microUsd(Math.max(0, solution.objective - free.solution.objective)),
    },
  ];
}

async function evaluateAll(
  problem: ResolvedProblem,
  options: OptimizeOptions,
  deadline: Deadline,
): Promise<readonly WorkloadEvaluation[]> {
  const evaluations: WorkloadEvaluation[] = [];
  const total = problem.workloads.length;
  const maxNodes = Object.fromEntries(problem.problem.pools.map((pool) => [pool.id, pool.maxNodes]));
  for (const [done, workload] of problem.workloads.entries()) {
    const { id } = workload.workload;
    const safety = options.safety?.[id];
    const evaluation = await evaluateWorkload(workload, problem.offerings, {
      seed: options.seed,
      coefficients: options.coefficients,
      effort: options.effort ?? 'normal',
      maxNodes,
      ...(options.gatherCrew === undefined ? {} : { gatherCrew: options.gatherCrew }),
      ...(safety === undefined ? {} : { safety }),
      isOver: () => deadline.isPast,
      onWave: async (stage, share) => {
        options.onProgress?.({ stage, workload: id, done, total, share: (done + share) / total });
        await breathe();
      },
    });
    evaluations.push(evaluation);
  }
  return evaluations;
}

/** The evaluations in the mode in which each workload is to be served. */
async function inServingModes(run: Run): Promise<readonly WorkloadEvaluation[]> {
  const { problem, options, deadline } = run;
  const accelerators = Object.fromEntries(
    problem.offerings.map(({ pool, instanceType }) => {
      const most = problem.problem.pools.find(({ id }) => id === pool)?.maxNodes ?? Infinity;
      return [pool, most * (instanceType.accelerator?.count ?? 0)];
    }),
  );
  const loneCost = async (evaluation: WorkloadEvaluation): Promise<number> => {
    const solver = new ComponentSolver(untidy(placementContext(options, deadline)));
    const lone = placementProblem({ ...run, evaluations: [evaluation] });
    return (await oneShapePerPool(lone, solver, FULL_EFFORT))?.solution.objective ?? Infinity;
  };
  const evaluations: WorkloadEvaluation[] = [];
  for (const evaluation of run.evaluations) {
    const served = await inServingMode(evaluation, {
      gatherCrew: options.gatherCrew,
      effort: options.effort ?? 'normal',
      offerings: problem.offerings,
      accelerators,
      isPast: () => deadline.isPast,
      loneCost,
    });
    evaluations.push(served);
  }
  return evaluations;
}

function placementProblem({ problem, windows, evaluations }: Run): PlacementProblem {
  const apart = evaluations.filter((item) => item.roles !== undefined);
  return {
    windows: withRoleDemand(
      windows,
      apart.map((item) => item.workload.workload.id),
    ),
    offerings: problem.offerings,
    ...nodeQuotas(problem.problem),
    workloads: evaluations.flatMap(({ workload: { workload }, finalists, roles }) => {
      const whole = {
        id: workload.id,
        team: workload.team,
        maxSpotShare: workload.maxSpotShare,
        tolerates: workload.slo.tolerates,
        availability: workload.slo.availability,
        isUniform: workload.routing === 'even',
      };
      if (roles !== undefined) return roleWorkloads(whole, roles);
      const options = finalists.map(({ evaluated }) => ({
        candidate: evaluated.candidate,
        rate: requestsPerSecond(evaluated.capacity.rate.low),
        startup: evaluated.startup,
      }));
      return [{ ...whole, options }];
    }),
    budgets: problem.problem.budgets,
    isSpread: true,
  };
}

/** A budget that the plan found exceeds, which the solver saw only as a bound: coming and going of nodes may cost more. */
function exceededBudget({ constraint, used, limit, unit }: ConstraintCheck): BindingConstraint {
  return {
    constraint,
    description: `The plan found spends ${used.toFixed(2)} of ${limit.toFixed(2)} ${unit} with the time in which nodes come and go`,
    relaxation: { change: `raise ${constraint} to ${Math.ceil(used)} ${unit}` },
  };
}

function infeasible(run: Run, binding: readonly BindingConstraint[]): Decision {
  return infeasibleDecision({ windows: run.windows, evaluations: run.evaluations, binding });
}

function unsolved(reason: 'limit' | 'rejected', detail: string): DiagnosticError {
  return new DiagnosticError([
    reason === 'rejected'
      ? diagnostic('optimize-answer-rejected', {
          summary: 'No solver gave a placement that passes verification.',
          detail,
          fix: 'Try the other solver with --solver; please report the problem, this is a bug.',
        })
      : diagnostic('optimize-solver-unavailable', {
          summary: 'No solver found a placement within its limits.',
          detail,
          fix: 'Raise the time limit, or offer fewer pools and zones.',
        }),
  ]);
}
