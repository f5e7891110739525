import { worldSize } from '../../model/index.ts';
import type {
  Candidate,
  EvaluatedCandidate,
  Evidence,
  LoadEvidence,
  PlanMerits,
  ServingPlan,
} from '../../model/index.ts';
import { HOURS_PER_MONTH, joules, microUsd, requestsPerSecond, seconds, watts } from '../../units/index.ts';
import { listCostPerHour } from '../candidates/list-price.ts';
import { candidateOf, mostReplicas } from '../candidates/shape.ts';
import type { Shape } from '../candidates/shape.ts';
import type { MeasuringBench } from '../capacity/measure.ts';
import type { DisaggregatedFinding } from '../disaggregation/search-disaggregated.ts';
import type { SearchRequest } from './request.ts';

/** A measured candidate of which a plan takes equal replicas. */
export interface Finalist {
  readonly shape: Shape;
  readonly evaluated: EvaluatedCandidate;
}

/** Mean tokens of a request. */
export interface RequestTokens {
  readonly input: number;
  readonly output: number;
}

/** How many replicas a plan may have. */
export interface ReplicaCounts {
  /** Fewest that carry the load; more than `most` when the accelerators do not suffice. */
  readonly least: number;
  /** As many as the accelerators allow. */
  readonly most: number;
}

/** The numbers of replicas that carry a request's load within its accelerators. */
export function replicaCounts({ shape, evaluated }: Finalist, request: SearchRequest): ReplicaCounts {
  const most = mostReplicas(shape, request.accelerators);
  const { value } = evaluated.capacity.rate;
  const { load } = request;
  switch (load.kind) {
    case 'rate':
      return { least: Math.ceil(load.rate / value - ROUNDING), most };
    case 'concurrency':
      return { least: Math.ceil(load.clients / Math.max(1, Math.floor(value)) - ROUNDING), most };
    case 'most':
      return { least: Math.max(1, most), most };
  }
}

/** Demand that is above a whole number of capacities by rounding alone, as a share of one. */
const ROUNDING = 1e-9;

/** The load of one of `replicas` replicas. */
export function loadPerReplica({ evaluated }: Finalist, { load }: SearchRequest, replicas: number): number {
  switch (load.kind) {
    case 'rate':
      return load.rate / replicas;
    case 'concurrency':
      return Math.max(1, Math.ceil(load.clients / replicas));
    case 'most':
      return evaluated.capacity.rate.value;
  }
}

/** What plans are assembled with. */
export interface PlanContext {
  readonly request: SearchRequest;
  readonly bench: MeasuringBench;
  readonly tokens: RequestTokens;
}

/** `replicas` replicas of a finalist, with the evidence of one of them at its share of the load. */
export function aggregatedPlan(
  finalist: Finalist,
  { replicas, evidence }: { readonly replicas: number; readonly evidence: LoadEvidence },
  { request, bench, tokens }: PlanContext,
): ServingPlan {
  const { shape, evaluated } = finalist;
  const { candidate, capacity } = evaluated;
  const performance = bench.performanceOf(shape, candidate.batch);
  const power =
    performance.power({ busyShare: evidence.busyShare, meanBatch: evidence.meanBatch }) * replicas;
  const accelerators = worldSize(candidate.parallelism) * replicas;
  const whole = scaled(evidence, replicas);
  const times = ({ value, low, high }: typeof capacity.rate): typeof capacity.rate => ({
    value: value * replicas,
    low: low * replicas,
    high: high * replicas,
  });
  return {
    id: `${replicas}x${candidate.id}`,
    mode: 'aggregated',
    parts: [{ candidate, replicas, memory: performance.memory }],
    accelerators,
    capacity: times(capacity.rate),
    limitedBy: capacity.limitedBy,
    load: loadPerReplica(finalist, request, replicas) * replicas,
    evidence: whole,
    merits: meritsOf({
      pricePerHour: listCostPerHour(shape, request.offerings) * replicas,
      accelerators,
      power,
      evidence: whole,
      requestsAtCapacity: rateAtCapacity(bench, capacity) * replicas,
      tokens,
    }),
    performance: { evidence: performance.evidence, modelError: performance.modelError },
  };
}

/** Prefill and decode replicas that serve together. */
export function disaggregatedPlan(
  found: DisaggregatedFinding,
  { request, bench, tokens }: PlanContext,
): ServingPlan {
  const parts = found.parts.map(({ role, shape, batch, replicas }, index) => {
    const performance = bench.performanceOf(shape, batch);
    const use = found.uses[index];
    return {
      candidate: { ...candidateOf(shape, batch), role } satisfies Candidate,
      replicas,
      memory: performance.memory,
      performance,
      power: performance.power({ busyShare: use?.busyShare ?? 0, meanBatch: use?.meanBatch ?? 0 }) * replicas,
      price: listCostPerHour(shape, request.offerings) * replicas,
    };
  });
  const sum = (of: (part: (typeof parts)[number]) => number): number =>
    parts.reduce((total, part) => total + of(part), 0);
  const worst = parts.some(({ performance }) => performance.evidence === 'assumed') ? 'assumed' : 'fitted';
  const { capacity, evidence, load } = found;
  const perLoad = load > 0 ? evidence.requestRate / load : 0;
  return {
    id: parts.map(({ candidate, replicas }) => `${replicas}x${candidate.id}`).join(' + '),
    mode: 'disaggregated',
    parts: parts.map(({ candidate, replicas, memory }) => ({ candidate, replicas, memory })),
    accelerators: found.accelerators,
    capacity,
    limitedBy: found.limitedBy,
    load,
    evidence,
    merits: meritsOf({
      pricePerHour: sum((part) => part.price),
      accelerators: found.accelerators,
      power: sum((part) => part.power),
      evidence,
      requestsAtCapacity: bench.subject.loop === 'closed' ? capacity.value * perLoad : capacity.value,
      tokens,
    }),
    performance: {
      evidence: worst satisfies Evidence,
      modelError: Math.max(...parts.map(({ performance }) => performance.modelError)),
    },
  };
}

/** Requests per second of one replica at its capacity. */
function rateAtCapacity(bench: MeasuringBench, { rate, evidence }: EvaluatedCandidate['capacity']): number {
  return bench.subject.loop === 'closed' ? evidence.requestRate : rate.value;
}

function scaled(evidence: LoadEvidence, replicas: number): LoadEvidence {
  return {
    ...evidence,
    requestRate: requestsPerSecond(evidence.requestRate * replicas),
    outputTokensPerSecond: evidence.outputTokensPerSecond * replicas,
  };
}

function meritsOf(facts: {
  /** Micro-dollars. */
  readonly pricePerHour: number;
  readonly accelerators: number;
  readonly power: number;
  readonly evidence: LoadEvidence;
  readonly requestsAtCapacity: number;
  readonly tokens: RequestTokens;
}): PlanMerits {
  const { pricePerHour, accelerators, power, evidence, requestsAtCapacity, tokens } = facts;
  const tokensPerHour = requestsAtCapacity * (tokens.input + tokens.output) * 3600;
  const { outputTokensPerSecond } = evidence;
  return {
    costPerMonth: microUsd(Math.round(pricePerHour * HOURS_PER_MONTH)),
    costPerMillionTokens: microUsd(tokensPerHour > 0 ? Math.round((pricePerHour / tokensPerHour) * 1e6) : 0),
    throughputPerAccelerator: (requestsAtCapacity * tokens.output) / Math.max(1, accelerators),
    latency: seconds(evidence.latency.e2e.p99.value),
    energyPerOutputToken: joules(outputTokensPerSecond > 0 ? power / outputTokensPerSecond : 0),
    power: watts(power),
  };
}
