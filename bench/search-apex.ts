/**
 * APEX's whole plan space of Llama-3.1-70B on eight H100, every plan simulated in full with our models.
 *
 *     npm run bench:search-apex -- [--repeats 7] [--requests 1024] [--rate 0.5] [--json]
 *
 * The load is that of APEX's own trace `lmsys_05`: 1,024 requests, Poisson at 0.5/s, on average 62 tokens in and 162 out (see
 * `search-apex-load.ts`); replicas take them in turn, as there. Plans are ranked by what users wait for, the p99 of the end-to-end latency,
 * queueing included; the plan of least energy stands beside it. All run with vLLM's overheads, so that they differ by their cut alone.
 * CPU seconds are those of this process for all plans: step models, simulations, percentiles. The first pass also pays for
 * compilation; `cpuSeconds` is the median of the passes after it.
 */
import { parseArgs } from 'node:util';
import { findAccelerator, findModel, shippedCatalog } from '../src/catalog/index.ts';
import type { Accelerator, ModelArchitecture } from '../src/model/index.ts';
import {
  checkConfiguration,
  replicaMemory,
  replicaPerformance,
  shippedCoefficients,
} from '../src/perf/index.ts';
import type { ReplicaConfiguration, ReplicaPerformance } from '../src/perf/index.ts';
import { SimulationWorkspace, simulateEngine } from '../src/sim/index.ts';
import type { EngineSimulation } from '../src/sim/index.ts';
import { gigabytesPerSecond } from '../src/units/index.ts';
import { inTurn, lmsysLikeRequests } from './search-apex-load.ts';
import { apexPlans, engineOf, parallelismOf, planName } from './search-apex-plans.ts';
import type { ApexPlan, ApexSpace } from './search-apex-plans.ts';

const DEVICES = 8;
/** Share of each replica's requests that warm it up, as in the simulation. */
const WARMUP_SHARE = 0.1;
/** CPU-seconds of APEX for this space on a machine like ours, its table look-ups indexed; least and most seen. */
const APEX_CPU_SECONDS = [185, 400] as const;

const { values } = parseArgs({
  options: {
    repeats: { type: 'string', default: '7' },
    requests: { type: 'string', default: '1024' },
    rate: { type: 'string', default: '0.5' },
    json: { type: 'boolean', default: false },
  },
});

/** What a plan gives under the load: seconds, and joules per output token of all boards, idle time included. */
interface PlanFigures {
  readonly plan: string;
  /** Engine that can run it; `none` where none can. */
  readonly runsOn: string;
  readonly e2eP99: number;
  readonly e2eMean: number;
  readonly ttftP99: number;
  readonly joulesPerOutputToken: number;
}

/** A plan that our models refuse. */
interface RefusedPlan {
  readonly plan: string;
  readonly runsOn: string;
  readonly refused: string;
}

const coefficients = shippedCoefficients();
const workspace = new SimulationWorkspace();
const { model, accelerator } = hardware();
const plans = apexPlans(spaceOf(model, accelerator));
const requests = lmsysLikeRequests(Number(values.requests), Number(values.rate));
const passes = Array.from({ length: Number(values.repeats) + 1 }, () => pass());
report();

function pass(): { readonly cpuSeconds: number; readonly figures: readonly (PlanFigures | RefusedPlan)[] } {
  const before = process.cpuUsage();
  const figures = plans.map(measure);
  const used = process.cpuUsage(before);
  return { cpuSeconds: (used.user + used.system) / 1e6, figures };
}

function measure(plan: ApexPlan): PlanFigures | RefusedPlan {
  const facts = { plan: planName(plan, DEVICES), runsOn: engineOf(plan) ?? 'none' };
  const configuration = configurationOf(plan);
  const refused = refusalOf(plan, configuration);
  if (refused !== undefined) return { ...facts, refused };
  const performance = replicaPerformance(configuration, coefficients);
  const e2e: number[] = [];
  const ttft: number[] = [];
  let power = 0;
  let outputTokensPerSecond = 0;
  for (const share of inTurn(requests, plan.replicas)) {
    const run = simulateEngine({
      steps: performance.steps,
      requests: share,
      limits: configuration.batch,
      prefixCache: false,
      limitsOfSlo: [],
      warmupShare: WARMUP_SHARE,
      workspace,
    });
    power += powerOf(plan, performance, run);
    outputTokensPerSecond += run.evidence.outputTokensPerSecond;
    const warm = Math.floor(share.isl.length * WARMUP_SHARE);
    e2e.push(...run.perRequest.e2e.subarray(warm));
    ttft.push(...run.perRequest.ttft.subarray(warm));
  }
  return {
    ...facts,
    e2eP99: percentile(e2e, 0.99),
    e2eMean: e2e.reduce((sum, value) => sum + value, 0) / e2e.length,
    ttftP99: percentile(ttft, 0.99),
    joulesPerOutputToken: power / outputTokensPerSecond,
  };
}

/**
 * Why our models refuse a plan. Data-parallel feed-forwards within a tensor-parallel stage run nowhere, so the check knows no such
 * cut; the operators take it (every group computes its part of the tokens), and only memory is asked for.
 */
function refusalOf(plan: ApexPlan, configuration: ReplicaConfiguration): string | undefined {
  if (plan.feedForwardCopies > 1) {
    const { kvBlocks, blockTokens } = replicaMemory(configuration);
    return kvBlocks * blockTokens >= configuration.maxModelLength ? undefined : 'no room for the KV cache';
  }
  const check = checkConfiguration(configuration);
  return check.ok ? undefined : check.detail;
}

/**
 * Watts of one replica. Ranks of a pipeline that share their feed-forwards are simulated each on its own clock: their boards are taken to
 * be busy for the sum of the ranks' times, an upper bound.
 */
function powerOf(plan: ApexPlan, performance: ReplicaPerformance, { evidence }: EngineSimulation): number {
  const ranks = plan.stages > 1 ? plan.attentionCopies : 1;
  const busyShare = Math.min(1, evidence.busyShare * ranks);
  return performance.power({ busyShare, meanBatch: evidence.meanBatch });
}

/** The entry at rank ⌈p·n⌉; sorts the values in place. */
function percentile(entries: number[], p: number): number {
  entries.sort((a, b) => a - b);
  return entries[Math.ceil(p * entries.length) - 1] ?? NaN;
}

function configurationOf(plan: ApexPlan): ReplicaConfiguration {
  return {
    architecture: model,
    accelerator,
    parallelism: parallelismOf(plan, DEVICES),
    acceleratorsPerNode: DEVICES,
    interNodeBandwidth: gigabytesPerSecond(50),
    engine: 'vllm',
    weightPrecision: 'bf16',
    kvPrecision: 'bf16',
    batch: { maxBatchedTokens: 8192, maxSequences: 256 },
    maxModelLength: 8192,
  };
}

function hardware(): { readonly model: ModelArchitecture; readonly accelerator: Accelerator } {
  const catalog = shippedCatalog();
  const architecture = findModel(catalog, 'llama-3.1-70b-instruct');
  const h100 = findAccelerator(catalog, 'h100-sxm');
  if (!architecture.ok || !h100.ok) throw new Error('the catalogue lacks Llama-3.1-70B or the H100');
  return { model: architecture.value, accelerator: h100.value };
}

/** Two bytes per parameter; attention has query and output, key and value projections, a feed-forward gate, up and down. */
function spaceOf(a: ModelArchitecture, device: Accelerator): ApexSpace {
  return {
    devices: DEVICES,
    layers: a.layers,
    heads: a.heads,
    attentionBytes: 2 * 2 * a.hidden * (a.heads + a.kvHeads) * a.headDim,
    feedForwardBytes: 2 * 3 * a.hidden * a.dense.intermediate,
    deviceBytes: device.memory,
  };
}

function report(): void {
  const [first, ...warm] = passes;
  const cpuSeconds = warm.map((item) => item.cpuSeconds).sort((a, b) => a - b)[warm.length >> 1] ?? NaN;
  const figures = first?.figures ?? [];
  const ranked = figures
    .filter((item) => 'e2eP99' in item)
    .sort((a, b) => a.e2eP99 - b.e2eP99 || a.e2eMean - b.e2eMean);
  const refused = figures.filter((item) => 'refused' in item);
  const runnable = ranked.filter((item) => item.runsOn !== 'none');
  const [leastLatency] = runnable;
  const [leastEnergy] = [...runnable].sort((a, b) => a.joulesPerOutputToken - b.joulesPerOutputToken);
  if (leastLatency === undefined || leastEnergy === undefined) throw new Error('no plan fits the memory');
  const summary = {
    benchmark: 'search-apex',
    plans: plans.length,
    simulated: ranked.length,
    requests: requests.isl.length,
    cpuSeconds,
    firstPassCpuSeconds: first?.cpuSeconds,
    timesFaster: APEX_CPU_SECONDS.map((seconds) => Math.round(seconds / cpuSeconds)),
    leastLatency,
    leastEnergy,
    energySaved: 1 - leastEnergy.joulesPerOutputToken / leastLatency.joulesPerOutputToken,
  };
  if (values.json) console.log(JSON.stringify({ ...summary, ranked, refused }));
  else printTable(summary, ranked, refused);
}

function printTable(
  summary: {
    readonly cpuSeconds: number;
    readonly timesFaster: readonly number[];
    readonly energySaved: number;
  },
  ranked: readonly PlanFigures[],
  refused: readonly RefusedPlan[],
): void {
  console.log('plan                              runs on  E2E p99  mean s  TTFT p99  J/token');
  for (const item of ranked) {
    const seconds = [item.e2eP99.toFixed(2).padStart(7), item.e2eMean.toFixed(2).padStart(7)];
    const rest = [item.ttftP99.toFixed(3).padStart(9), item.joulesPerOutputToken.toFixed(2).padStart(8)];
    console.log([item.plan.padEnd(33), item.runsOn.padEnd(8), ...seconds, ...rest].join(' '));
  }
  for (const item of refused) console.log(`${item.plan.padEnd(33)} ${item.runsOn.padEnd(8)} ${item.refused}`);
  console.log(
    `${plans.length} plans in ${summary.cpuSeconds.toFixed(3)} CPU-seconds, ` +
      `${summary.timesFaster.join(' to ')} times faster than APEX; ` +
      `least energy ${(100 * summary.energySaved).toFixed(1)} % below that of least latency`,
  );
}
