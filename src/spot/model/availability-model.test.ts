import { describe, expect, it } from 'vitest';
import { randomStream } from '../../random/index.ts';
import {
  AvailabilityBelief,
  adaptAvailabilityModel,
  fitAvailabilityModel,
  shippedAvailabilityModel,
} from '../index.ts';
import type { AvailabilityModel, AvailabilityTrace } from '../index.ts';

function traceOf(up: readonly number[], tickSeconds = 600): AvailabilityTrace {
  return {
    ...{ id: 'a', zone: 'a', instanceType: 't', kind: 'probe', tickSeconds, ticks: up.length, mostNodes: 1 },
    runStart: Int32Array.from(up, (_, tick) => tick),
    runNodes: Int32Array.from(up),
    provenance: { evidence: 'measured', source: 'test' },
  };
}

const TWO_STATES: AvailabilityModel = {
  ...{ stepSeconds: 600, upPhases: 1, phases: 2, fittedTo: [] },
  transition: Float64Array.of(0.9, 0.1, 0.3, 0.7),
  occupancy: Float64Array.of(0.75, 0.25),
  provenance: { evidence: 'assumed', source: 'test' },
};

describe('a fitted model', () => {
  it('finds the transitions of a two-state chain again', () => {
    const stream = randomStream(7, 'test');
    let up = 1;
    const series = Array.from(
      { length: 40_000 },
      () => (up = stream.uniform() < (up === 1 ? 0.9 : 0.3) ? 1 : 0),
    );
    const { transition, occupancy } = fitAvailabilityModel([traceOf(series)], { seed: 1, phasesEach: 1 });
    expect(transition[0]).toBeCloseTo(0.9, 1.5);
    expect(transition[2]).toBeCloseTo(0.3, 1.5);
    expect(occupancy[0]).toBeCloseTo(0.75, 1.5);
  });

  it('tells short runs from long ones where there are both', () => {
    const series = Array.from({ length: 4000 }, (_, step) => (step % 200 < 100 || step % 2 === 0 ? 1 : 0));
    const { transition } = fitAvailabilityModel([traceOf(series)], { seed: 1, phasesEach: 2 });
    const stays = [transition[0] ?? 0, transition[5] ?? 0].sort((a, b) => a - b);
    expect(stays[0]).toBeLessThan(0.3);
    expect(stays[1]).toBeGreaterThan(0.9);
  });

  it('is the same for the same seed', () => {
    const trace = traceOf(Array.from({ length: 500 }, (_, step) => Number(step % 7 < 4)));
    expect(fitAvailabilityModel([trace], { seed: 3 })).toEqual(fitAvailabilityModel([trace], { seed: 3 }));
  });
});

it('the shipped model has rows of probabilities and names the traces it was fitted to', () => {
  const { transition, occupancy, phases, fittedTo } = shippedAvailabilityModel();
  for (let from = 0; from < phases; from++) {
    const row = transition.subarray(from * phases, (from + 1) * phases);
    expect(row.every((value) => value > 0)).toBe(true);
    expect(row.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 4);
  }
  expect(occupancy.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 4);
  expect(fittedTo.length).toBeGreaterThan(0);
});

describe('a belief', () => {
  it('lies on the phases that agree with what was seen', () => {
    const belief = new AvailabilityBelief(shippedAvailabilityModel());
    for (const isAvailable of [true, true, false, true]) {
      belief.see(isAvailable, 600);
      const up = belief.phases.subarray(0, belief.model.upPhases).reduce((sum, value) => sum + value, 0);
      expect(up).toBeCloseTo(isAvailable ? 1 : 0, 12);
    }
  });

  it('follows the rule of Bayes', () => {
    const model: AvailabilityModel = {
      ...TWO_STATES,
      ...{ upPhases: 2, phases: 3 },
      transition: Float64Array.of(0.5, 0.2, 0.3, 0.1, 0.8, 0.1, 0.25, 0.25, 0.5),
      occupancy: Float64Array.of(0.2, 0.3, 0.5),
    };
    const belief = new AvailabilityBelief(model);
    belief.see(true, 600);
    belief.see(true, 600);
    const [a, b] = [0.4 * 0.5 + 0.6 * 0.1, 0.4 * 0.2 + 0.6 * 0.8];
    expect(belief.phases[0]).toBeCloseTo(a / (a + b), 12);
  });

  it('expects longer runs of what has lasted long', () => {
    const model = shippedAvailabilityModel();
    const leave = (steps: number): number => {
      const belief = new AvailabilityBelief(model);
      belief.see(false, 600);
      for (let step = 0; step < steps; step++) belief.see(true, 600);
      let stay = 0;
      for (let from = 0; from < model.upPhases; from++) {
        for (let to = 0; to < model.upPhases; to++) {
          stay += (belief.phases[from] ?? 0) * (model.transition[from * model.phases + to] ?? 0);
        }
      }
      return 1 - stay;
    };
    expect(leave(1)).toBeGreaterThan(2 * leave(60));
  });
});

describe('a model adapted to an offering', () => {
  const share = (model: AvailabilityModel): number => {
    let phases = model.occupancy;
    for (let step = 0; step < 5000; step++) {
      phases = phases.map((_, to) =>
        phases.reduce(
          (sum, value, from) => sum + value * (model.transition[from * model.phases + to] ?? 0),
          0,
        ),
      );
    }
    return phases.subarray(0, model.upPhases).reduce((sum, value) => sum + value, 0);
  };
  const scarce = traceOf(Array.from({ length: 3000 }, (_, step) => Number(step % 50 < 3)));

  it('expects less capacity where little was seen', () => {
    const adapted = adaptAvailabilityModel(shippedAvailabilityModel(), scarce, 3000 * 600);
    expect(share(adapted)).toBeLessThan(share(shippedAvailabilityModel()) - 0.2);
  });

  it('looks at nothing after its moment', () => {
    const cut = traceOf(Array.from({ length: 3000 }, (_, step) => Number(step >= 1000 || step % 50 < 3)));
    expect(adaptAvailabilityModel(shippedAvailabilityModel(), scarce, 1000 * 600)).toEqual(
      adaptAvailabilityModel(shippedAvailabilityModel(), cut, 1000 * 600),
    );
  });

  it('is the given one without a past', () => {
    expect(adaptAvailabilityModel(TWO_STATES, scarce, 0)).toBe(TWO_STATES);
  });
});
