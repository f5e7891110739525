import { describe, expect, it } from 'vitest';
import { samplePlan } from '../../test/support/sample-plan.ts';
import { manyServices, serviceParts, serviceSamplePlan } from '../../test/support/sample-service-plan.ts';
import type { PlanDocument, ServiceDecision } from '../model/index.ts';
import { seconds } from '../units/index.ts';
import {
  diffPlans,
  nodeFill,
  nodeGroups,
  parsePlan,
  responseHeadroom,
  serializePlan,
  serviceSummaries,
} from './index.ts';

const plan = serviceSamplePlan();
const bare = (of: PlanDocument) => ({ plan: of, manifests: new Map() });

/** The sample plan with its first service changed. */
function withWeb(change: (web: ServiceDecision) => ServiceDecision): PlanDocument {
  const { decision } = serviceParts();
  const [web, ...others] = decision.services ?? [];
  return serviceSamplePlan({ decision: { ...decision, services: [change(web!), ...others] } });
}

describe('a plan of services', () => {
  it('round-trips, rates that are never the limit included', () => {
    const text = serializePlan(plan);
    expect(text).not.toContain('Infinity');
    expect(text).not.toContain('null');
    const parsed = parsePlan(text, 'plan.json');
    expect(parsed.diagnostics).toEqual([]);
    expect(parsed.ok && serializePlan(parsed.value)).toBe(text);
    expect(parsed.ok && parsed.value).toEqual(plan);
    expect(parsed.ok && parsed.value.decision.services?.[1]?.shape.ratePerReplica).toBe(Infinity);
  });

  it('is refused where a service has no size', () => {
    const broken = JSON.parse(serializePlan(plan)) as { decision: { services: { shape?: object }[] } };
    delete broken.decision.services[0]!.shape;
    expect(parsePlan(JSON.stringify(broken), 'plan.json').diagnostics[0]?.code).toBe('plan-invalid');
  });

  it('is told in short by service: needed and spare replicas, base and spot, response against its limit', () => {
    expect(serviceSummaries(plan)).toEqual([
      expect.objectContaining({
        workload: 'web',
        team: 'storefront',
        needed: 2,
        planned: 3,
        fewest: 2,
        base: 2,
        spot: 1,
        zones: ['us-east-1a', 'us-east-1b'],
        response: { percentile: 'p99', value: 0.075, limit: 0.1 },
      }),
      expect.objectContaining({ workload: 'worker', base: 2, spot: 0 }),
    ]);
    expect(serviceSummaries(samplePlan())).toEqual([]);
  });

  it('says how full its nodes are without what daemonsets take', () => {
    const groups = nodeGroups(plan);
    expect(groups.map((item) => [item.zone, item.capacityType, item.nodes, item.fewest, item.most])).toEqual([
      ['us-east-1a', 'on-demand', 1, 1, 1],
      ['us-east-1b', 'on-demand', 1, 1, 1],
      ['us-east-1b', 'spot', 1, 0, 1],
    ]);
    // 1.5 of 2 − 0.5 cores, 2 of 8 − 2 GiB
    expect([groups[0]?.cpuShare, groups[0]?.memoryShare]).toEqual([1, 1 / 3]);
    expect(nodeFill(plan)).toMatchObject({ nodes: 3, pods: 5, cpuShare: 4 / 4.5 });
    expect(nodeFill(samplePlan())).toBeUndefined();
  });

  it('has headroom to its limits on response times', () => {
    expect(responseHeadroom(plan)).toEqual([
      {
        workload: 'web',
        percentile: 'p99',
        limit: 0.1,
        value: 0.075,
        headroom: expect.closeTo(0.25, 9) as number,
      },
    ]);
  });
});

describe('the difference of plans of services', () => {
  it('is empty against itself, and says nothing of services where there are none', () => {
    expect(diffPlans(bare(plan), bare(plan))).toMatchObject({ isEmpty: true, services: { services: [] } });
    expect(diffPlans(bare(samplePlan()), bare(samplePlan()))).not.toHaveProperty('services');
  });

  it('tells a service that was added, and what its limits are worth', () => {
    const diff = diffPlans(bare(samplePlan()), bare(plan));
    expect(diff.services?.services.map((item) => [item.workload, item.action])).toEqual([
      ['web', 'added'],
      ['worker', 'added'],
    ]);
    expect(diff.slo.map((item) => `${item.workload} ${item.limit}`)).toContain('web response.p99');
    expect(diff.services?.fill).toMatchObject({ after: { nodes: 3 } });
  });

  it('finds replicas that moved, nodes that changed and pods that are packed in another way', () => {
    const { decision } = serviceParts();
    const [web, spot, worker] = decision.serviceAllocations ?? [];
    const [a, b, , ...quiet] = decision.packing ?? [];
    const moved = serviceSamplePlan({
      decision: {
        ...decision,
        serviceAllocations: [
          { ...web!, replicas: { ...web!.replicas, w0: { 'us-east-1a': 2, 'us-east-1b': 1 } } },
          { ...spot!, replicas: {} },
          worker!,
        ],
        packing: [a!, { ...a!, pods: { web: 1 } }, b!, ...quiet],
      },
    });
    const { services, isEmpty } = diffPlans(bare(plan), bare(moved));
    expect(isEmpty).toBe(false);
    expect(services?.isRepacked).toBe(true);
    expect(services?.services[0]?.after?.places).toEqual({
      'general-m7i-large on-demand us-east-1a': 2,
      'general-m7i-large on-demand us-east-1b': 1,
    });
    expect(services?.nodes).toEqual([
      { offering: 'general-m7i-large/us-east-1a/on-demand', before: 1, after: 2 },
      { offering: 'general-m7i-large/us-east-1b/spot', before: 1, after: 0 },
    ]);
  });

  it('calls a response time above its limit broken', () => {
    const slow = withWeb((web) => ({
      ...web,
      response: { ...web.response!, latency: { p99: seconds(0.12) } },
    }));
    const change = diffPlans(bare(plan), bare(slow)).slo.find((item) => item.workload === 'web');
    expect(change).toMatchObject({ limit: 'response.p99', risk: 'broken' });
  });

  it('tells a change of the availability', () => {
    const rarer = withWeb((web) => ({ ...web, availability: { ...web.availability, achieved: 0.9991 } }));
    expect(diffPlans(bare(plan), bare(rarer)).services?.services).toMatchObject([
      { workload: 'web', before: { availability: 0.9999 }, after: { availability: 0.9991 } },
    ]);
  });

  it('is made for hundreds of services', () => {
    const diff = diffPlans(bare(plan), bare(manyServices(300)));
    expect(diff.services?.services).toHaveLength(300);
  });
});
