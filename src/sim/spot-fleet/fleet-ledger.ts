import { priceOfHours } from '../../units/index.ts';
import type { MicroUsd } from '../../units/index.ts';
import type { FleetOffering } from './fleet-offering.ts';
import type { SpotReplica } from './fleet-replica.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import type {
  FleetCourse,
  FleetEvent,
  FleetLatency,
  OfferingUse,
  SpotFleetReport,
} from './spot-fleet-report.ts';

/** Buckets of the course of a run. */
const BUCKETS = 240;
const SECONDS_PER_HOUR = 3600;
const EVENTS: readonly FleetEvent['kind'][] = ['launched', 'ready', 'reclaimed'];

/** Limits of one request, seconds; absent: none. */
export interface RequestLimits {
  readonly ttft?: number;
  readonly tpot?: number;
  readonly e2e?: number;
}

interface OfferingCounts {
  seconds: number;
  launched: number;
  refused: number;
  reclaimed: number;
  drained: number;
  ended: number;
}

/** Sums of a course by bucket: replicas × seconds, and events. */
interface CourseSums {
  readonly spotReady: Float64Array;
  readonly onDemandReady: Float64Array;
  readonly starting: Float64Array;
  readonly draining: Float64Array;
  readonly needed: Float64Array;
  readonly reclaimed: Float64Array;
  readonly arrived: Float64Array;
  readonly outside: Float64Array;
}

/** Counts what happens in a run. Mutated by it. */
export class FleetLedger {
  served = 0;
  timedOut = 0;
  retried = 0;
  readonly offerings: readonly OfferingCounts[];
  readonly #options: { readonly offerings: readonly FleetOffering[]; readonly seconds: number };
  readonly #limits: RequestLimits;
  readonly #ttft = new LatencyHistogram();
  readonly #e2e = new LatencyHistogram();
  readonly #course: CourseSums;
  /** Replicas by bucket, offering and kind of what happened to them. */
  readonly #events = new Map<number, number>();
  #arrived = 0;
  #withinLimits = 0;
  #full = 0;
  #needed = 0;
  #since = 0;
  /** Moments of notice for which no replica has become ready yet, first ones first. */
  readonly #unreplaced: number[] = [];
  #replaced = 0;
  #replacementSeconds = 0;
  /** Ready replicas by capacity type, and others, since the last change. */
  #spotReady = 0;
  #onDemandReady = 0;
  #starting = 0;
  #draining = 0;

  constructor(offerings: readonly FleetOffering[], seconds: number, limits: RequestLimits) {
    this.#options = { offerings, seconds };
    this.#limits = limits;
    this.offerings = offerings.map(() => ({
      seconds: 0,
      launched: 0,
      refused: 0,
      reclaimed: 0,
      drained: 0,
      ended: 0,
    }));
    const column = (): Float64Array => new Float64Array(BUCKETS);
    this.#course = {
      spotReady: column(),
      onDemandReady: column(),
      starting: column(),
      draining: column(),
      needed: column(),
      reclaimed: column(),
      arrived: column(),
      outside: column(),
    };
  }

  /** Requests that came so far. */
  get arrived(): number {
    return this.#arrived;
  }

  /** Notes a request that comes at `now`. Mutates the ledger. */
  arrives(now: number): void {
    this.#arrived++;
    this.#course.arrived[this.#bucket(now)]!++;
  }

  /** Notes that a replica goes over to another state at `now`; call before the state is changed. Mutates the ledger. */
  changes(replica: SpotReplica, to: SpotReplica['state'], now: number): void {
    this.#pass(now);
    if (replica.state !== 'gone') this.#count(replica, replica.state, -1);
    if (to !== 'gone') this.#count(replica, to, 1);
    const counts = this.offerings[replica.offering]!;
    if (to === 'gone') counts.seconds += Math.min(now, this.#options.seconds) - replica.launchedAt;
    if (to === 'ready') this.#happens('ready', replica, now);
    if (to === 'ready' && this.#unreplaced.length > 0) {
      this.#replaced++;
      this.#replacementSeconds += now - this.#unreplaced.shift()!;
    }
  }

  /** Notes a launch at `now`. Mutates the ledger. */
  launches(replica: SpotReplica, now: number): void {
    this.#pass(now);
    this.#count(replica, 'starting', 1);
    this.offerings[replica.offering]!.launched++;
    this.#happens('launched', replica, now);
  }

  /** Notes that the cloud takes a replica back. Mutates the ledger. */
  reclaims(replica: SpotReplica, now: number): void {
    this.offerings[replica.offering]!.reclaimed++;
    this.#unreplaced.push(now);
    this.#course.reclaimed[this.#bucket(now)]!++;
    this.#happens('reclaimed', replica, now);
  }

  /** Notes how many replicas the load needs from `now` on. Mutates the ledger. */
  needs(replicas: number, now: number): void {
    this.#pass(now);
    this.#needed = replicas;
  }

  /** Notes an answer; times in seconds since the arrival, which was at `arrival`. Mutates the ledger. */
  answers(request: { ttft: number; e2e: number; osl: number; arrival: number }): void {
    const { ttft, e2e, osl, arrival } = request;
    this.served++;
    this.#ttft.add(ttft);
    this.#e2e.add(e2e);
    const tpot = osl > 1 ? (e2e - ttft) / (osl - 1) : 0;
    const { ttft: first = Infinity, tpot: step = Infinity, e2e: whole = Infinity } = this.#limits;
    if (ttft <= first && tpot <= step && e2e <= whole) this.#withinLimits++;
    else this.#course.outside[this.#bucket(arrival)]!++;
  }

  /** Notes a request that was given up. Mutates the ledger. */
  givesUp(arrival: number): void {
    this.timedOut++;
    this.#course.outside[this.#bucket(arrival)]!++;
  }

  /** The report of a run that is over. Mutates the ledger: it is closed at the end of the run. */
  report(policy: string): SpotFleetReport {
    const { offerings, seconds } = this.#options;
    this.#pass(seconds);
    const uses = offerings.map((offering, index) => useOf(offering, this.offerings[index]!));
    const sum = (pick: (use: OfferingUse) => number, type?: string): number =>
      uses.reduce(
        (total, use) => total + (type === undefined || use.capacityType === type ? pick(use) : 0),
        0,
      );
    return {
      policy,
      seconds,
      requests: {
        arrived: this.#arrived,
        served: this.served,
        timedOut: this.timedOut,
        retried: this.retried,
        withinLimits: this.#withinLimits,
      },
      attainment: this.#arrived > 0 ? this.#withinLimits / this.#arrived : 1,
      ttft: latencyOf(this.#ttft),
      e2e: latencyOf(this.#e2e),
      fullCapacityShare: seconds > 0 ? this.#full / seconds : 1,
      replaced: this.#replaced,
      replacementSeconds: this.#replaced > 0 ? this.#replacementSeconds / this.#replaced : 0,
      offerings: uses,
      cost: sum((use) => use.cost) as MicroUsd,
      spotCost: sum((use) => use.cost, 'spot') as MicroUsd,
      onDemandCost: sum((use) => use.cost, 'on-demand') as MicroUsd,
      spotHours: sum((use) => use.replicaHours, 'spot'),
      onDemandHours: sum((use) => use.replicaHours, 'on-demand'),
      course: this.#courseOf(),
    };
  }

  #courseOf(): FleetCourse {
    const { seconds } = this.#options;
    const width = seconds / BUCKETS;
    const means = (sums: Float64Array): readonly number[] =>
      Array.from(sums, (sum) => Number((sum / width).toPrecision(6)));
    return {
      bucketSeconds: width,
      spotReady: means(this.#course.spotReady),
      onDemandReady: means(this.#course.onDemandReady),
      starting: means(this.#course.starting),
      draining: means(this.#course.draining),
      needed: means(this.#course.needed),
      reclaimed: Array.from(this.#course.reclaimed),
      arrived: Array.from(this.#course.arrived),
      outside: Array.from(this.#course.outside),
      events: this.#eventsOf(),
    };
  }

  #happens(kind: FleetEvent['kind'], { offering }: SpotReplica, now: number): void {
    if (now >= this.#options.seconds) return;
    const place = this.#bucket(now) * this.offerings.length + offering;
    const key = place * EVENTS.length + EVENTS.indexOf(kind);
    this.#events.set(key, (this.#events.get(key) ?? 0) + 1);
  }

  #eventsOf(): readonly FleetEvent[] {
    const { offerings } = this.#options;
    return [...this.#events]
      .sort(([a], [b]) => a - b)
      .map(([key, replicas]) => {
        const place = Math.floor(key / EVENTS.length);
        return {
          bucket: Math.floor(place / offerings.length),
          kind: EVENTS[key % EVENTS.length]!,
          offering: offerings[place % offerings.length]!.id,
          replicas,
        };
      });
  }

  #count(replica: SpotReplica, state: SpotReplica['state'], by: number): void {
    if (state === 'starting') this.#starting += by;
    else if (state === 'draining') this.#draining += by;
    else if (this.#options.offerings[replica.offering]!.capacityType === 'spot') this.#spotReady += by;
    else this.#onDemandReady += by;
  }

  #bucket(time: number): number {
    return Math.min(BUCKETS - 1, Math.floor((time / this.#options.seconds) * BUCKETS));
  }

  /** Adds the time since the last change to the sums. */
  #pass(now: number): void {
    const until = Math.min(now, this.#options.seconds);
    if (until <= this.#since) return;
    if (this.#spotReady + this.#onDemandReady >= this.#needed) this.#full += until - this.#since;
    const width = this.#options.seconds / BUCKETS;
    for (let at = this.#since; at < until;) {
      const bucket = this.#bucket(at);
      const end = bucket === BUCKETS - 1 ? until : Math.min(until, Math.max((bucket + 1) * width, at + 1e-9));
      const span = end - at;
      this.#course.spotReady[bucket]! += this.#spotReady * span;
      this.#course.onDemandReady[bucket]! += this.#onDemandReady * span;
      this.#course.starting[bucket]! += this.#starting * span;
      this.#course.draining[bucket]! += this.#draining * span;
      this.#course.needed[bucket]! += this.#needed * span;
      at = end;
    }
    this.#since = until;
  }
}

function latencyOf(histogram: LatencyHistogram): FleetLatency {
  return {
    mean: histogram.mean,
    p50: histogram.percentile(0.5),
    p95: histogram.percentile(0.95),
    p99: histogram.percentile(0.99),
  };
}

function useOf({ id, zone, capacityType, price }: FleetOffering, counts: OfferingCounts): OfferingUse {
  const { seconds, ...others } = counts;
  const replicaHours = seconds / SECONDS_PER_HOUR;
  return { id, zone, capacityType, replicaHours, cost: priceOfHours(price, replicaHours), ...others };
}
