import { describe, expect, it } from 'vitest';
import { sampleParts, samplePlan } from '../../test/support/sample-plan.ts';
import type { ProblemDocument } from '../model/index.ts';
import { limitHeadroom, parsePlan, plannedAims, serializePlan } from './index.ts';

function planOf(problem: Partial<ProblemDocument>, flags: Readonly<Record<string, string>> = {}) {
  const parts = sampleParts();
  return samplePlan({ problem: { ...parts.problem, ...problem }, inputs: { ...parts.inputs, flags } });
}

describe('what a plan was made for', () => {
  it('is least cost and whole requests where nothing was said', () => {
    expect(plannedAims(samplePlan())).toEqual([
      { workload: 'chat', objective: 'cost', limits: {}, serving: 'aggregated' },
    ]);
  });

  it('is taken from flags before workloads before the problem', () => {
    const [chat] = sampleParts().problem.workloads;
    const workloads = [{ ...chat!, objective: 'latency' as const, limits: { latency: '9s' as const } }];
    const problem = {
      objective: 'energy',
      confidence: '80%',
      limits: { latency: '20s', energyPerOutputToken: '3 J/token' },
      workloads,
    } as const;
    expect(plannedAims(planOf(problem))).toMatchObject([
      { objective: 'latency', confidence: 0.8, limits: { latency: 9, energyPerOutputToken: 3 } },
    ]);
    expect(plannedAims(planOf(problem, { objective: 'accelerators', confidence: '0.95' }))).toMatchObject([
      { objective: 'accelerators', confidence: 0.95 },
    ]);
  });

  it('ignores flags that this version does not know', () => {
    expect(plannedAims(planOf({}, { objective: 'fame', confidence: 'much' }))).toEqual(
      plannedAims(samplePlan()),
    );
  });
});

describe('headroom of limits', () => {
  it('is unknown of plans that hold no figures for them', () => {
    expect(limitHeadroom(planOf({ limits: { latency: '9s' } }))).toEqual([]);
  });
});

describe('plan files of format 1.0', () => {
  it('are read, and written again as they were', () => {
    const old = serializePlan({ ...samplePlan(), formatVersion: '1.0' });
    const read = parsePlan(old, 'plan.json');
    expect(read.ok && serializePlan(read.value)).toBe(old);
  });
});

describe('plan files with a proof and a confidence', () => {
  it('round-trip, and are refused with figures missing', () => {
    const parts = sampleParts();
    const [chat] = parts.decision.workloads;
    const confidence = { level: 0.9, factors: { ttft: 2, tpot: 1.5, e2e: 1.6 } };
    const proof = {
      enumerated: 9,
      left: { costlier: 4 },
      simulated: 5,
      simulations: 20,
      requests: 30,
      isComplete: true,
    };
    const text = serializePlan(
      samplePlan({ decision: { ...parts.decision, workloads: [{ ...chat!, confidence, proof }] } }),
    );
    expect(parsePlan(text, 'plan.json').diagnostics).toEqual([]);
    const broken = text.replace('"factors":', '"other":').replace('"isComplete":', '"isDone":');
    expect(parsePlan(broken, 'plan.json').diagnostics.map(({ code }) => code)).toEqual([
      'plan-invalid',
      'plan-invalid',
    ]);
  });
});
