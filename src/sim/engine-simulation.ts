import { seconds } from '../units/index.ts';
import type { EngineClock } from './clocks/engine-clock.ts';
import type {
  ClosedLoopOptions,
  EngineOptions,
  EngineSimulation,
  EngineSimulationOptions,
} from './engine-options.ts';
import { canServe, checkSettings, makeClock } from './engine-setup.ts';
import type { EngineSetup } from './engine-setup.ts';
import { loadEvidence } from './evidence.ts';
import { HopelessWatch } from './hopeless.ts';
import { LatencyRecorder } from './latency-recorder.ts';
import { ReadyQueue, SortedSource, sortByReady } from './request-source.ts';
import type { RequestSource } from './request-source.ts';
import { SimulationWorkspace } from './workspace.ts';

/** Default share of requests that warm the engine up (design §4; 10–20 % is usual). */
const WARMUP_SHARE = 0.1;

/**
 * Simulates one replica under requests that arrive at given times, step by step of its scheduler, until all are
 * served. Deterministic; draws no random number. Throws RangeError for a limit below 1 and for settings that
 * contradict each other. Cost: O(1) per step plus O(log n) per request.
 */
export function simulateEngine(options: EngineSimulationOptions): EngineSimulation {
  const { requests, steps } = options;
  const run = prepare(options, requests);
  const { ready } = run.setup.workspace;
  for (const id of run.accepted) {
    ready[id] = requests.arrival[id]! + steps.ingest.base + steps.ingest.perInputToken * requests.isl[id]!;
  }
  sortByReady(run.accepted, ready);
  // Ranks that step on their own queue their requests themselves, in the workspace's column.
  const source = new SortedSource(run.accepted, steps.dataParallel > 1 ? ready.slice() : ready);
  return simulate(run, { arrival: requests.arrival, source });
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
  const { ready } = run.setup.workspace;
  const { accepted } = run;
  const arrival = new Float64Array(requests.isl.length);
  const source = new ReadyQueue(steps.dataParallel > 1 ? ready.slice() : ready);
  let sent = 0;
  let stamped = 0;
  const send = (time: number): void => {
    const id = sent < accepted.length ? accepted[sent++]! : arrival.length;
    // Requests that cannot be served are sent, too, and refused at once.
    arrival.fill(time, stamped, id + 1);
    stamped = id + 1;
    if (id === arrival.length) return;
    source.push(id, time + steps.ingest.base + steps.ingest.perInputToken * requests.isl[id]!);
  };
  for (let client = 0; client < concurrency; client++) send(0);
  return simulate(run, { arrival, source, onAnswered: send });
}

/** A run before its requests are given to a source. */
interface PreparedRun {
  readonly options: EngineOptions;
  readonly setup: EngineSetup;
  /** Ids of the requests that can be served, ascending. */
  readonly accepted: Int32Array;
  readonly firstMeasured: number;
}

/** Where the requests of a run come from and when. */
interface Arrivals {
  readonly arrival: Float64Array;
  readonly source: RequestSource;
  readonly onAnswered?: (time: number) => void;
}

function prepare(options: EngineOptions, requests: EngineSetup['requests']): PreparedRun {
  checkSettings(options);
  const { isl } = requests;
  const workspace = options.workspace ?? new SimulationWorkspace();
  workspace.reserve(isl.length);
  const setup = { settings: options, steps: options.steps, requests, workspace, prefillOnly: false };
  const { order } = workspace;
  let count = 0;
  for (let id = 0; id < isl.length; id++) {
    workspace.ttft[id] = workspace.tpot[id] = workspace.e2e[id] = NaN;
    workspace.firstToken[id] = workspace.lastToken[id] = NaN;
    if (canServe(setup, id)) order[count++] = id;
  }
  const firstMeasured = Math.floor(isl.length * (options.warmupShare ?? WARMUP_SHARE));
  return { options, setup, accepted: order.subarray(0, count), firstMeasured };
}

function simulate(run: PreparedRun, { arrival, source, onAnswered }: Arrivals): EngineSimulation {
  const { options, setup, accepted, firstMeasured } = run;
  const watch = options.abortOnHopeless === true ? watchOf(run) : undefined;
  const recorder = new LatencyRecorder({
    workspace: setup.workspace,
    arrival,
    osl: setup.requests.osl,
    outputLatency: options.steps.outputLatency,
    requests: accepted.length,
    firstMeasured,
    watch,
    ...(onAnswered === undefined ? {} : { onAnswered }),
  });
  const clock = makeClock(setup, source, recorder);
  recorder.tallies = clock.tallies;
  clock.advanceUntil(Infinity);
  if (!recorder.isStopped && clock.schedulers.some((scheduler) => scheduler.waitingCount > 0)) {
    throw new Error('Scheduler left requests waiting in an idle engine.');
  }
  return result(run, { arrival, recorder, clock, abortedBy: watch?.limit ?? '' });
}

/** What a run left behind. */
interface RunResults {
  readonly arrival: Float64Array;
  readonly recorder: LatencyRecorder;
  readonly clock: EngineClock;
  /** Empty when the run came to its end. */
  readonly abortedBy: string;
}

function result(run: PreparedRun, { arrival, recorder, clock, abortedBy }: RunResults): EngineSimulation {
  const { setup, accepted, options, firstMeasured } = run;
  const { workspace } = setup;
  const n = setup.requests.isl.length;
  const isAccepted = new Uint8Array(n);
  let finished = 0;
  for (const id of accepted) {
    isAccepted[id] = 1;
    if (workspace.e2e[id]! >= 0) finished++;
  }
  const { schedulers, tallies } = clock;
  const peakBlocks = Math.max(0, ...schedulers.map((scheduler) => scheduler.peakBlocks));
  const evidence = loadEvidence({
    workspace,
    recorder,
    preemptions: schedulers.reduce((sum, scheduler) => sum + scheduler.preemptions, 0),
    peakKvShare: peakBlocks > 0 ? peakBlocks / options.steps.kvBlocks : 0,
    arrival,
    firstMeasured,
    isRejected: (id) => isAccepted[id] === 0,
    limitsOfSlo: options.limitsOfSlo,
  });
  return {
    evidence,
    perRequest: {
      ttft: workspace.ttft.subarray(0, n),
      tpot: workspace.tpot.subarray(0, n),
      e2e: workspace.e2e.subarray(0, n),
    },
    makespan: seconds(Math.max(0, ...tallies.map((tally) => tally.time))),
    steps: tallies.reduce((sum, tally) => sum + tally.steps, 0),
    prefixHitShare: hitShare(clock),
    rejected: n - accepted.length,
    unfinished: accepted.length - finished,
    ...(abortedBy === '' ? {} : { abortedBy }),
  };
}

function hitShare({ schedulers }: EngineClock): number {
  const prompts = schedulers.reduce((sum, scheduler) => sum + scheduler.promptTokens, 0);
  const hits = schedulers.reduce((sum, scheduler) => sum + scheduler.hitTokens, 0);
  return prompts > 0 ? hits / prompts : 0;
}

function watchOf({ accepted, setup, options, firstMeasured }: PreparedRun): HopelessWatch {
  let measured = 0;
  let several = 0;
  for (const id of accepted) {
    if (id < firstMeasured) continue;
    measured++;
    if (setup.requests.osl[id]! > 1) several++;
  }
  return new HopelessWatch(options.limitsOfSlo, { ttft: measured, tpot: several, e2e: measured });
}
