import type { RequestColumns } from '../../model/index.ts';
import type { RunMark } from '../clocks/run-tally.ts';
import { EventQueue } from './event-queue.ts';
import type { FleetJournal } from './fleet-journal.ts';
import type { FleetReplica } from './fleet-replica.ts';
import type { KvTransfers } from './kv-transfers.ts';
import { ReplicaClock } from './replica-clock.ts';
import type { Router } from './router.ts';

/** Kinds of events, in their order at equal times; steps of engines come after all of them. */
const RELEASE = 0;
const DELIVERY = 1;
const ARRIVAL = 2;

/** A fleet ready to run. */
export interface FleetParts {
  /** Over all pools in order. */
  readonly replicas: readonly FleetReplica[];
  /** Replicas that take arriving requests, and those that decode elsewhere (none in an aggregated fleet), in order. */
  readonly entry: readonly FleetReplica[];
  readonly decode: readonly FleetReplica[];
  readonly router: Router;
  readonly decodeRouter: Router;
  /** Set together with `decode`. */
  readonly transfers: KvTransfers | undefined;
  readonly requests: Omit<RequestColumns, 'arrival'>;
  readonly journal: FleetJournal;
  /** 1 for every request that some replica of each role can serve. */
  readonly isServable: Uint8Array;
  readonly firstMeasured: number;
  readonly firstTokenFrom: 'prefill' | 'decode';
  /** Clients of a closed loop; 0 for an open one, whose arrivals stand in the journal. */
  readonly concurrency: number;
  /** Is told how many requests have arrived, after every few thousand. */
  readonly onArrivals?: ((count: number) => void) | undefined;
}

/** Arrivals between two calls of `onArrivals`, a power of two less one; some tens of milliseconds of computing. */
const ARRIVALS_MASK = 2 ** 12 - 1;

/**
 * One run of a fleet on one clock. Events at equal times: transfers that end, blocks given back, KV delivered, arrivals (in
 * order of entry; in an open loop by index), then steps of replicas by index. Mutates the journal and the replicas.
 */
export class FleetRun {
  readonly #parts: FleetParts;
  readonly #queue = new EventQueue();
  readonly #clock: ReplicaClock;
  /** The next request to be sent. */
  #next = 0;
  /** Prompt tokens not found cached at routing; kept for fleets that transfer KV. */
  readonly #computed: Int32Array;
  /** Marks of all replicas at the first measured and at the last arrival. */
  started: readonly RunMark[] | undefined;
  drained: readonly RunMark[] | undefined;
  /** End of the last step that gave a token. */
  makespan = 0;

  constructor(parts: FleetParts) {
    this.#parts = parts;
    this.#clock = new ReplicaClock(parts.replicas.length);
    this.#computed = new Int32Array(parts.transfers === undefined ? 0 : parts.requests.isl.length);
  }

  /** Runs until every request is served. */
  run(): void {
    const { concurrency, transfers, onArrivals } = this.#parts;
    const network = transfers?.network;
    for (let client = 0; client < concurrency; client++) this.#send(0);
    for (;;) {
      const arrival = concurrency > 0 ? Infinity : this.#nextArrival();
      const time = Math.min(
        arrival,
        this.#queue.nextTime,
        this.#clock.nextTime,
        network?.nextTime ?? Infinity,
      );
      if (time === Infinity) break;
      if (network !== undefined && network.nextTime <= time) network.advanceUntil(time);
      while (this.#queue.nextTime <= time) this.#handle(time);
      if (arrival <= time) {
        if ((this.#next & ARRIVALS_MASK) === 0) onArrivals?.(this.#next);
        this.#arrive(this.#next++, time);
      } else while (this.#clock.nextTime <= time) this.#advance(time);
    }
    if (this.#parts.replicas.some(({ instance }) => instance.load.running + instance.load.waiting > 0)) {
      throw new Error('A fleet came to rest with requests left in a replica.');
    }
  }

  /** An engine made the first token of a request. */
  firstToken(replica: FleetReplica, id: number, time: number): void {
    const { journal, transfers, firstTokenFrom, requests } = this.#parts;
    const latency = replica.steps.outputLatency;
    if (transfers === undefined) {
      journal.firstToken(id, time, latency);
      return;
    }
    this.makespan = Math.max(this.makespan, time);
    if (requests.osl[id] === 1) {
      journal.firstToken(id, time, latency);
      this.#queue.push(time, RELEASE, id);
      this.#answered(replica, id, time);
      return;
    }
    if (firstTokenFrom === 'prefill') journal.firstToken(id, time, latency);
    this.#transfer(replica, id, time);
  }

  /** An engine made the last token of a request. */
  finished(replica: FleetReplica, id: number, time: number): void {
    // A prefill replica is done with a request at its first token.
    if (replica.place.role !== 'prefill') this.#answered(replica, id, time);
  }

  /** The last byte of a request's KV left its prefill replica. */
  kvSent(id: number, time: number): void {
    const { transfers } = this.#parts;
    this.#queue.push(time, RELEASE, id);
    this.#queue.push(time + transfers!.latency, DELIVERY, id);
  }

  #nextArrival(): number {
    const { arrival } = this.#parts.journal;
    return this.#next < arrival.length ? arrival[this.#next]! : Infinity;
  }

  #handle(time: number): void {
    const kind = this.#queue.nextKind;
    const id = this.#queue.pop();
    if (kind === RELEASE) this.#release(id, time);
    else if (kind === DELIVERY) this.#deliver(id, time);
    else this.#arrive(id, time);
  }

  /** A client of a closed loop sends its next request that can be served, if there is one. */
  #send(time: number): void {
    const { arrival } = this.#parts.journal;
    while (this.#next < arrival.length) {
      const id = this.#next++;
      arrival[id] = time;
      if (this.#parts.isServable[id] === 0) continue;
      this.#queue.push(time, ARRIVAL, id);
      return;
    }
  }

  #arrive(id: number, time: number): void {
    const { router, entry, requests, journal, isServable } = this.#parts;
    this.#markAt(id, time);
    if (isServable[id] === 0) return;
    const replica = entry[router.choose(id)]!;
    const { base, perInputToken } = replica.steps.ingest;
    journal.replica[id] = replica.place.index;
    replica.requests++;
    if (this.#computed.length > 0) {
      this.#computed[id] = requests.isl[id]! - replica.instance.cachedPrefixTokens(id);
    }
    replica.instance.submit(id, time + base + perInputToken * requests.isl[id]!);
    this.#changed(replica, time);
  }

  /** Marks begin and end of the measured part. */
  #markAt(id: number, time: number): void {
    const { firstMeasured, replicas, journal } = this.#parts;
    const marks = (): readonly RunMark[] => replicas.map((replica) => replica.mark(time));
    if (this.started === undefined && id >= firstMeasured) this.started = marks();
    if (this.#next === journal.arrival.length) this.drained = marks();
  }

  #transfer(from: FleetReplica, id: number, time: number): void {
    const { decodeRouter, decode, transfers, requests, journal } = this.#parts;
    const choice = decodeRouter.choose(id);
    const to = decode[choice]!;
    decodeRouter.send(id, choice);
    journal.decodeReplica[id] = to.place.index;
    journal.transfer[id] = time;
    to.requests++;
    const isl = requests.isl[id]!;
    const lacking = isl - to.instance.cachedPrefixTokens(id);
    transfers!.start({ id, isl, computed: this.#computed[id]!, lacking, from, to }, time);
  }

  #release(id: number, time: number): void {
    const replica = this.#parts.replicas[this.#parts.journal.replica[id]!]!;
    replica.instance.release(id, time);
    this.#changed(replica, time);
  }

  #deliver(id: number, time: number): void {
    const { journal, replicas, decodeRouter, firstTokenFrom } = this.#parts;
    const replica = replicas[journal.decodeReplica[id]!]!;
    journal.transfer[id] = time - journal.transfer[id]!;
    if (firstTokenFrom === 'decode') journal.firstToken(id, time, replica.steps.outputLatency);
    decodeRouter.arrived(id, replica.place.peer);
    replica.instance.submitTransferred(id, time);
    this.#changed(replica, time);
  }

  #advance(time: number): void {
    const replica = this.#parts.replicas[this.#clock.nextReplica]!;
    replica.instance.advanceUntil(time);
    this.#changed(replica, time);
  }

  #changed(replica: FleetReplica, time: number): void {
    replica.observe(time);
    this.#clock.set(replica.place.index, replica.instance.nextEventTime);
  }

  #answered(replica: FleetReplica, id: number, time: number): void {
    const { outputLatency } = replica.steps;
    this.#parts.journal.lastToken(id, time, outputLatency);
    this.makespan = Math.max(this.makespan, time);
    if (this.#parts.concurrency > 0) this.#send(time + outputLatency);
  }
}
