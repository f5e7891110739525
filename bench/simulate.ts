/**
 * Speed of the engine simulation with the full scheduler on the Azure LLM 2023 conversation trace.
 *
 *     npm run bench:simulate -- --data DIR --json
 *
 * DIR holds `llm/azure-llm-2023-conv.csv.gz` (default `../shared/data`). The trace is repeated to at least
 * 100,000 requests and its gaps are scaled so that the rate is 70 % (`--load`) of what the engine serves when flooded. The step times
 * are those of Llama-3.1-8B on one H100 from `src/perf` (`--steps linear`: a linear law, the cheapest there is).
 * `--switches all` turns every feature of the scheduler on (asynchronous steps, priorities, a threshold for long prompts,
 * a prefix cache with block ids).
 * Prints one JSON object; figures are the median of `--repeats` runs in CPU seconds of this process.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { BatchLimits, RequestColumns } from '../src/model/index.ts';
import { SimulationWorkspace, simulateEngine } from '../src/sim/index.ts';
import type { EngineSimulation, StepTimeModel } from '../src/sim/index.ts';
import { stepModel } from './simulate-step-model.ts';
import { switchesOf } from './simulate-switches.ts';

const LIMITS: BatchLimits = { maxBatchedTokens: 8192, maxSequences: 256 };
const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    json: { type: 'boolean', default: false },
    requests: { type: 'string', default: '100000' },
    repeats: { type: 'string', default: '5' },
    steps: { type: 'string', default: 'perf' },
    jump: { type: 'string', default: 'on' },
    load: { type: 'string', default: '0.7' },
    switches: { type: 'string', default: 'default' },
  },
});

const file = path.join(values.data, 'llm', 'azure-llm-2023-conv.csv.gz');
if (!existsSync(file)) {
  console.error(`skipped: ${file} does not exist; give the folder of the data with --data DIR`);
  process.exit(0);
}

/** Share of the saturation rate that the benchmark offers. */
const load = Number(values.load);
const model = stepModel(values.steps, LIMITS);
const trace = repeated(readTrace(file), Number(values.requests));
const jump = values.jump === 'on';
const workspace = new SimulationWorkspace();
const saturation = saturationRate(trace, model.steps);
const switches = switchesOf(values.switches);
const requests = switches.complete(atRate(trace, load * saturation));
const runs: { readonly cpuSeconds: number; readonly result: EngineSimulation }[] = [];
for (let repeat = 0; repeat <= Number(values.repeats); repeat++) runs.push(measure());
// The first run also pays for compilation; it is reported, not counted.
const [first, ...warm] = runs;
const cpuSeconds = warm.map((run) => run.cpuSeconds).sort((a, b) => a - b)[warm.length >> 1] ?? NaN;
report();

function measure(): { readonly cpuSeconds: number; readonly result: EngineSimulation } {
  const before = process.cpuUsage();
  const result = simulateEngine({
    steps: model.steps,
    requests,
    limits: LIMITS,
    prefixCache: true,
    limitsOfSlo: [],
    workspace,
    jump,
    ...switches.settings,
  });
  const used = process.cpuUsage(before);
  return { cpuSeconds: (used.user + used.system) / 1e6, result };
}

function report(): void {
  const result = runs[0]!.result;
  const n = requests.arrival.length;
  const summary = {
    benchmark: 'simulate',
    requestsPerCpuSecond: Math.round(n / cpuSeconds),
    requests: n,
    steps: result.steps,
    cpuSeconds,
    firstRunCpuSeconds: first!.cpuSeconds,
    stepsPerCpuSecond: Math.round(result.steps / cpuSeconds),
    stepModel: model.name,
    jump,
    switches: values.switches,
    prefixHitShare: result.prefixHitShare,
    load,
    requestRate: result.evidence.requestRate,
    saturationRate: saturation,
    busyShare: result.evidence.busyShare,
    meanBatch: result.evidence.meanBatch,
    isStationary: result.evidence.isStationary,
    ttftP99: result.evidence.latency.ttft.p99.value,
    tpotP99: result.evidence.latency.tpot.p99.value,
    simulatedSeconds: result.makespan,
    memoryMiB: Math.round(process.memoryUsage().rss / 2 ** 20),
  };
  if (values.json) console.log(JSON.stringify(summary));
  else
    for (const [name, value] of Object.entries(summary)) console.log(`${name.padEnd(22)} ${String(value)}`);
}

/** Rate at which the engine serves when all requests wait at once. */
function saturationRate(columns: RequestColumns, steps: StepTimeModel): number {
  const flood = { ...columns, arrival: new Float64Array(columns.arrival.length) };
  const result = simulateEngine({
    steps,
    requests: flood,
    limits: LIMITS,
    prefixCache: true,
    limitsOfSlo: [],
  });
  return columns.arrival.length / result.makespan;
}

function readTrace(name: string): RequestColumns {
  const [, ...lines] = gunzipSync(readFileSync(name)).toString('utf8').trimEnd().split('\n');
  const rows = lines.map((line) => line.split(',').map(Number)).filter((row) => row[1]! >= 1 && row[2]! >= 1);
  return {
    arrival: Float64Array.from(rows, (row) => row[0]!),
    isl: Int32Array.from(rows, (row) => row[1]!),
    osl: Int32Array.from(rows, (row) => row[2]!),
    cachedTokens: new Int32Array(rows.length),
  };
}

/** The trace after itself until it has at least `count` requests. */
function repeated(trace: RequestColumns, count: number): RequestColumns {
  const n = trace.arrival.length;
  const times = Math.ceil(count / n);
  const span = trace.arrival[n - 1]! * (n / (n - 1));
  const index = Array.from({ length: times * n }, (_, i) => i);
  return {
    arrival: Float64Array.from(index, (i) => Math.floor(i / n) * span + trace.arrival[i % n]!),
    isl: Int32Array.from(index, (i) => trace.isl[i % n]!),
    osl: Int32Array.from(index, (i) => trace.osl[i % n]!),
    cachedTokens: new Int32Array(index.length),
  };
}

/** The same requests with all gaps scaled to a mean rate. */
function atRate(trace: RequestColumns, rate: number): RequestColumns {
  const n = trace.arrival.length;
  const scale = (n - 1) / rate / trace.arrival[n - 1]!;
  return { ...trace, arrival: trace.arrival.map((arrival) => arrival * scale) };
}
