import { describe, expect, it } from 'vitest';
import { samplePlan } from '../../../../test/support/sample-plan.ts';
import { serviceSamplePlan } from '../../../../test/support/sample-service-plan.ts';
import { plannedWorkloads } from './planned-workload.ts';

const LABELS = { 'plimsoll.dev/allocation': 'a', 'plimsoll.dev/workload': 'web' };

function podMaker(kind: string, name: string, labels: Readonly<Record<string, string>>) {
  return { kind, metadata: { name, namespace: 'shop', labels } };
}

function matches(kind: string, name: string, pod: string): boolean {
  const [web] = plannedWorkloads(serviceSamplePlan(), [podMaker(kind, name, LABELS)]);
  return web!.podSets.some(({ pods }) => new RegExp(`^(?:${pods})$`).test(pod));
}

describe('what a plan says that can be measured', () => {
  const [web, worker] = plannedWorkloads(serviceSamplePlan(), [podMaker('Deployment', 'web-a', LABELS)]);

  it('of services: rates and pods by hour, CPU of a request, expected response', () => {
    expect(web).toMatchObject({ workload: 'web', kind: 'service', meanRate: 30, burstiness: 1.2 });
    expect([web!.hourlyPeak[0], web!.hourlyPeak[41], web!.hourlyPeak[42]]).toEqual([90, 90, 20]);
    expect([web!.hourlyPods[0], web!.hourlyPods[42]]).toEqual([3, 2]);
    expect(web!.cpuSecondsPerRequest).toBe(0.01);
    expect(web!.response?.p99).toBe(0.075);
    expect(web!.limits).toEqual([{ metric: 'e2e', percentile: 'p99', limit: 0.1 }]);
    expect(web!.meanUnits).toBeCloseTo((42 * 3 + 126 * 2) / 168, 9);
    expect(worker).toMatchObject({ workload: 'worker', podSets: [] });
    expect(worker!.cpuSecondsPerRequest).toBeUndefined();
  });

  it('of language models: traffic, prediction, error of the model, limits, accelerators', () => {
    const plan = samplePlan();
    const [first] = plannedWorkloads(plan, []);
    const decided = plan.decision.workloads[0]!;
    expect(first).toMatchObject({
      workload: decided.workload,
      kind: 'llm',
      latency: decided.operatingPoint.latency,
      lengths: { isl: plan.traffic[0]!.isl },
    });
    expect(first!.modelError).toBe(Math.max(...decided.chosen.map((item) => item.modelError)));
    expect(first!.limits.length).toBeGreaterThan(0);
    expect(first!.meanUnits).toBeGreaterThan(0);
    expect(first!.hourlyPods).toHaveLength(168);
  });

  it.each([
    ['Deployment', 'web-a', 'web-a-6d5f9-x2v4k', true],
    ['Deployment', 'web-a', 'web-a-eu-6d5f9-x2v4k', false],
    ['Deployment', 'web-a', 'web-a-6d5f9', false],
    ['StatefulSet', 'web-a', 'web-a-0', true],
    ['LeaderWorkerSet', 'web-a', 'web-a-0', true],
    ['LeaderWorkerSet', 'web-a', 'web-a-0-3', true],
    ['Deployment', 'web.a', 'webxa-6d5f9-x2v4k', false],
    ['Service', 'web-a', 'web-a-6d5f9-x2v4k', false],
  ])('pods of %s %s: is %s one of them? %s', (kind, name, pod, isOne) => {
    expect(matches(kind, name, pod)).toBe(isOne);
  });
});
