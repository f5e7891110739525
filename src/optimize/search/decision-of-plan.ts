import { worldSize } from '../../model/index.ts';
import type {
  AvailabilityEvidence,
  ConfidenceEvidence,
  Decision,
  Estimate,
  EvaluatedCandidate,
  LoadEvidence,
  Offering,
  ResolvedProblem,
  ResolvedWorkload,
  ServingPart,
  ServingPlan,
  TimeWindow,
  WorkloadDecision,
} from '../../model/index.ts';
import { nodeReach, replicaPerformance } from '../../perf/index.ts';
import type { OperatorCoefficients } from '../../perf/index.ts';
import {
  HOURS_PER_WEEK,
  joules,
  microUsd,
  requestsPerSecond,
  seconds,
  sortedBy,
  watts,
} from '../../units/index.ts';
import { allocationsOf, nodeAllocationsOf } from '../allocations.ts';
import { availabilityEvidence } from '../placement/availability.ts';
import type { PlacementWorkload } from '../placement/placement-problem.ts';
import { costOfNodes } from '../placement/solution.ts';
import type { PlacedNodes, PlacedReplicas, PlacementSolution } from '../placement/solution.ts';
import { verifyDecision } from '../verify-decision.ts';
import type { SearchResult } from './request.ts';

/** What a plan of a search becomes a decision in. */
export interface PlanPlace {
  /** One workload whose profile has the rate to plan for in every hour; one offering per pool. */
  readonly problem: ResolvedProblem;
  readonly coefficients: OperatorCoefficients;
  readonly result: SearchResult;
  /** Whether loads are clients of a closed loop; default: requests per second. */
  readonly isClosedLoop?: boolean;
  readonly confidence?: ConfidenceEvidence;
}

/** The one window of a plan of a search: its load is the same in every hour. */
const WINDOW = 'w0';

/**
 * A plan of a search as the decision that plans are built from: its replicas on whole nodes, as few as hold them, in every hour of
 * the week; every constraint recomputed. What it costs is what its nodes cost. The plan's parts must stand on offerings of the problem.
 */
export function decisionOfPlan(plan: ServingPlan, place: PlanPlace): Decision {
  const { problem } = place;
  const [workload] = problem.workloads;
  if (workload === undefined) throw new Error('a plan of a search needs its workload');
  const windows = [windowOf(workload)];
  const parts = plan.parts.map((part) => placedPart(part, plan, { ...place, workload }));
  const replicas = parts.map(({ placed }) => placed);
  const nodes = nodesFor(replicas);
  const objective = costOfNodes(nodes, { windows, workloads: [] });
  const solution: PlacementSolution = {
    isOptimal: false,
    solver: 'search',
    objective,
    bound: microUsd(0),
    windowBounds: {},
    replicas,
    nodes,
  };
  const decision = {
    status: 'heuristic',
    solver: 'search',
    objectivePerMonth: objective,
    boundPerMonth: microUsd(0),
    gap: objective > 0 ? 1 : 0,
    windows,
    allocations: allocationsOf(solution),
    nodes: nodeAllocationsOf(solution),
    workloads: [workloadDecision({ plan, parts, solution, windows }, { ...place, workload })],
    constraintPrices: [],
    bindingConstraints: [],
  } as const;
  return { ...decision, checks: verifyDecision(problem, decision) };
}

function windowOf({ workload, profile }: ResolvedWorkload): TimeWindow {
  return {
    id: WINDOW,
    hours: Array.from({ length: HOURS_PER_WEEK }, (_, hour) => hour),
    peakRate: { [workload.id]: requestsPerSecond(Math.max(...profile.hourlyRate)) },
  };
}

interface Place extends PlanPlace {
  readonly workload: ResolvedWorkload;
}

/** A part with its place and what is known of one of its replicas. */
interface PlacedPart {
  readonly placed: PlacedReplicas;
  readonly evaluated: EvaluatedCandidate;
}

function placedPart(part: ServingPart, plan: ServingPlan, place: Place): PlacedPart {
  const { candidate, replicas } = part;
  const offering = place.problem.offerings.find((item) => item.pool === candidate.pool);
  if (offering === undefined) throw new Error(`no offering of pool ${candidate.pool}`);
  const evaluated = evaluatedOf(part, plan, { place, offering });
  return {
    evaluated,
    placed: {
      workload: place.workload.workload.id,
      option: {
        candidate,
        rate: requestsPerSecond(evaluated.capacity.rate.low),
        startup: evaluated.startup,
      },
      offering,
      window: WINDOW,
      count: replicas,
    },
  };
}

/** One replica by the evidence of the whole plan: of equal replicas each has its share. */
function evaluatedOf(
  { candidate, replicas, memory }: ServingPart,
  plan: ServingPlan,
  { place, offering }: { readonly place: Place; readonly offering: Offering },
): EvaluatedCandidate {
  const { capacity, evidence, load, merits } = plan;
  // Clients of a closed loop ask at the rate that the evidence shows.
  const perLoad = place.isClosedLoop === true && load > 0 ? evidence.requestRate / load : 1;
  const share = (value: number): number => (value * perLoad) / replicas;
  // The plan was simulated at its load, and kept the SLO there: that much is planned for.
  const kept = load <= capacity.value ? Math.max(capacity.low, load) : capacity.low;
  const rate: Estimate = { value: share(capacity.value), low: share(kept), high: share(capacity.high) };
  const size = worldSize(candidate.parallelism);
  return {
    candidate,
    memory,
    capacity: { rate, limitedBy: plan.limitedBy, evidence: ofOne(evidence, plan) },
    power: watts((merits.power / Math.max(1, plan.accelerators)) * size),
    energyPerOutputToken: joules(merits.energyPerOutputToken),
    startup: seconds(startupOf(candidate, offering, place)),
    listCostPerHour: (offering.listPrice / (offering.instanceType.accelerator?.count ?? 1)) * size,
    evidence: plan.performance.evidence,
    modelError: plan.performance.modelError,
  };
}

/** The evidence of one of equal replicas; that of the whole fleet where roles differ: its latencies are those of all. */
function ofOne(evidence: LoadEvidence, { mode, parts }: ServingPlan): LoadEvidence {
  const replicas = mode === 'aggregated' ? (parts[0]?.replicas ?? 1) : 1;
  return {
    ...evidence,
    requestRate: requestsPerSecond(evidence.requestRate / replicas),
    outputTokensPerSecond: evidence.outputTokensPerSecond / replicas,
  };
}

function startupOf(
  candidate: ServingPart['candidate'],
  offering: Offering,
  { coefficients, workload }: Place,
): number {
  const { accelerator } = offering;
  if (accelerator === undefined) return 0;
  return replicaPerformance(
    {
      architecture: workload.architecture,
      accelerator,
      parallelism: candidate.parallelism,
      ...nodeReach(offering.instanceType),
      interNodeBandwidth: offering.interNodeBandwidth,
      engine: candidate.engine,
      weightPrecision: candidate.weightPrecision,
      kvPrecision: candidate.kvPrecision,
      batch: candidate.batch,
      maxModelLength: candidate.maxModelLength,
    },
    coefficients,
  ).startup;
}

/** As few nodes as hold the pods of all parts, by first fit of the largest; sizes divide their nodes as a rule. */
function nodesFor(placed: readonly PlacedReplicas[]): readonly PlacedNodes[] {
  const byOffering = Map.groupBy(placed, (item) => item.offering);
  return sortedBy([...byOffering], ([offering]) => offering.id).map(([offering, members]) => {
    const perNode = offering.instanceType.accelerator?.count ?? 1;
    const pods = members
      .flatMap(({ option, count }) => {
        const { nodes, acceleratorsPerNode } = option.candidate.podGroup;
        return Array.from({ length: count * nodes }, () => acceleratorsPerNode);
      })
      .sort((a, b) => b - a);
    const left: number[] = [];
    for (const size of pods) {
      const node = left.findIndex((room) => room >= size);
      if (node < 0) left.push(perNode - size);
      else left[node] = (left[node] ?? 0) - size;
    }
    return { offering, window: WINDOW, count: left.length };
  });
}

interface Decided {
  readonly plan: ServingPlan;
  readonly parts: readonly PlacedPart[];
  readonly solution: PlacementSolution;
  readonly windows: readonly TimeWindow[];
}

function workloadDecision(decided: Decided, place: Place): WorkloadDecision {
  const { plan, parts } = decided;
  const { result, confidence, workload } = place;
  const { proof } = result;
  const { costPerMillionTokens, throughputPerAccelerator, latency, energyPerOutputToken } = plan.merits;
  return {
    workload: workload.workload.id,
    chosen: parts.map(({ evaluated }) => evaluated),
    pareto: result.pareto
      .filter((item) => item.mode === 'aggregated')
      .flatMap((item) => item.parts.map((part) => placedPart(part, item, place).evaluated)),
    rejected: result.rejected,
    counts: { enumerated: proof.enumerated, simulated: proof.simulated, simulations: proof.simulations },
    operatingPoint: ofOne(plan.evidence, plan),
    availability: availabilityOf(decided, place),
    ...(Object.keys(workload.workload.limits).length === 0
      ? {}
      : { merits: { costPerMillionTokens, throughputPerAccelerator, latency, energyPerOutputToken } }),
    proof,
    ...(confidence === undefined ? {} : { confidence }),
  };
}

/** A request needs every role: the times at which one is short add up at most. */
function availabilityOf({ parts, solution, windows }: Decided, { workload }: Place): AvailabilityEvidence {
  const { id, slo, team, maxSpotShare } = workload.workload;
  const roles = parts.map(({ placed }, index) => {
    const role = `${id}/${index}`;
    const own: PlacementWorkload = {
      id: role,
      team,
      maxSpotShare,
      tolerates: slo.tolerates,
      availability: slo.availability,
      isUniform: true,
      options: [placed.option],
    };
    const demand = windows.map((window) => ({
      ...window,
      peakRate: { [role]: window.peakRate[id] ?? requestsPerSecond(0) },
    }));
    const replicas = [{ ...placed, workload: role }];
    return availabilityEvidence(own, { ...solution, replicas }, demand);
  });
  return {
    workload: id,
    target: slo.availability,
    achieved: Math.max(0, 1 - roles.reduce((sum, role) => sum + (1 - role.achieved), 0)),
    scenarios: roles.flatMap((role) => role.scenarios),
  };
}
