import { describe, expect, it } from 'vitest';
import { randomStream } from '../../random/index.ts';
import { fleetPrice, fleetRisk, improveFleet } from './fleet-choice.ts';
import type { FleetChoice, FleetChoiceProblem } from './fleet-choice.ts';
import { referenceFleet } from './reference-fleet.ts';

/** A load of `load` replicas, spread evenly by half to both sides: the excess falls smoothly. */
function excessOf(load: number, most: number): Float64Array {
  return new Float64Array(4 * most + 1).map((_, i) => {
    let sum = 0;
    for (let step = 0; step <= 20; step++) sum += Math.max(0, load * (0.5 + step / 20) - i / 4);
    return sum / 21 / load;
  });
}

function randomProblem(seed: number): { problem: FleetChoiceProblem; target: number } {
  const random = randomStream(seed, 'choice');
  const zones = Array.from({ length: 1 + random.integer(3) }, () => ({
    price: 0.2 + 0.5 * random.uniform(),
    perHour: 3 * random.uniform() ** 2,
    fraction: 0.3 + 0.7 * random.uniform(),
    held: random.integer(2),
    most: random.integer(4),
  }));
  const load = 0.5 + 2 * random.uniform();
  return {
    problem: {
      zones: zones.map((zone) => ({ ...zone, most: Math.max(zone.most, zone.held) })),
      onDemandPrice: 1,
      onDemandHeld: random.integer(3),
      excess: excessOf(load, 16),
      gapHours: 0.03,
      startupHours: 0.05,
    },
    target: Math.ceil(load / 0.7),
  };
}

function lossOf(problem: FleetChoiceProblem, allowed: number): (choice: FleetChoice) => number {
  return (choice) => {
    const risk = fleetRisk(problem, choice);
    return fleetPrice(problem, choice) + 12 * risk + 5000 * Math.max(0, risk - allowed);
  };
}

function everyFleet({ zones }: FleetChoiceProblem, most: number): FleetChoice[] {
  let spots: number[][] = [[]];
  for (const zone of zones)
    spots = spots.flatMap((counts) =>
      Array.from({ length: zone.most + 1 }, (_, count) => [...counts, count]),
    );
  return spots.flatMap((spot) =>
    Array.from({ length: most + 1 }, (_, onDemand): FleetChoice => ({ spot, onDemand })),
  );
}

describe('the choice of a fleet', () => {
  it('is never dearer than the reference fleet at no more risk, and near the best of all fleets', () => {
    let excess = 0;
    let cases = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const { problem, target } = randomProblem(seed);
      const reference = referenceFleet(problem.zones, target);
      const allowed = Math.max(1e-4, fleetRisk(problem, reference));
      const loss = lossOf(problem, allowed);
      const found = improveFleet(problem, reference, loss);
      expect(loss(found)).toBeLessThanOrEqual(loss(reference) + 1e-9);
      expect(fleetRisk(problem, found)).toBeLessThanOrEqual(allowed + 1e-3);
      const best = Math.min(...everyFleet(problem, 8).map(loss));
      expect(loss(found)).toBeGreaterThanOrEqual(best - 1e-9);
      excess += loss(found) / best - 1;
      cases++;
    }
    expect(excess / cases).toBeLessThan(0.02);
  });

  it('holds no more in a zone than the zone has', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const { problem, target } = randomProblem(seed);
      const found = improveFleet(problem, referenceFleet(problem.zones, target), lossOf(problem, 1e-4));
      for (const [at, zone] of problem.zones.entries()) expect(found.spot[at]).toBeLessThanOrEqual(zone.most);
    }
  });

  it('sees more risk where zones are lost more often, and less with another replica', () => {
    const { problem } = randomProblem(3);
    const zone = { price: 0.3, perHour: 0.1, fraction: 1, held: 0, most: 5 };
    const calm = { ...problem, zones: [zone, zone] };
    const wild = { ...calm, zones: calm.zones.map((item) => ({ ...item, perHour: 2 })) };
    const choice = { spot: [1, 1], onDemand: 1 };
    expect(fleetRisk(wild, choice)).toBeGreaterThan(fleetRisk(calm, choice));
    expect(fleetRisk(wild, { ...choice, onDemand: 2 })).toBeLessThan(fleetRisk(wild, choice));
  });
});

describe('the reference fleet', () => {
  it('spreads one spare over the zones and falls back on demand for what they lack', () => {
    const zone = { price: 1, perHour: 1, fraction: 1, held: 0 };
    const roomy = [
      { ...zone, most: 9 },
      { ...zone, most: 9 },
    ];
    expect(referenceFleet(roomy, 3)).toEqual({ spot: [2, 2], onDemand: 0 });
    const tight = [
      { ...zone, most: 1 },
      { ...zone, most: 0 },
    ];
    expect(referenceFleet(tight, 3)).toEqual({ spot: [1, 0], onDemand: 3 });
    expect(referenceFleet([], 2)).toEqual({ spot: [], onDemand: 2 });
  });
});
