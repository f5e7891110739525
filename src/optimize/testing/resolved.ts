import { NO_ADDITIONS } from '../../model/index.ts';
import type {
  Accelerator,
  ArrivalProfile,
  Budget,
  HardwarePool,
  LlmWorkload,
  ModelArchitecture,
  Offering,
  ResolvedProblem,
} from '../../model/index.ts';
import {
  bytesPerSecond,
  gib,
  gigabytesPerSecond,
  milliseconds,
  requestsPerSecond,
  seconds,
  teraflops,
  watts,
} from '../../units/index.ts';
import { offering } from './instances.ts';
import type { OfferingFacts } from './instances.ts';

const PROVENANCE = { evidence: 'assumed', source: 'test' } as const;

/** Llama-3.1-8B as in its published config.json. For tests only. */
export const LLAMA_8B: ModelArchitecture = {
  name: 'llama-8b',
  aliases: [],
  kind: 'dense',
  layers: 32,
  hidden: 4096,
  heads: 32,
  kvHeads: 8,
  headDim: 128,
  vocabulary: 128_256,
  tiedEmbeddings: false,
  maxContext: 131_072,
  attention: { full: 32, window: 0, windowTokens: 0, linear: 0 },
  dense: { layers: 32, intermediate: 14_336 },
  kvElementsPerToken: 2 * 32 * 8 * 128,
  kvWindowElementsPerToken: 0,
  stateElementsPerSequence: 0,
  parameters: { total: 8.03e9, active: 8.03e9 },
  checkpoints: ['bf16'],
  provenance: PROVENANCE,
};

const H100: Accelerator = {
  name: 'h100-sxm',
  aliases: [],
  vendor: 'nvidia',
  architecture: 'hopper',
  memory: gib(80),
  memoryBandwidth: gigabytesPerSecond(3350),
  peakFlops: { bf16: teraflops(989), fp8: teraflops(1979) },
  power: watts(700),
  link: { kind: 'nvlink', bandwidth: gigabytesPerSecond(450) },
  resourceName: 'nvidia.com/gpu',
  provenance: PROVENANCE,
};

/** Offerings of H100 nodes with the given accelerators each. */
export function h100(facts: OfferingFacts): Offering {
  return { ...offering(facts), accelerator: H100 };
}

/** A flat week of chat-like requests: 200 to 1,800 tokens in, 50 to 350 out. */
export function chatProfile(rate: number | ((hour: number) => number)): ArrivalProfile {
  return {
    name: 'chat-test',
    hourlyRate: Array.from({ length: 168 }, (_, hour) =>
      requestsPerSecond(typeof rate === 'number' ? rate : rate(hour)),
    ),
    arrivals: { family: 'gamma', cv: 1 },
    lengths: { inputQuantiles: [200, 600, 1000, 1400, 1800], outputQuantiles: [[50, 150, 250, 350]] },
    prefix: { hitRate: 0 },
    provenance: PROVENANCE,
  };
}

/** What a test problem says; everything else is the same for all. */
export interface ProblemFacts {
  readonly offerings: readonly Offering[];
  readonly workloads: readonly {
    readonly id: string;
    readonly profile: ArrivalProfile;
    readonly facts?: Partial<LlmWorkload>;
  }[];
  readonly maxNodes?: Readonly<Record<string, number>>;
  readonly budgets?: readonly Budget[];
}

/** A resolved problem of Llama-8B workloads with p99 limits of 1 s TTFT and 40 ms TPOT, tolerating nothing. */
export function resolvedProblem({ offerings, workloads, maxNodes, budgets }: ProblemFacts): ResolvedProblem {
  const declared = workloads.map(({ id, facts }): LlmWorkload => ({
    kind: 'llm',
    id,
    path: id,
    team: '',
    namespace: 'test',
    pools: [],
    maxSpotShare: 1,
    routing: 'weighted',
    model: 'llama-8b',
    checkpoints: {},
    precisions: ['bf16'],
    engines: ['vllm'],
    traffic: { source: 'profile', profile: 'chat-test', scaling: {} },
    slo: {
      limits: [
        { metric: 'tpot', percentile: 'p99', limit: milliseconds(40) },
        { metric: 'ttft', percentile: 'p99', limit: seconds(1) },
      ],
      availability: 0.99,
      tolerates: 'nothing',
    },
    maxModelLength: 4096,
    serving: 'aggregated',
    objective: 'cost',
    limits: {},
    ...facts,
  }));
  const pools = [...new Set(offerings.map((item) => item.pool))].map((id) => poolOf(id, offerings, maxNodes));
  return {
    problem: {
      name: 'test',
      seed: 1,
      objective: 'cost',
      limits: {},
      pools,
      mixes: [],
      workloads: declared,
      services: [],
      budgets: budgets ?? [],
      policies: [],
      waivers: [],
      catalog: NO_ADDITIONS,
    },
    offerings,
    services: [],
    workloads: workloads.map(({ profile }, index) => {
      const workload = declared[index];
      if (workload === undefined) throw new Error('unreachable');
      return { workload, architecture: LLAMA_8B, profile };
    }),
  };
}

function poolOf(
  id: string,
  offerings: readonly Offering[],
  maxNodes: Readonly<Record<string, number>> | undefined,
): HardwarePool {
  const own = offerings.filter((item) => item.pool === id);
  return {
    id,
    path: id,
    provider: 'test',
    region: 'r1',
    zones: [...new Set(own.map((item) => item.zone))].sort(),
    instanceType: `${id}.large`,
    capacityTypes: [...new Set(own.map((item) => item.capacityType))].sort(),
    maxNodes: maxNodes?.[id] ?? Infinity,
    prices: {},
    interNodeBandwidth: bytesPerSecond(5e10),
    labels: {},
    taints: [],
  };
}
