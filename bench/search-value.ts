import type { LoadEvidence } from '../src/model/index.ts';
import { HOURS_PER_MONTH } from '../src/units/index.ts';
import { meanTokens } from './search-request.ts';
import type { SearchRequest } from '../src/optimize/search/request.ts';
import type { TrueCandidate, Truth } from './search-truth.ts';

/** A whole plan and what the objective makes of it; less is better. */
export interface TruePlan {
  /** As searches name it. */
  readonly id: string;
  /** Ids of its candidates. */
  readonly candidates: readonly string[];
  readonly value: number;
  /** Its value as another truth measures it; Infinity where it keeps the limits no more. */
  readonly again: (truth: Truth) => number;
}

/** Every plan of a candidate that carries the load on the accelerators offered; empty when none does. */
export function plansOf(candidate: TrueCandidate, request: SearchRequest, truth: Truth): readonly TruePlan[] {
  const { capacity, size, shape } = candidate;
  if (capacity === 0) return [];
  const most = Math.floor((request.accelerators[shape.pool] ?? 0) / size);
  const least = leastReplicas(capacity, request, most);
  const counts = Array.from({ length: Math.max(0, most - least + 1) }, (_, index) => least + index);
  const dependsOnLoad = request.objective === 'latency' || request.objective === 'energy';
  return (dependsOnLoad ? counts : counts.slice(0, 1)).flatMap((replicas) => {
    const plan = planOf(candidate, { replicas, request, truth });
    return plan === undefined ? [] : [plan];
  });
}

/** So many replicas of a candidate; undefined where they do not keep the limits at their load. */
export function planOf(candidate: TrueCandidate, context: ValueContext): TruePlan | undefined {
  const { replicas, request } = context;
  const value = valueOf(candidate, context);
  if (value === undefined) return undefined;
  return {
    id: `${replicas}x${candidate.id}`,
    candidates: [candidate.id],
    value,
    again: (truth) => {
      const same = truth.measureOne(candidate.shape, candidate.batch);
      const needed = leastReplicas(same.capacity, request, 1);
      if (same.capacity === 0 || needed > replicas) return Infinity;
      return valueOf(same, { replicas, request, truth }) ?? Infinity;
    },
  };
}

/** How many replicas are judged, and by what. */
export interface ValueContext {
  readonly replicas: number;
  readonly request: SearchRequest;
  readonly truth: Truth;
}

function leastReplicas(capacity: number, { load }: SearchRequest, most: number): number {
  switch (load.kind) {
    case 'rate':
      return Math.ceil(load.rate / capacity - 1e-9);
    case 'concurrency':
      return Math.ceil(load.clients / capacity - 1e-9);
    case 'most':
      return Math.max(1, most);
  }
}

/**
 * The value of a number of replicas: micro-dollars per month or per million tokens, accelerators, output tokens per second and
 * accelerator (negated), seconds, or joules per output token. Undefined where the replicas do not keep the limits at their load.
 */
export function valueOf(candidate: TrueCandidate, context: ValueContext): number | undefined {
  const { replicas, request, truth } = context;
  const { size, shape } = candidate;
  const perHour = pricePerAccelerator(candidate, request) * size;
  const { isl, osl } = meanTokens(truth.bench.subject.profile);
  const atCapacity = requestsAtCapacity(candidate, request);
  switch (request.objective) {
    case 'cost':
      return perHour * replicas * HOURS_PER_MONTH;
    case 'accelerators':
      return size * replicas;
    case 'cost-per-token':
      return (perHour / (atCapacity * (isl + osl) * 3600)) * 1e6;
    case 'throughput-per-accelerator':
      return (-atCapacity * osl) / size;
    case 'latency':
    case 'energy': {
      const reading = truth.read(candidate, loadOfEach(candidate, request, replicas));
      if (reading.value > 1) return undefined;
      const { evidence } = reading;
      const power = truth.bench.performanceOf(shape, candidate.batch).power(usageOf(evidence));
      return request.objective === 'latency'
        ? evidence.latency.e2e.p99.value
        : power / evidence.outputTokensPerSecond;
    }
  }
}

function usageOf({ busyShare, meanBatch }: LoadEvidence): {
  readonly busyShare: number;
  readonly meanBatch: number;
} {
  return { busyShare, meanBatch };
}

function loadOfEach({ capacity }: TrueCandidate, { load }: SearchRequest, replicas: number): number {
  switch (load.kind) {
    case 'rate':
      return load.rate / replicas;
    case 'concurrency':
      return Math.ceil(load.clients / replicas);
    case 'most':
      return capacity;
  }
}

/** Requests per second of one replica at its capacity. */
function requestsAtCapacity({ capacity, evidence }: TrueCandidate, { load }: SearchRequest): number {
  return load.kind === 'concurrency' ? (evidence?.requestRate ?? 0) : capacity;
}

/** Micro-dollars per accelerator and hour: the pool's cheapest list price, over the accelerators of a node. */
export function pricePerAccelerator({ shape }: TrueCandidate, { offerings }: SearchRequest): number {
  const nodes = offerings.filter((item) => item.pool === shape.pool).map((item) => item.listPrice);
  return Math.min(...nodes) / (shape.offering.instanceType.accelerator?.count ?? 1);
}
