import type { InlineRule, PolicyReference } from '../../model/index.ts';
import { evaluatePolicies } from '../evaluate-policies.ts';
import type { PolicyEvaluation, PolicyInput } from '../evaluate-policies.ts';
import { parsePack } from '../parse-pack.ts';
import type { RulePack } from '../rule.ts';
import { MANIFESTS } from './manifests.ts';
import { PLAN, PROBLEM, TODAY } from './plan-facts.ts';

/** A mandatory rule on workloads with empty texts. */
export function inline(facts: Partial<InlineRule> & Pick<InlineRule, 'id' | 'condition'>): InlineRule {
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

/** A policy named `ours` without pack, levels, parameters and rules. */
export function policy(facts: Partial<PolicyReference>): PolicyReference {
  return { id: 'ours', path: 'demo/ours', pack: '', levels: {}, parameters: {}, rules: [], ...facts };
}

/** The fixture judged by no policy, with the stated changes. */
export function inputOf(facts: Partial<PolicyInput>): PolicyInput {
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

/** Evaluates the fixture with the stated changes; throws when the policies themselves are wrong. */
export function evaluate(facts: Partial<PolicyInput>): PolicyEvaluation {
  const outcome = evaluatePolicies(inputOf(facts));
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((item) => item.summary).join('\n'));
  return outcome.value;
}

/** One policy with these inline rules. */
export function withRules(...rules: readonly InlineRule[]): Partial<PolicyInput> {
  return { policies: [policy({ rules })] };
}

/** Codes of the diagnostics, in order. */
export const codes = (evaluation: PolicyEvaluation) => evaluation.diagnostics.map((item) => item.code);
/** `rule subject outcome` of each verdict, in order. */
export const outcomes = (evaluation: PolicyEvaluation) =>
  evaluation.report.verdicts.map((verdict) => `${verdict.rule} ${verdict.subject} ${verdict.outcome}`);

/** Violated by the fixture, which has three replicas. */
export const TOO_MANY = inline({
  id: 'few',
  condition: 'self.peakReplicas <= 2',
  message: '{{ self.peakReplicas }} replicas',
});

/** A pack with a mandatory rule on replicas and a remediating one on Deployments. */
export const PACK_TEXT = `
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

/** The pack of a text that is known to be valid. */
export function packOf(text: string): RulePack {
  const outcome = parsePack(text, { fileName: 'policies/pack.yaml' });
  if (!outcome.ok) throw new Error(outcome.diagnostics[0]?.summary);
  return outcome.value;
}

/** That pack, loaded. */
export const packs = [packOf(PACK_TEXT)];
/** One policy that names the pack, with the stated changes. */
export const usePack = (facts: Partial<PolicyReference> = {}): Partial<PolicyInput> => ({
  policies: [policy({ pack: 'pack', ...facts })],
  packs,
});
