import { seconds } from '../units/index.ts';
import { runEngine } from './engine-loop.ts';
import type {
  ClosedLoopOptions,
  EngineOptions,
  EngineSimulation,
  EngineSimulationOptions,
} from './engine-options.ts';
import { loadEvidence } from './evidence.ts';
import { HopelessWatch } from './hopeless.ts';
import { runPipelinedEngine } from './pipelined-loop.ts';
import { ClosedLoopSource, OpenLoopSource, sortByReady } from './request-source.ts';
import type { RequestSource } from './request-source.ts';
import { RunRecorder } from './run-recorder.ts';
import { makeScheduler } from './schedulers/make-scheduler.ts';
import type { Scheduler } from './schedulers/scheduler.ts';
import { ringSize } from './schedulers/vllm-v1/decode-set.ts';
import { SimulationWorkspace } from './workspace.ts';

/** Default share of requests that warm the engine up (design §4; 10–20 % is usual). */
const WARMUP_SHARE = 0.1;

/**
 * Simulates one replica under requests that arrive at given times, step by step of its scheduler, until all are
 * served. Deterministic; draws no random number. Data-parallel ranks are independent and take requests in turn.
 * Throws RangeError for a limit below 1. Cost: O(1) per step plus O(log n) per request.
 */
export function simulateEngine(options: EngineSimulationOptions): EngineSimulation {
  const { requests, steps } = options;
  const run = prepare(options, requests);
  const { ready } = run.workspace;
  for (const id of run.accepted) {
    ready[id] = requests.arrival[id]! + steps.ingest.base + steps.ingest.perInputToken * requests.isl[id]!;
  }
  return simulate(run, requests.arrival, (ids) => {
    sortByReady(ids, ready);
    return new OpenLoopSource(ids, ready);
  });
}

/**
 * Simulates one replica under `concurrency` clients, each of which sends its next request when its last one is
 * answered; requests are sent in order. The evidence's request rate is the one the clients reached.
 * Otherwise as `simulateEngine`.
 */
export function simulateClosedLoop(options: ClosedLoopOptions): EngineSimulation {
  const { requests, steps, concurrency } = options;
  if (!(concurrency >= 1)) throw new RangeError('concurrency must be at least 1');
  const run = prepare(options, requests);
  const { ready } = run.workspace;
  const arrival = new Float64Array(requests.isl.length);
  const ingest = (id: number): number => steps.ingest.base + steps.ingest.perInputToken * requests.isl[id]!;
  const ranks = steps.dataParallel;
  return simulate(run, arrival, (ids, rank) => {
    const clients = Math.floor(concurrency / ranks) + (rank < concurrency % ranks ? 1 : 0);
    return new ClosedLoopSource(ids, clients, { arrival, ready, ingest });
  });
}

/** A run before its requests are given to sources. */
interface PreparedRun {
  readonly options: EngineOptions;
  readonly workspace: SimulationWorkspace;
  readonly isl: Int32Array;
  readonly osl: Int32Array;
  /** Ids of the requests that can be served, ascending. */
  readonly accepted: Int32Array;
  readonly ring: number;
}

function prepare(
  options: EngineOptions,
  requests: { readonly isl: Int32Array; readonly osl: Int32Array; readonly cachedTokens: Int32Array },
): PreparedRun {
  const { steps, limits } = options;
  const { isl, osl, cachedTokens } = requests;
  if (!(limits.maxBatchedTokens >= 1 && limits.maxSequences >= 1)) {
    throw new RangeError('maxBatchedTokens and maxSequences must be at least 1');
  }
  const most = Math.min(options.maxModelLength ?? Infinity, steps.kvBlocks * steps.blockTokens + 1);
  const workspace = options.workspace ?? new SimulationWorkspace();
  workspace.reserve(isl.length, 0);
  const { hitTokens, order } = workspace;
  let count = 0;
  let longest = 1;
  for (let id = 0; id < isl.length; id++) {
    workspace.ttft[id] = workspace.tpot[id] = workspace.e2e[id] = NaN;
    workspace.firstToken[id] = workspace.lastToken[id] = NaN;
    if (!(isl[id]! >= 1 && osl[id]! >= 1 && isl[id]! + osl[id]! <= most)) continue;
    const reusable = options.prefixCache ? Math.min(cachedTokens[id]!, isl[id]! - 1) : 0;
    hitTokens[id] = reusable - (reusable % steps.blockTokens);
    order[count++] = id;
    if (osl[id]! > longest) longest = osl[id]!;
  }
  const ring = ringSize(longest);
  workspace.reserve(isl.length, ring * steps.pipelineDepth);
  return { options, workspace, isl, osl, accepted: order.subarray(0, count), ring };
}

/** Runs the ranks one after the other and sums them up. */
function simulate(
  run: PreparedRun,
  arrival: Float64Array,
  sourceOf: (ids: Int32Array, rank: number) => RequestSource,
): EngineSimulation {
  const { options, workspace, isl, accepted } = run;
  const firstMeasured = Math.floor(isl.length * (options.warmupShare ?? WARMUP_SHARE));
  const watch = options.abortOnHopeless === true ? watchOf(run, firstMeasured) : undefined;
  const recorders: RunRecorder[] = [];
  const schedulers: Scheduler[] = [];
  for (let rank = 0; rank < options.steps.dataParallel && !(watch?.limit ?? ''); rank++) {
    const source = sourceOf(rankShare(accepted, rank, options.steps.dataParallel), rank);
    const scheduler = rankScheduler(run);
    const { outputLatency } = options.steps;
    const measured = { firstMeasured, watch };
    const recorder = new RunRecorder({
      workspace,
      arrival,
      osl: run.osl,
      outputLatency,
      source,
      scheduler,
      ...measured,
    });
    const engine = { scheduler, source, steps: options.steps, recorder, jump: options.jump ?? true };
    if (options.steps.pipelineDepth > 1) runPipelinedEngine(engine);
    else runEngine(engine);
    recorders.push(recorder);
    schedulers.push(scheduler);
  }
  return result(run, { arrival, firstMeasured, watch, recorders, schedulers });
}

/** What the ranks of a run left behind. */
interface RankResults {
  readonly arrival: Float64Array;
  readonly firstMeasured: number;
  readonly watch: HopelessWatch | undefined;
  readonly recorders: readonly RunRecorder[];
  readonly schedulers: readonly Scheduler[];
}

function result(run: PreparedRun, ranks: RankResults): EngineSimulation {
  const { workspace, accepted, isl, options } = run;
  const n = isl.length;
  const isAccepted = new Uint8Array(n);
  let finished = 0;
  for (const id of accepted) {
    isAccepted[id] = 1;
    if (workspace.e2e[id]! >= 0) finished++;
  }
  const peakBlocks = Math.max(0, ...ranks.schedulers.map((scheduler) => scheduler.peakBlocks));
  const evidence = loadEvidence({
    workspace,
    recorders: ranks.recorders,
    preemptions: ranks.schedulers.reduce((sum, scheduler) => sum + scheduler.preemptions, 0),
    peakKvShare: peakBlocks > 0 ? peakBlocks / options.steps.kvBlocks : 0,
    arrival: ranks.arrival,
    firstMeasured: ranks.firstMeasured,
    isRejected: (id) => isAccepted[id] === 0,
    limitsOfSlo: options.limitsOfSlo,
  });
  const abortedBy = ranks.watch?.limit ?? '';
  return {
    evidence,
    perRequest: {
      ttft: workspace.ttft.subarray(0, n),
      tpot: workspace.tpot.subarray(0, n),
      e2e: workspace.e2e.subarray(0, n),
    },
    makespan: seconds(Math.max(0, ...ranks.recorders.map((recorder) => recorder.time))),
    steps: ranks.recorders.reduce((sum, recorder) => sum + recorder.steps, 0),
    rejected: n - accepted.length,
    unfinished: accepted.length - finished,
    ...(abortedBy === '' ? {} : { abortedBy }),
  };
}

function rankScheduler({ options, workspace, isl, osl, ring }: PreparedRun): Scheduler {
  return makeScheduler(
    options.scheduler ?? 'vllm-v1',
    { isl, osl, hitTokens: workspace.hitTokens },
    {
      maxBatchedTokens: options.limits.maxBatchedTokens,
      maxSequences: options.limits.maxSequences,
      kvBlocks: options.steps.kvBlocks,
      blockTokens: options.steps.blockTokens,
      cohorts: options.steps.pipelineDepth,
      reserveFullPrompt: options.reserveFullPrompt ?? true,
    },
    { workspace, ring },
  );
}

/** Every `ranks`-th request, from the `rank`-th on. */
function rankShare(accepted: Int32Array, rank: number, ranks: number): Int32Array {
  return ranks === 1 ? accepted : accepted.filter((_, index) => index % ranks === rank);
}

function watchOf({ accepted, osl, options }: PreparedRun, firstMeasured: number): HopelessWatch {
  let measured = 0;
  let several = 0;
  for (const id of accepted) {
    if (id < firstMeasured) continue;
    measured++;
    if (osl[id]! > 1) several++;
  }
  return new HopelessWatch(options.limitsOfSlo, { ttft: measured, tpot: several, e2e: measured });
}
