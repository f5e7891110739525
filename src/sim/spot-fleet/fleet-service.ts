import type { EventQueue } from '../fleet/event-queue.ts';
import type { FleetLedger } from './fleet-ledger.ts';
import type { FleetOffering } from './fleet-offering.ts';
import type { SpotReplica } from './fleet-replica.ts';
import { LOST, RequestPool, WaitingLine } from './request-pool.ts';

/** Kinds of events in the order in which they come at equal times: answers, replicas that go, are ready, or begin to drain. */
export const FINISHED = 0;
export const GONE = 1;
export const READY = 2;
export const DRAIN = 3;

/** What a service is built from. */
export interface FleetServiceOptions {
  readonly offerings: readonly FleetOffering[];
  readonly events: EventQueue;
  readonly ledger: FleetLedger;
  /** Seconds after which a request that nobody began is given up. */
  readonly timeout: number;
  /** Whether requests whose replica goes are begun again elsewhere; else they are given up. */
  readonly retries: boolean;
  /** Seconds from the arrival within which a request's first token is due; requests that miss it wait behind the others. */
  readonly due: number;
}

/**
 * One line of waiting requests before all replicas that serve: whoever is in front goes to the replica with the smallest
 * share of its slots in use. A request that can no longer get its first token when it is due steps aside, and is served when
 * nobody else waits. Stateful.
 */
export class FleetService {
  readonly #options: FleetServiceOptions;
  readonly #pool = new RequestPool();
  readonly #line = new WaitingLine();
  readonly #late = new WaitingLine();
  readonly #open: SpotReplica[] = [];
  readonly #replicas: SpotReplica[];
  #freeSlots = 0;
  #running = 0;

  /** @param replicas all replicas by id, which the caller adds to */
  constructor(options: FleetServiceOptions, replicas: SpotReplica[]) {
    this.#options = options;
    this.#replicas = replicas;
  }

  get waiting(): number {
    return this.#line.length + this.#late.length;
  }

  get running(): number {
    return this.#running;
  }

  /** A replica begins to take requests. Mutates the service. */
  open(replica: SpotReplica, now: number): void {
    this.#open.push(replica);
    this.#freeSlots += this.#slots(replica);
    this.dispatch(now);
  }

  /** A replica takes no more requests; what it runs goes on. Mutates the service. */
  close(replica: SpotReplica): void {
    const at = this.#open.indexOf(replica);
    if (at < 0) return;
    this.#open.splice(at, 1);
    this.#freeSlots -= this.#slots(replica) - replica.running.length;
  }

  /** A closed replica goes: what it runs is lost and begun again elsewhere, oldest first. Mutates the service. */
  evict(replica: SpotReplica, now: number): void {
    const { ledger, retries } = this.#options;
    const pool = this.#pool;
    const lost = replica.running.splice(0).sort((a, b) => pool.arrival[b]! - pool.arrival[a]! || b - a);
    this.#running -= lost.length;
    for (const slot of lost) {
      pool.replica[slot] = LOST;
      if (!retries) {
        ledger.givesUp(pool.arrival[slot]!);
        continue;
      }
      ledger.retried++;
      this.#line.pushFront(pool.take(pool.arrival[slot]!, pool.isl[slot]!, pool.osl[slot]!));
    }
    this.dispatch(now);
  }

  /** A request comes. Mutates the service. */
  arrive(now: number, isl: number, osl: number): void {
    this.#options.ledger.arrives(now);
    this.#line.pushBack(this.#pool.take(now, isl, osl));
    this.dispatch(now);
  }

  /** The finishing event of a slot comes; gives the replica that may have run dry. Mutates the service. */
  finish(slot: number, now: number): SpotReplica | undefined {
    const pool = this.#pool;
    const id = pool.replica[slot]!;
    if (id === LOST) {
      pool.release(slot);
      return undefined;
    }
    const replica = this.#replicas[id]!;
    const arrival = pool.arrival[slot]!;
    this.#options.ledger.answers({
      ttft: pool.firstToken[slot]!,
      e2e: now - arrival,
      osl: pool.osl[slot]!,
      arrival,
    });
    this.#remove(replica, slot);
    pool.release(slot);
    if (replica.state === 'ready' || replica.state === 'noticed') {
      this.#freeSlots++;
      this.dispatch(now);
    }
    return replica;
  }

  /** Gives up what has waited too long and begins what can be begun. Mutates the service. */
  dispatch(now: number): void {
    this.expire(now);
    while (this.#freeSlots > 0 && this.waiting > 0) {
      const next = this.#line.length > 0 ? this.#line : this.#late;
      const slot = next.shift();
      if (next === this.#line && this.#isLate(slot, now)) this.#late.pushBack(slot);
      else this.#begin(slot, now);
    }
  }

  /** Gives up the requests in front that have waited too long. Mutates the service. */
  expire(now: number): void {
    this.#expireFrom(this.#line, now);
    this.#expireFrom(this.#late, now);
  }

  #expireFrom(line: WaitingLine, now: number): void {
    const { timeout, ledger } = this.#options;
    while (line.length > 0) {
      const arrival = this.#pool.arrival[line.front]!;
      if (now - arrival <= timeout) return;
      ledger.givesUp(arrival);
      this.#pool.release(line.shift());
    }
  }

  #isLate(slot: number, now: number): boolean {
    const { due, offerings } = this.#options;
    if (due === Infinity) return false;
    const { law } = offerings[this.#leastLoaded().offering]!;
    return now - this.#pool.arrival[slot]! + law.firstToken(this.#pool.isl[slot]!, 1) > due;
  }

  #begin(slot: number, now: number): void {
    const { offerings, events } = this.#options;
    const pool = this.#pool;
    const replica = this.#leastLoaded();
    const { law } = offerings[replica.offering]!;
    const isl = pool.isl[slot]!;
    pool.replica[slot] = replica.id;
    pool.place[slot] = replica.running.length;
    replica.running.push(slot);
    const running = replica.running.length;
    pool.firstToken[slot] = now - pool.arrival[slot]! + law.firstToken(isl, running);
    events.push(now + law.total(isl, pool.osl[slot]!, running), FINISHED, slot);
    this.#freeSlots--;
    this.#running++;
  }

  #leastLoaded(): SpotReplica {
    let best = this.#open[0]!;
    let least = Infinity;
    for (const replica of this.#open) {
      const share = replica.running.length / this.#slots(replica);
      if (share < least) {
        least = share;
        best = replica;
      }
    }
    return best;
  }

  #remove(replica: SpotReplica, slot: number): void {
    const place = this.#pool.place[slot]!;
    const last = replica.running.pop()!;
    if (last !== slot) {
      replica.running[place] = last;
      this.#pool.place[last] = place;
    }
    this.#running--;
  }

  #slots(replica: SpotReplica): number {
    return this.#options.offerings[replica.offering]!.law.slots;
  }
}
