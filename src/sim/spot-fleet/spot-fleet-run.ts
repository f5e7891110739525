import { randomStream } from '../../random/index.ts';
import { EventQueue } from '../fleet/event-queue.ts';
import { availabilityChanges } from './availability-changes.ts';
import type { AvailabilityChanges } from './availability-changes.ts';
import { FleetCapacity } from './fleet-capacity.ts';
import { FleetLedger } from './fleet-ledger.ts';
import type { SpotReplica } from './fleet-replica.ts';
import { DRAIN, FINISHED, FleetService, GONE, READY } from './fleet-service.ts';
import type { SpotFleetOptions } from './spot-fleet-options.ts';
import type { SpotFleetReport } from './spot-fleet-report.ts';

const DEFAULT_TICK = 20;
const DEFAULT_TIMEOUT = 100;
const DEFAULT_GRACE = 120;

/**
 * Runs a fleet under availability traces. At equal times come answers, then replicas that go or get ready, changes of
 * availability, decisions, and requests. After the last second nothing is launched or taken, and what runs or waits is
 * answered or given up, so that every request that came has one fate. Deterministic; O(log n) per request, n in flight.
 */
export function simulateSpotFleet(options: SpotFleetOptions): SpotFleetReport {
  return new SpotFleetRun(options).run();
}

class SpotFleetRun {
  readonly #options: SpotFleetOptions;
  readonly #events = new EventQueue();
  readonly #replicas: SpotReplica[] = [];
  readonly #ledger: FleetLedger;
  readonly #service: FleetService;
  readonly #capacity: FleetCapacity;
  readonly #changes: AvailabilityChanges;
  #nextChange = 0;
  #nextTick = 0;
  #lastTick = 0;
  #arrivedBefore = 0;

  constructor(options: SpotFleetOptions) {
    const { offerings, seconds, offset = 0, limits = {}, seed = 1 } = options;
    this.#options = options;
    this.#ledger = new FleetLedger(offerings, seconds, limits);
    const shared = { offerings, events: this.#events, ledger: this.#ledger };
    const { timeout = DEFAULT_TIMEOUT, retries = true, grace = DEFAULT_GRACE, order = 'arrival' } = options;
    const due = order === 'deadline' ? (limits.ttft ?? Infinity) : Infinity;
    this.#service = new FleetService({ ...shared, timeout, retries, due }, this.#replicas);
    this.#capacity = new FleetCapacity(
      {
        ...shared,
        service: this.#service,
        grace,
        drainSeconds: options.policy.drainSeconds ?? Infinity,
        random: randomStream(seed, 'reclaims'),
      },
      this.#replicas,
    );
    this.#changes = availabilityChanges(offerings, offset, seconds);
  }

  run(): SpotFleetReport {
    const { seconds, requests, policy } = this.#options;
    for (;;) {
      const event = this.#events.nextTime;
      const change = this.#changes.time[this.#nextChange] ?? Infinity;
      const next = Math.min(event, change, this.#nextTick, requests.arrival);
      if (next >= seconds) break;
      if (event === next) this.#take(next);
      else if (change === next) this.#change(next);
      else if (this.#nextTick === next) this.#decide(next);
      else {
        this.#service.arrive(next, requests.isl, requests.osl);
        requests.advance();
      }
    }
    this.#wrapUp(seconds);
    return this.#ledger.report(policy.name);
  }

  #take(now: number): void {
    const kind = this.#events.nextKind;
    const id = this.#events.pop();
    if (kind === FINISHED) {
      const replica = this.#service.finish(id, now);
      if (replica?.state === 'draining' && replica.running.length === 0) this.#capacity.goes(replica, now);
    } else if (kind === GONE) this.#capacity.goes(this.#replicas[id]!, now);
    else if (kind === READY) this.#capacity.becomeReady(this.#replicas[id]!, now);
    else if (kind === DRAIN) this.#capacity.drains(this.#replicas[id]!, now);
  }

  #change(now: number): void {
    const { offering, replicas } = this.#changes;
    this.#capacity.setAvailable(offering[this.#nextChange]!, replicas[this.#nextChange]!, now);
    this.#nextChange++;
  }

  #decide(now: number): void {
    const { policy, tick = DEFAULT_TICK, needed } = this.#options;
    this.#service.expire(now);
    if (needed !== undefined) this.#ledger.needs(needed(now), now);
    const actions = policy.decide({
      now,
      sinceLast: now - this.#lastTick,
      offerings: this.#capacity.views,
      arrivals: this.#ledger.arrived - this.#arrivedBefore,
      waiting: this.#service.waiting,
      running: this.#service.running,
    });
    this.#arrivedBefore = this.#ledger.arrived;
    this.#lastTick = now;
    this.#nextTick = now + tick;
    this.#capacity.forgetEvents();
    for (const { offering, change } of actions) {
      if (change > 0) this.#capacity.launch(offering, change, now);
      else if (change < 0) this.#capacity.end(offering, -change, now);
    }
  }

  /** Lets what is in flight come to its end, without launches, reclaims and bills. */
  #wrapUp(seconds: number): void {
    this.#capacity.closeBooks(seconds);
    while (this.#events.nextTime < Infinity) {
      const now = this.#events.nextTime;
      const kind = this.#events.nextKind;
      const id = this.#events.pop();
      if (kind === FINISHED) this.#service.finish(id, now);
    }
    this.#service.expire(Infinity);
  }
}
