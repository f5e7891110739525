import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { serviceSamplePlan } from '../../test/support/sample-service-plan.ts';
import type { PlanDocument } from '../model/index.ts';
import { SHIPPED_PACKS } from './bind-rules.ts';
import { evaluatePolicies } from './evaluate-policies.ts';
import { parsePack } from './parse-pack.ts';
import { viewsOf } from './plan-view.ts';
import type { RulePack } from './rule.ts';

const plan = serviceSamplePlan();
const TODAY = '2026-10-02';

const packs = SHIPPED_PACKS.map((name): RulePack => {
  const file = path.resolve(import.meta.dirname, '../../policies', name, 'pack.yaml');
  const pack = parsePack(readFileSync(file, 'utf8'), { fileName: file });
  if (!pack.ok) throw new Error(pack.diagnostics.map((item) => item.summary).join('\n'));
  return pack.value;
});

/** What the shipped packs find in a plan: `rule subject` of every violation. */
function violations(of: PlanDocument): readonly string[] {
  const judged = evaluatePolicies({
    problem: of.problem,
    plan: of,
    manifests: [],
    policies: packs.map(({ name: pack }) => ({
      id: pack,
      path: `shop/${pack}`,
      pack,
      levels: {},
      parameters: {},
      rules: [],
    })),
    packs,
    waivers: [],
    today: TODAY,
  });
  if (!judged.ok) throw new Error(JSON.stringify(judged.diagnostics));
  expect(judged.value.diagnostics.map((item) => item.code)).not.toContain('policy-evaluation-failed');
  return judged.value.report.verdicts
    .filter((item) => item.outcome === 'violation')
    .map((item) => `${item.rule} ${item.subject}`);
}

describe('services as rules see them', () => {
  const views = viewsOf(plan.problem, plan, TODAY);
  const [web, worker] = views.plan.workloads;

  it('are workloads of kind service with replicas, spot share, team, requests and what a pod asks for', () => {
    expect(web).toMatchObject({
      id: 'web',
      kind: 'service',
      team: 'storefront',
      mayUseSpot: true,
      peakReplicas: 3,
      minReplicas: 2,
      spotShare: 1 / 3,
      onDemandShare: 2 / 3,
      zones: ['us-east-1a', 'us-east-1b'],
      traffic: { meanRate: 30, peakRate: 90, burstiness: 1.2 },
      availability: { target: 0.999, achieved: 0.9999 },
      cost: { perMonth: 76.65 },
      pod: { cpu: 1, memory: 2 ** 30, response: { p99: 0.075 } },
    });
    expect(web?.limits).toEqual([
      {
        metric: 'response',
        percentile: 'p99',
        limit: 0.1,
        value: 0.075,
        high: 0.075,
        margin: expect.closeTo(0.25, 9) as number,
      },
    ]);
    expect(web?.windows[0]).toMatchObject({ replicas: 3, demand: 90, capacity: 150, utilisation: 0.6 });
  });

  it('are used as far as they are needed where their rate is never the limit', () => {
    expect(worker?.windows[0]?.utilisation).toBe(0.5);
  });

  it('stand in the problem as declared', () => {
    expect(views.problem.workloads.map((item) => [item.id, item.kind, item.maxSpotShare])).toEqual([
      ['web', 'service', 0.5],
      ['worker', 'service', 1],
    ]);
  });

  it('are judged by the shipped packs like language models, without a rule that fails', () => {
    const found = violations(plan);
    expect(found).toContain('team-declared workload worker');
    expect(found).toContain('budget-declared problem shop');
    expect(found.filter((item) => item.endsWith('workload web'))).toEqual([]);
  });

  it('are covered by the budget of their team', () => {
    const { problem } = plan;
    const [web, worker] = problem.services ?? [];
    const covered = serviceSamplePlan({
      problem: {
        ...problem,
        services: [web!, { ...worker!, team: 'storefront' }],
        budgets: [{ id: 'storefront', team: 'storefront', limit: '500 USD/month' }],
      },
    });
    expect(violations(covered)).not.toContain('budget-declared problem shop');
  });

  it('break the rule on promises where their response time does', () => {
    const { services } = plan.decision;
    const slow = serviceSamplePlan({
      decision: {
        ...plan.decision,
        services: services!.map((item) =>
          item.response === undefined
            ? item
            : { ...item, response: { ...item.response, latency: { p99: 0.2 as never } } },
        ),
      },
    });
    expect(violations(slow)).toContain('slo-met workload web');
  });
});
