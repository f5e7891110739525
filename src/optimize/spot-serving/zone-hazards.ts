import type { FleetView } from '../../sim/index.ts';

/** Ages of a zone's capacity at which its hazard is told apart, seconds: reclaims are most likely soon after capacity came. */
const AGES = [600, 1800, 3600, 3 * 3600, 8 * 3600];
/** Before anything is learnt: one reclaim in so many hours of holding at any age (*assumed*; AWS publishes nothing finer than months). */
const PRIOR_HOURS = 3;
/** Weight of what all zones of a fleet showed against a zone's own record, hours (*assumed*). */
const POOLED_HOURS = 3;
const SECONDS_PER_HOUR = 3600;

/** What a zone showed. */
interface ZoneRecord {
  /** Since when capacity has been there without a refusal or reclaim; NaN while nothing is held. */
  since: number;
  held: number;
  /** Reclaim events and hours held, by age. */
  readonly events: Float64Array;
  readonly hours: Float64Array;
  /** Share of what was held that a reclaim took, smoothed. */
  fraction: number;
}

/**
 * Rates at which zones take spot replicas back, learnt while replicas are held there: events over hours by age of the
 * capacity, drawn to what all zones together showed while a zone's own record is short. Stateful: one update per tick.
 */
export class ZoneHazards {
  readonly #zones: readonly ZoneRecord[];
  readonly #pooledEvents = new Float64Array(AGES.length + 1);
  readonly #pooledHours = new Float64Array(AGES.length + 1);

  /** @param zones number of spot offerings */
  constructor(zones: number) {
    this.#zones = Array.from({ length: zones }, () => ({
      since: NaN,
      held: 0,
      events: new Float64Array(AGES.length + 1),
      hours: new Float64Array(AGES.length + 1),
      fraction: 1,
    }));
  }

  /** Takes in a tick; `offerings` are indices of the spot offerings in the view, in zone order. Mutates the record. */
  update(view: FleetView, offerings: readonly number[]): void {
    const hours = view.sinceLast / SECONDS_PER_HOUR;
    for (const [at, offering] of offerings.entries()) {
      const zone = this.#zones[at]!;
      const { ready, starting, reclaimed, refused } = view.offerings[offering]!;
      if (zone.held > 0 && !Number.isNaN(zone.since)) {
        const age = ageOf(view.now - zone.since);
        zone.hours[age]! += hours;
        this.#pooledHours[age]! += hours;
        if (reclaimed > 0) {
          zone.events[age]!++;
          this.#pooledEvents[age]!++;
          zone.fraction += 0.2 * (Math.min(1, reclaimed / zone.held) - zone.fraction);
        }
      }
      zone.held = ready + starting;
      if (reclaimed > 0 || (zone.held === 0 && refused > 0)) zone.since = NaN;
      if (zone.held > 0 && Number.isNaN(zone.since)) zone.since = view.now;
      if (zone.held === 0) zone.since = NaN;
    }
  }

  /** Reclaim events per hour that the zone is expected to have now; what is not held counts as new. */
  perHour(at: number, now: number): number {
    const { since } = this.#zones[at]!;
    return this.#perHourAt(at, Number.isNaN(since) ? 0 : ageOf(now - since));
  }

  /** Reclaim events per hour once the capacity is old. */
  perHourWhenOld(at: number): number {
    let least = Infinity;
    for (let age = 0; age <= AGES.length; age++) least = Math.min(least, this.#perHourAt(at, age));
    return least;
  }

  /** Share of the replicas held there that a reclaim takes, 0..1. */
  fraction(at: number): number {
    return this.#zones[at]!.fraction;
  }

  #perHourAt(at: number, age: number): number {
    const pooled = (this.#pooledEvents[age]! + 1) / (this.#pooledHours[age]! + PRIOR_HOURS);
    const { events, hours } = this.#zones[at]!;
    return (events[age]! + POOLED_HOURS * pooled) / (hours[age]! + POOLED_HOURS);
  }
}

function ageOf(seconds: number): number {
  const age = AGES.findIndex((limit) => seconds < limit);
  return age < 0 ? AGES.length : age;
}
