import { DiagnosticError, diagnostic } from '../../diagnostics/index.ts';
import type { BindingConstraint, Decision, ResolvedProblem, TimeWindow } from '../../model/index.ts';
import { microUsd } from '../../units/index.ts';
import { Deadline } from '../options.ts';
import type { OptimizeOptions } from '../options.ts';
import { breathe } from '../progress.ts';
import { solverOrder } from '../solvers/index.ts';
import { brokenConstraints } from '../verify-decision.ts';
import { buildFleet } from './build-fleet.ts';
import { checkFleetBudgets } from './budgets.ts';
import { servicePrices } from './constraint-prices.ts';
import { planServices } from './plan-services.ts';
import type { Unplaceable } from './plan-services.ts';
import { decisionParts } from './service-decision.ts';
import { explainUnplaceable, withoutBudget } from './explain-services.ts';
import { verifyServices } from './verify-services.ts';

/** A packing within this share of its bound is good enough: far below what an hour's price changes (assumed). */
const GOOD_ENOUGH = 0.001;

/** Wall-clock limit of one integer program without a time limit (their limits on branches come before), and what each gets at least. */
const PROGRAM_SECONDS = 60;
const LEAST_SECONDS = 0.5;

/** The decision about the services of a problem alone: replicas, nodes, evidence, checks, prices of rules. */
export async function decideServices(
  problem: ResolvedProblem,
  windows: readonly TimeWindow[],
  options: OptimizeOptions,
): Promise<Decision> {
  const deadline = new Deadline(options);
  const built = buildFleet(problem, windows);
  if (!built.ok) return infeasible(windows, built.binding);
  options.onProgress?.({ stage: 'place', done: 0, total: windows.length });
  await breathe();
  const planOptions = {
    solvers: solverOrder(options.solver ?? 'auto'),
    gap: GOOD_ENOUGH,
    isPast: () => deadline.isPast,
    get programSeconds() {
      return Math.min(PROGRAM_SECONDS, Math.max(LEAST_SECONDS, deadline.secondsLeft));
    },
    onWindow: async (done: number, total: number) => {
      options.onProgress?.({ stage: 'place', done, total });
      await breathe();
    },
  };
  const plan = await planServices(built.fleet, planOptions);
  if ('reason' in plan)
    return infeasible(windows, explainUnplaceable(built.fleet, plan satisfies Unplaceable));
  const parts = decisionParts(plan, problem);
  const cost = microUsd(Math.round(plan.cost));
  const bound = microUsd(Math.min(cost, Math.floor(plan.bound)));
  const decision: Omit<Decision, 'checks'> = {
    status: bound >= cost * (1 - 1e-9) ? 'optimal' : bound > 0 ? 'feasible-with-gap' : 'heuristic',
    solver: options.solver === 'javascript-lp-solver' ? 'javascript-lp-solver' : 'highs',
    objectivePerMonth: cost,
    boundPerMonth: bound,
    gap: cost > 0 ? Math.max(0, (cost - bound) / cost) : 0,
    windows,
    allocations: [],
    workloads: [],
    ...parts,
    constraintPrices: servicePrices(plan),
    bindingConstraints: [],
  };
  const checks = verifyServices(problem, decision);
  const broken = brokenConstraints(checks);
  if (broken.length > 0) {
    throw new DiagnosticError([
      diagnostic('optimize-answer-rejected', {
        summary: 'The placement of services does not pass verification.',
        detail: `these constraints do not hold: ${broken.map((check) => check.constraint).join(', ')}`,
        fix: 'Please report the problem, this is a bug.',
      }),
    ]);
  }
  const budgets = checkFleetBudgets(problem, decision);
  const exceeded = brokenConstraints(budgets);
  if (exceeded.length > 0) return infeasible(windows, exceeded.map(withoutBudget));
  return {
    ...decision,
    checks: [...checks, ...budgets].sort((a, b) => (a.constraint < b.constraint ? -1 : 1)),
  };
}

function infeasible(windows: readonly TimeWindow[], binding: readonly BindingConstraint[]): Decision {
  return {
    status: 'infeasible',
    solver: 'none',
    objectivePerMonth: microUsd(0),
    boundPerMonth: microUsd(0),
    gap: 0,
    windows,
    allocations: [],
    nodes: [],
    workloads: [],
    checks: [],
    constraintPrices: [],
    bindingConstraints: binding,
  };
}
