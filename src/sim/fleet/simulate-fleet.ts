import type { RequestColumns } from '../../model/index.ts';
import { seconds } from '../../units/index.ts';
import { loadEvidence } from '../evidence.ts';
import { buildReplicas, checkPools } from './build-fleet.ts';
import type { RunReference } from './build-fleet.ts';
import { FleetJournal } from './fleet-journal.ts';
import type {
  FleetClosedLoopOptions,
  FleetOptions,
  FleetSimulation,
  FleetSimulationOptions,
  PoolUse,
} from './fleet-options.ts';
import type { FleetReplica } from './fleet-replica.ts';
import { FleetRun } from './fleet-run.ts';
import { KvTransfers } from './kv-transfers.ts';
import { poolUse } from './pool-use.ts';
import { Router } from './router.ts';
import type { Routing } from './router.ts';
import { TimelineRecorder } from './timeline.ts';

/** Default share of requests that warm the fleet up, as for one engine. */
const WARMUP_SHARE = 0.1;
const LEAST_LOADED: Routing = { policy: 'least-loaded' };

/**
 * Simulates replicas behind a router under requests that arrive at given times, until all are served: aggregated
 * replicas, or prefill replicas that hand the KV of finished prompts over links to decode replicas. Each replica is the
 * engine of `simulateEngine`; a fleet of one shows what that shows. Deterministic; draws no random number.
 * Throws RangeError for pools whose roles do not make a fleet, empty pools, and values out of their range.
 * Cost: that of the engines plus O(log replicas) per event and, per request, O(replicas × prefix blocks) for
 * `prefix-aware` routing.
 */
export function simulateFleet(options: FleetSimulationOptions): FleetSimulation {
  return simulate(options, options.requests, { arrival: options.requests.arrival, concurrency: 0 });
}

/**
 * Simulates the fleet under `concurrency` clients, each of which sends its next request, in order, when its last one is
 * answered. Otherwise as `simulateFleet`.
 */
export function simulateFleetClosedLoop(options: FleetClosedLoopOptions): FleetSimulation {
  const { requests, concurrency } = options;
  if (!(concurrency >= 1)) throw new RangeError('concurrency must be at least 1');
  return simulate(options, requests, { arrival: new Float64Array(requests.isl.length), concurrency });
}

/** How requests come: at fixed times (concurrency 0) or from clients. */
interface Load {
  readonly arrival: Float64Array;
  readonly concurrency: number;
}

function simulate(
  options: FleetOptions,
  requests: Omit<RequestColumns, 'arrival'>,
  load: Load,
): FleetSimulation {
  checkPools(options);
  const journal = new FleetJournal(load.arrival, requests.osl);
  const timeline = new TimelineRecorder(
    options.pools.map(({ name, replicas }) => ({ name, replicas: replicas.length })),
  );
  const firstMeasured = Math.floor(requests.isl.length * (options.warmupShare ?? WARMUP_SHARE));
  // Replicas report to the run, which is built from them.
  const reference: RunReference = { run: undefined };
  const replicas = buildReplicas(
    options,
    requests,
    reference,
    options.isRecorded === false ? undefined : timeline,
  );
  const decode = replicas.filter(({ place }) => place.role === 'decode');
  const entry = replicas.filter(({ place }) => place.role !== 'decode');
  const router = new Router(options.routing ?? LEAST_LOADED, entry, requests.isl);
  const decodeRouter = new Router(options.decodeRouting ?? LEAST_LOADED, decode, requests.isl);
  const kvSent = (id: number, time: number): void => reference.run!.kvSent(id, time);
  const { transfer } = options;
  const transfers =
    transfer === undefined || decode.length === 0
      ? undefined
      : new KvTransfers(transfer, entry, decode, kvSent);
  const isServable = Uint8Array.from(requests.isl, (_, id) =>
    router.canServe(id) && (decode.length === 0 || requests.osl[id] === 1 || decodeRouter.canServe(id))
      ? 1
      : 0,
  );
  const run = new FleetRun({
    replicas,
    entry,
    decode,
    router,
    decodeRouter,
    transfers,
    requests,
    journal,
    isServable,
    firstMeasured,
    firstTokenFrom: options.firstTokenFrom ?? 'decode',
    concurrency: load.concurrency,
    onArrivals: options.onArrivals,
  });
  reference.run = run;
  run.run();
  const outcome = { run, replicas, transfers, journal, isServable, firstMeasured };
  return { ...summary(options, requests, outcome), timeline: timeline.timeline() };
}

/** What a finished run left behind. */
interface FleetOutcome {
  readonly run: FleetRun;
  readonly replicas: readonly FleetReplica[];
  readonly transfers: KvTransfers | undefined;
  readonly journal: FleetJournal;
  readonly isServable: Uint8Array;
  readonly firstMeasured: number;
}

function summary(
  options: FleetOptions,
  requests: Omit<RequestColumns, 'arrival'>,
  outcome: FleetOutcome,
): Omit<FleetSimulation, 'timeline'> {
  const { run, replicas, transfers, journal, isServable, firstMeasured } = outcome;
  const { makespan, started, drained } = run;
  const { arrival, ttft, tpot, e2e, replica, decodeReplica, transfer } = journal;
  const pools: PoolUse[] = options.pools.map((pool, index) =>
    poolUse(
      pool,
      replicas.filter(({ place }) => place.pool === index),
      run,
    ),
  );
  const count = requests.isl.length;
  return {
    evidence: loadEvidence({
      workspace: { ttft, tpot, e2e, series: new Float64Array(count), sorted: new Float64Array(count) },
      recorder: { started, drained, tallies: replicas },
      preemptions: pools.reduce((sum, pool) => sum + pool.preemptions, 0),
      peakKvShare: Math.max(0, ...pools.map((pool) => pool.peakKvShare)),
      arrival,
      firstMeasured,
      isRejected: (id) => isServable[id] === 0,
      limitsOfSlo: options.limitsOfSlo,
      ...(transfers === undefined ? {} : { decoding: e2e.map((whole, id) => whole - ttft[id]!) }),
    }),
    pools,
    ...(transfers === undefined ? {} : { transfer: transfers.use(journal, firstMeasured, makespan) }),
    perRequest: { arrival, ttft, tpot, e2e, replica, decodeReplica, transfer },
    makespan: seconds(makespan),
    steps: pools.reduce((sum, pool) => sum + pool.steps, 0),
    rejected: isServable.reduce((sum, servable) => sum - servable, count),
  };
}
