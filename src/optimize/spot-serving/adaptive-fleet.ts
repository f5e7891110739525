import { ReplicaTarget, endings, onDemandActions } from '../../sim/index.ts';
import type { FleetAction, FleetPolicy, FleetView, ReplicaTargetOptions } from '../../sim/index.ts';
import { DemandOutlook } from './demand-outlook.ts';
import { fleetPrice, fleetRisk, improveFleet } from './fleet-choice.ts';
import type { FleetChoice, ZoneOutlook } from './fleet-choice.ts';
import { referenceFleet } from './reference-fleet.ts';
import { ZoneHazards } from './zone-hazards.ts';

/** What the adaptive policy is told of its service. */
export interface AdaptiveFleetOptions {
  /** Requests per second that one replica can serve, > 0. */
  readonly capacity: number;
  /** Load before any request came, in replicas whose capacity is in use, > 0. */
  readonly initialLoad: number;
  /** What serving all requests in time is worth, in multiples of the on-demand price of the replicas they keep busy. */
  readonly worth?: number;
  /** Share of requests that may come late whatever the reference fleet risks, 0..1. */
  readonly risk?: number;
  /** How the autoscaler of the reference fleet counts replicas. */
  readonly target: ReplicaTargetOptions;
  /** Seconds that a request may wait before it comes too late. */
  readonly patience: number;
  /** Requests that one replica runs at once. */
  readonly slots: number;
  /** Seconds before the end of its notice at which a replica stops taking requests; about a long request's time. */
  readonly drainSeconds?: number;
}

const DEFAULT_WORTH = 12;
const DEFAULT_RISK = 1e-4;
/** What risk beyond the allowed one costs, in the units of `worth`: more than any saving (*assumed*). */
const OVER = 5000;
/** Mean seconds from a notice to the decision that answers it: half a tick. */
const DECISION_DELAY = 10;
const DEFAULT_DRAIN = 30;
/** A refused zone is asked again after so long, seconds. */
const BACK_OFF = 60;
/** Replicas that are too many go when they have been so for as long, seconds. */
const PATIENCE = 60;
/** A zone that refused is taken to hold no more than it then did for so long, seconds; it is asked again nonetheless. */
const FULL_FOR = 1800;

/**
 * Holds the cheapest fleet that is expected to serve as many requests in time as the one that operators commonly hold, one spare
 * spot replica with fallback on demand (`referenceFleet`), by the reclaims and the load learnt so far: spot where it lasts,
 * spares where zones fail one by one, on demand for what spot cannot carry, each released when spot serves. Decisions use
 * nothing but what the view tells.
 */
export function adaptiveFleet(options: AdaptiveFleetOptions): FleetPolicy {
  const state = new AdaptiveState(options);
  return {
    name: 'adaptive',
    drainSeconds: options.drainSeconds ?? DEFAULT_DRAIN,
    decide: (view) => state.decide(view),
  };
}

/** What is to be held: by zone, on demand, and how many must serve before others may go. */
interface Wanted extends FleetChoice {
  readonly needed: number;
}

class AdaptiveState {
  readonly #options: Required<AdaptiveFleetOptions>;
  readonly #target: ReplicaTarget;
  #demand: DemandOutlook | undefined;
  #hazards: ZoneHazards | undefined;
  #spot: readonly number[] = [];
  #notBefore: number[] = [];
  /** What an offering held when it last refused more, and until when that is believed. */
  #full: { readonly replicas: number; readonly until: number }[] = [];
  #spareSince = NaN;

  constructor(options: AdaptiveFleetOptions) {
    this.#options = {
      worth: DEFAULT_WORTH,
      risk: DEFAULT_RISK,
      drainSeconds: DEFAULT_DRAIN,
      ...options,
    };
    this.#target = new ReplicaTarget(options.target);
  }

  decide(view: FleetView): readonly FleetAction[] {
    const { demand, hazards } = this.#learn(view);
    const choice = this.#choose(view, demand, hazards);
    return this.#actions(view, choice);
  }

  #learn(view: FleetView): { readonly demand: DemandOutlook; readonly hazards: ZoneHazards } {
    const { capacity, slots, initialLoad, patience } = this.#options;
    if (this.#demand === undefined) {
      this.#spot = view.offerings.flatMap(({ capacityType }, index) =>
        capacityType === 'spot' ? [index] : [],
      );
      this.#notBefore = view.offerings.map(() => 0);
      this.#full = view.offerings.map(() => ({ replicas: Infinity, until: 0 }));
    }
    const lead = Math.max(...view.offerings.map(({ startup }) => startup)) + view.sinceLast;
    this.#demand ??= new DemandOutlook({ initial: initialLoad, capacity, slots, lead, peak: 3 * patience });
    this.#hazards ??= new ZoneHazards(this.#spot.length);
    for (const [index, { refused, ready, starting }] of view.offerings.entries()) {
      const held = ready + starting;
      if (refused > 0) {
        this.#notBefore[index] = view.now - view.sinceLast + BACK_OFF;
        this.#full[index] = { replicas: held, until: view.now + FULL_FOR };
      } else if (held > this.#full[index]!.replicas) this.#full[index] = { replicas: Infinity, until: 0 };
    }
    this.#demand.update(view);
    this.#hazards.update(view, this.#spot);
    return { demand: this.#demand, hazards: this.#hazards };
  }

  #choose(view: FleetView, demand: DemandOutlook, hazards: ZoneHazards): Wanted {
    const { worth, drainSeconds, risk } = this.#options;
    const onDemand = view.offerings.filter(({ capacityType }) => capacityType === 'on-demand');
    const onDemandPrice = Math.min(...onDemand.map(({ price }) => price));
    const startup = Math.max(...view.offerings.map((offering) => offering.startup));
    const notice = Math.min(...view.offerings.map((offering) => offering.notice));
    const asked = this.#target.update(view);
    const most = Math.max(asked + 2, Math.ceil(4 * demand.load) + 4);
    const gap = Math.max(20, startup + DECISION_DELAY - Math.max(0, notice - drainSeconds));
    const zones = this.#spot.map((index, at): ZoneOutlook => {
      const { price, ready, starting } = view.offerings[index]!;
      const full = this.#full[index]!;
      return {
        price,
        perHour: hazards.perHour(at, view.now),
        fraction: hazards.fraction(at),
        held: ready + starting,
        most: full.until > view.now ? Math.max(ready + starting, full.replicas) : most,
      };
    });
    const problem = {
      zones,
      onDemandPrice,
      onDemandHeld: onDemandHeld(view).held,
      excess: demand.excess(most),
      gapHours: gap / 3600,
      startupHours: startup / 3600,
    };
    const reference = referenceFleet(zones, asked);
    // The reference is judged by single failures, as its spare is meant; ours also by two zones at once.
    const referenceGap = { ...problem, gapHours: (startup + DECISION_DELAY) / 3600 };
    const allowed = Math.max(risk, fleetRisk(referenceGap, reference, false));
    const price = onDemandPrice * demand.load;
    const loss = (choice: FleetChoice): number => {
      const own = fleetRisk(problem, choice);
      return fleetPrice(problem, choice) + price * (worth * own + OVER * Math.max(0, own - allowed));
    };
    const now = improveFleet(problem, reference, loss);
    const asking = zones.map((zone, at) => ({
      ...zone,
      most: this.#notBefore[this.#spot[at]!]! > view.now ? zone.most : Math.max(zone.most, zone.held + 1),
    }));
    const hoped = improveFleet({ ...problem, zones: asking }, now, loss);
    const needed = now.onDemand + now.spot.reduce((sum, count) => sum + count, 0);
    const spot = now.spot.map((count, at) => Math.max(count, hoped.spot[at]!));
    return { spot, onDemand: now.onDemand, needed };
  }

  #actions(view: FleetView, { spot, onDemand, needed }: Wanted): readonly FleetAction[] {
    const actions: FleetAction[] = [];
    let ready = 0;
    const over: { offering: number; price: number; held: number }[] = [];
    for (const [at, offering] of this.#spot.entries()) {
      const { ready: serving, starting, price } = view.offerings[offering]!;
      const missing = spot[at]! - serving - starting;
      if (missing > 0 && this.#notBefore[offering]! <= view.now) actions.push({ offering, change: missing });
      if (missing < 0) over.push({ offering, price, held: -missing });
      ready += serving;
    }
    const { held, serving } = onDemandHeld(view);
    // What starts will serve; until then what serves stays.
    const kept = Math.max(onDemand, Math.min(held, needed - ready));
    const spareSpot = Math.min(
      over.reduce((sum, item) => sum + item.held, 0),
      ready + Math.min(serving, kept) - needed,
    );
    const isSpare = held > kept || spareSpot > 0;
    if (!isSpare) this.#spareSince = NaN;
    else if (Number.isNaN(this.#spareSince)) this.#spareSince = view.now;
    const mayEnd = isSpare && view.now - this.#spareSince >= PATIENCE;
    if (kept > held || mayEnd) actions.push(...onDemandActions(view, kept));
    if (mayEnd && spareSpot > 0) actions.push(...endings(over, spareSpot));
    return actions;
  }
}

/** Replicas on demand that serve or start, and that serve. */
function onDemandHeld({ offerings }: FleetView): { readonly held: number; readonly serving: number } {
  let held = 0;
  let serving = 0;
  for (const { capacityType, ready, starting } of offerings) {
    if (capacityType !== 'on-demand') continue;
    held += ready + starting;
    serving += ready;
  }
  return { held, serving };
}
