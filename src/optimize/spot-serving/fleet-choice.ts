import { CAPACITY_STEPS } from './demand-outlook.ts';

/** A zone as the choice sees it. */
export interface ZoneOutlook {
  /** Dollars per hour of one replica. */
  readonly price: number;
  /** Reclaim events per hour, and the share of the replicas that one takes. */
  readonly perHour: number;
  readonly fraction: number;
  /** Replicas held there, and that can be held there at most, as far as is known. */
  readonly held: number;
  readonly most: number;
}

/** What a fleet is chosen for. */
export interface FleetChoiceProblem {
  readonly zones: readonly ZoneOutlook[];
  /** Dollars per hour of one replica on demand, and how many are held. */
  readonly onDemandPrice: number;
  readonly onDemandHeld: number;
  /** Share of the load that goes unserved in time, by capacity in quarters of a replica; falls. */
  readonly excess: Float64Array;
  /** Hours from a loss until its replacement serves. */
  readonly gapHours: number;
  /** Hours that a replica is paid before it serves. */
  readonly startupHours: number;
}

/** Replicas by zone and on demand. */
export interface FleetChoice {
  readonly spot: readonly number[];
  readonly onDemand: number;
}

/** Dollars per hour of a fleet. A start is paid for again after each reclaim, and once within an hour by what is new (*assumed*). */
export function fleetPrice(problem: FleetChoiceProblem, { spot, onDemand }: FleetChoice): number {
  const { zones, startupHours, onDemandPrice, onDemandHeld } = problem;
  let paid = onDemandPrice * (onDemand + startupHours * Math.max(0, onDemand - onDemandHeld));
  for (let at = 0; at < zones.length; at++) {
    const { price, perHour, held } = zones[at]!;
    const count = spot[at]!;
    paid += price * (count * (1 + startupHours * perHour) + startupHours * Math.max(0, count - held));
  }
  return paid;
}

/**
 * Share of the load that a fleet is expected not to serve in time: beyond the capacity of all its replicas, and beyond what is
 * left in the gaps after reclaims, of one zone and (unless told not to) of two at once. Zones are taken to fail independently.
 */
export function fleetRisk(
  problem: FleetChoiceProblem,
  { spot, onDemand }: FleetChoice,
  isOfPairs = true,
): number {
  const { zones, excess, gapHours } = problem;
  const total = spot.reduce((sum, count) => sum + count, onDemand);
  const whole = excessAt(excess, total);
  let risk = whole;
  for (let at = 0; at < zones.length; at++) {
    if (spot[at] === 0) continue;
    const share = gapShare(zones[at]!, gapHours);
    const left = total - zones[at]!.fraction * spot[at]!;
    const without = excessAt(excess, left);
    risk += share * (without - whole);
    for (let other = 0; isOfPairs && other < at; other++) {
      const both = share * gapShare(zones[other]!, gapHours);
      if (spot[other] === 0 || both < NEVER_BOTH) continue;
      const lost = zones[other]!.fraction * spot[other]!;
      risk += both * (excessAt(excess, left - lost) - without - excessAt(excess, total - lost) + whole);
    }
  }
  return risk;
}

/** Two zones that are in a gap at once for a smaller share of time are not looked at. */
const NEVER_BOTH = 1e-6;

/** Share of time in which a zone's reclaimed replicas are not replaced yet. */
function gapShare({ perHour }: ZoneOutlook, gapHours: number): number {
  return Math.min(1, perHour * gapHours);
}

/**
 * A better fleet than `start` by single steps, each the one that lowers `loss` most: one replica more, one fewer, or one moved
 * between a zone and another or on demand. Ends where no step lowers it. O(steps × zones²) evaluations.
 */
export function improveFleet(
  problem: FleetChoiceProblem,
  start: FleetChoice,
  loss: (choice: FleetChoice) => number,
): FleetChoice {
  const { zones } = problem;
  // Place 0 is on demand, place i + 1 zone i.
  const counts = [start.onDemand, ...start.spot];
  const roomOf = (place: number): number => (place === 0 ? Infinity : zones[place - 1]!.most);
  const choice = (): FleetChoice => ({ onDemand: counts[0]!, spot: counts.slice(1) });
  let least = loss(choice());
  for (let step = 0; step < MOST_STEPS; step++) {
    let best: readonly [number, number] | undefined;
    for (let from = -1; from < counts.length; from++) {
      if (from >= 0 && counts[from] === 0) continue;
      for (let to = -1; to < counts.length; to++) {
        if (from === to || (to >= 0 && counts[to]! >= roomOf(to))) continue;
        move(counts, from, to);
        const after = loss(choice());
        move(counts, to, from);
        if (after < least - 1e-9) {
          least = after;
          best = [from, to];
        }
      }
    }
    if (best === undefined) break;
    move(counts, best[0], best[1]);
  }
  return choice();
}

/** Steps after which a choice is good enough: fleets change by a few replicas at a time. */
const MOST_STEPS = 30;

/** Moves a replica from one place to another; −1 is nowhere. */
function move(counts: number[], from: number, to: number): void {
  if (from >= 0) counts[from]!--;
  if (to >= 0) counts[to]!++;
}

/** The table between its entries, level beyond its end. */
function excessAt(excess: Float64Array, replicas: number): number {
  const last = excess.length - 1;
  const place = replicas * CAPACITY_STEPS;
  if (place <= 0) return excess[0]!;
  if (place >= last) return excess[last]!;
  const below = Math.floor(place);
  return excess[below]! + (place - below) * (excess[below + 1]! - excess[below]!);
}
