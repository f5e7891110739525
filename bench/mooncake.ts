/**
 * Speed of the fleet simulation on the Mooncake conversation trace: eight workers with prefix caches behind a router.
 *
 *     npm run bench:mooncake -- --data DIR --json
 *
 * DIR holds `llm/mooncake-conversation.jsonl.gz` (default `../shared/data`). The trace is replayed `--passes` times (20), one
 * pass after the other and each with prefix blocks of its own, so that every pass finds as much in the caches as the first
 * one and the figure is not that of starting up. A worker is Llama-3.1-70B in bf16 on eight H100, vLLM, with the step times of
 * `src/perf`; the full scheduler runs in each. `--speedup` S divides all gaps by S (1: the trace as it is).
 * Prints one JSON object: requests per CPU second of this process (median of `--repeats` runs after one that is not counted)
 * for `prefix-aware` routing (`requestsPerCpuSecond`) and for `round-robin`, hit rates, latencies, and peak resident memory
 * of the process, reading included.
 */
import { createReadStream, existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createGunzip } from 'node:zlib';
import { findAccelerator, findModel, shippedCatalog } from '../src/catalog/index.ts';
import { NO_PARALLELISM } from '../src/model/index.ts';
import type { BatchLimits, RequestColumns } from '../src/model/index.ts';
import { replicaPerformance, shippedCoefficients } from '../src/perf/index.ts';
import { simulateFleet } from '../src/sim/index.ts';
import type { FleetSimulation, RoutingPolicy, StepTimeModel } from '../src/sim/index.ts';
import { readTrace } from '../src/traffic/index.ts';
import { gigabytesPerSecond } from '../src/units/index.ts';

/** The longest request of the trace has about 126,000 tokens. */
const MAX_MODEL_LENGTH = 131_072;
const LIMITS: BatchLimits = { maxBatchedTokens: 8192, maxSequences: 256 };
const { values } = parseArgs({
  options: {
    data: { type: 'string', default: process.env['PLIMSOLL_DATA'] ?? '../shared/data' },
    json: { type: 'boolean', default: false },
    workers: { type: 'string', default: '8' },
    passes: { type: 'string', default: '20' },
    repeats: { type: 'string', default: '3' },
    speedup: { type: 'string', default: '1' },
  },
});

const file = path.join(values.data, 'llm', 'mooncake-conversation.jsonl.gz');
if (!existsSync(file)) {
  console.error(`skipped: ${file} does not exist; give the folder of the data with --data DIR`);
  process.exit(0);
}

const steps = workerSteps();
const trace = await readRequests(file);
const requests = replayed(trace, Number(values.passes), Number(values.speedup));
const aware = measure('prefix-aware');
const inTurn = measure('round-robin');
report();

/** One policy's runs. */
interface Measurement {
  readonly requestsPerCpuSecond: number;
  readonly cpuSeconds: number;
  /** Of the run that also pays for compilation. */
  readonly firstCpuSeconds: number;
  readonly result: FleetSimulation;
}

function measure(policy: RoutingPolicy): Measurement {
  const first = run(policy);
  const times: number[] = [];
  for (let repeat = 0; repeat < Number(values.repeats); repeat++) times.push(run(policy).cpuSeconds);
  const cpuSeconds = times.sort((a, b) => a - b)[times.length >> 1] ?? first.cpuSeconds;
  return {
    requestsPerCpuSecond: Math.round(requests.isl.length / cpuSeconds),
    cpuSeconds,
    firstCpuSeconds: first.cpuSeconds,
    result: first.result,
  };
}

function run(policy: RoutingPolicy): { readonly cpuSeconds: number; readonly result: FleetSimulation } {
  const before = process.cpuUsage();
  const result = simulateFleet({
    pools: [
      {
        name: 'workers',
        role: 'aggregated',
        replicas: Array.from({ length: Number(values.workers) }, () => steps),
        limits: LIMITS,
        prefixCache: true,
        maxModelLength: MAX_MODEL_LENGTH,
      },
    ],
    routing: { policy },
    requests,
    limitsOfSlo: [],
  });
  const used = process.cpuUsage(before);
  return { cpuSeconds: (used.user + used.system) / 1e6, result };
}

function report(): void {
  const summary = {
    benchmark: 'mooncake',
    requestsPerCpuSecond: aware.requestsPerCpuSecond,
    requestsPerCpuSecondRoundRobin: inTurn.requestsPerCpuSecond,
    peakRssMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    idealPrefixHitRate: share(trace.cachedTokens, trace.isl),
    requests: requests.isl.length,
    passes: Number(values.passes),
    workers: Number(values.workers),
    kvTokensPerWorker: steps.kvBlocks * steps.blockTokens,
    requestRate: aware.result.evidence.requestRate,
    'prefix-aware': figures(aware),
    'round-robin': figures(inTurn),
  };
  if (values.json) console.log(JSON.stringify(summary));
  else for (const [name, value] of Object.entries(summary)) console.log(`${name}: ${JSON.stringify(value)}`);
}

function figures({ cpuSeconds, firstCpuSeconds, result }: Measurement): Readonly<Record<string, unknown>> {
  const { evidence, pools, steps: engineSteps, rejected } = result;
  return {
    cpuSeconds,
    firstCpuSeconds,
    engineSteps,
    stepsPerCpuSecond: Math.round(engineSteps / cpuSeconds),
    prefixHitRate: pools[0]!.prefixHitRate,
    rejected,
    busyShare: evidence.busyShare,
    peakKvShare: evidence.peakKvShare,
    preemptions: evidence.preemptions,
    isStationary: evidence.isStationary,
    ttftP50: evidence.latency.ttft.p50.value,
    ttftP99: evidence.latency.ttft.p99.value,
    tpotP99: evidence.latency.tpot.p99.value,
  };
}

function workerSteps(): StepTimeModel {
  const catalog = shippedCatalog();
  const architecture = findModel(catalog, 'llama-3.1-70b-instruct');
  const accelerator = findAccelerator(catalog, 'h100-sxm');
  if (!architecture.ok || !accelerator.ok) throw new Error('the catalogue lacks Llama-3.1-70B or the H100');
  const configuration = {
    architecture: architecture.value,
    accelerator: accelerator.value,
    parallelism: { ...NO_PARALLELISM, tensorParallel: 8 },
    acceleratorsPerNode: 8,
    interNodeBandwidth: gigabytesPerSecond(50),
    engine: 'vllm',
    weightPrecision: 'bf16',
    kvPrecision: 'bf16',
    batch: LIMITS,
    maxModelLength: MAX_MODEL_LENGTH,
  } as const;
  return replicaPerformance(configuration, shippedCoefficients()).steps;
}

async function readRequests(name: string): Promise<RequestColumns> {
  const bytes = createReadStream(name).pipe(createGunzip());
  const read = await readTrace(bytes, { fileName: path.basename(name), format: 'mooncake' });
  if (!read.ok) throw new Error(read.diagnostics.map((item) => item.summary).join('\n'));
  return read.value;
}

/** The trace `passes` times in a row, with prefix blocks of its own in each pass, gaps divided by `speedup`. */
function replayed(one: RequestColumns, passes: number, speedup: number): RequestColumns {
  const blocks = one.prefixBlocks;
  if (blocks === undefined) throw new Error('the trace tells no prefix blocks');
  const count = one.isl.length;
  const span = one.arrival[count - 1]! * (count / (count - 1));
  const units = blocks.ids.reduce((most, id) => Math.max(most, id), -1) + 1;
  const again = (column: Int32Array): Int32Array =>
    new Int32Array(passes * column.length).map((_, i) => column[i % column.length]!);
  const passOf = (index: number, length: number): number => Math.floor(index / length);
  const offsets = new Int32Array(passes * count + 1).map(
    (_, i) => blocks.offsets[i % count]! + passOf(i, count) * blocks.ids.length,
  );
  return {
    arrival: new Float64Array(passes * count).map(
      (_, i) => (one.arrival[i % count]! + passOf(i, count) * span) / speedup,
    ),
    isl: again(one.isl),
    osl: again(one.osl),
    cachedTokens: again(one.cachedTokens),
    prefixBlocks: {
      blockTokens: blocks.blockTokens,
      offsets,
      ids: again(blocks.ids).map((id, i) => id + passOf(i, blocks.ids.length) * units),
    },
  };
}

function share(part: Int32Array, whole: Int32Array): number {
  const sum = (column: Int32Array): number => column.reduce((total, value) => total + value, 0);
  return sum(part) / sum(whole);
}
