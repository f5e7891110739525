/** Runs with a time stamp per request (layout of LLMServingSim's bench folder): reading, replaying, scoring. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { RequestColumns } from '../src/model/index.ts';
import {
  chooseCoefficients,
  compileProfileSteps,
  readLayerProfile,
  replicaPerformance,
} from '../src/perf/index.ts';
import { collectiveSeconds } from '../src/perf/laws.ts';
import type {
  AcceleratorCoefficients,
  EngineOverheads,
  LayerProfile,
  OperatorCoefficients,
  ReplicaConfiguration,
  ReplicaSteps,
} from '../src/perf/index.ts';
import { simulateEngine } from '../src/sim/index.ts';
import { configurationOf } from './replay-configuration.ts';
import { mean, percentile } from './replay-figures.ts';

/** Metrics and figures that are scored, in the order of printing. */
export const METRICS = ['ttft', 'tpot', 'e2e'] as const;
export const FIGURES = ['mean', 'p50', 'p90', 'p95', 'p99'] as const;

/** Milliseconds by metric and figure. */
export type Latencies = Readonly<
  Record<(typeof METRICS)[number], Readonly<Record<(typeof FIGURES)[number], number>>>
>;

/** One run as its folder describes it. */
export interface TimestampedRun {
  readonly name: string;
  readonly configuration: ReplicaConfiguration | string;
  readonly requests: RequestColumns;
  readonly measured: Latencies;
  /** What the other simulator predicted (`summary.txt`), NaN where it says nothing, and what it compared with. */
  readonly rival: { readonly measured: Latencies; readonly predicted: Latencies } | undefined;
  /** The host's link between accelerators as the run's `config.json` states it. */
  readonly link: { readonly bandwidth: number; readonly latency: number } | undefined;
  readonly profile: { readonly layers: LayerProfile; readonly expertRanks: number } | string;
}

/** What vLLM recorded of one request. */
interface RequestRecord {
  readonly input_toks: number;
  readonly output_toks: number;
  readonly arrival_time: number;
  readonly queued_ts: number;
  readonly first_token_ts: number;
  readonly last_token_ts: number;
}

/** The runs under `<folder>/<hardware>/<model>/`; folders without `requests.jsonl` and `meta.json` are passed over. */
export function readTimestampedRuns(folder: string): readonly TimestampedRun[] {
  return subfolders(folder)
    .filter((hardware) => hardware !== 'profiles')
    .flatMap((hardware) =>
      subfolders(path.join(folder, hardware)).map((model) => ({
        hardware,
        at: path.join(folder, hardware, model),
      })),
    )
    .filter(({ at }) => existsSync(path.join(at, 'requests.jsonl')) && existsSync(path.join(at, 'meta.json')))
    .map(({ hardware, at }) => readRun(folder, hardware, at));
}

function readRun(folder: string, hardware: string, at: string): TimestampedRun {
  const meta = readJson(path.join(at, 'meta.json')) as {
    readonly model: string;
    readonly engine_kwargs: Readonly<Record<string, unknown>>;
  };
  const host = existsSync(path.join(at, 'config.json'))
    ? (readJson(path.join(at, 'config.json')) as HostDescription)
    : undefined;
  const kwargs = meta.engine_kwargs;
  const n = (key: string, fallback: number): number => Number(kwargs[key] ?? fallback);
  const card = host?.nodes?.[0]?.instances?.[0]?.npu_mem;
  const configuration = configurationOf({
    model: meta.model,
    hardware,
    tensorParallel: n('tensor_parallel_size', 1),
    dataParallel: n('data_parallel_size', 1),
    expertParallel: kwargs['enable_expert_parallel'] === true,
    maxSequences: n('max_num_seqs', 256),
    maxBatchedTokens: n('max_num_batched_tokens', 8192),
    maxModelLength: n('max_model_len', 0),
    kvCacheType: typeof kwargs['kv_cache_dtype'] === 'string' ? kwargs['kv_cache_dtype'] : 'auto',
    ...(card === undefined ? {} : { memory: { gib: card.mem_size, bandwidth: card.mem_bw } }),
  });
  const records = readFileSync(path.join(at, 'requests.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RequestRecord)
    .filter((record) => record.last_token_ts > 0 && record.queued_ts > 0)
    .sort((a, b) => a.arrival_time - b.arrival_time);
  return {
    name: `${hardware}/${path.basename(at)}`,
    configuration,
    requests: columnsOf(records),
    measured: latenciesOf(measuredSeconds(records)),
    rival: readSummary(path.join(at, 'summary.txt')),
    link:
      host?.link_bw === undefined || host.link_latency === undefined
        ? undefined
        : { bandwidth: host.link_bw * 1e9, latency: host.link_latency * 1e-9 },
    profile:
      typeof configuration === 'string'
        ? configuration
        : readProfile(path.join(folder, 'profiles', hardware, meta.model), configuration),
  };
}

/** The part of `config.json` that is used: GB/s and nanoseconds of the link, GiB and GB/s of the memory. */
interface HostDescription {
  readonly link_bw?: number;
  readonly link_latency?: number;
  readonly nodes?: readonly {
    readonly instances?: readonly {
      readonly npu_mem?: { readonly mem_size: number; readonly mem_bw: number };
    }[];
  }[];
}

function columnsOf(records: readonly RequestRecord[]): RequestColumns {
  const start = records[0]?.arrival_time ?? 0;
  return {
    arrival: Float64Array.from(records, (r) => r.arrival_time - start),
    isl: Int32Array.from(records, (r) => r.input_toks),
    osl: Int32Array.from(records, (r) => r.output_toks),
    cachedTokens: new Int32Array(records.length),
  };
}

/** Seconds by request. */
interface RequestSeconds {
  readonly ttft: ArrayLike<number>;
  readonly tpot: ArrayLike<number>;
  readonly e2e: ArrayLike<number>;
}

/**
 * From arrival. Arrivals are on the wall clock, everything else on the engine's: the clocks are matched by the request that
 * was queued soonest, which is taken to have been queued at once (true within a millisecond).
 */
function measuredSeconds(records: readonly RequestRecord[]): RequestSeconds {
  const shift = Math.max(...records.map((r) => r.arrival_time - r.queued_ts));
  return {
    ttft: records.map((r) => r.first_token_ts - (r.arrival_time - shift)),
    tpot: records.map((r) =>
      r.output_toks > 1 ? (r.last_token_ts - r.first_token_ts) / (r.output_toks - 1) : NaN,
    ),
    e2e: records.map((r) => r.last_token_ts - (r.arrival_time - shift)),
  };
}

function latenciesOf(seconds: RequestSeconds): Latencies {
  const figures = (values: ArrayLike<number>): Latencies['ttft'] => ({
    mean: mean(values) * 1e3,
    p50: percentile(values, 0.5) * 1e3,
    p90: percentile(values, 0.9) * 1e3,
    p95: percentile(values, 0.95) * 1e3,
    p99: percentile(values, 0.99) * 1e3,
  });
  return { ttft: figures(seconds.ttft), tpot: figures(seconds.tpot), e2e: figures(seconds.e2e) };
}

const SUMMARY_NAMES = { TTFT: 'ttft', TPOT: 'tpot', Latency: 'e2e' } as const;

/** Lines `TTFT Mean   measured   predicted   difference`. */
function readSummary(file: string): TimestampedRun['rival'] {
  if (!existsSync(file)) return undefined;
  const table = (column: 1 | 2): Latencies => {
    const empty = (): Record<(typeof FIGURES)[number], number> => ({
      mean: NaN,
      p50: NaN,
      p90: NaN,
      p95: NaN,
      p99: NaN,
    });
    const values = { ttft: empty(), tpot: empty(), e2e: empty() };
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const found = /^(TTFT|TPOT|Latency)\s+(\w+)\s+([\d.]+)\s+([\d.]+)/.exec(line);
      if (found === null) continue;
      const metric = SUMMARY_NAMES[found[1] as keyof typeof SUMMARY_NAMES];
      const figure = (found[2] ?? '').toLowerCase().replace('median', 'p50') as (typeof FIGURES)[number];
      values[metric][figure] = Number(found[2 + column]);
    }
    return values;
  };
  return { measured: table(1), predicted: table(2) };
}

/** The profile of the configuration's format and tensor parallel size, or why there is none. */
function readProfile(folder: string, c: ReplicaConfiguration): TimestampedRun['profile'] {
  const variants = subfolders(folder);
  const variant = variants.find((name) => name.startsWith(c.weightPrecision)) ?? variants[0];
  if (variant === undefined) return `no layer profile under ${folder}`;
  const ranks = c.parallelism.tensorParallel;
  const at = path.join(folder, variant, `tp${ranks}`);
  const text = (name: string): string | undefined =>
    existsSync(path.join(at, name)) ? readFileSync(path.join(at, name), 'utf8') : undefined;
  const [dense, attention, perSequence] = ['dense.csv', 'attention.csv', 'per_sequence.csv'].map(text);
  if (dense === undefined || attention === undefined || perSequence === undefined) {
    return `no layer profile of tensor parallel size ${ranks}`;
  }
  // Experts may be profiled on one rank only.
  const ofOne = path.join(folder, variant, 'tp1', 'moe.csv');
  const own = text('moe.csv');
  const experts = own ?? (existsSync(ofOne) ? readFileSync(ofOne, 'utf8') : undefined);
  const read = readLayerProfile({
    dense,
    attention,
    perSequence,
    ...(experts === undefined ? {} : { experts }),
  });
  for (const problem of read.diagnostics) console.error(`${at}: ${problem.code}: ${problem.summary}`);
  if (!read.ok) return 'the layer profile cannot be read';
  const expertRanks = own === undefined || c.parallelism.expertParallel > 1 ? ranks : 1;
  return { layers: read.value, expertRanks };
}

/** How a run is predicted. */
export interface ReplayMode {
  readonly coefficients: OperatorCoefficients;
  readonly overheads: EngineOverheads;
  readonly asyncScheduling: boolean;
}

/** Replays a run with step times from its layer profile (`profiled`) or from the shipped coefficients; or why it cannot. */
export function replayRun(run: TimestampedRun, isProfiled: boolean, mode: ReplayMode): Latencies | string {
  const c = run.configuration;
  if (typeof c === 'string') return c;
  const steps = isProfiled ? profiledSteps(run, c, mode) : fittedSteps(run, c, mode);
  if (typeof steps === 'string') return steps;
  if (!(steps.kvBlocks > 0)) return 'by the memory facts the model does not fit';
  const result = simulateEngine({
    // Token ids are handed to the engine in its own process: no HTTP, no tokeniser.
    steps: {
      ...steps,
      ingest: { base: 0 as typeof steps.ingest.base, perInputToken: 0 as typeof steps.ingest.base },
    },
    requests: run.requests,
    limits: c.batch,
    prefixCache: false,
    asyncScheduling: mode.asyncScheduling,
    limitsOfSlo: [],
    warmupShare: 0,
  });
  if (result.rejected > 0) return `${result.rejected} requests do not fit the KV cache`;
  return latenciesOf(result.perRequest);
}

function profiledSteps(
  run: TimestampedRun,
  c: ReplicaConfiguration,
  mode: ReplayMode,
): ReplicaSteps | string {
  if (typeof run.profile === 'string') return run.profile;
  const ranks = c.parallelism.tensorParallel;
  const laws = linkedLaws(run, mode.coefficients, c).allReduce;
  const law = laws.find((entry) => entry.ranks === ranks);
  if (ranks > 1 && law === undefined) return `no law of the all-reduce for ${ranks} ranks`;
  return compileProfileSteps(c, run.profile.layers, {
    overheads: mode.overheads,
    allReduce: (bytes) => (law === undefined ? 0 : collectiveSeconds(law, bytes)),
    expertRanks: run.profile.expertRanks,
  });
}

function fittedSteps(run: TimestampedRun, c: ReplicaConfiguration, mode: ReplayMode): ReplicaSteps {
  const accelerators = [linkedLaws(run, mode.coefficients, c)];
  return replicaPerformance(c, { ...mode.coefficients, accelerators, engines: [mode.overheads] }).steps;
}

/**
 * The laws of the run's accelerator as vLLM runs it. Where the run states its host's link, all-reduces take that bandwidth, and
 * that latency for two ranks, growing with the ranks as the shortest fitted ones do.
 */
function linkedLaws(
  run: TimestampedRun,
  coefficients: OperatorCoefficients,
  c: ReplicaConfiguration,
): AcceleratorCoefficients {
  const { engines: _engines, ...laws } = chooseCoefficients(c.accelerator, coefficients, 'vllm').laws;
  const own = { ...laws, accelerator: c.accelerator.name };
  const { link } = run;
  if (link === undefined) return own;
  const shortest = (knots: readonly (readonly [number, number])[] | undefined): number =>
    knots?.[0]?.[1] ?? link.latency;
  const two = shortest(laws.allReduce.find((law) => law.ranks === 2)?.knots);
  const allReduce = laws.allReduce.map((law) => ({
    ...law,
    knots: law.knots.map(([bytes]): [number, number] => [
      bytes,
      (link.latency * shortest(law.knots)) / two + (2 * (law.ranks - 1) * bytes) / law.ranks / link.bandwidth,
    ]),
  }));
  return { ...own, linkBandwidth: c.accelerator.link.bandwidth, allReduce };
}

function subfolders(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
