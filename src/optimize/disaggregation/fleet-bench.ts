import type { BatchLimits, LatencyLimit, LatencyMetric, LoadEvidence } from '../../model/index.ts';
import { kvLink, passTime, replicaMemory, replicaPerformance } from '../../perf/index.ts';
import type { ReplicaPerformance } from '../../perf/index.ts';
import { simulateFleet, simulateFleetClosedLoop } from '../../sim/index.ts';
import type { FleetOptions, FleetSimulation, KvTransfer, PoolUse, ReplicaPool } from '../../sim/index.ts';
import { profileStatistics } from '../../traffic/index.ts';
import { factorsFor, tightened } from '../capacity/safety.ts';
import type { BenchSubject } from '../capacity/measure.ts';
import { readLoad } from '../capacity/replica-probe.ts';
import { ReplicaTraffic } from '../capacity/replica-traffic.ts';
import type { Shape } from '../candidates/shape.ts';
import { AMPLE_BATCH, ampleSteps } from './ample-steps.ts';
import type {
  FleetMethods,
  FleetPart,
  FleetReading,
  FleetRun,
  FleetTask,
  PartUse,
  RoleOption,
  RoleRun,
} from './fleet-tasks.ts';
import { findLoad, LoadReader, loadCapacity } from './load-search.ts';
import { decodeRate, prefillRate } from './role-bounds.ts';
import type { DecodeBound } from './role-bounds.ts';
import { runLength } from '../capacity/run-length.ts';

/** A fleet's longest run over that of one replica: more requests are in flight. */
const LONGEST_OF_FLEET = 4;
/** The rate of a role that is first tried, over the guess. */
const FIRST_SHARE = 0.85;
/** Which limits a role answers for: what happens in the other role only adds to these. */
const METRICS_OF_ROLE: Readonly<Record<RoleOption['role'], readonly LatencyMetric[]>> = {
  prefill: ['ttft', 'e2e'],
  decode: ['tpot', 'e2e'],
};

/**
 * Measures roles and fleets of one subject by the fleet simulation. Every run takes the first requests of one sample, which
 * begins as that of single replicas does (common random numbers). Draws from the streams `optimize/<workload>/…`.
 */
export class FleetBench {
  readonly #subject: BenchSubject;
  readonly #traffic: ReplicaTraffic;
  readonly #longest: number;
  readonly #lengths: { readonly isl: number; readonly osl: number; readonly fresh: number };
  readonly #shapes = new Map<string, ReplicaPerformance>();
  readonly #performance = new Map<string, ReplicaPerformance>();
  simulations = 0;
  requests = 0;

  constructor(subject: BenchSubject) {
    this.#subject = subject;
    this.#longest = subject.longest * LONGEST_OF_FLEET;
    this.#traffic = new ReplicaTraffic(subject.profile, {
      count: this.#longest,
      seed: subject.seed,
      name: `optimize/${subject.workload}`,
    });
    const { isl, osl } = profileStatistics(subject.profile);
    const fresh = Math.max(1, isl.mean * (1 - subject.profile.prefix.hitRate));
    this.#lengths = { isl: isl.mean, osl: osl.mean, fresh };
  }

  /** Performance of a shape with the memory that its batch limits leave. */
  performanceOf(shape: Shape, batch: BatchLimits): ReplicaPerformance {
    const key = `${shape.id} ${batch.maxBatchedTokens} ${batch.maxSequences}`;
    const known = this.#performance.get(key);
    if (known !== undefined) return known;
    const base =
      this.#shapes.get(shape.id) ?? replicaPerformance(shape.configuration, this.#subject.coefficients);
    this.#shapes.set(shape.id, base);
    // Step times do not depend on the limits.
    const memory = replicaMemory({ ...shape.configuration, batch });
    const made = { ...base, memory, steps: { ...base.steps, kvBlocks: memory.kvBlocks } };
    this.#performance.set(key, made);
    return made;
  }

  /** Performs one task. */
  perform(task: FleetTask): FleetMethods[FleetTask['method']]['answer'] {
    switch (task.method) {
      case 'read-role':
        return this.#readRole(task.args, task.args.load);
      case 'find-role': {
        const start = task.args.start ?? FIRST_SHARE * this.guessedRate(task.args);
        return findLoad(this.#roleReader(task.args), start, task.args.tolerance);
      }
      case 'role-capacity':
        return loadCapacity(this.#roleReader(task.args), task.args.start);
      case 'read-fleet':
        return this.#readFleet(task.args, task.args.load);
      case 'find-fleet':
        return findLoad(this.#fleetReader(task.args), task.args.start, task.args.tolerance);
      case 'fleet-capacity':
        return loadCapacity(this.#fleetReader(task.args), task.args.start);
    }
  }

  /** About the most that the replicas of a role carry, requests per second: where a search begins. */
  guessedRate({ option, replicas }: Pick<RoleRun, 'option' | 'replicas'>): number {
    const { steps } = this.performanceOf(option.shape, option.batch);
    const bounded = { steps, batch: option.batch, ...this.#lengths };
    const { role } = option;
    return replicas * (role === 'prefill' ? prefillRate(bounded) : this.#decodeBound(option).rate);
  }

  /** Seconds that a role takes for the mean request when nothing else runs: a lower bound under any load. */
  loneLatency({ role, shape, batch }: RoleOption): number {
    const { steps } = this.performanceOf(shape, batch);
    const { isl, osl, fresh } = this.#lengths;
    return role === 'decode'
      ? Math.max(0, osl - 1) *
          passTime(steps, {
            prefillTokens: 0,
            prefillAttended: 0,
            decodeSequences: 1,
            decodeKvTokens: isl,
          })
      : passTime(steps, {
          prefillTokens: fresh,
          prefillAttended: fresh * (isl - fresh / 2),
          decodeSequences: 0,
          decodeKvTokens: 0,
        });
  }

  /** Of the tightest TPOT limit, whatever its percentile. */
  #decodeBound({ shape, batch }: Pick<RoleOption, 'shape' | 'batch'>): DecodeBound {
    const { steps } = this.performanceOf(shape, batch);
    const limits = this.#subject.limits.filter(({ metric }) => metric === 'tpot');
    const tightest = Math.min(Infinity, ...limits.map(({ limit }) => limit));
    return decodeRate({ steps, batch, ...this.#lengths }, tightest);
  }

  #roleReader(run: RoleRun): LoadReader {
    return new LoadReader((load) => this.#readRole(run, load), false);
  }

  #fleetReader(run: FleetRun): LoadReader {
    return new LoadReader((load) => this.#readFleet(run, load), this.#subject.loop === 'closed');
  }

  /** The role under test beside an ample other side, whose own limits are left out. */
  #readRole(run: RoleRun, rate: number): FleetReading {
    const { option, replicas } = run;
    const { role, shape, batch } = option;
    const own = this.performanceOf(shape, batch);
    const other: ReplicaPool = {
      name: 'ample',
      role: role === 'prefill' ? 'decode' : 'prefill',
      replicas: [ampleSteps(own.steps)],
      limits: AMPLE_BATCH,
      prefixCache: true,
    };
    const link = kvLink(shape.configuration, shape.configuration, own);
    const transfer: KvTransfer =
      role === 'prefill' ? { ...link, receiveBandwidth: Infinity } : { ...link, sendBandwidth: Infinity };
    const part: FleetPart = { ...option, replicas };
    const limits = this.#limitsOf([part]).filter(({ metric }) => METRICS_OF_ROLE[role].includes(metric));
    const pools = role === 'prefill' ? [this.#pool(part), other] : [other, this.#pool(part)];
    const simulation = this.#simulate({ pools, transfer, limitsOfSlo: limits }, { part, rate, run });
    const index = role === 'prefill' ? 0 : 1;
    const use = simulation.pools[index]!;
    const evidence: LoadEvidence = {
      ...simulation.evidence,
      busyShare: use.busyShare,
      meanBatch: use.meanBatch,
      peakKvShare: use.peakKvShare,
      preemptions: use.preemptions,
      outputTokensPerSecond: simulation.evidence.requestRate * this.#lengths.osl,
    };
    return { ...readLoad(rate, evidence, limits), uses: [partUse(use)] };
  }

  /** One run of a role. Requests only prefilled end with their second token: what follows is the other side's. */
  #simulate(
    options: FleetOptions,
    {
      part,
      rate,
      run,
    }: { readonly part: FleetPart; readonly rate: number; readonly run: { readonly count: number } },
  ): FleetSimulation {
    const isPrefill = part.role === 'prefill';
    const inFlight = isPrefill ? 0 : this.#decodingAt(part, rate);
    const { count, warmupShare } = runLength(inFlight, run.count, this.#longest);
    const whole = this.#traffic.at(rate, count);
    const { maxModelLength } = part.shape.configuration;
    const served = (osl: number, id: number): number => {
      const isTooLong = maxModelLength > 0 && whole.isl[id]! + osl > maxModelLength;
      return isTooLong ? osl : Math.min(osl, 2);
    };
    const requests = isPrefill ? { ...whole, osl: whole.osl.map(served) } : whole;
    this.#count(count);
    return simulateFleet({ ...options, requests, warmupShare, isRecorded: false });
  }

  /** Requests being decoded at once: what the TPOT limit allows, less where the rate does not bring so many. */
  #decodingAt(part: FleetPart, rate: number): number {
    const bound = this.#decodeBound(part);
    const { steps } = this.performanceOf(part.shape, part.batch);
    const full = bound.sequences * steps.dataParallel * part.replicas;
    return full * Math.min(1, rate / (bound.rate * part.replicas));
  }

  /** One run of a whole fleet at a load, with its single requests. */
  run({ parts, count: asked }: FleetRun, load: number): FleetSimulation {
    const isClosed = this.#subject.loop === 'closed';
    const decoding = parts.find(({ role }) => role !== 'prefill')!;
    const inFlight = isClosed ? load : this.#decodingAt(decoding, load);
    const { count, warmupShare } = runLength(inFlight, asked, this.#longest);
    const transfer = this.#transferOf(parts);
    const options: FleetOptions = {
      pools: parts.map((part) => this.#pool(part)),
      limitsOfSlo: this.#limitsOf(parts),
      warmupShare,
      isRecorded: false,
      ...(transfer === undefined ? {} : { transfer }),
    };
    this.#count(count);
    return isClosed
      ? simulateFleetClosedLoop({
          ...options,
          requests: this.#traffic.at(this.#restingRate(), count),
          concurrency: load,
        })
      : simulateFleet({ ...options, requests: this.#traffic.at(load, count) });
  }

  #readFleet(run: FleetRun, load: number): FleetReading {
    const simulation = this.run(run, load);
    const reading = readLoad(load, simulation.evidence, this.#limitsOf(run.parts));
    const uses = simulation.pools.map(partUse);
    // More clients than the sample can hold busy never settle.
    const isFilled = load * 2 <= simulation.perRequest.arrival.length || this.#subject.loop !== 'closed';
    return isFilled
      ? { ...reading, uses }
      : { ...reading, value: Infinity, low: Infinity, high: Infinity, uses };
  }

  /** Lengths are the same at every rate; closed loops take no arrivals. */
  #restingRate(): number {
    return Math.max(1e-9, ...this.#subject.profile.hourlyRate);
  }

  #transferOf(parts: readonly FleetPart[]): KvTransfer | undefined {
    const prefill = parts.find(({ role }) => role === 'prefill');
    const decode = parts.find(({ role }) => role === 'decode');
    if (prefill === undefined || decode === undefined) return undefined;
    const performance = this.performanceOf(decode.shape, decode.batch);
    return kvLink(prefill.shape.configuration, decode.shape.configuration, performance);
  }

  #pool({ role, shape, batch, replicas }: FleetPart): ReplicaPool {
    const { steps } = this.performanceOf(shape, batch);
    return {
      name: role,
      role,
      replicas: Array.from({ length: replicas }, () => steps),
      limits: batch,
      prefixCache: true,
      maxModelLength: shape.configuration.maxModelLength,
    };
  }

  /** Limits that predictions must keep: each by the part known worst. */
  #limitsOf(parts: readonly FleetPart[]): readonly LatencyLimit[] {
    const { limits, safety } = this.#subject;
    const factors = parts.map(({ shape, batch }) =>
      factorsFor(safety, shape.configuration.engine, this.performanceOf(shape, batch).evidence),
    );
    const worst = (metric: LatencyMetric): number => Math.max(...factors.map((item) => item[metric]));
    return tightened(limits, { ttft: worst('ttft'), tpot: worst('tpot'), e2e: worst('e2e') });
  }

  #count(requests: number): void {
    this.simulations++;
    this.requests += requests;
  }
}

function partUse({ busyShare, meanBatch, peakKvShare }: PoolUse): PartUse {
  return { busyShare, meanBatch, peakKvShare };
}
