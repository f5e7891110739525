import { describe, expect, it } from 'vitest';
import { sampleParts, samplePlan } from '../../../test/support/sample-plan.ts';
import { manyServices, serviceParts, serviceSamplePlan } from '../../../test/support/sample-service-plan.ts';
import { diffPlans } from '../../plan/index.ts';
import {
  renderDiff,
  renderDiffMarkdown,
  renderExplanation,
  renderPlan,
  renderPlanMarkdown,
  renderPlanSummary,
  renderServiceExplanation,
} from '../index.ts';

const plan = serviceSamplePlan();
const bare = (of: typeof plan) => ({ plan: of, manifests: new Map() });

describe('the text of a plan of services', () => {
  it('shows size, replicas with spares, base and spot, response, availability and cost of each', () => {
    const row = renderPlan(plan).match(/^ {2}web .*$/m)?.[0];
    expect(row?.split(/ {2,}/).filter((cell) => cell !== '')).toEqual([
      'web',
      '1 CPU, 1 GiB',
      '90/s',
      '2 + 1 spare (2 at least)',
      '2',
      '1',
      'p99 75 ms ≤ 100 ms',
      '99.99 % ≥ 99.9 %',
      '76.65',
    ]);
  });

  it('shows the nodes by type, capacity and zone, and how full they are', () => {
    const text = renderPlanSummary(plan);
    expect(text).toMatch(/m7i\.large +on-demand +us-east-1a +1 +2 +100 % +33\.3 % +73\.00/);
    expect(text).toMatch(/m7i\.large +spot +us-east-1b +1 \(0–1\)/);
    expect(text).toContain('3 nodes hold 5 pods in the busiest window, which ask for 88.9 % of the CPU');
  });

  it('ends with a sentence that counts services, replicas and nodes and names the tightest limit', () => {
    const last = renderPlan(plan).trimEnd().split('\n').at(-1);
    expect(last).toContain('153.30 USD/month, 2 services with 5 replicas on 3 nodes');
    expect(last).toContain('SLO met with 25 % headroom (web response p99)');
  });

  it('is cut where services are many, says how many more there are, and is whole on demand', () => {
    const many = manyServices(300);
    const short = renderPlan(many);
    expect(short).toContain('… and 277 more services (all in plan.json)');
    expect(short.split('\n').length).toBeLessThan(100);
    expect(renderPlan(many, undefined, true)).toContain('svc-299');
    expect(short).not.toContain('svc-299');
  });

  it('of language models and services counts both, and is explained for either', () => {
    const models = sampleParts();
    const services = serviceParts();
    const mixed = samplePlan({
      problem: { ...models.problem, services: services.problem.services ?? [] },
      offerings: services.offerings,
      decision: {
        ...models.decision,
        services: services.decision.services ?? [],
        serviceAllocations: services.decision.serviceAllocations ?? [],
        packing: services.decision.packing ?? [],
      },
    });
    const text = renderPlan(mixed);
    expect(text).toContain(
      '5 replicas, 2 services with 5 replicas on 3 nodes, SLO met with 25 % headroom (web',
    );
    expect(text).toMatch(/chat-h100-on-demand/);
    expect(renderExplanation(mixed, mixed.decision.workloads[0]!)).not.toContain('web');
  });

  it('says nothing of services in plans of language models', () => {
    expect(renderPlan(samplePlan())).not.toMatch(/service/i);
    expect(renderPlanMarkdown(samplePlan())).not.toContain('Services (each at its peak)');
  });
});

describe('the Markdown of a plan of services', () => {
  it('holds services, nodes, evidence and requests', () => {
    const text = renderPlanMarkdown(plan);
    for (const part of [
      '### Services (each at its peak)',
      '### Nodes that services share',
      '| web | response p99 ≤ 100 ms | 75 ms | 25 % |',
      '| worker | never the limit |',
      '| web | 30/s | 90/s | all 30/s, CV 1.2 |',
    ])
      expect(text).toContain(part);
  });

  it('folds what is long: every service is in it, the checks are cut', () => {
    const { decision } = serviceParts();
    const [check] = decision.checks;
    const checks = Array.from({ length: 5000 }, (_, i) => ({ ...check!, constraint: `demand/s${i}/w0` }));
    expect(renderPlanMarkdown(manyServices(300))).toContain('svc-299');
    const text = renderPlanMarkdown(serviceSamplePlan({ decision: { ...decision, checks } }));
    expect(text).toContain('… and 4900 more constraints (all in plan.json)');
    expect(text.length).toBeLessThan(30_000);
  });
});

describe('the explanation of a service', () => {
  it('says why this size and count, where it runs, what it survives and what other sizes would cost', () => {
    const [web] = plan.decision.services ?? [];
    const text = renderServiceExplanation(plan, web!);
    for (const part of [
      'one replica of 1 CPU, 1 GiB carries 50/s (70 % busy, p99 60 ms; measured: load test)',
      '90/s at its peak need 2 replicas; 1 spare so that',
      '2 on capacity that stays, 1 on spot capacity',
      'us-east-1b/m7i',
      'web/2000m-2048Mi',
      '+3.50',
      'calls worker',
      'Losses are independent',
    ])
      expect(text).toContain(part);
  });

  it('says where the rate of a replica is never the limit, and who calls the service', () => {
    const [, worker] = plan.decision.services ?? [];
    const text = renderServiceExplanation(plan, worker!);
    expect(text).toContain('its rate is never the limit');
    expect(text).toContain('called by web');
    expect(text).not.toContain('Response time');
  });
});

describe('the difference of plans of services as text', () => {
  it('tells services, nodes and packing, and is cut where they are many', () => {
    const text = renderDiff(diffPlans(bare(plan), bare(manyServices(300))));
    expect(text).toContain('+ svc-000: 2 × worker/500m-1024Mi');
    expect(text).toContain('… and 275 more services (all with --json)');
    expect(renderDiffMarkdown(diffPlans(bare(samplePlan()), bare(plan)))).toContain('| web | response.p99 |');
  });

  it('leaves out limits on response times that stay where they were', () => {
    const { decision } = serviceParts();
    const dearer = serviceSamplePlan({ decision: { ...decision, packing: decision.packing!.slice(0, 3) } });
    const text = renderDiff(diffPlans(bare(plan), bare(dearer)));
    expect(text).not.toContain('response.p99');
    expect(text).toContain('… and 1 more limit (all with --json)');
  });

  it('shows the riskiest limits where they are many', () => {
    const slo = Array.from({ length: 60 }, (_, i) => ({
      workload: `s${i}`,
      limit: 'response.p99',
      before: { value: 0.05, headroom: 0.5 },
      after: { value: 0.06 + i / 1000, headroom: 0.4 - i / 100 },
      risk: i === 59 ? ('broken' as const) : ('higher' as const),
    }));
    const text = renderDiff({ ...diffPlans(bare(plan), bare(manyServices(2))), slo });
    expect(text.indexOf('s59 ')).toBeLessThan(text.indexOf('s0 '));
    expect(text).toContain('… and 35 more limits (all with --json)');
  });

  it('tells where replicas went', () => {
    const { decision } = serviceParts();
    const [web, ...others] = decision.serviceAllocations ?? [];
    const moved = serviceSamplePlan({
      decision: {
        ...decision,
        serviceAllocations: [{ ...web!, replicas: { ...web!.replicas, w0: { 'us-east-1a': 2 } } }, ...others],
      },
    });
    const text = renderDiff(diffPlans(bare(plan), bare(moved)));
    expect(text).toContain('general-m7i-large on-demand us-east-1a: 1 → 2');
    expect(text).toContain('general-m7i-large on-demand us-east-1b: 1 → 0');
  });
});
