import { Flags } from '@oclif/core';
import type { Interfaces } from '@oclif/core';
import { parseCluster } from '../engine/index.ts';
import type { ClusterPart, SearchClusterRequest } from '../engine/index.ts';
import { OBJECTIVES } from '../model/index.ts';
import type { LatencyLimit, LatencyMetric, Percentile } from '../model/index.ts';
import { parseDuration, parseHourlyUsd, parseMonthlyUsd } from '../units/index.ts';
import type { Joules, MicroUsd, MicroUsdPerHour, Seconds, TokensPerSecond } from '../units/index.ts';
import { JSON_FLAG } from './base-command.ts';
import {
  CONFIGURATION_FLAGS,
  PRECISIONS,
  percentFlag,
  positiveFlag,
  present,
  rateFlag,
  reading,
} from './configuration-flags.ts';
import { MEASURING_FLAGS, measuringOptions, parseConfidence } from './planning-flags.ts';
import {
  positive,
  readChartFile,
  readOutput,
  readTokenEnergy,
  readTokenPrice,
  readTokenRate,
} from './search-readers.ts';
import type { SearchOutput } from './search-readers.ts';
import { TRACE_READING_FLAGS, traceLayout } from './traffic-flags.ts';

const ENGINES = ['vllm', 'sglang', 'tensorrt-llm'] as const;
const SERVING = ['aggregated', 'disaggregated', 'any'] as const;

const readLimit = reading(positive(parseDuration));

const limitFlag = (metric: LatencyMetric, percentile: Percentile) =>
  Flags.custom<LatencyLimit>({
    parse: async (input) => ({ metric, percentile, limit: await readLimit(input) }),
  })({
    description: `Largest ${percentile} of ${LATENCY_MEANINGS[metric]}; default no limit.`,
    helpValue: 'TIME',
    helpGroup: 'SLO',
  });

const LATENCY_MEANINGS: Readonly<Record<LatencyMetric, string>> = {
  ttft: 'the time to the first token',
  tpot: 'the mean time per output token after the first',
  e2e: 'the time to the last token',
};

/** At least one of these must be given. */
const SLO_FLAGS = {
  'ttft-p50': limitFlag('ttft', 'p50'),
  'ttft-p90': limitFlag('ttft', 'p90'),
  'ttft-p95': limitFlag('ttft', 'p95'),
  'ttft-p99': limitFlag('ttft', 'p99'),
  'tpot-p50': limitFlag('tpot', 'p50'),
  'tpot-p90': limitFlag('tpot', 'p90'),
  'tpot-p95': limitFlag('tpot', 'p95'),
  'tpot-p99': limitFlag('tpot', 'p99'),
  'e2e-p50': limitFlag('e2e', 'p50'),
  'e2e-p90': limitFlag('e2e', 'p90'),
  'e2e-p95': limitFlag('e2e', 'p95'),
  'e2e-p99': limitFlag('e2e', 'p99'),
};

const CLUSTER_FLAGS = {
  cluster: Flags.custom<readonly ClusterPart[]>({ parse: reading(parseCluster) })({
    description:
      'Accelerators to use at most: COUNTxACCELERATOR, several kinds joined by +, :N after one for N per node. Default per node: 8, or what the catalogue has.',
    helpValue: '8xh100_sxm+16xl40s:4',
    helpGroup: 'CLUSTER',
  }),
  'instance-type': Flags.string({
    description: 'Instance type that holds the accelerators, instead of --cluster.',
    helpValue: 'NAME',
    helpGroup: 'CLUSTER',
  }),
  nodes: Flags.integer({
    description: 'Nodes of --instance-type; default 1.',
    min: 1,
    max: 12_500,
    helpValue: 'N',
    helpGroup: 'CLUSTER',
  }),
  price: Flags.custom<MicroUsdPerHour>({ parse: reading(parseHourlyUsd) })({
    description:
      'Price of one accelerator; default the cheapest on-demand price of an instance type with it. Without any, plans are compared by accelerators.',
    helpValue: "'2.50 USD/hour'",
    helpGroup: 'CLUSTER',
  }),
  region: Flags.string({
    description: 'Region of the price; default the cheapest.',
    helpValue: 'NAME',
    helpGroup: 'CLUSTER',
  }),
};

const tokens = (description: string) =>
  Flags.integer({ description, min: 1, helpValue: 'TOKENS', helpGroup: 'LOAD' });

const LOAD_FLAGS = {
  isl: tokens('Mean input tokens of a request.'),
  osl: tokens('Mean output tokens of a request.'),
  'length-spread': percentFlag({
    description: 'Share by which --isl and --osl vary evenly to both sides; default 0%.',
    helpValue: 'SHARE',
    helpGroup: 'LOAD',
  }),
  profile: Flags.string({
    description: 'Shipped traffic profile whose lengths and bursts count, instead of --isl and --osl.',
    helpValue: 'NAME',
    helpGroup: 'LOAD',
  }),
  trace: Flags.string({
    description:
      'Trace file (.csv, .jsonl; .gz is decompressed) whose lengths and bursts are fitted, instead of --isl and --osl.',
    helpValue: 'FILE',
    helpGroup: 'LOAD',
  }),
  ...TRACE_READING_FLAGS,
  rate: rateFlag({
    aliases: ['target-rate'],
    description:
      'Requests per second to carry. Default, without --concurrency: as many as the cluster carries.',
    helpValue: 'RATE',
    helpGroup: 'LOAD',
  }),
  concurrency: Flags.integer({
    aliases: ['target-concurrency'],
    description: 'Clients to serve, each with one request at a time, instead of --rate.',
    min: 1,
    max: 100_000,
    helpValue: 'N',
    helpGroup: 'LOAD',
  }),
  burstiness: positiveFlag({
    description:
      'Coefficient of variation of the gaps between requests; default that of the profile or trace, else 1.',
    helpValue: 'CV',
    helpGroup: 'LOAD',
  }),
  'prefix-hit-rate': percentFlag({
    description: 'Share of the prompt tokens found cached; default that of the profile or trace, else 0%.',
    helpValue: 'SHARE',
    helpGroup: 'LOAD',
  }),
};

const AIM_FLAGS = {
  objective: Flags.option({ options: OBJECTIVES })({
    description:
      'What the best plan has least or most of. Default: cost per month; cost-per-token without --rate and --concurrency; without prices accelerators or throughput-per-accelerator.',
    helpGroup: 'AIM',
  }),
  'fewest-gpus': Flags.boolean({
    description: 'Short for --objective accelerators.',
    exclusive: ['objective'],
    helpGroup: 'AIM',
  }),
  'max-cost': Flags.custom<MicroUsd>({ parse: reading(positive(parseMonthlyUsd)) })({
    description: 'Most that a plan may cost at list price; default no limit.',
    helpValue: "'50000 USD/month'",
    helpGroup: 'AIM',
  }),
  'max-cost-per-million-tokens': Flags.custom<MicroUsd>({ parse: reading(positive(readTokenPrice)) })({
    description: 'Most USD per million tokens, input and output, at capacity; default no limit.',
    helpValue: 'USD',
    helpGroup: 'AIM',
  }),
  'min-throughput': Flags.custom<TokensPerSecond>({ parse: reading(positive(readTokenRate)) })({
    description: 'Fewest output tokens/s per accelerator at capacity; default no limit.',
    helpValue: 'TOKENS/S',
    helpGroup: 'AIM',
  }),
  'max-latency': Flags.custom<Seconds>({ parse: reading(positive(parseDuration)) })({
    description: 'Largest p99 of the time to the last token at the load; default no limit.',
    helpValue: 'TIME',
    helpGroup: 'AIM',
  }),
  'max-energy': Flags.custom<Joules>({ parse: reading(positive(readTokenEnergy)) })({
    description: 'Most J per output token at the load; default no limit.',
    helpValue: 'J',
    helpGroup: 'AIM',
  }),
  confidence: Flags.custom<number>({ parse: parseConfidence })({
    description:
      'Probability that the SLO holds given the error of the performance model, such as 0.9 or 90%; default: predictions are trusted.',
    helpValue: 'SHARE',
    helpGroup: 'AIM',
  }),
};

const SPACE_FLAGS = {
  precisions: Flags.option({ options: PRECISIONS, multiple: true, delimiter: ',' })({
    description:
      'Formats of the weights tried, joined by commas; default those in which the model is published.',
    helpGroup: 'SPACE',
  }),
  kv: Flags.option({ options: PRECISIONS, multiple: true, delimiter: ',' })({
    description:
      'Formats of the KV cache tried, joined by commas; default bf16, and fp8 beside weights of 8 bits or fewer.',
    helpGroup: 'SPACE',
  }),
  engines: Flags.option({ options: ENGINES, multiple: true, delimiter: ',' })({
    description: 'Engines tried, joined by commas; default vllm.',
    helpGroup: 'SPACE',
  }),
  serving: Flags.option({ options: SERVING })({
    description:
      'Whether replicas serve whole requests, or prefill replicas hand prompts over to decode replicas; default any.',
    helpGroup: 'SPACE',
  }),
  'max-model-length': Flags.integer({
    description: 'Longest sequence served; default the longest request of the load.',
    min: 1,
    helpValue: 'TOKENS',
    helpGroup: 'SPACE',
  }),
  'include-unexecutable': Flags.boolean({
    description: 'Look at plans too that no engine can run as modelled; default only at those one can.',
    helpGroup: 'SPACE',
  }),
};

/** Every flag of a search. */
export const SEARCH_FLAGS = {
  ...JSON_FLAG,
  output: Flags.custom<SearchOutput>({ parse: reading(readOutput) })({
    char: 'o',
    description:
      'Form of the output on stdout: text (default), markdown, json or yaml; any other value is a folder, as --out.',
    helpValue: 'FORM|DIR',
  }),
  out: Flags.string({
    description:
      'Folder to write the best plan to: plan.json, problem.yaml, report.md and manifests/; default none.',
    helpValue: 'DIR',
  }),
  chart: Flags.custom<string>({ parse: reading(readChartFile) })({
    description: 'File for the Pareto chart: FILE.svg, or FILE.html with the figures; default none.',
    helpValue: 'FILE',
  }),
  top: Flags.integer({ description: 'Plans told at most; default 10.', min: 1, max: 1000, helpValue: 'N' }),
  seed: Flags.integer({ description: 'Seed of lengths and arrivals; default 1.', min: 0 }),
  budget: Flags.custom<Seconds>({ parse: reading(positive(parseDuration)) })({
    aliases: ['time-limit'],
    description: 'Time after which the best plans so far are told, such as 30s; default none.',
    helpValue: 'TIME',
  }),
  ...MEASURING_FLAGS,
  model: Flags.string({
    description: 'Model, by its name in the catalogue or Hugging Face id.',
    helpValue: 'NAME',
    required: true,
  }),
  ...CLUSTER_FLAGS,
  ...LOAD_FLAGS,
  ...SLO_FLAGS,
  ...AIM_FLAGS,
  ...SPACE_FLAGS,
  calibration: CONFIGURATION_FLAGS.calibration,
  stack: CONFIGURATION_FLAGS.stack,
};

/** What the search flags hold once parsed. */
export type SearchFlags = Interfaces.InferredFlags<typeof SEARCH_FLAGS>;

/** What the flags say to search, without what was not given. */
export function searchOptions(flags: SearchFlags): SearchClusterRequest {
  return {
    model: flags.model,
    limits: limitsOf(flags),
    objectiveLimits: present({
      costPerMonth: flags['max-cost'],
      costPerMillionTokens: flags['max-cost-per-million-tokens'],
      throughputPerAccelerator: flags['min-throughput'],
      latency: flags['max-latency'],
      energyPerOutputToken: flags['max-energy'],
    }),
    layout: traceLayout(flags),
    includesUnexecutable: flags['include-unexecutable'],
    ...measuringOptions(flags),
    ...present({
      cluster: flags.cluster,
      instanceType: flags['instance-type'],
      nodes: flags.nodes,
      price: flags.price,
      region: flags.region,
      isl: flags.isl,
      osl: flags.osl,
      lengthSpread: flags['length-spread'],
      profile: flags.profile,
      trace: flags.trace,
      requestRate: flags.rate,
      clients: flags.concurrency,
      burstiness: flags.burstiness,
      prefixHitRate: flags['prefix-hit-rate'],
      objective: flags['fewest-gpus'] ? ('accelerators' as const) : flags.objective,
      confidence: flags.confidence,
      precisions: flags.precisions,
      kvPrecisions: flags.kv,
      engines: flags.engines,
      serving: flags.serving,
      maxModelLength: flags['max-model-length'],
      top: flags.top,
      seed: flags.seed,
      timeLimitSeconds: flags.budget,
      calibration: flags.calibration,
      stack: flags.stack,
    }),
  };
}

/** In the order of an SLO: by metric, then percentile. */
function limitsOf(flags: SearchFlags): readonly LatencyLimit[] {
  const names = Object.keys(SLO_FLAGS).sort() as (keyof typeof SLO_FLAGS)[];
  return names.flatMap((name) => flags[name] ?? []);
}
