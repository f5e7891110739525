import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PolicyLevel } from '../model/index.ts';
import { MANIFESTS } from './testing/manifests.ts';
import {
  TOO_MANY,
  codes,
  evaluate,
  inline,
  outcomes,
  policy,
  usePack,
  withRules,
} from './testing/policy-input.ts';

describe('a rule', () => {
  it('passes where its condition is true', () => {
    const evaluation = evaluate(withRules(inline({ id: 'some', condition: 'self.peakReplicas == 3' })));
    expect(evaluation.report).toMatchObject({ passes: true, rulesEvaluated: 1 });
    expect(outcomes(evaluation)).toEqual(['some workload chat pass']);
    expect(evaluation.diagnostics).toEqual([]);
  });

  it('stops the plan when it is mandatory and violated', () => {
    const evaluation = evaluate(withRules(TOO_MANY));
    expect(evaluation.report.passes).toBe(false);
    expect(evaluation.report.verdicts[0]).toMatchObject({
      pack: 'ours',
      outcome: 'violation',
      message: '3 replicas',
    });
    expect(evaluation.diagnostics).toMatchObject([
      { code: 'policy-violation', severity: 'error', path: 'workloads[0]' },
    ]);
  });

  it('only advises when it is advisory', () => {
    const evaluation = evaluate(withRules({ ...TOO_MANY, level: 'advisory' }));
    expect(evaluation.report.passes).toBe(true);
    expect(evaluation.diagnostics).toMatchObject([{ code: 'policy-advice', severity: 'warning' }]);
  });

  it('judges every subject of its target and names it', () => {
    const everything = (['problem', 'workload', 'pool', 'plan', 'allocation', 'manifest'] as const).map(
      (target) => inline({ id: `on-${target}`, target, condition: 'true' }),
    );
    expect(outcomes(evaluate(withRules(...everything)))).toEqual([
      'on-allocation allocation chat-h100-on-demand pass',
      'on-allocation allocation chat-h100-spot pass',
      'on-manifest manifest Deployment/llm/chat-base pass',
      'on-manifest manifest NetworkPolicy/llm/default-deny pass',
      'on-manifest manifest PodDisruptionBudget/llm/chat pass',
      'on-plan plan demo pass',
      'on-pool pool h100 pass',
      'on-problem problem demo pass',
      'on-workload workload chat pass',
    ]);
  });

  it('sees the plan, the problem and the manifests beside its subject', () => {
    const condition =
      'plan.cost.totalPerMonth == 800 && problem.budgets[0].limitPerMonth == 1000 && manifests.size() == 3';
    expect(evaluate(withRules(inline({ id: 'all', condition }))).report.passes).toBe(true);
  });
});

describe('a rule that cannot be evaluated', () => {
  const broken = inline({ id: 'broken', condition: 'self.absent.field > 1' });

  it('counts as violated when mandatory and says rule, subject and error', () => {
    const evaluation = evaluate(withRules(broken));
    expect(evaluation.report.passes).toBe(false);
    const [problem] = evaluation.diagnostics;
    expect(problem).toMatchObject({ code: 'policy-evaluation-failed', severity: 'error' });
    expect(problem?.summary).toMatch(/workload chat \[ours\/broken\].*No such key: absent/);
  });

  it('warns when advisory', () => {
    const evaluation = evaluate(withRules({ ...broken, level: 'advisory' }));
    expect(evaluation.report.passes).toBe(true);
    expect(evaluation.diagnostics).toMatchObject([{ code: 'policy-evaluation-failed', severity: 'warning' }]);
  });

  it('cannot be waived', () => {
    const waivers = [{ rule: 'broken', subject: '*', owner: 'sre', reason: 'later', expires: '2027-01-01' }];
    expect(evaluate({ ...withRules(broken), waivers }).report.passes).toBe(false);
  });

  it('fails too when its condition gives neither true nor false', () => {
    const evaluation = evaluate(withRules(inline({ id: 'text', condition: 'self.id' })));
    expect(codes(evaluation)).toEqual(['policy-evaluation-failed']);
    expect(evaluation.report.passes).toBe(false);
  });

  it('keeps its violation when only the message fails', () => {
    const evaluation = evaluate(withRules({ ...TOO_MANY, message: 'see {{ self.nothing }}' }));
    expect(codes(evaluation)).toEqual(['policy-violation', 'policy-evaluation-failed']);
    expect(evaluation.report.verdicts[0]?.message).toBe('see ?');
  });
});

describe('the report', () => {
  it('is the same whatever the order of policies, packs, waivers of others and manifests', () => {
    const other = policy({
      id: 'a-first',
      rules: [inline({ id: 'plan-ok', target: 'plan', condition: 'true' })],
    });
    const forward = evaluate({ ...usePack(), policies: [policy({ pack: 'pack' }), other] });
    const backward = evaluate({
      ...usePack(),
      policies: [other, policy({ pack: 'pack' })],
      manifests: [...MANIFESTS].reverse(),
    });
    expect(backward.report).toEqual(forward.report);
    expect(JSON.stringify(backward.report)).toBe(JSON.stringify(forward.report));
  });

  it('passes exactly when no rule above advisory is violated', () => {
    const level = fc.constantFrom<PolicyLevel>('advisory', 'mandatory');
    const rules = fc.array(fc.record({ level, holds: fc.boolean() }), { maxLength: 6 });
    fc.assert(
      fc.property(rules, (drawn) => {
        const made = drawn.map((item, index) =>
          inline({ id: `r${index}`, level: item.level, condition: String(item.holds) }),
        );
        const { report, diagnostics } = evaluate(withRules(...made));
        expect(report.passes).toBe(drawn.every((item) => item.holds || item.level === 'advisory'));
        expect(diagnostics).toHaveLength(drawn.filter((item) => !item.holds).length);
        expect(report.rulesEvaluated).toBe(drawn.length);
      }),
      { numRuns: 50 },
    );
  });
});
