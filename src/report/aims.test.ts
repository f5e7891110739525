import { describe, expect, it } from 'vitest';
import { CANDIDATE, sampleParts, samplePlan } from '../../test/support/sample-plan.ts';
import { OBJECTIVE_MEANINGS, OBJECTIVES } from '../model/index.ts';
import type { LlmServiceDocument, WorkloadDecision } from '../model/index.ts';
import { diffPlans } from '../plan/index.ts';
import type { PlanParts } from '../plan/index.ts';
import { joules, seconds, usd } from '../units/index.ts';
import { candidatePhrase } from './phrases.ts';
import {
  renderDiff,
  renderDiffMarkdown,
  renderExplanation,
  renderPlan,
  renderPlanMarkdown,
  renderPlanSummary,
} from './index.ts';

/** The sample with changes to its only workload, as declared and as decided. */
function planOf(
  declared: Partial<LlmServiceDocument>,
  decided: Partial<WorkloadDecision> = {},
  changes: Partial<PlanParts> = {},
) {
  const parts = sampleParts();
  return samplePlan({
    problem: {
      ...parts.problem,
      workloads: parts.problem.workloads.map((workload) => ({ ...workload, ...declared })),
    },
    decision: {
      ...parts.decision,
      workloads: parts.decision.workloads.map((decision) => ({ ...decision, ...decided })),
    },
    ...changes,
  });
}

const LIMITS = {
  costPerMillionTokens: '2 USD/Mtoken',
  throughputPerAccelerator: '400 tokens/s',
  latency: '10s',
  energyPerOutputToken: '3 J/token',
} as const;
const MERITS = {
  costPerMillionTokens: usd(1.5),
  throughputPerAccelerator: 500,
  latency: seconds(7.5),
  energyPerOutputToken: joules(3.3),
};
const CONFIDENCE = {
  level: 0.9,
  factors: { ttft: 1.82, tpot: 1.38, e2e: 1.4 },
  costWithout: usd(40_000),
  extraCost: usd(9822.21),
};
const PROOF = {
  enumerated: 1200,
  left: { 'out-of-memory': 700, costlier: 480, unstable: 0 },
  simulated: 20,
  simulations: 300,
  requests: 1_200_000,
  gap: 0.031,
  isComplete: true,
};

describe('reports of plans without aims', () => {
  it('say nothing of aims, confidence or limits', () => {
    for (const text of [renderPlan(samplePlan()), renderPlanMarkdown(samplePlan())]) {
      expect(text).not.toContain('Aims');
      expect(text).not.toContain('confidence');
    }
  });
});

describe('limits beside the SLO', () => {
  const plan = planOf({ limits: LIMITS }, { merits: MERITS });

  it('stand with what is reached and how much room is left, whichever direction they have', () => {
    const text = renderPlan(plan);
    expect(text).toMatch(/cost per 1M tokens ≤ 2\.0000 USD +1\.5000 USD +25 %/);
    expect(text).toMatch(/output per accelerator ≥ 400 tokens\/s +500 tokens\/s +25 %/);
    expect(text).toMatch(/e2e p99 ≤ 10 s +7\.5 s +25 %/);
    expect(text).toMatch(/energy per output token ≤ 3 J +3\.3 J +-10 %/);
    expect(renderPlanMarkdown(plan)).toContain('| chat | e2e p99 ≤ 10 s | 7.5 s | 25 % |');
  });
});

describe('the confidence', () => {
  const plan = planOf({ confidence: '90%' }, { confidence: CONFIDENCE });

  it('is told with its factors and what it costs, in text, Markdown and explanations', () => {
    const said =
      'keeps its SLO with 90 % confidence: there is room for TTFT 1.82 times and TPOT 1.38 times as long';
    const [decision] = plan.decision.workloads;
    for (const text of [renderPlan(plan), renderPlanMarkdown(plan), renderExplanation(plan, decision!)]) {
      expect(text).toContain(said);
      expect(text).toContain('+9,822.21 USD/month');
    }
  });

  it('stands in the sentence a plan ends with', () => {
    expect(renderPlanSummary(plan)).toContain('SLO met with 90 % confidence and 50 % headroom');
  });
});

describe('objectives', () => {
  it.each(OBJECTIVES.filter((name) => name !== 'cost'))(
    '%s is told in words, of stack and flag alike',
    (objective) => {
      const inputs = { ...sampleParts().inputs, flags: { objective } };
      for (const plan of [planOf({ objective }), planOf({}, {}, { inputs })])
        expect(renderPlan(plan)).toContain(`chat: ${OBJECTIVE_MEANINGS[objective]}, within its SLO`);
    },
  );
});

describe('the search', () => {
  it('is told with its size, its reasons and its gap', () => {
    const text = renderPlan(planOf({}, { proof: PROOF }));
    expect(text).toContain('1200 candidates, 1180 left out (480 × costlier, 700 × out-of-memory)');
    expect(text).toContain('20 candidates simulated in 300 runs of 1200000 requests in all');
    expect(text).toContain('no candidate can be more than 3.1 % better by bounds');
    expect(text).not.toContain('time ran out');
    expect(renderPlanMarkdown(planOf({}, { proof: PROOF }))).toContain('1180 left out');
  });

  it('says when the time ran out, and no gap where none is known', () => {
    const { gap: _, ...unbounded } = PROOF;
    const text = renderPlan(planOf({}, { proof: { ...unbounded, isComplete: false } }));
    expect(text).toContain('the time ran out before all were measured');
    expect(text).not.toContain('by bounds');
  });
});

describe('candidates', () => {
  it('that do a part of the work show their role, uneven pipelines their stages', () => {
    expect(candidatePhrase({ ...CANDIDATE, role: 'prefill' })).toBe(`prefill ${candidatePhrase(CANDIDATE)}`);
    const stage = { pool: 'p', instanceType: 'i' };
    const stages = [
      { ...stage, accelerator: 'h100-sxm', layers: 48 },
      { ...stage, accelerator: 'a100-sxm', layers: 32 },
    ];
    expect(candidatePhrase({ ...CANDIDATE, stages })).toContain('[48 layers h100-sxm + 32 layers a100-sxm]');
  });
});

describe('differences of aims', () => {
  const before = { plan: planOf({ limits: { latency: '10s' } }, { merits: MERITS }), manifests: new Map() };

  it('name each aim that changed, with its values', () => {
    const after = {
      plan: planOf(
        { limits: LIMITS, objective: 'energy', confidence: '90%', serving: 'any' },
        { merits: MERITS },
      ),
      manifests: new Map(),
    };
    const diff = diffPlans(before, after);
    expect(diff.isEmpty).toBe(false);
    const text = renderDiff(diff);
    expect(text).toContain('chat objective: cost → energy');
    expect(text).toContain('chat confidence: none → 90 %');
    expect(text).toContain('chat serving: aggregated → any');
    expect(text).toContain('chat costPerMillionTokens: none → 2.0000 USD');
    expect(text).not.toContain('chat latency:');
    expect(text).toContain('SLO broken: chat energy per output token misses its limit by 10 %');
    expect(renderDiffMarkdown(diff)).toContain(
      '| chat | output per accelerator | – | 500 tokens/s (25 % headroom) |',
    );
  });

  it('call a limit riskier when its headroom shrinks', () => {
    const plan = planOf({ limits: { latency: '10s' } }, { merits: { ...MERITS, latency: seconds(9.5) } });
    const diff = diffPlans(before, { plan, manifests: new Map() });
    expect(diff.limits).toMatchObject([{ limit: 'latency', risk: 'higher' }]);
    expect(renderDiff(diff)).toContain('SLO risk higher');
    expect(diffPlans(before, before)).toMatchObject({ isEmpty: true, aims: [] });
  });
});
