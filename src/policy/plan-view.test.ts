import { describe, expect, it } from 'vitest';
import { viewsOf } from './plan-view.ts';
import { PLAN, PROBLEM, TODAY } from './testing/plan-facts.ts';

const { problem, plan } = viewsOf(PROBLEM, PLAN, TODAY);
const chat = plan.workloads[0];
const pool = plan.pools[0];

describe('the view of a problem', () => {
  it('fills in defaults and reads quantities', () => {
    expect(problem.workloads[0]).toMatchObject({
      namespace: 'demo',
      precisions: ['bf16'],
      engines: ['vllm'],
      pools: ['h100'],
      maxSpotShare: 0.5,
      mayUseSpot: true,
    });
    expect(problem.workloads[0]?.slo).toEqual({
      limits: [
        { metric: 'tpot', percentile: 'p99', limit: 0.06 },
        { metric: 'ttft', percentile: 'p99', limit: 1.5 },
      ],
      availability: 0.999,
      tolerates: 'correlation-group',
    });
    expect(problem.budgets).toEqual([{ id: 'fleet', team: '', limitPerMonth: 1000 }]);
  });

  it('says that spot may not be used when no allowed pool offers it', () => {
    const document = {
      ...PROBLEM,
      pools: PROBLEM.pools.map((item) => ({ ...item, capacityTypes: ['on-demand'] as const })),
    };
    expect(viewsOf(document, PLAN, TODAY).problem.workloads[0]?.mayUseSpot).toBe(false);
  });

  it('leaves the limit of an unlimited pool out', () => {
    expect(pool).not.toHaveProperty('maxNodes');
  });
});

describe('the view of a workload', () => {
  it('puts the busiest window first and adds up replicas over pod sets', () => {
    expect(chat?.windows.map((window) => [window.id, window.hours, window.replicas, window.zones])).toEqual([
      ['w0', 40, 3, ['us-east-1a', 'us-east-1b']],
      ['w1', 128, 1, ['us-east-1a']],
    ]);
    expect([chat?.peakReplicas, chat?.minReplicas]).toEqual([3, 1]);
  });

  it('measures utilisation as demand over the capacity of all replicas', () => {
    // 5 of 3 × 2 requests/s in the busiest window, 1 of 2 in the other.
    expect(chat?.windows.map((window) => window.utilisation)).toEqual([5 / 6, 1 / 2]);
  });

  it('gives the largest spot share of any window and the on-demand share of the busiest', () => {
    expect(chat?.spotShare).toBeCloseTo(1 / 3, 12);
    expect(chat?.onDemandShare).toBeCloseTo(2 / 3, 12);
  });

  it('joins limits with simulated percentiles', () => {
    const ttft = chat?.limits.find((limit) => limit.metric === 'ttft');
    expect(ttft).toMatchObject({ limit: 1.5, value: 1.2 });
    expect(ttft?.margin).toBeCloseTo(0.2, 12);
    expect(ttft?.high).toBeCloseTo(1.32, 12);
  });

  it('is not stationary when the evidence of a chosen candidate is not', () => {
    const [decided] = PLAN.decision.workloads;
    const [chosen] = decided?.chosen ?? [];
    if (decided === undefined || chosen === undefined) throw new Error('the fixture has a decision');
    const evidence = { ...chosen.capacity.evidence, isStationary: false };
    const changed = {
      ...PLAN,
      decision: {
        ...PLAN.decision,
        workloads: [{ ...decided, chosen: [{ ...chosen, capacity: { ...chosen.capacity, evidence } }] }],
      },
    };
    expect(chat?.stationary).toBe(true);
    expect(viewsOf(PROBLEM, changed, TODAY).plan.workloads[0]?.stationary).toBe(false);
  });

  it('shows zeros and no evidence for a workload without a decision', () => {
    const nothing = {
      ...PLAN,
      decision: { ...PLAN.decision, windows: [], allocations: [], nodes: [], workloads: [] },
    };
    const view = viewsOf(PROBLEM, nothing, TODAY).plan.workloads[0];
    expect(view).toMatchObject({
      peakReplicas: 0,
      minReplicas: 0,
      spotShare: 0,
      zones: [],
      stationary: false,
    });
    expect(view?.availability).toEqual({ target: 0.999, achieved: 0 });
  });
});

describe('the view of a pool', () => {
  it('counts nodes of the busiest window and the age of prices in days', () => {
    expect(pool?.peakNodes).toBe(3);
    // From 2026-01-01 to 2026-03-01: 31 + 28 days.
    expect(pool?.offerings[0]).toMatchObject({
      id: 'h100/us-east-1a/on-demand',
      isBought: true,
      priceAgeDays: 59,
    });
    expect(pool?.offerings.find((item) => item.capacityType === 'spot')).not.toHaveProperty('priceAgeDays');
  });

  it('adds up what its line items cost', () => {
    expect(pool?.costPerMonth).toBe(800);
  });

  it('of many instance types is that of all pools that it became', () => {
    const [declared] = PROBLEM.pools;
    if (declared === undefined) throw new Error();
    const { instanceType: _one, ...place } = declared;
    const mix = { ...place, instanceTypes: { names: ['p5.*'], accelerators: true } };
    const named = <T extends { readonly pool: string }>(item: T): T => ({
      ...item,
      pool: 'h100-p5-48xlarge',
    });
    const made = {
      ...PLAN,
      offerings: PLAN.offerings.map(named),
      decision: { ...PLAN.decision, nodes: PLAN.decision.nodes.map(named) },
      cost: { ...PLAN.cost, lineItems: PLAN.cost.lineItems.map(named) },
    };
    const [seen] = viewsOf({ ...PROBLEM, pools: [mix] }, made, TODAY).plan.pools;
    expect(seen).toMatchObject({ id: 'h100', instanceType: '', peakNodes: 3, costPerMonth: 800 });
    expect(seen?.offerings).toEqual(pool?.offerings);
  });
});

describe('the view of a plan', () => {
  it('gives money in dollars, idle capacity and what budgets have left', () => {
    expect(plan.cost).toEqual({
      totalPerMonth: 800,
      listPerMonth: 1100,
      boundPerMonth: 784,
      idlePerMonth: 200,
      idleShare: 0.25,
    });
    expect(plan.budgets[0]?.costPerMonth).toBe(800);
    expect(plan.budgets[0]?.headroom).toBeCloseTo(0.2, 12);
  });

  it('charges the budget of a team with the line items of that team only', () => {
    const document = {
      ...PROBLEM,
      budgets: [{ id: 'search', team: 'search', limit: '1000 USD/month' as const }],
    };
    expect(viewsOf(document, PLAN, TODAY).plan.budgets[0]?.costPerMonth).toBe(600);
  });

  it('sorts pod sets by id', () => {
    expect(plan.allocations.map((item) => [item.id, item.peakReplicas])).toEqual([
      ['chat-h100-on-demand', 2],
      ['chat-h100-spot', 1],
    ]);
  });
});
