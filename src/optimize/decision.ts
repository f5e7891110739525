import type {
  BindingConstraint,
  ConstraintPrice,
  Decision,
  EvaluatedCandidate,
  LatencySummary,
  LoadEvidence,
  SearchProof,
  TimeWindow,
  WorkloadDecision,
} from '../model/index.ts';
import { microUsd, requestsPerSecond } from '../units/index.ts';
import { placedMerits } from './aims/placed-merits.ts';
import { allocationsOf, nodeAllocationsOf } from './allocations.ts';
import type { WorkloadEvaluation } from './evaluate-workload.ts';
import { costPerMonth, withChanges } from './node-changes.ts';
import { countReasons } from './race/proof.ts';
import { fleetPoint } from './disaggregation/fleet-point.ts';
import { workloadOf } from './disaggregation/role-placement.ts';
import { operatingPoint, replayTrace, shareOf } from './operating-point.ts';
import { availabilityEvidence } from './placement/availability.ts';
import type { PlacementProblem } from './placement/placement-problem.ts';
import type { RunnerUp } from './placement/runner-up.ts';
import type { PlacementSolution } from './placement/solution.ts';

/** What a feasible decision is assembled from. */
export interface DecisionParts {
  readonly windows: readonly TimeWindow[];
  readonly evaluations: readonly WorkloadEvaluation[];
  readonly placement: PlacementProblem;
  readonly solution: PlacementSolution;
  readonly prices: readonly ConstraintPrice[];
  readonly runners: ReadonlyMap<string, RunnerUp>;
}

/** The decision of a placement, with its checks still to be made. Runs the simulations at the operating points. */
export function decisionOf(parts: DecisionParts): Omit<Decision, 'checks'> {
  const { windows, evaluations, solution, prices } = parts;
  const { offerings } = parts.placement;
  const startups = Map.groupBy(solution.replicas, ({ offering }) => offering.id);
  const startup = (offering: string): number =>
    Math.max(0, ...(startups.get(offering) ?? []).map(({ option }) => option.startup));
  const nodes = withChanges(nodeAllocationsOf(solution), { windows, offerings, startup });
  const objective = costPerMonth(nodes, { windows, offerings });
  // What a solver proved holds but for the rounding of each offering, and for nodes that come and go against the demand.
  const isOptimal = solution.isOptimal && objective <= solution.objective + offerings.length;
  const bound = isOptimal ? objective : microUsd(Math.min(solution.bound, objective));
  return {
    status: isOptimal ? 'optimal' : bound > 0 ? 'feasible-with-gap' : 'heuristic',
    solver: solution.solver,
    objectivePerMonth: objective,
    boundPerMonth: bound,
    gap: objective > 0 ? Math.max(0, (objective - bound) / objective) : 0,
    windows,
    allocations: allocationsOf(solution),
    nodes,
    workloads: evaluations.map((evaluation) => workloadDecision(evaluation, parts)),
    constraintPrices: prices,
    bindingConstraints: [],
  };
}

/** The decision that there is no plan, with what was learnt about each workload. */
export function infeasibleDecision(parts: {
  readonly windows: readonly TimeWindow[];
  readonly evaluations: readonly WorkloadEvaluation[];
  readonly binding: readonly BindingConstraint[];
}): Decision {
  return {
    status: 'infeasible',
    solver: 'none',
    objectivePerMonth: microUsd(0),
    boundPerMonth: microUsd(0),
    gap: 0,
    windows: parts.windows,
    allocations: [],
    nodes: [],
    workloads: parts.evaluations.map((evaluation) => ({
      ...measuredFacts(evaluation),
      chosen: [],
      operatingPoint: evaluation.finalists[0]?.evaluated.capacity.evidence ?? NO_LOAD,
      availability: {
        workload: evaluation.workload.workload.id,
        target: evaluation.workload.workload.slo.availability,
        achieved: 0,
        scenarios: [],
      },
    })),
    checks: [],
    constraintPrices: [],
    bindingConstraints: parts.binding,
  };
}

function measuredFacts(
  evaluation: WorkloadEvaluation,
): Pick<WorkloadDecision, 'workload' | 'pareto' | 'rejected' | 'counts' | 'proof'> {
  const { pareto, rejected, enumerated, work, workload } = evaluation;
  return {
    workload: workload.workload.id,
    pareto,
    rejected,
    counts: { enumerated, simulated: work.candidates, simulations: work.simulations },
    proof: searchProof(evaluation),
  };
}

function searchProof({ enumerated, rejected, work, isComplete }: WorkloadEvaluation): SearchProof {
  return {
    enumerated,
    left: countReasons(rejected),
    simulated: work.candidates,
    simulations: work.simulations,
    requests: work.requests,
    isComplete,
  };
}

function workloadDecision(evaluation: WorkloadEvaluation, parts: DecisionParts): WorkloadDecision {
  const { windows, solution, placement, runners } = parts;
  const { id, slo } = evaluation.workload.workload;
  const chosen = chosenOf(evaluation, solution);
  const { point, replay, merits } = atBusiest(evaluation, parts);
  // The roles of one workload are placed as two; either stands for both here.
  const placed = placement.workloads.find((workload) => workloadOf(workload.id) === id);
  const runnerUp = runners.get(id);
  return {
    ...measuredFacts(evaluation),
    chosen,
    ...(runnerUp === undefined ? {} : { runnerUp }),
    operatingPoint: point ?? NO_LOAD,
    availability:
      placed === undefined
        ? { workload: id, target: 0, achieved: 1, scenarios: [] }
        : availabilityEvidence({ ...placed, id, availability: slo.availability }, solution, windows),
    ...(replay === undefined ? {} : { replay }),
    ...(merits === undefined ? {} : { merits }),
  };
}

/** What was simulated of a workload in its busiest window; entries are absent where nothing of it is placed. */
function atBusiest(
  evaluation: WorkloadEvaluation,
  { windows, solution }: DecisionParts,
): {
  readonly point?: LoadEvidence | undefined;
  readonly replay?: LoadEvidence | undefined;
  readonly merits?: WorkloadDecision['merits'] | undefined;
} {
  const [busiest] = windows;
  if (busiest === undefined) return {};
  if (evaluation.roles !== undefined) {
    const fleet = fleetPoint(evaluation, { solution, busiest });
    if (fleet === undefined) return {};
    const { point, power } = fleet;
    const merits = placedMerits(evaluation, { solution, window: busiest.id, main: '', point, power });
    return { point, merits };
  }
  const share = shareOf(evaluation.workload.workload.id, solution, busiest);
  const point = share === undefined ? undefined : operatingPoint(evaluation, share);
  if (share === undefined || point === undefined) return {};
  return {
    point,
    replay: replayTrace(evaluation, share, busiest),
    merits: placedMerits(evaluation, { solution, window: busiest.id, main: share.candidate, point }),
  };
}

/** Finalists with replicas, by falling share of the rate served over all windows. */
function chosenOf(
  evaluation: WorkloadEvaluation,
  solution: PlacementSolution,
): readonly EvaluatedCandidate[] {
  return evaluation.finalists
    .map(({ evaluated }) => ({
      evaluated,
      served: solution.replicas
        .filter((item) => item.option.candidate.id === evaluated.candidate.id)
        .reduce((sum, item) => sum + item.count * item.option.rate, 0),
    }))
    .filter(({ served }) => served > 0)
    .sort((a, b) => b.served - a.served || (a.evaluated.candidate.id < b.evaluated.candidate.id ? -1 : 1))
    .map(({ evaluated }) => evaluated);
}

const ZERO = { value: 0, low: 0, high: 0 } as const;
const NO_LATENCY: LatencySummary = { mean: ZERO, p50: ZERO, p90: ZERO, p95: ZERO, p99: ZERO };

/** Evidence of a replica that is asked for nothing. */
const NO_LOAD: LoadEvidence = {
  requestRate: requestsPerSecond(0),
  requests: 0,
  latency: { ttft: NO_LATENCY, tpot: NO_LATENCY, e2e: NO_LATENCY },
  goodputShare: 1,
  outputTokensPerSecond: 0,
  busyShare: 0,
  meanBatch: 0,
  peakKvShare: 0,
  preemptions: 0,
  isStationary: true,
};
