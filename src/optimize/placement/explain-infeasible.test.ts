import { describe, expect, it } from 'vitest';
import { usd } from '../../units/index.ts';
import { DEFAULT_LIMITS, solverOrder } from '../solvers/index.ts';
import { offering, option, problem, window, workload } from '../testing/instances.ts';
import { ComponentSolver } from './components.ts';
import { constraintPrices } from './constraint-prices.ts';
import { explainInfeasible } from './explain-infeasible.ts';
import type { PlacementProblem } from './placement-problem.ts';
import { solvePlacement } from './solve-placement.ts';

const CONTEXT = { solvers: solverOrder('auto'), limits: DEFAULT_LIMITS };

/** Demand 10 at 5 per replica of a whole node: two nodes of 4 USD/h on spot or 10 USD/h on demand. */
function base(facts: Partial<PlacementProblem> & { workloadFacts?: object } = {}): PlacementProblem {
  const { workloadFacts, ...rest } = facts;
  return problem({
    windows: [window('w0', [0, 168], { u: 10 })],
    offerings: ['z1', 'z2'].flatMap((zone) => [
      offering({ pool: 'a', zone, capacityType: 'on-demand', price: 10, accelerators: 8 }),
      offering({ pool: 'a', zone, capacityType: 'spot', price: 4, accelerators: 8 }),
    ]),
    workloads: [workload('u', [option({ workload: 'u', pool: 'a', size: 8, rate: 5 })], workloadFacts)],
    ...rest,
  });
}

describe('explainInfeasible', () => {
  it('names a quota alone and the nodes that would do', async () => {
    expect(await explainInfeasible(base({ maxNodes: { a: 1 } }), new ComponentSolver(CONTEXT))).toEqual([
      {
        constraint: 'quota/a',
        description: 'At most 1 nodes in pool a',
        relaxation: { change: 'raise maxNodes of pool a from 1 to 2', perMonth: usd(2 * 4 * 730) },
      },
    ]);
  });

  it('names a budget and the budget that would do', async () => {
    const p = base({ budgets: [{ id: 'all', path: '', team: '', limit: usd(5000) }] });
    expect(await explainInfeasible(p, new ComponentSolver(CONTEXT))).toEqual([
      {
        constraint: 'budget/all',
        description: 'Budget all of the fleet',
        relaxation: { change: 'raise budget all to 5,840 USD/month', perMonth: usd(5840) },
      },
    ]);
  });

  it('names both of two constraints that only conflict together, each with its own way out', async () => {
    const p = base({
      budgets: [{ id: 'all', path: '', team: '', limit: usd(9000) }],
      workloadFacts: { maxSpotShare: 0.25 },
    });
    const binding = await explainInfeasible(p, new ComponentSolver(CONTEXT));
    // Spot at most a quarter: two on demand (14,600) or more; half on spot costs 10 + 4 = 14 USD/h, still above 9,000.
    expect(binding.map((item) => item.constraint)).toEqual(['budget/all', 'spot-share/u']);
    expect(binding.map((item) => item.relaxation?.change)).toEqual([
      'raise budget all to 14,600 USD/month',
      'raise maxSpotShare of u to 100 %',
    ]);
  });

  it('names every conflict when several stand in the way, and says that they must change together', async () => {
    const p = base({ maxNodes: { a: 1 }, budgets: [{ id: 'all', path: '', team: '', limit: usd(2000) }] });
    const binding = await explainInfeasible(p, new ComponentSolver(CONTEXT));
    expect(binding.map((item) => [item.constraint, item.relaxation?.change])).toEqual([
      ['quota/a', 'raise maxNodes of pool a from 1 to 2, together with a change of budget/all'],
      ['budget/all', 'raise budget all to 5,840 USD/month, together with a change of quota/a'],
    ]);
  });

  it('names the tolerance where the quota leaves no spare node', async () => {
    const p = base({ maxNodes: { a: 2 }, workloadFacts: { tolerates: 'correlation-group' } });
    const binding = await explainInfeasible(p, new ComponentSolver(CONTEXT));
    expect(binding.map((item) => item.constraint)).toEqual(['quota/a', 'tolerance/u']);
    expect(binding[1]?.relaxation?.change).toBe('let u tolerate no loss');
  });

  it('says so when no workload configuration exists', async () => {
    const p = base();
    const empty = { ...p, workloads: p.workloads.map((item) => ({ ...item, options: [] })) };
    expect(
      (await explainInfeasible(empty, new ComponentSolver(CONTEXT))).map((item) => item.constraint),
    ).toEqual(['slo/u']);
  });

  it('says so when nothing fits on any node', async () => {
    const p = base();
    const large = [option({ workload: 'u', pool: 'a', size: 16, rate: 5 })];
    const huge = { ...p, workloads: p.workloads.map((item) => ({ ...item, options: large })) };
    expect(
      (await explainInfeasible(huge, new ComponentSolver(CONTEXT))).map((item) => item.constraint),
    ).toEqual(['offerings']);
  });
});

describe('constraintPrices', () => {
  it('prices a spot share at what lifting it alone saves', async () => {
    const p = base({ workloadFacts: { maxSpotShare: 0.5 }, maxNodes: { a: 9 } });
    const outcome = await solvePlacement(p, CONTEXT);
    if (!outcome.ok) throw new Error('infeasible');
    const prices = await constraintPrices(
      { problem: p, shaped: p, solution: outcome.solution },
      new ComponentSolver(CONTEXT),
    );
    // One of each (14 USD/h) against two on spot (8 USD/h).
    expect(prices.map((item) => [item.constraint, item.perMonth])).toEqual([
      ['quota/a', 0],
      ['spot-share/u', usd(6 * 730)],
    ]);
  });
});
