import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { PlanDocument } from '../../src/model/index.ts';
import { diffPlans, parsePlan } from '../../src/plan/index.ts';
import type { ReportDocument } from '../../src/report/index.ts';
import { sampleEvidence } from '../../src/report/html/testing/sample-evidence.ts';
import { manyWorkloads } from '../../src/report/html/testing/sample-plans.ts';
import { microUsd } from '../../src/units/index.ts';
import { serviceSamplePlan } from './sample-service-plan.ts';

/** The committed plan of a language model. */
export function chatPlan(): PlanDocument {
  const file = path.resolve(import.meta.dirname, '../../plans/chat/plan.json');
  const parsed = parsePlan(readFileSync(file, 'utf8'), file);
  if (!parsed.ok) throw new Error(`${file} is no plan`);
  return parsed.value;
}

/** A report of a plan with made-up evidence. */
export function reportOf(plan: PlanDocument): ReportDocument {
  return { plan, evidence: sampleEvidence(plan), remarks: ['The replay covers one day of the profile.'] };
}

/** The chat plan after its rate grew: dearer, slower, a violation more, some objects changed. */
export function comparedReport(): ReportDocument {
  const before = chatPlan();
  const [violation] = before.policy.verdicts;
  const after: PlanDocument = {
    ...before,
    inputs: { ...before.inputs, hashes: { ...before.inputs.hashes, problem: 'b'.repeat(64) } },
    decision: {
      ...before.decision,
      status: 'feasible-with-gap',
      gap: 0.012,
      allocations: before.decision.allocations
        .slice(0, 1)
        .map((item) => ({ ...item, replicas: { w0: { 'us-east-1c': 9 } } })),
      workloads: before.decision.workloads.map((item) => ({
        ...item,
        operatingPoint: {
          ...item.operatingPoint,
          latency: {
            ...item.operatingPoint.latency,
            ttft: { ...item.operatingPoint.latency.ttft, p99: { value: 1.62, low: 1.5, high: 1.7 } },
          },
        },
      })),
    },
    cost: {
      ...before.cost,
      totalPerMonth: microUsd(before.cost.totalPerMonth * 1.18),
      workloads: before.cost.workloads.map((item) => ({ ...item, perMonth: microUsd(item.perMonth * 1.18) })),
    },
    policy: {
      ...before.policy,
      verdicts:
        violation === undefined
          ? []
          : [...before.policy.verdicts, { ...violation, rule: 'new-rule', outcome: 'violation' }],
    },
  };
  const manifests = (replicas: number): ReadonlyMap<string, Readonly<Record<string, unknown>>> =>
    new Map([
      [
        'manifests/chat.yaml',
        { kind: 'Deployment', metadata: { name: 'chat', namespace: 'llm' }, spec: { replicas } },
      ],
    ]);
  const diff = diffPlans({ plan: before, manifests: manifests(4) }, { plan: after, manifests: manifests(9) });
  return { ...reportOf(after), before: { plan: before, diff } };
}

/** Reports of every shape that the page knows: models, services, both kinds by the hundred, and a comparison. */
export const REPORTS: Readonly<Record<string, () => ReportDocument>> = {
  'of a language model': () => reportOf(chatPlan()),
  'of services': () => reportOf(serviceSamplePlan()),
  'of two plans compared': comparedReport,
  'of 200 services': () => reportOf(manyWorkloads(serviceSamplePlan(), 200)),
  'of 200 language models': () => reportOf(manyWorkloads(chatPlan(), 200)),
};
