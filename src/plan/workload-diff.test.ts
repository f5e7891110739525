import { describe, expect, it } from 'vitest';
import { VIOLATION, sampleParts, samplePlan } from '../../test/support/sample-plan.ts';
import { serviceSamplePlan } from '../../test/support/sample-service-plan.ts';
import type { PlanDocument, PoolDocument } from '../model/index.ts';
import { microUsd, sumUsd, usd, usdPerHour } from '../units/index.ts';
import { costDelta, diffPlans, emptyPlan } from './index.ts';
import type { PlanDiff } from './index.ts';

const parts = sampleParts();
const [onDemand, spot] = parts.decision.allocations;

function diffOf(before: PlanDocument, after: PlanDocument): PlanDiff {
  return diffPlans({ plan: before, manifests: new Map() }, { plan: after, manifests: new Map() });
}

/** The sample plan with another number of replicas on demand, and inputs that may differ too. */
function scaled(replicas: number, changes: Partial<typeof parts> = {}): PlanDocument {
  return samplePlan({
    ...changes,
    decision: {
      ...parts.decision,
      allocations: [{ ...onDemand!, replicas: { w0: { 'us-east-1a': replicas } } }, spot!],
    },
  });
}

describe('differences of workloads', () => {
  it('are none where nothing differs', () => {
    expect(diffOf(samplePlan(), samplePlan()).workloads).toEqual([]);
  });

  it('sum replicas that are alike over zones and capacity types, by window', () => {
    const [change] = diffOf(samplePlan(), scaled(4)).workloads;
    expect(change?.before?.replicas).toEqual([
      {
        what: 'vllm-fp8-tp4-b8192x256',
        pools: ['h100'],
        minReplicas: 2,
        maxReplicas: 5,
        capacity: { 'on-demand': 3, spot: 2 },
      },
    ]);
    expect(change?.after?.replicas[0]?.maxReplicas).toBe(6);
  });

  it('of services are told like those of language models', () => {
    const plan = serviceSamplePlan();
    const workloads = diffOf(emptyPlan(plan), plan).workloads;
    expect(workloads.length).toBe(plan.cost.workloads.length);
    expect(workloads.every((item) => item.action === 'added' && item.after !== undefined)).toBe(true);
  });

  it('stand with the greatest difference in cost first', () => {
    const cost = (perMonth: number, workload: string) => ({
      ...parts.cost.workloads[0]!,
      workload,
      perMonth: usd(perMonth),
    });
    const plan = (a: number, b: number): PlanDocument =>
      samplePlan({ cost: { ...parts.cost, workloads: [cost(a, 'a'), cost(b, 'b')] } });
    const { workloads } = diffOf(plan(10, 10), plan(11, 5));
    expect(workloads.map((item) => [item.workload, costDelta(item)])).toEqual([
      ['b', usd(-5)],
      ['a', usd(1)],
    ]);
  });
});

describe('differences of cost', () => {
  it('are told by workload and by what none uses, and sum to the whole', () => {
    const [first] = parts.cost.lineItems;
    const idle = { ...first!, workload: '(idle)', effectiveCost: usd(7) };
    const cost = {
      ...parts.cost,
      lineItems: [...parts.cost.lineItems, idle],
      totalPerMonth: microUsd(parts.cost.totalPerMonth + usd(7)),
    };
    const diff = diffOf(samplePlan(), samplePlan({ cost }));
    expect(diff.workloadCosts).toEqual([{ subject: '(idle)', before: 0, after: usd(7), delta: usd(7) }]);
    expect(sumUsd(diff.workloadCosts.map((change) => change.delta))).toBe(diff.cost.delta);
  });
});

describe('reasons of a change', () => {
  const reasonsOf = (before: PlanDocument, after: PlanDocument) =>
    diffOf(before, after).workloads[0]?.reasons;
  const [workload] = parts.problem.workloads;

  it('name what was declared otherwise about the workload', () => {
    const slo = { ...workload!.slo, ttft: { p99: '1s' as const } };
    const problem = { ...parts.problem, workloads: [{ ...workload!, slo }] } as PlanDocument['problem'];
    expect(reasonsOf(samplePlan(), scaled(4, { problem }))).toEqual([
      { about: 'slo.ttft.p99', before: '1.5s', after: '1s' },
    ]);
  });

  it('name pools only where nothing of its own changed', () => {
    const pools = [{ ...(parts.problem.pools[0] as PoolDocument), maxNodes: 3 }];
    const problem = { ...parts.problem, pools };
    expect(reasonsOf(samplePlan(), scaled(4, { problem }))).toEqual([
      { about: 'pools.h100.maxNodes', before: 'none', after: '3' },
    ]);
  });

  it('name a service by its id, and whole things by what became of them', () => {
    const plan = serviceSamplePlan();
    const { workloads, declared } = diffOf(emptyPlan(plan), plan);
    expect(workloads.map((item) => item.reasons)).toEqual(workloads.map(() => [{ about: 'newly declared' }]));
    expect(declared.map((item) => item.path)).toEqual([
      ['services', 'web'],
      ['services', 'worker'],
    ]);
    const bare = { ...plan, problem: { ...plan.problem, pools: [] } };
    expect(diffOf(bare, scaled(4, { problem: plan.problem })).workloads[0]?.reasons).toContainEqual({
      about: 'pools.general added',
    });
  });

  it('name a price once for all zones, with its share', () => {
    const offerings = (price: number) =>
      ['a', 'b'].map((zone) => ({
        id: `h100/us-east-1${zone}/on-demand`,
        pool: 'h100',
        capacityType: 'on-demand',
        price: usdPerHour(price),
      })) as unknown as PlanDocument['offerings'];
    const before = samplePlan({ offerings: offerings(50) });
    const diff = diffOf(before, scaled(4, { offerings: offerings(40) }));
    expect(diff.prices).toHaveLength(2);
    expect(diff.workloads[0]?.reasons).toEqual([
      { about: 'price of h100 on-demand', before: '50.0000', after: '40.0000 USD/hour (-20 %)' },
    ]);
  });

  it('name the program and its flags, and leave hashes out', () => {
    const inputs = {
      ...parts.inputs,
      toolVersion: '0.2.0',
      hashes: { ...parts.inputs.hashes, catalog: 'b'.repeat(64), prices: 'b'.repeat(64) },
    };
    expect(reasonsOf(samplePlan(), scaled(4, { inputs }))).toEqual([
      { about: 'catalog' },
      { about: 'tool', before: '0.1.0', after: '0.2.0' },
    ]);
  });

  it('are other workloads where only those were declared otherwise', () => {
    const problem = { ...parts.problem, workloads: [workload!, { ...workload!, id: 'other' }] };
    expect(reasonsOf(samplePlan(), scaled(4, { problem }))).toEqual([{ about: 'other workloads changed' }]);
  });
});

describe('a stack without a plan', () => {
  it('is compared with nothing: all of its cost and objects are new', () => {
    const diff = diffOf(emptyPlan(samplePlan()), samplePlan());
    expect(diff.cost.before).toBe(0);
    expect(diff.cost.delta).toBe(parts.cost.totalPerMonth);
    expect(diff.allocations.map((item) => item.action)).toEqual(['added', 'added']);
    expect(diff.workloads.map((item) => [item.action, item.reasons])).toEqual([
      ['added', [{ about: 'newly declared' }]],
    ]);
    expect(diff.isEmpty).toBe(false);
  });
});

describe('verdicts that differ', () => {
  const having = (outcome: 'violation' | 'waived' | 'pass'): PlanDocument =>
    samplePlan({ policy: { verdicts: [{ ...VIOLATION, outcome }], passes: true, rulesEvaluated: 1 } });

  it('tell a violation that is waived from one that was resolved', () => {
    const waived = diffOf(having('violation'), having('waived')).policy;
    expect([waived.resolved.length, waived.waived.length]).toEqual([0, 1]);
    const resolved = diffOf(having('violation'), having('pass')).policy;
    expect([resolved.resolved.length, resolved.waived.length]).toEqual([1, 0]);
  });

  it('call it news when advice becomes mandatory', () => {
    const advice = { ...VIOLATION, level: 'advisory' as const };
    const before = samplePlan({ policy: { verdicts: [advice], passes: true, rulesEvaluated: 1 } });
    const { appeared, resolved } = diffOf(before, having('violation')).policy;
    expect([appeared, resolved].map(([item]) => item?.level)).toEqual(['mandatory', 'advisory']);
  });
});

describe('assumptions and nodes that differ', () => {
  it('are listed on the side that has them', () => {
    const node = {
      offering: 'h100/us-east-1a/spot',
      pool: 'h100',
      zone: 'us-east-1a',
      instanceType: 'p5.48xlarge',
      capacityType: 'spot' as const,
      nodes: { w0: 1, w1: 3 },
    };
    const after = samplePlan({
      assumptions: [{ subject: 'chat', statement: 'Hours differ', evidence: 'measured' }],
      decision: { ...parts.decision, nodes: [node] },
    });
    const diff = diffOf(samplePlan(), after);
    expect(diff.assumptions.appeared.map((item) => item.statement)).toEqual(['Hours differ']);
    expect(diff.assumptions.gone.map((item) => item.statement)).toEqual(['Hours are alike']);
    expect(diff.nodes).toEqual([{ offering: 'h100/us-east-1a/spot', before: 0, after: 3 }]);
  });
});
