import { PROBLEM_API_VERSION } from '../../model/index.ts';
import type {
  LimitsDocument,
  LlmServiceDocument,
  ObjectiveLimits,
  Objective,
  Precision,
  ProblemDocument,
  SloDocument,
  TrafficDocument,
} from '../../model/index.ts';
import { toDollars } from '../../units/index.ts';
import { evenLengths } from '../simulated-requests.ts';
import { declaredPool } from './declared-pools.ts';
import type { ClusterPool } from './cluster-pools.ts';
import type { LoadOptions, SearchClusterOptions } from './search-options.ts';

/** What a search amounts to beside its options. */
export interface SearchFacts {
  readonly pools: readonly ClusterPool[];
  readonly isPriced: boolean;
  readonly objective: Objective;
  readonly precisions: readonly Precision[];
  /** Requests per second of the document; the search itself goes by its load. */
  readonly requestRate: number;
  /** Tokens; absent: the model's own limit. */
  readonly maxModelLength?: number;
  /** Whether the trace holds lengths without arrival times. */
  readonly isUntimed?: boolean;
  /** Path of the trace as the document states it; default as the options do. */
  readonly trace?: string;
}

/**
 * The options of a search as the problem document that a stack would state: what is checked, searched, and kept beside a plan
 * so that it can be made again. No spare capacity is asked for: plans of a search serve while all their replicas stand.
 */
export function declaration(options: SearchClusterOptions, facts: SearchFacts): ProblemDocument {
  const name = nameOf(options.model);
  const pools = facts.pools.map((pool) => declaredPool(pool, facts.isPriced));
  const own = pools.flatMap(({ instanceType }) => instanceType ?? []);
  const { objectiveLimits = {}, confidence } = options;
  return {
    apiVersion: PROBLEM_API_VERSION,
    name,
    seed: options.seed ?? 1,
    objective: facts.objective,
    ...limitsDocument(objectiveLimits),
    ...(confidence === undefined
      ? {}
      : { confidence: `${Number((confidence * 100).toPrecision(12))}%` as const }),
    pools: pools.map(({ pool }) => pool),
    workloads: [serviceOf(name, options, facts)],
    ...(objectiveLimits.costPerMonth === undefined
      ? {}
      : {
          budgets: [
            { id: 'max-cost', limit: `${toDollars(objectiveLimits.costPerMonth)} USD/month` as const },
          ],
        }),
    ...(own.length === 0 ? {} : { catalog: { instanceTypes: own } }),
  };
}

function serviceOf(id: string, options: SearchClusterOptions, facts: SearchFacts): LlmServiceDocument {
  const maxModelLength = options.maxModelLength ?? facts.maxModelLength;
  return {
    kind: 'llm',
    id,
    model: options.model,
    precisions: facts.precisions,
    ...(options.kvPrecisions === undefined ? {} : { kvPrecisions: options.kvPrecisions }),
    engines: options.engines ?? ['vllm'],
    serving: options.serving ?? 'any',
    traffic: trafficOf(options, facts),
    slo: sloOf(options),
    ...(maxModelLength === undefined ? {} : { maxModelLength }),
  };
}

/** Traffic of the same rate in every hour. */
function trafficOf(options: LoadOptions, facts: SearchFacts): TrafficDocument {
  const { isl, osl, lengthSpread = 0, profile, trace, burstiness, prefixHitRate } = options;
  const changes = {
    meanRate: `${facts.requestRate}/s` as const,
    ...(burstiness === undefined ? {} : { burstiness }),
    ...(prefixHitRate === undefined ? {} : { prefixHitRate: percent(prefixHitRate) }),
  };
  if (profile !== undefined) return { profile, peakToMean: 1, ...changes };
  if (trace === undefined) return { generate: lengthsOf(isl ?? 1, osl ?? 1, lengthSpread), ...changes };
  const { format, columns } = options.layout ?? { format: 'auto' as const };
  return {
    trace: {
      file: facts.trace ?? trace,
      format,
      ...(facts.isUntimed === true
        ? { columns: { ...columns, arrival: null } }
        : columns === undefined
          ? {}
          : { columns }),
    },
    peakToMean: 1,
    ...changes,
  };
}

function lengthsOf(isl: number, osl: number, spread: number): NonNullable<TrafficDocument['generate']> {
  if (spread === 0) return { lengths: { isl, osl } };
  const { inputQuantiles, outputQuantiles } = evenLengths(isl, osl, spread);
  return {
    lengths: {
      inputQuantiles: inputQuantiles.map(Math.round),
      outputQuantiles: outputQuantiles.map((row) => row.map(Math.round)),
    },
  };
}

function sloOf({ limits }: SearchClusterOptions): SloDocument {
  const byMetric = [...Map.groupBy(limits, (item) => item.metric)].map(([metric, own]) => [
    metric,
    Object.fromEntries(own.map(({ percentile, limit }) => [percentile, `${limit}s`])),
  ]);
  return { ...(Object.fromEntries(byMetric) as SloDocument), tolerates: 'nothing' };
}

function limitsDocument(limits: ObjectiveLimits): { readonly limits?: LimitsDocument } {
  const { costPerMillionTokens, throughputPerAccelerator, latency, energyPerOutputToken } = limits;
  const document: LimitsDocument = {
    ...(costPerMillionTokens === undefined
      ? {}
      : { costPerMillionTokens: `${toDollars(costPerMillionTokens)} USD/Mtoken` as const }),
    ...(throughputPerAccelerator === undefined
      ? {}
      : { throughputPerAccelerator: `${throughputPerAccelerator} tokens/s` as const }),
    ...(latency === undefined ? {} : { latency: `${latency}s` as const }),
    ...(energyPerOutputToken === undefined
      ? {}
      : { energyPerOutputToken: `${energyPerOutputToken} J/token` as const }),
  };
  return Object.keys(document).length === 0 ? {} : { limits: document };
}

function percent(share: number): `${number}%` {
  return `${Number((share * 100).toPrecision(12))}%`;
}

/** Longest name of a stack (*assumed* to leave room for what Kubernetes names add). */
const LONGEST_NAME = 40;

/** The last part of a model's name as Kubernetes names objects: `llama-3-1-70b-instruct`. */
function nameOf(model: string): string {
  const slug = (model.split('/').at(-1) ?? model)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  const named = /^[a-z]/.test(slug) ? slug : `model-${slug}`;
  return named.slice(0, LONGEST_NAME).replaceAll(/-+$/g, '');
}

/** The flag that states what stands at a path of the declaration. */
export function flagOfPath(path: string): string {
  const slo = /\.slo(?:\.(ttft|tpot|e2e)(?:\.(p\d+))?)?/.exec(path);
  if (slo !== null) return slo[1] === undefined ? '--ttft-p99' : `--${slo[1]}-${slo[2] ?? 'p99'}`;
  const [, flag] = FLAGS.find(([pattern]) => pattern.test(path)) ?? [];
  return flag ?? path;
}

const FLAGS: readonly (readonly [RegExp, string])[] = [
  [/costPerMillionTokens/, '--max-cost-per-million-tokens'],
  [/throughputPerAccelerator/, '--min-throughput'],
  [/limits\.latency/, '--max-latency'],
  [/energyPerOutputToken/, '--max-energy'],
  [/confidence/, '--confidence'],
  [/budgets/, '--max-cost'],
  [/maxModelLength/, '--max-model-length'],
  [/\.traffic\.trace\.columns/, '--columns'],
  [/\.traffic\.trace/, '--trace'],
  [/\.traffic\.profile/, '--profile'],
  [/\.traffic\.burstiness/, '--burstiness'],
  [/\.traffic\.prefixHitRate/, '--prefix-hit-rate'],
  [/\.traffic\.meanRate/, '--rate'],
  [/\.traffic/, '--isl, --osl'],
  [/\.precisions|\.kvPrecisions/, '--precisions, --kv'],
  [/^workloads/, '--model'],
  [/^pools|^catalog/, '--cluster'],
];
