import type { RandomStream } from '../../random/index.ts';
import { toDollars } from '../../units/index.ts';
import type { EventQueue } from '../fleet/event-queue.ts';
import type { FleetLedger } from './fleet-ledger.ts';
import type { FleetOffering } from './fleet-offering.ts';
import type { OfferingView } from './fleet-policy.ts';
import type { SpotReplica } from './fleet-replica.ts';
import { DRAIN, GONE, READY } from './fleet-service.ts';
import type { FleetService } from './fleet-service.ts';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** What capacity is built from. */
export interface FleetCapacityOptions {
  readonly offerings: readonly FleetOffering[];
  readonly events: EventQueue;
  readonly ledger: FleetLedger;
  readonly service: FleetService;
  /** Seconds that an ended replica has for what it runs. */
  readonly grace: number;
  /** Seconds before the end of a notice at which a replica stops taking requests; Infinity: at once. */
  readonly drainSeconds: number;
  /** Chooses which replicas are taken back. */
  readonly random: RandomStream;
}

/**
 * The replicas of a fleet and what the cloud grants: launches, starts, reclaims, ends. At every moment each offering holds at
 * most what is available, replicas on notice not counted. Stateful.
 */
export class FleetCapacity {
  readonly views: readonly Mutable<OfferingView>[];
  readonly #options: FleetCapacityOptions;
  readonly #replicas: SpotReplica[];
  readonly #available: Int32Array;
  readonly #held: Int32Array;
  /** Replicas that are not gone, in order of their launch. */
  readonly #alive: SpotReplica[] = [];

  /** @param replicas all replicas by id; launches add to it */
  constructor(options: FleetCapacityOptions, replicas: SpotReplica[]) {
    this.#options = options;
    this.#replicas = replicas;
    const { offerings } = options;
    this.#available = Int32Array.from(offerings, ({ trace }) => (trace === undefined ? 2 ** 31 - 1 : 0));
    this.#held = new Int32Array(offerings.length);
    this.views = offerings.map(({ id, zone, capacityType, price, notice, ...startup }) => ({
      id,
      zone,
      capacityType,
      price: toDollars(price),
      startup: startup.nodeStartup + startup.replicaStartup,
      notice,
      ready: 0,
      starting: 0,
      noticed: 0,
      draining: 0,
      refused: 0,
      becameReady: 0,
      reclaimed: 0,
    }));
  }

  /** Replicas of an offering that are held and not on notice, and that could be. */
  held(offering: number): number {
    return this.#held[offering]!;
  }

  available(offering: number): number {
    return this.#available[offering]!;
  }

  /** Forgets the events since the last tick. Mutates the views. */
  forgetEvents(): void {
    for (const view of this.views) {
      view.refused = 0;
      view.becameReady = 0;
      view.reclaimed = 0;
    }
  }

  /** What can be held changes: what is held beyond it gets notice. Mutates the capacity. */
  setAvailable(offering: number, replicas: number, now: number): void {
    this.#available[offering] = replicas;
    const over = this.#held[offering]! - replicas;
    if (over <= 0) return;
    const held = this.#alive.filter((replica) => replica.offering === offering && !replica.isReclaimed);
    for (let i = 0; i < over; i++) {
      const [taken] = held.splice(this.#options.random.integer(held.length), 1);
      this.#reclaim(taken!, now);
    }
  }

  /** Launches replicas as far as they can be had. Mutates the capacity. */
  launch(offering: number, count: number, now: number): void {
    const { offerings, events, ledger } = this.#options;
    const { nodeStartup, replicaStartup } = offerings[offering]!;
    const view = this.views[offering]!;
    for (let i = 0; i < count; i++) {
      if (this.#held[offering]! >= this.#available[offering]!) {
        view.refused += count - i;
        ledger.offerings[offering]!.refused += count - i;
        return;
      }
      const replica: SpotReplica = {
        id: this.#replicas.length,
        offering,
        launchedAt: now,
        state: 'starting',
        isReclaimed: false,
        goneAt: Infinity,
        running: [],
      };
      this.#replicas.push(replica);
      this.#alive.push(replica);
      this.#held[offering]!++;
      view.starting++;
      ledger.launches(replica, now);
      events.push(now + nodeStartup + replicaStartup, READY, replica.id);
    }
  }

  /** Ends replicas: those that start first, the latest first, then those that run least. Mutates the capacity. */
  end(offering: number, count: number, now: number): void {
    const { ledger, grace } = this.#options;
    const able = this.#alive
      .filter(({ offering: own, state }) => own === offering && (state === 'starting' || state === 'ready'))
      .sort(
        (a, b) =>
          Number(a.state === 'ready') - Number(b.state === 'ready') ||
          a.running.length - b.running.length ||
          b.id - a.id,
      );
    for (const replica of able.slice(0, count)) {
      ledger.offerings[offering]!.ended++;
      this.#drain(replica, now + grace, now);
    }
  }

  /** The start of a replica is over. Mutates the capacity. */
  becomeReady(replica: SpotReplica, now: number): void {
    if (replica.state !== 'starting') return;
    this.#goTo(replica, 'ready', now);
    this.views[replica.offering]!.becameReady++;
    this.#options.service.open(replica, now);
  }

  /** The time of a draining replica is over, or it has nothing left to do. Mutates the capacity. */
  goes(replica: SpotReplica, now: number): void {
    if (replica.state !== 'draining') return;
    if (replica.isReclaimed && replica.running.length === 0)
      this.#options.ledger.offerings[replica.offering]!.drained++;
    if (!replica.isReclaimed) this.#held[replica.offering]!--;
    this.#goTo(replica, 'gone', now);
    this.#alive.splice(this.#alive.indexOf(replica), 1);
    this.#options.service.evict(replica, now);
  }

  /** The bills of all replicas that are still there at the end. Mutates the capacity. */
  closeBooks(now: number): void {
    for (const replica of this.#alive) this.#options.ledger.changes(replica, 'gone', now);
  }

  /** The time to drain has come for a replica on notice. Mutates the capacity. */
  drains(replica: SpotReplica, now: number): void {
    if (replica.state === 'noticed') this.#drain(replica, replica.goneAt, now);
  }

  #reclaim(replica: SpotReplica, now: number): void {
    const { ledger, offerings, events, drainSeconds } = this.#options;
    const { notice } = offerings[replica.offering]!;
    const goneAt = Math.min(replica.goneAt, now + notice);
    replica.isReclaimed = true;
    this.#held[replica.offering]!--;
    // One that the policy had ended already is no loss.
    if (replica.state !== 'draining') {
      ledger.reclaims(replica, now);
      this.views[replica.offering]!.reclaimed++;
    }
    if (replica.state !== 'ready' || drainSeconds >= notice) {
      this.#drain(replica, goneAt, now);
      return;
    }
    replica.goneAt = goneAt;
    this.#goTo(replica, 'noticed', now);
    events.push(goneAt - drainSeconds, DRAIN, replica.id);
  }

  #drain(replica: SpotReplica, goneAt: number, now: number): void {
    replica.goneAt = goneAt;
    if (replica.state !== 'draining') {
      this.#options.service.close(replica);
      this.#goTo(replica, 'draining', now);
    }
    if (replica.running.length === 0 || goneAt <= now) this.goes(replica, now);
    else this.#options.events.push(goneAt, GONE, replica.id);
  }

  #goTo(replica: SpotReplica, state: SpotReplica['state'], now: number): void {
    const view = this.views[replica.offering]!;
    if (replica.state !== 'gone') view[replica.state]--;
    if (state !== 'gone') view[state]++;
    this.#options.ledger.changes(replica, state, now);
    replica.state = state;
  }
}
