import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Offering, PodResources, Problem } from '../model/index.ts';
import { sumUsd, usd } from '../units/index.ts';
import { serviceParts } from '../../test/support/sample-service-plan.ts';
import { IDLE, nodeShares, podShare, priceDecision } from './index.ts';

const node = {
  instanceType: { allocatable: { cpuMillicores: 2000, memory: 8000, pods: 20 } },
} as unknown as Pick<Offering, 'instanceType'>;
const pod = (cpuMillicores: number, memory: number): PodResources =>
  ({ cpuMillicores, memory, cpuLimitMillicores: 0, memoryLimit: 0 }) as unknown as PodResources;

describe('the share of a pod in its node', () => {
  it('is the larger of its parts of CPU and memory', () => {
    expect(podShare(pod(500, 800), node)).toBe(0.25);
    expect(podShare(pod(100, 4000), node)).toBe(0.5);
  });

  it('leaves room that nobody asks for to nobody', () => {
    const sizes = new Map([['a', pod(500, 0)]]);
    expect(nodeShares({ a: 3 }, sizes, node)).toEqual([{ workload: 'a', share: 0.75 }]);
  });

  it('is scaled down where one service asks for the CPU and another for the memory', () => {
    const sizes = new Map([
      ['cpu', pod(1800, 0)],
      ['memory', pod(0, 4800)],
    ]);
    const shares = nodeShares({ cpu: 1, memory: 1 }, sizes, node);
    expect(shares[0]?.share).toBeCloseTo(0.9 / 1.5, 12);
    expect(shares[1]?.share).toBeCloseTo(0.6 / 1.5, 12);
  });

  it('never adds up to more than the node', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3000), fc.nat(9000), fc.nat(4)), { maxLength: 6 }), (services) => {
        const sizes = new Map(services.map(([cpu, memory], i) => [`s${i}`, pod(cpu, memory)]));
        const pods = Object.fromEntries(services.map(([, , count], i) => [`s${i}`, count]));
        const total = nodeShares(pods, sizes, node).reduce((sum, { share }) => sum + share, 0);
        expect(total).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });
});

describe('the cost of services', () => {
  const { cost } = serviceParts();

  it('is that of the nodes, split among the services on them and idle room', () => {
    // Two nodes on demand all week and one on spot for 42 of 168 hours: 730 × (2 × 0.1 + 0.25 × 0.04) USD.
    expect(cost.totalPerMonth).toBe(usd(153.3));
    expect(sumUsd(cost.lineItems.map((item) => item.effectiveCost))).toBe(cost.totalPerMonth);
    // web asks for half a node, worker for a quarter, and the rest is idle.
    const onDemand = cost.lineItems.filter((item) => item.id.startsWith('general-m7i-large/us-east-1a/'));
    expect(onDemand.map((item) => [item.workload, item.nodeHours])).toEqual([
      [IDLE, 182.5],
      ['web', 365],
      ['worker', 182.5],
    ]);
  });

  it('is told per service and per thousand requests, without tokens', () => {
    expect(cost.workloads).toEqual([
      expect.objectContaining({
        workload: 'web',
        team: 'storefront',
        perMonth: usd(76.65),
        // 76.65 USD for 30/s over 730 h: 78.84 million requests
        perThousandRequests: 972,
        tokensPerMonth: 0,
      }),
      expect.objectContaining({ workload: 'worker', perMonth: usd(36.5) }),
    ]);
  });

  it('counts an offering once that language models and services buy of', () => {
    const { decision, offerings } = serviceParts();
    const problem = { workloads: [], services: [] } as unknown as Problem;
    const [first] = decision.nodes;
    const twice = { ...decision, nodes: [...decision.nodes, first!] };
    const report = priceDecision({ decision: twice, offerings, problem, traffic: [] });
    expect(new Set(report.lineItems.map((item) => item.id)).size).toBe(report.lineItems.length);
    expect(report.totalPerMonth).toBe(usd(153.3 + 73));
  });
});
