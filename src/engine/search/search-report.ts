import { SEARCH_FORMAT_VERSION } from '../../report/index.ts';
import type {
  SearchReport,
  SearchedConfidence,
  SearchedLimit,
  SearchedLoad,
  SearchedPart,
  SearchedPlan,
  SearchedPool,
} from '../../report/index.ts';
import { worldSize } from '../../model/index.ts';
import type {
  Estimate,
  LatencySummary,
  ObjectiveLimits,
  SearchProof,
  ServingPart,
  ServingPlan,
} from '../../model/index.ts';
import { factorsFor } from '../../optimize/index.ts';
import { profileStatistics } from '../../traffic/index.ts';
import { toDollars } from '../../units/index.ts';
import { searchAssumptions } from './search-assumptions.ts';
import type { ClusterPool } from './cluster-pools.ts';
import type { ResolvedSearch } from './resolve-search.ts';
import { requestOf } from './run-search.ts';
import type { FoundPlans } from './run-search.ts';

/** The report of a search that found at least one plan. */
export function searchReport(search: ResolvedSearch, found: FoundPlans): SearchReport {
  const { options, facts, workload } = search;
  const { result } = found;
  const shown = (plan: ServingPlan): SearchedPlan => planOf(plan, facts.isPriced);
  return {
    formatVersion: SEARCH_FORMAT_VERSION,
    model: search.architecture.name,
    cluster: facts.pools.map(poolOf),
    load: loadOf(search),
    slo: workload.workload.slo.limits,
    objective: facts.objective,
    limits: limitsOf(options.objectiveLimits ?? {}),
    modes: requestOf(search).modes,
    seed: options.seed ?? 1,
    isPriced: facts.isPriced,
    plans: result.plans.map(shown),
    pareto: result.pareto.map(shown),
    ...(result.leastLatency === undefined ? {} : { leastLatency: shown(result.leastLatency) }),
    ...(result.leastEnergy === undefined ? {} : { leastEnergy: shown(result.leastEnergy) }),
    ...confidenceOf(search, found),
    proof: proofOf(result.proof, search),
    rejected: result.rejected,
    assumptions: searchAssumptions(search, result),
  };
}

function poolOf({ id, accelerator, accelerators, perNode, instance, price }: ClusterPool): SearchedPool {
  const domain = instance?.accelerator?.linkDomain;
  const isWhole = instance?.accelerator?.count === perNode;
  return {
    pool: id,
    accelerator: accelerator.name,
    accelerators,
    acceleratorsPerNode: perNode,
    ...(domain === undefined || domain <= perNode ? {} : { linkDomain: domain }),
    ...(instance === undefined
      ? {}
      : { instanceType: isWhole ? instance.name : `share of ${instance.name}` }),
    ...(price === undefined ? {} : { pricePerAcceleratorHour: price.perHour, priceSource: price.source }),
  };
}

function loadOf({ options, workload }: ResolvedSearch): SearchedLoad {
  const { profile } = workload;
  const { isl, osl } = profileStatistics(profile);
  const { requestRate, clients } = options;
  const source =
    options.trace !== undefined
      ? profile.provenance.source
      : options.profile !== undefined
        ? `profile ${profile.name}`
        : 'stated lengths';
  return {
    source,
    kind: requestRate !== undefined ? 'rate' : clients !== undefined ? 'concurrency' : 'most',
    ...(requestRate === undefined ? {} : { requestRate }),
    ...(clients === undefined ? {} : { clients }),
    isl: { mean: isl.mean, p99: isl.p99 },
    osl: { mean: osl.mean, p99: osl.p99 },
    burstiness: profile.arrivals.cv,
    prefixHitRate: profile.prefix.hitRate,
  };
}

function limitsOf(limits: ObjectiveLimits): readonly SearchedLimit[] {
  const limit = (name: SearchedLimit['name'], value: number | undefined, unit: string): SearchedLimit[] =>
    value === undefined ? [] : [{ name, value, unit }];
  const dollars = (amount: ObjectiveLimits['costPerMonth']): number | undefined =>
    amount === undefined ? undefined : toDollars(amount);
  return [
    ...limit('cost', dollars(limits.costPerMonth), 'USD/month'),
    ...limit('cost-per-million-tokens', dollars(limits.costPerMillionTokens), 'USD'),
    ...limit('throughput-per-accelerator', limits.throughputPerAccelerator, 'output tokens/s'),
    ...limit('latency', limits.latency, 's'),
    ...limit('energy', limits.energyPerOutputToken, 'J/token'),
  ];
}

function planOf(plan: ServingPlan, isPriced: boolean): SearchedPlan {
  const { merits, evidence } = plan;
  return {
    id: plan.id,
    mode: plan.mode,
    parts: plan.parts.map(partOf),
    accelerators: plan.accelerators,
    ...(isPriced
      ? {
          costPerMonth: toDollars(merits.costPerMonth),
          costPerMillionTokens: toDollars(merits.costPerMillionTokens),
        }
      : {}),
    throughputPerAccelerator: merits.throughputPerAccelerator,
    energyPerOutputToken: merits.energyPerOutputToken,
    power: merits.power,
    load: plan.load,
    latency: {
      ttft: summaryOf(evidence.latency.ttft),
      tpot: summaryOf(evidence.latency.tpot),
      e2e: summaryOf(evidence.latency.e2e),
    },
    goodputShare: evidence.goodputShare,
    outputTokensPerSecond: evidence.outputTokensPerSecond,
    capacity: estimateOf(plan.capacity),
    limitedBy: plan.limitedBy,
    evidence: plan.performance.evidence,
    modelError: plan.performance.modelError,
  };
}

/** Fields in one order, wherever an answer comes from: a thread, or a file of earlier ones. */
function estimateOf({ value, low, high }: Estimate): Estimate {
  return { value, low, high };
}

function summaryOf(summary: LatencySummary): LatencySummary {
  return {
    mean: estimateOf(summary.mean),
    p50: estimateOf(summary.p50),
    p90: estimateOf(summary.p90),
    p95: estimateOf(summary.p95),
    p99: estimateOf(summary.p99),
  };
}

function partOf({ candidate, replicas }: ServingPart): SearchedPart {
  const { stages, notExecutable } = candidate;
  return {
    role: candidate.role,
    replicas,
    pool: candidate.pool,
    accelerator: candidate.accelerator,
    parallelism: candidate.parallelism,
    engine: candidate.engine,
    engineVersion: candidate.engineVersion,
    weightPrecision: candidate.weightPrecision,
    kvPrecision: candidate.kvPrecision,
    batch: candidate.batch,
    maxModelLength: candidate.maxModelLength,
    acceleratorsPerReplica: worldSize(candidate.parallelism),
    ...(stages === undefined
      ? {}
      : { stages: stages.map(({ accelerator, layers }) => ({ accelerator, layers })) }),
    ...(notExecutable === undefined ? {} : { notExecutable }),
  };
}

function confidenceOf(
  { facts, options }: ResolvedSearch,
  { result, safety, trusting }: FoundPlans,
): { readonly confidence?: SearchedConfidence } {
  const [best] = result.plans;
  const engine = best?.parts[0]?.candidate.engine;
  if (best === undefined || engine === undefined || options.confidence === undefined) return {};
  const costWithout = trusting?.merits.costPerMonth;
  return {
    confidence: {
      level: options.confidence,
      factors: factorsFor(safety, engine, best.performance.evidence),
      ...(costWithout === undefined || !facts.isPriced
        ? {}
        : {
            costWithout: toDollars(costWithout),
            extraCost: toDollars(best.merits.costPerMonth) - toDollars(costWithout),
          }),
      ...(trusting === undefined ? {} : { acceleratorsWithout: trusting.accelerators }),
    },
  };
}

/** The proof with its bound in dollars where the objective is money. */
function proofOf(proof: SearchProof, { facts }: ResolvedSearch): SearchProof {
  const isMoney = facts.objective === 'cost' || facts.objective === 'cost-per-token';
  return proof.bound === undefined || !isMoney ? proof : { ...proof, bound: proof.bound / 1e6 };
}
