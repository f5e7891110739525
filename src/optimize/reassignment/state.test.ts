import { describe, expect, it } from 'vitest';
import { randomStream } from '../../random/index.ts';
import { randomProblem } from '../testing/reassignments.ts';
import { compileInstance } from './instance.ts';
import { AssignmentState } from './state.ts';
import { brokenRules, costOf } from './verify.ts';

const SEEDS = Array.from({ length: 20 }, (_, seed) => seed);

/** Rules that a state keeps by itself; capacity is soft there. */
function hardRules(broken: readonly string[]): readonly string[] {
  return broken.filter((rule) => !rule.includes('capacity'));
}

describe('a state under random moves', () => {
  it.each(SEEDS)(
    'has the cost of a count from scratch after every move, and breaks no rule (seed %d)',
    (seed) => {
      const problem = randomProblem({ seed, processes: 14, machines: 5 });
      const state = new AssignmentState(compileInstance(problem));
      const random = randomStream(seed, 'moves');
      let made = 0;
      for (let trial = 0; trial < 3000; trial++) {
        const process = random.integer(14);
        const isShift = random.uniform() < 0.5;
        const other = random.integer(isShift ? 5 : 14);
        const delta = isShift ? state.shiftDelta(process, other) : state.swapDelta(process, other);
        if (delta === Infinity || random.uniform() < 0.5) continue;
        if (isShift) state.shift(process, other, delta);
        else state.swap(process, other, delta);
        made += 1;
        const broken = brokenRules(problem, state.machineOf);
        expect(hardRules(broken)).toEqual([]);
        expect(state.overfull === 0).toBe(broken.length === 0);
        if (state.overfull === 0)
          expect(state.trueCost).toBeCloseTo(costOf(problem, state.machineOf).total, 6);
      }
      expect(made).toBeGreaterThan(100);
    },
  );

  it('counts penalties and prices in every delta as a fresh count does', () => {
    const problem = randomProblem({ seed: 3, processes: 16, machines: 5, fill: 0.95 });
    const state = new AssignmentState(compileInstance(problem));
    state.setPrices(7, 0.4);
    const random = randomStream(3, 'moves');
    for (let trial = 0; trial < 4000; trial++) {
      const process = random.integer(16);
      const machine = random.integer(5);
      const delta = state.shiftDelta(process, machine);
      if (delta < Infinity) state.shift(process, machine, delta);
    }
    const kept = state.cost;
    state.setPrices(7, 0.4);
    expect(kept).toBeCloseTo(state.cost, 6);
    expect(state.overfull).toBeGreaterThan(0);
    expect(state.ledger.heldAtHome).toBeGreaterThan(0);
  });

  it('counts broken rules of services while they have a price as the check from scratch does', () => {
    let most = 0;
    for (const seed of SEEDS) {
      const problem = randomProblem({ seed, processes: 14, machines: 5 });
      const state = new AssignmentState(compileInstance(problem));
      state.setPrices(1, 0, 5);
      const random = randomStream(seed, 'moves');
      for (let trial = 0; trial < 1500; trial++) {
        const process = random.integer(14);
        const isShift = random.uniform() < 0.5;
        const other = random.integer(isShift ? 5 : 14);
        const delta = isShift ? state.shiftDelta(process, other) : state.swapDelta(process, other);
        if (delta === Infinity) continue;
        if (isShift) state.shift(process, other, delta);
        else state.swap(process, other, delta);
        const broken = hardRules(brokenRules(problem, state.machineOf));
        expect(state.brokenRules === 0).toBe(broken.length === 0);
        most = Math.max(most, state.brokenRules);
      }
      const kept = state.cost;
      state.setPrices(1, 0, 5);
      expect(kept).toBeCloseTo(state.cost, 6);
    }
    expect(most).toBeGreaterThan(2);
  });

  it('is as before when some processes are put back', () => {
    const problem = randomProblem({ seed: 4, processes: 16, machines: 5 });
    const state = new AssignmentState(compileInstance(problem));
    const before = { machineOf: state.machineOf.slice(), cost: state.cost };
    const machines = Int32Array.of(0, 1, 2);
    const processes = Int32Array.from(
      [...before.machineOf.keys()].filter((process) => before.machineOf[process]! < 3),
    );
    const places = processes.map((process) => before.machineOf[process]!);
    const random = randomStream(4, 'moves');
    let made = 0;
    for (let trial = 0; trial < 200; trial++) {
      const process = processes[random.integer(processes.length)]!;
      const to = random.integer(3);
      const delta = state.shiftDelta(process, to);
      if (delta === Infinity) continue;
      state.shift(process, to, delta);
      made += 1;
    }
    state.putBack({ processes, places, machines, cost: before.cost });
    expect(made).toBeGreaterThan(10);
    expect(state.machineOf).toEqual(before.machineOf);
    state.setPrices(1, 0);
    expect(state.cost).toBeCloseTo(before.cost, 6);
  });

  it('answers Infinity only for what is above the limit or forbidden', () => {
    const problem = randomProblem({ seed: 5, processes: 16, machines: 5 });
    const state = new AssignmentState(compileInstance(problem));
    for (let process = 0; process < 16; process++) {
      for (let machine = 0; machine < 5; machine++) {
        const delta = state.shiftDelta(process, machine);
        for (const limit of [-50, -1, 0, 1, 50])
          expect(state.shiftDelta(process, machine, limit)).toBe(delta <= limit ? delta : Infinity);
      }
    }
  });

  it.each([
    { moves: 3 },
    { movesPerService: 1 },
    { traffic: 12 },
    { moves: 4, movesPerService: 1, traffic: 20 },
  ])('stays within limits on disruption: %o', (disruption) => {
    const problem = randomProblem({ seed: 8, processes: 16, machines: 5, disruption });
    const state = new AssignmentState(compileInstance(problem));
    const random = randomStream(8, 'moves');
    for (let trial = 0; trial < 5000; trial++) {
      const process = random.integer(16);
      const isShift = random.uniform() < 0.5;
      const other = random.integer(isShift ? 5 : 16);
      const delta = isShift ? state.shiftDelta(process, other) : state.swapDelta(process, other);
      if (delta === Infinity) continue;
      if (isShift) state.shift(process, other, delta);
      else state.swap(process, other, delta);
      expect(hardRules(brokenRules(problem, state.machineOf))).toEqual([]);
    }
    expect(state.ledger.moves).toBeGreaterThan(0);
  });
});
