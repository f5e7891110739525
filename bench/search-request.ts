import { resolveModels, resolveOfferings, shippedCatalog } from '../src/catalog/index.ts';
import type { Diagnostic } from '../src/diagnostics/index.ts';
import { PROBLEM_API_VERSION, parseProblem } from '../src/model/index.ts';
import type {
  ArrivalProfile,
  LengthModel,
  Objective,
  ObjectiveLimits,
  Precision,
  ServingMode,
} from '../src/model/index.ts';
import type { SearchLoad, SearchRequest } from '../src/optimize/search/request.ts';
import { findProfile, profileStatistics, scaleProfile } from '../src/traffic/index.ts';
import { HOURS_PER_WEEK, requestsPerSecond } from '../src/units/index.ts';

/** Accelerators of one instance type of AWS us-east-1 or Azure eastus. */
export interface ClusterPart {
  readonly instanceType: string;
  readonly accelerators: number;
}

/** Lengths and arrivals: a shipped profile, or lengths written out (Poisson), each with what is changed of it. */
export interface TrafficFacts {
  readonly profile?: string;
  readonly lengths?: LengthModel;
  /** CV of the gaps. */
  readonly burstiness?: number;
  /** Share of the prompt found cached, 0..1. */
  readonly prefixHitRate?: number;
}

/** What a benchmark says of one search; everything else is the same for all. */
export interface SearchFacts {
  readonly model: string;
  /** Weight precisions; default bf16. */
  readonly precisions?: readonly Precision[];
  /** Precisions of the KV cache; default those that go with the weights. */
  readonly kvPrecisions?: readonly Precision[];
  readonly cluster: readonly ClusterPart[];
  readonly traffic: TrafficFacts;
  /** Limits as in a problem document: `{ ttft: { p99: '1s' } }`. */
  readonly slo: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Tokens; default 8,192. */
  readonly maxModelLength?: number;
  readonly load:
    | { readonly kind: 'rate'; readonly rate: number }
    | { readonly kind: 'concurrency'; readonly clients: number }
    | { readonly kind: 'most' };
  readonly objective: Objective;
  readonly limits?: ObjectiveLimits;
  /** Default: aggregated. */
  readonly modes?: readonly ServingMode[];
}

/** The request of a search. Throws where the catalogue lacks a name: the facts are wrong then. */
export function searchRequest(facts: SearchFacts): SearchRequest {
  const catalog = shippedCatalog();
  const problem = valueOf(parseProblem(documentOf(facts)));
  const [workload] = problem.workloads;
  const architecture = valueOf(resolveModels(problem, catalog)).get('model');
  if (workload === undefined || architecture === undefined) throw new Error(`no model ${facts.model}`);
  return {
    workload: { workload, architecture, profile: profileOf(facts) },
    offerings: valueOf(resolveOfferings(problem, catalog)),
    accelerators: Object.fromEntries(
      facts.cluster.map((part, index) => [poolId(facts.cluster, index), part.accelerators]),
    ),
    load: loadOf(facts.load),
    objective: facts.objective,
    limits: facts.limits ?? {},
    modes: facts.modes ?? ['aggregated'],
  };
}

function documentOf(facts: SearchFacts): unknown {
  const { model, precisions, kvPrecisions, cluster, slo, maxModelLength } = facts;
  return {
    apiVersion: PROBLEM_API_VERSION,
    name: 'bench',
    pools: cluster.map(({ instanceType }, index) => ({
      id: poolId(cluster, index),
      ...placeOf(instanceType),
      instanceType,
    })),
    workloads: [
      {
        kind: 'llm',
        id: 'model',
        model,
        precisions: precisions ?? ['bf16'],
        ...(kvPrecisions === undefined ? {} : { kvPrecisions }),
        maxModelLength: maxModelLength ?? 8192,
        traffic: { profile: 'sharegpt', meanRate: '1/s' },
        slo: { ...slo, tolerates: 'nothing' },
      },
    ],
  };
}

/** A region of the provider that names instance types so. */
function placeOf(instanceType: string): {
  readonly provider: string;
  readonly region: string;
  readonly zones: readonly string[];
} {
  return instanceType.startsWith('Standard_')
    ? { provider: 'azure', region: 'eastus', zones: ['eastus-1'] }
    : { provider: 'aws', region: 'us-east-1', zones: ['us-east-1a'] };
}

function poolId(cluster: readonly ClusterPart[], index: number): string {
  return cluster.length === 1 ? 'all' : (['first', 'second', 'third'][index] ?? `part-${index + 1}`);
}

function profileOf({ traffic, load }: SearchFacts): ArrivalProfile {
  const meanRate = load.kind === 'rate' ? load.rate : 1;
  const { burstiness, prefixHitRate, lengths } = traffic;
  const shape = lengths === undefined ? valueOf(findProfile(traffic.profile ?? '')) : undefined;
  const flat: ArrivalProfile = {
    name: shape?.name ?? 'stated',
    hourlyRate: Array.from({ length: HOURS_PER_WEEK }, () => requestsPerSecond(meanRate)),
    arrivals: { family: 'gamma', cv: 1 },
    lengths: lengths ?? shape!.lengths,
    prefix: shape?.prefix ?? { hitRate: 0 },
    provenance: { evidence: 'assumed', source: 'benchmark' },
  };
  return scaleProfile(flat, {
    ...(burstiness === undefined ? {} : { burstiness }),
    ...(prefixHitRate === undefined ? {} : { prefixHitRate }),
  });
}

function loadOf(load: SearchFacts['load']): SearchLoad {
  return load.kind === 'rate' ? { kind: 'rate', rate: requestsPerSecond(load.rate) } : load;
}

/** Mean tokens of one request. */
export function meanTokens(profile: ArrivalProfile): { readonly isl: number; readonly osl: number } {
  const { isl, osl } = profileStatistics(profile);
  return { isl: isl.mean, osl: osl.mean };
}

function valueOf<Value>(
  outcome:
    | { readonly ok: true; readonly value: Value }
    | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] },
): Value {
  if (outcome.ok) return outcome.value;
  throw new Error(outcome.diagnostics.map((item) => item.summary).join('; '));
}
