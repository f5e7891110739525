import { beforeAll, describe, expect, it } from 'vitest';
import type { ReportDocument, WorkloadEvidence } from '../../report/index.ts';
import type { StoredPlan } from '../plan-folder.ts';
import { withObjects } from '../diff.ts';
import { planStack } from '../plan-stack.ts';
import { quietHost } from '../testing/host.ts';
import { composed, withPlan } from './testing/chat-plan.ts';

const PROBLEM = `apiVersion: plimsoll.dev/v1alpha1
name: mini-shop
pools:
  - { id: m, provider: aws, region: us-east-1, zones: [us-east-1a, us-east-1b], instanceType: m7i.xlarge, capacityTypes: [on-demand] }
services:
  - id: front
    image: example/front:1
    port: 80
    requestClasses:
      - { id: browse, meanRate: 90/s, peakToMean: 1.5, peakHour: 12 }
      - { id: buy, meanRate: 30/s, calls: [{ service: store, perRequest: 2 }] }
    calls: [{ service: store }]
    performance: { queueing: { sizes: [{ requests: { cpu: '1', memory: 256Mi } }], cpuTime: 5ms } }
    slo: { response: { p50: 200ms, p99: 300ms }, availability: 99%, tolerates: node }
  - id: store
    image: example/store:1
    port: 80
    calls: [{ service: ledger }]
    performance: { queueing: { sizes: [{ requests: { cpu: '1', memory: 256Mi } }], cpuTime: 4ms } }
  - id: ledger
    image: example/ledger:1
    port: 80
    performance: { fixed: { resources: { requests: { cpu: 500m, memory: 256Mi } }, replicas: 2 } }
`;

let stored: StoredPlan;
let report: ReportDocument;
beforeAll(async () => {
  const planned = await planStack('-', { stdin: PROBLEM, timeLimitSeconds: 5 }, quietHost());
  if (!planned.ok) throw new Error(JSON.stringify(planned.diagnostics));
  stored = { ...withObjects(planned.value), shown: 'plan.json', folder: '/nowhere' };
  report = await composed(stored);
});

function of(workload: string, document = report): WorkloadEvidence {
  return document.evidence.find((item) => item.workload === workload)!;
}

describe('the report of services', () => {
  it('is sorted by name and whole', () => {
    expect(report.evidence.map((item) => [item.workload, item.kind])).toEqual([
      ['front', 'service'],
      ['ledger', 'service'],
      ['store', 'service'],
    ]);
    expect(report.remarks).toEqual([]);
  });

  it('tells the plan’s percentiles of all requests, and a distribution through them', () => {
    const [all] = of('front').latencies;
    const { latency } = stored.plan.decision.services!.find((item) => item.workload === 'front')!.response!;
    expect(all!.percentiles.map((item) => item.seconds)).toEqual([
      latency.p50,
      latency.p90,
      latency.p95,
      latency.p99,
    ]);
    expect(all!.limits).toEqual([
      { percentile: 50, seconds: 0.2 },
      { percentile: 99, seconds: 0.3 },
    ]);
    for (const { percentile, seconds } of all!.percentiles) {
      const point = all!.cdf.find(({ share }) => Math.abs(share - percentile / 100) < 1e-9)!;
      expect(point.seconds / seconds).toBeCloseTo(1, 5);
    }
    for (const { cdf } of of('front').latencies) {
      const seconds = cdf.map((point) => point.seconds);
      expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
    }
  });

  it('tells each class of requests, the one with more calls slower', () => {
    const [, browse, buy] = of('front').latencies;
    expect([browse!.requestClass, buy!.requestClass]).toEqual(['browse', 'buy']);
    expect(browse!.percentiles[1]!.seconds).toBeLessThan(buy!.percentiles[1]!.seconds);
    expect([browse!.limits, buy!.limits]).toEqual([[], []]);
  });

  it('tells of a service behind others its own time, and nothing of one of unknown speed', () => {
    expect(of('store').latencies).toHaveLength(1);
    expect(of('store').latencies[0]!.limits).toEqual([]);
    expect(of('ledger')).toMatchObject({ latencies: [] });
    expect(of('ledger').capacityCurve).toBeUndefined();
  });

  it('draws a curve through the busiest window that rises with the rate', () => {
    const curve = of('front').capacityCurve!;
    const decision = stored.plan.decision.services!.find((item) => item.workload === 'front')!;
    const { requestRate, planned } = decision.load['w0']!;
    expect(curve.operatingRate).toBeCloseTo(requestRate / planned, 3);
    expect(curve.plannedRate / decision.shape.ratePerReplica).toBeCloseTo(1, 5);
    expect([curve.metric, curve.percentile, curve.limit]).toEqual(['response', 99, 0.3]);
    const at = curve.points.find((point) => point.rate === curve.operatingRate)!;
    expect(at.seconds / decision.response!.latency.p99!).toBeCloseTo(1, 5);
    const seconds = curve.points.map((point) => point.seconds);
    expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
    expect(curve.points.every((point) => point.low === undefined)).toBe(true);
  });

  it('sets demand, calls included, beside planned replicas × their rate; Infinity where no rate is known', () => {
    for (const decision of stored.plan.decision.services!) {
      const { hours } = of(decision.workload);
      expect(hours).toHaveLength(168);
      for (const window of stored.plan.decision.windows) {
        const { planned, requestRate } = decision.load[window.id]!;
        for (const hour of window.hours) {
          expect(hours[hour]!.capacity).toBeCloseTo(planned * decision.shape.ratePerReplica, 2);
          expect(hours[hour]!.demand).toBeLessThanOrEqual(requestRate * 1.00001);
        }
      }
    }
    expect(of('ledger').hours[0]!.capacity).toBe(Infinity);
    const [front, store] = [of('front').hours[12]!, of('store').hours[12]!];
    // Every request of 30/s calls the store twice, the others once.
    expect(store.demand).toBeCloseTo(front.demand + 30, 2);
  });

  it('shows the plan’s percentiles alone where its models are not looked at, or no longer give them', async () => {
    const quick = of('front', await composed(stored, { isQuick: true }));
    expect(quick.latencies).toHaveLength(1);
    expect(quick.latencies[0]!.cdf).toEqual([]);
    expect(quick.latencies[0]!.percentiles).toEqual(of('front').latencies[0]!.percentiles);
    expect(quick.capacityCurve).toBeUndefined();
    const moved = withPlan(stored, (plan) => ({
      ...plan,
      decision: {
        ...plan.decision,
        services: plan.decision.services!.map((item) =>
          item.response === undefined
            ? item
            : {
                ...item,
                response: {
                  ...item.response,
                  latency: { ...item.response.latency, p99: (item.response.latency.p99! * 1.01) as never },
                },
              },
        ),
      },
    }));
    const other = await composed(moved);
    expect(of('front', other).latencies.map((item) => item.cdf)).toEqual([[]]);
    expect(other.remarks).toEqual([
      expect.stringMatching(/^The response times of front no longer come out as planned/),
    ]);
  });
});
