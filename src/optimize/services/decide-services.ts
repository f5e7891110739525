import { DiagnosticError, diagnostic } from '../../diagnostics/index.ts';
import type {
  BindingConstraint,
  ConstraintCheck,
  Decision,
  ResolvedProblem,
  TimeWindow,
} from '../../model/index.ts';
import { compareText, microUsd, sortedBy } from '../../units/index.ts';
import { Deadline } from '../options.ts';
import type { OptimizeOptions } from '../options.ts';
import { breathe } from '../progress.ts';
import { solverOrder } from '../solvers/index.ts';
import { costPerMonth } from '../node-changes.ts';
import { brokenConstraints } from '../verify-decision.ts';
import { buildFleet } from './build-fleet.ts';
import { checkFleetBudgets } from './budgets.ts';
import { servicePrices } from './constraint-prices.ts';
import { planServices } from './plan-services.ts';
import type { ServicePlan, ServicePlanOptions, Unplaceable } from './plan-services.ts';
import { replanEvidence, replanServices } from './replan/replan-services.ts';
import { boundOf, decisionParts } from './service-decision.ts';
import { explainUnplaceable, withoutBudget } from './explain-services.ts';
import { verifyServices } from './verify-services.ts';

/** A packing within this share of its bound is good enough: far below what an hour's price changes (assumed). */
const GOOD_ENOUGH = 0.001;

/** Wall-clock limit of one integer program without a time limit (their limits on branches come before), and what each gets at least. */
const PROGRAM_SECONDS = 60;
const LEAST_SECONDS = 0.5;

/**
 * The decision about the services of a problem alone: replicas, nodes, evidence, checks, prices of rules. With an earlier decision its windows
 * are kept and what need not change stays as it is (`replanServices`), unless that fails, does not verify or costs too much.
 */
export async function decideServices(
  problem: ResolvedProblem,
  windows: readonly TimeWindow[],
  options: OptimizeOptions,
): Promise<Decision> {
  const planOptions = planOptionsOf(options);
  const { previous } = options;
  if (previous?.decision.packing === undefined) return decideAnew(problem, windows, { options, planOptions });
  options.onProgress?.({ stage: 'place', done: 0, total: previous.decision.windows.length });
  const again = await replanServices(problem, previous, planOptions);
  let reason = 'reason' in again ? again.reason : '';
  if ('plan' in again) {
    const { plan, ...facts } = again;
    const { decision, broken, exceeded } = decisionOf(plan, problem, options);
    if (broken.length === 0 && exceeded.length === 0)
      return { ...decision, replan: replanEvidence(previous, decision, { ...facts, isFromScratch: false }) };
    reason = `${[...broken, ...exceeded].map((check) => check.constraint).join(', ')} would not hold`;
  }
  const decision = await decideAnew(problem, windows, { options, planOptions });
  if (decision.status === 'infeasible') return decision;
  const looseness = 1 / Math.max(1e-9, 1 - decision.gap);
  const changed = problem.services.map((item) => item.workload.id).sort(compareText);
  const facts = { isFromScratch: true, reason, changed, looseness };
  return { ...decision, replan: replanEvidence(previous, decision, facts) };
}

function planOptionsOf(options: OptimizeOptions): ServicePlanOptions {
  const deadline = new Deadline(options);
  return {
    solvers: solverOrder(options.solver ?? 'auto'),
    gap: GOOD_ENOUGH,
    isPast: () => deadline.isPast,
    secondsLeft: () => deadline.secondsLeft,
    get programSeconds() {
      return Math.min(PROGRAM_SECONDS, Math.max(LEAST_SECONDS, deadline.secondsLeft));
    },
    onWindow: async (done: number, total: number) => {
      options.onProgress?.({ stage: 'place', done, total });
      await breathe();
    },
  };
}

async function decideAnew(
  problem: ResolvedProblem,
  windows: readonly TimeWindow[],
  { options, planOptions }: { readonly options: OptimizeOptions; readonly planOptions: ServicePlanOptions },
): Promise<Decision> {
  const built = buildFleet(problem, windows);
  if (!built.ok) return infeasible(windows, built.binding);
  options.onProgress?.({ stage: 'place', done: 0, total: windows.length });
  await breathe();
  const plan = await planServices(built.fleet, planOptions);
  if ('reason' in plan)
    return infeasible(windows, explainUnplaceable(built.fleet, plan satisfies Unplaceable));
  const { decision, broken, exceeded } = decisionOf(plan, problem, options);
  if (broken.length > 0) {
    throw new DiagnosticError([
      diagnostic('optimize-answer-rejected', {
        summary: 'The placement of services does not pass verification.',
        detail: `these constraints do not hold: ${broken.map((check) => check.constraint).join(', ')}`,
        fix: 'Please report the problem, this is a bug.',
      }),
    ]);
  }
  return exceeded.length > 0 ? infeasible(windows, exceeded.map(withoutBudget)) : decision;
}

/** The decision of a plan, the rules that it breaks and the budgets that it exceeds. */
function decisionOf(
  plan: ServicePlan,
  problem: ResolvedProblem,
  options: OptimizeOptions,
): {
  readonly decision: Decision;
  readonly broken: readonly ConstraintCheck[];
  readonly exceeded: readonly ConstraintCheck[];
} {
  const { fleet } = plan;
  const parts = decisionParts(plan, problem);
  const cost = costPerMonth(parts.nodes, fleet);
  const bound = microUsd(Math.min(cost, Math.floor(boundOf(plan))));
  const decision: Omit<Decision, 'checks'> = {
    status: bound >= cost * (1 - 1e-9) ? 'optimal' : bound > 0 ? 'feasible-with-gap' : 'heuristic',
    solver: options.solver === 'javascript-lp-solver' ? 'javascript-lp-solver' : 'highs',
    objectivePerMonth: cost,
    boundPerMonth: bound,
    gap: cost > 0 ? Math.max(0, (cost - bound) / cost) : 0,
    windows: fleet.windows,
    allocations: [],
    workloads: [],
    ...parts,
    constraintPrices: servicePrices(plan),
    bindingConstraints: [],
  };
  const checks = verifyServices(problem, decision);
  const budgets = checkFleetBudgets(problem, decision);
  return {
    decision: { ...decision, checks: sortedBy([...checks, ...budgets], (check) => check.constraint) },
    broken: brokenConstraints(checks),
    exceeded: brokenConstraints(budgets),
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
