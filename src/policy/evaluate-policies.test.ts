import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InlineRule, PolicyLevel, PolicyReference, Waiver } from '../model/index.ts';
import { evaluatePolicies } from './evaluate-policies.ts';
import type { PolicyEvaluation, PolicyInput } from './evaluate-policies.ts';
import { parsePack } from './parse-pack.ts';
import type { RulePack } from './rule.ts';
import { DEPLOYMENT, MANIFESTS, PLAN, PROBLEM, TODAY } from './testing/plan-facts.ts';

function inline(facts: Partial<InlineRule> & Pick<InlineRule, 'id' | 'condition'>): InlineRule {
  return {
    title: facts.id,
    level: 'mandatory',
    target: 'workload',
    message: '',
    remediation: '',
    reference: '',
    ...facts,
  };
}

function policy(facts: Partial<PolicyReference>): PolicyReference {
  return { id: 'ours', path: 'demo/ours', pack: '', levels: {}, parameters: {}, rules: [], ...facts };
}

function inputOf(facts: Partial<PolicyInput>): PolicyInput {
  return {
    problem: PROBLEM,
    plan: PLAN,
    manifests: MANIFESTS,
    policies: [],
    packs: [],
    waivers: [],
    today: TODAY,
    ...facts,
  };
}

function evaluate(facts: Partial<PolicyInput>): PolicyEvaluation {
  const outcome = evaluatePolicies(inputOf(facts));
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((item) => item.summary).join('\n'));
  return outcome.value;
}

function withRules(...rules: readonly InlineRule[]): Partial<PolicyInput> {
  return { policies: [policy({ rules })] };
}

const codes = (evaluation: PolicyEvaluation) => evaluation.diagnostics.map((item) => item.code);
const outcomes = (evaluation: PolicyEvaluation) =>
  evaluation.report.verdicts.map((verdict) => `${verdict.rule} ${verdict.subject} ${verdict.outcome}`);

const TOO_MANY = inline({
  id: 'few',
  condition: 'self.peakReplicas <= 2',
  message: '{{ self.peakReplicas }} replicas',
});

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
      'on-manifest manifest PodDisruptionBudget/llm/chat pass',
      'on-plan plan demo pass',
      'on-pool pool h100 pass',
      'on-problem problem demo pass',
      'on-workload workload chat pass',
    ]);
  });

  it('sees the plan, the problem and the manifests beside its subject', () => {
    const condition =
      'plan.cost.totalPerMonth == 800 && problem.budgets[0].limitPerMonth == 1000 && manifests.size() == 2';
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

describe('a waiver', () => {
  const waiver: Waiver = {
    rule: 'few',
    subject: 'chat',
    owner: 'sre@example.com',
    reason: 'launch week',
    expires: '2026-03-01',
  };
  const judged = (waivers: readonly Waiver[], today = TODAY) =>
    evaluate({ ...withRules(TOO_MANY), waivers, today });

  it('counts up to and including its last day', () => {
    const evaluation = judged([waiver], '2026-03-01');
    expect(evaluation.report).toMatchObject({ passes: true, verdicts: [{ outcome: 'waived', waiver }] });
    expect(codes(evaluation)).toEqual(['policy-waived']);
  });

  it('has expired on the day after', () => {
    const evaluation = judged([waiver], '2026-03-02');
    expect(evaluation.report.passes).toBe(false);
    expect(codes(evaluation)).toEqual(['policy-violation', 'policy-waiver-expired']);
  });

  it.each(['*', 'chat', 'workload chat'])('names its subject as %s', (subject) => {
    expect(judged([{ ...waiver, subject }]).report.passes).toBe(true);
  });

  it('may name the pack of its rule', () => {
    expect(judged([{ ...waiver, rule: 'ours/few' }]).report.passes).toBe(true);
    expect(judged([{ ...waiver, rule: 'theirs/few' }]).report.passes).toBe(false);
  });

  it('for another subject does not count and is reported as unused', () => {
    const evaluation = judged([{ ...waiver, subject: 'search' }]);
    expect(evaluation.report.passes).toBe(false);
    expect(codes(evaluation)).toEqual(['policy-violation', 'policy-waiver-unused']);
  });

  it('with a date that cannot be read counts never', () => {
    expect(judged([{ ...waiver, expires: '2026-02-30' }]).report.passes).toBe(false);
  });

  it('that has expired does not hide a valid one', () => {
    const evaluation = judged([{ ...waiver, expires: '2020-01-01' }, waiver]);
    expect(evaluation.report.passes).toBe(true);
    expect(codes(evaluation)).toEqual(['policy-waived', 'policy-waiver-expired']);
  });
});

const PACK_TEXT = `
apiVersion: plimsoll.dev/policy/v1alpha1
name: pack
title: A pack
parameters:
  - { name: limit, default: 2, description: Most replicas. }
rules:
  - id: few
    title: Few replicas
    level: mandatory
    target: workload
    condition: self.peakReplicas <= params.limit
    why: w
    remediation: r
    reference: d
  - id: no-token
    title: No token
    level: remediate
    target: manifest
    match: { kinds: [Deployment] }
    condition: self.spec.template.spec.?automountServiceAccountToken.orValue(true) == false
    message: mounts a token
    remediate:
      - { path: /spec/template/spec/automountServiceAccountToken, value: false }
      - { path: /metadata/annotations/example.com~1was, expression: 'string(self.spec.replicas)' }
    why: w
    remediation: r
    reference: d
`;

function packOf(text: string): RulePack {
  const outcome = parsePack(text, { fileName: 'policies/pack.yaml' });
  if (!outcome.ok) throw new Error(outcome.diagnostics[0]?.summary);
  return outcome.value;
}

const packs = [packOf(PACK_TEXT)];
const usePack = (facts: Partial<PolicyReference> = {}): Partial<PolicyInput> => ({
  policies: [policy({ pack: 'pack', ...facts })],
  packs,
});

describe('a policy that names a pack', () => {
  it('may name its file', () => {
    expect(evaluate(usePack({ pack: './policies/pack.yaml' })).report.rulesEvaluated).toBe(2);
  });

  it('replaces levels', () => {
    expect(evaluate(usePack()).report.passes).toBe(false);
    expect(evaluate(usePack({ levels: { few: 'advisory' } })).report.passes).toBe(true);
  });

  it('replaces parameters', () => {
    expect(evaluate(usePack({ parameters: { limit: 3 } })).report.passes).toBe(true);
  });

  it('reports every name that the pack does not have, with the closest one', () => {
    const levels = { fwe: 'advisory' } as Record<string, PolicyLevel>;
    const outcome = evaluatePolicies(inputOf(usePack({ levels, parameters: { limt: 1 } })));
    expect(outcome.ok).toBe(false);
    expect(outcome.diagnostics.map(({ code, fix }) => ({ code, fix }))).toEqual([
      { code: 'policy-unknown-name', fix: 'Did you mean "few"?' },
      { code: 'policy-unknown-name', fix: 'Did you mean "limit"?' },
    ]);
  });

  it('must give parameters of the right type', () => {
    const outcome = evaluatePolicies(inputOf(usePack({ parameters: { limit: 'two' } })));
    expect(outcome.diagnostics.map((item) => item.code)).toEqual(['policy-invalid-rule']);
  });

  it('must name one that is loaded', () => {
    const outcome = evaluatePolicies(inputOf(usePack({ pack: 'reliabilty' })));
    expect(outcome.ok).toBe(false);
    expect(outcome.diagnostics).toMatchObject([
      { code: 'policy-unknown-pack', path: 'demo/ours', fix: 'Did you mean "reliability"?' },
    ]);
  });

  it('cannot make a rule without remediation remediate', () => {
    const outcome = evaluatePolicies(inputOf(usePack({ levels: { few: 'remediate' } })));
    expect(outcome.diagnostics.map((item) => item.code)).toEqual(['policy-invalid-rule']);
  });

  it('reports an inline rule that does not compile with the path of the policy', () => {
    const outcome = evaluatePolicies(inputOf(withRules(inline({ id: 'bad', condition: 'self.' }))));
    expect(outcome.diagnostics).toMatchObject([{ code: 'policy-invalid-rule', path: 'demo/ours' }]);
  });
});

describe('remediation', () => {
  const evaluation = evaluate(usePack({ parameters: { limit: 3 } }));

  it('changes the manifest, leaves the input whole and says so', () => {
    expect(evaluation.manifests[0]?.manifest).toMatchObject({
      metadata: { name: 'chat-base', annotations: { 'example.com/was': '2' } },
      spec: { replicas: 2, template: { spec: { automountServiceAccountToken: false } } },
    });
    expect(MANIFESTS[0]?.manifest).toBe(DEPLOYMENT);
    expect(DEPLOYMENT['metadata']).not.toHaveProperty('annotations');
    expect(evaluation.report).toMatchObject({
      passes: true,
      verdicts: [{ rule: 'few' }, { rule: 'no-token', outcome: 'remediated', message: 'mounts a token' }],
    });
    expect(codes(evaluation)).toEqual(['policy-remediated']);
  });

  it('keeps the other manifests and their order', () => {
    expect(evaluation.manifests.map((file) => file.path)).toEqual(MANIFESTS.map((file) => file.path));
    expect(evaluation.manifests[1]).toBe(MANIFESTS[1]);
  });

  it('has nothing to do the second time', () => {
    const again = evaluate({ ...usePack({ parameters: { limit: 3 } }), manifests: evaluation.manifests });
    expect(again.manifests).toEqual(evaluation.manifests);
    expect(again.diagnostics).toEqual([]);
  });

  it('is not applied to a waived manifest', () => {
    const subject = 'Deployment/llm/chat-base';
    const waivers = [{ rule: 'no-token', subject, owner: 'sre', reason: 'sidecar', expires: '2027-01-01' }];
    const waived = evaluate({ ...usePack({ parameters: { limit: 3 } }), waivers });
    expect(waived.manifests).toEqual(MANIFESTS);
    expect(codes(waived)).toEqual(['policy-waived']);
  });

  it('is only advice at level advisory', () => {
    const advised = evaluate(usePack({ parameters: { limit: 3 }, levels: { 'no-token': 'advisory' } }));
    expect(advised.manifests).toEqual(MANIFESTS);
    expect(codes(advised)).toEqual(['policy-advice']);
  });

  it('that does not make the manifest conform counts as a violation', () => {
    const useless = [
      packOf(PACK_TEXT.replace('automountServiceAccountToken, value: false', 'other, value: 1')),
    ];
    const failed = evaluate({ ...usePack({ parameters: { limit: 3 } }), packs: useless });
    expect(failed.report.passes).toBe(false);
    expect(failed.report.verdicts[1]).toMatchObject({
      outcome: 'violation',
      message: 'mounts a token (remediation failed: it is still violated afterwards)',
    });
  });

  it('that leads to a place the manifest does not have counts as a violation', () => {
    const lost = [packOf(PACK_TEXT.replace('/spec/template/spec/auto', '/spec/replicas/auto'))];
    const failed = evaluate({ ...usePack({ parameters: { limit: 3 } }), packs: lost });
    expect(failed.report.passes).toBe(false);
    expect(failed.manifests).toEqual(MANIFESTS);
  });

  it('undone by a later rule is found out', () => {
    const undo = `
  - id: token-again
    title: Token again
    level: remediate
    target: manifest
    match: { kinds: [Deployment] }
    condition: self.spec.template.spec.?automountServiceAccountToken.orValue(true) == true
    remediate: [{ path: /spec/template/spec/automountServiceAccountToken, value: true }]
    why: w
    remediation: r
    reference: d
`;
    const contradicting = [packOf(PACK_TEXT + undo)];
    const failed = evaluate({ ...usePack({ parameters: { limit: 3 } }), packs: contradicting });
    expect(failed.report.passes).toBe(false);
    expect(outcomes(failed).filter((text) => text.endsWith('violation'))).toEqual([
      'no-token manifest Deployment/llm/chat-base violation',
    ]);
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
