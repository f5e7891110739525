import { describe, expect, it } from 'vitest';
import { objectAt, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { parsePack } from '../parse-pack.ts';
import { inline, policy } from '../testing/policy-input.ts';
import { exportPolicies } from './export-policies.ts';
import type { ExportInput, PolicyExport } from './export-policies.ts';

const PACK = `
apiVersion: plimsoll.dev/policy/v1alpha1
name: ours
title: Ours
parameters:
  - { name: limit, default: 3, description: Most replicas. }
  - { name: unused, default: x, description: Nothing. }
rules:
  - id: few
    title: Few replicas
    level: mandatory
    target: manifest
    match: { kinds: [Deployment, StatefulSet], when: 'variables.replicas > 0' }
    variables:
      - { name: replicas, expression: 'self.spec.?replicas.orValue(1)' }
      - { name: idle, expression: 'manifests.size()' }
    condition: variables.replicas <= params.limit
    message: '{{ self.metadata.name }} has {{ variables.replicas }} replicas (100 %)'
    why: w
    remediation: r
    reference: d
  - id: labelled
    title: "Labelled: \\"a\\""
    level: advisory
    target: manifest
    match: { apiVersions: [example.com/v1], kinds: [Widget], namespaces: [a, b] }
    condition: has(self.metadata.labels)
    message: 'one of {{ manifests.size() }}'
    why: w
    remediation: r
    reference: d
  - id: no-token
    title: No token
    level: remediate
    target: manifest
    match: { kinds: [Deployment] }
    condition: self.spec.template.spec.?automountServiceAccountToken.orValue(true) == false
    remediate:
      - { path: /spec/template/spec/automountServiceAccountToken, value: false }
      - { path: /metadata/annotations/example.com~1was, expression: 'string(self.spec.replicas)', when: has(self.spec.replicas) }
    why: w
    remediation: r
    reference: d
  - { id: others, title: t, level: mandatory, target: manifest, match: { kinds: [Pod] }, condition: manifests.size() > 1, why: w, remediation: r, reference: d }
  - { id: any, title: t, level: mandatory, target: manifest, condition: has(self.kind), why: w, remediation: r, reference: d }
  - { id: gadget, title: t, level: mandatory, target: manifest, match: { kinds: [Gadget] }, condition: has(self.kind), why: w, remediation: r, reference: d }
  - { id: cheap, title: t, level: mandatory, target: plan, condition: self.gap < 0.1, why: w, remediation: r, reference: d }
`;

function exported(facts: Partial<ExportInput> = {}): PolicyExport & { readonly codes: readonly string[] } {
  const pack = parsePack(PACK, { fileName: 'ours.yaml' });
  if (!pack.ok) throw new Error(pack.diagnostics.map((item) => item.summary).join('\n'));
  const outcome = exportPolicies({
    policies: [policy({ pack: 'ours' })],
    packs: [pack.value],
    waivers: [],
    scope: { namespaces: ['llm'] },
    target: 'validating-admission-policy',
    repairs: false,
    today: '2026-11-21',
    ...facts,
  });
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((item) => item.summary).join('\n'));
  return { ...outcome.value, codes: outcome.diagnostics.map((item) => item.code) };
}

const find = (result: PolicyExport, kind: string, name: string): JsonObject | undefined =>
  result.objects.find(
    (object) => textAt(object, 'kind') === kind && textAt(objectAt(object, 'metadata'), 'name') === name,
  );

describe('a ValidatingAdmissionPolicy', () => {
  const policyOf = (name: string) => find(exported(), 'ValidatingAdmissionPolicy', name);

  it('holds the match, the variables in need, the parameters and the condition of its rule', () => {
    expect(policyOf('ours.few')?.['spec']).toEqual({
      failurePolicy: 'Fail',
      matchConstraints: {
        matchPolicy: 'Equivalent',
        resourceRules: [
          {
            apiGroups: ['apps'],
            apiVersions: ['*'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['deployments', 'statefulsets'],
          },
        ],
      },
      matchConditions: [
        { name: 'kind', expression: 'object.kind in ["Deployment", "StatefulSet"]' },
        { name: 'not-being-deleted', expression: '!has(object.metadata.deletionTimestamp)' },
      ],
      variables: [
        { name: 'params', expression: '{"limit": dyn(3)}' },
        { name: 'replicas', expression: 'object.spec.?replicas.orValue(1)' },
      ],
      validations: [
        {
          expression: '(variables.replicas > 0) ? (variables.replicas <= variables.params.limit) : true',
          message: '[ours/few] Few replicas',
          messageExpression:
            '"[ours/few] %s has %s replicas (100 %%)".format([dyn(object.metadata.name), dyn(variables.replicas)])',
          reason: 'Forbidden',
        },
      ],
    });
  });

  it('finds resources of an unknown kind by their group', () => {
    expect(policyOf('ours.labelled')?.['spec']).toMatchObject({
      matchConstraints: {
        resourceRules: [{ apiGroups: ['example.com'], apiVersions: ['v1'], resources: ['*'] }],
      },
      matchConditions: [
        { expression: 'object.kind in ["Widget"]' },
        { expression: 'object.apiVersion in ["example.com/v1"]' },
        { expression: 'object.metadata.?namespace.orValue("") in ["a", "b"]' },
        { name: 'not-being-deleted' },
      ],
    });
  });

  it('says its title where its message reads what admission does not see', () => {
    const spec = policyOf('ours.labelled')?.['spec'] as { validations: JsonObject[] };
    expect(spec.validations).toEqual([
      {
        expression: 'has(object.metadata.labels)',
        message: '[ours/labelled] Labelled: "a"',
        reason: 'Forbidden',
      },
    ]);
  });

  it('is bound to the namespaces of the scope: mandatory rules refuse, advisory ones warn', () => {
    const binding = (name: string) =>
      (find(exported(), 'ValidatingAdmissionPolicyBinding', name)?.['spec'] ?? {}) as JsonObject;
    expect(binding('ours.few')).toEqual({
      policyName: 'ours.few',
      validationActions: ['Deny'],
      matchResources: {
        namespaceSelector: {
          matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['llm'] }],
        },
      },
    });
    expect(binding('ours.labelled')['validationActions']).toEqual(['Warn', 'Audit']);
    const everywhere = exported({ scope: { namespaces: [] } });
    expect(find(everywhere, 'ValidatingAdmissionPolicyBinding', 'ours.few')).toMatchObject({
      spec: { matchResources: { namespaceSelector: { matchExpressions: [{ operator: 'NotIn' }] } } },
    });
  });

  it('takes levels and parameters from the policy of the stack', () => {
    const changed = exported({
      policies: [policy({ pack: 'ours', levels: { few: 'advisory' }, parameters: { limit: 8 } })],
    });
    expect(find(changed, 'ValidatingAdmissionPolicy', 'ours.few')).toMatchObject({
      spec: { variables: [{ expression: '{"limit": dyn(8)}' }, {}] },
    });
    expect(find(changed, 'ValidatingAdmissionPolicyBinding', 'ours.few')).toMatchObject({
      spec: { validationActions: ['Warn', 'Audit'] },
    });
  });

  it('has a name of its own when two policies ask for one rule', () => {
    const twice = exported({
      policies: [policy({ id: 'a', pack: 'ours' }), policy({ id: 'b', pack: 'ours' })],
    });
    const names = twice.objects.map(
      (object) => `${textAt(object, 'kind')} ${textAt(objectAt(object, 'metadata'), 'name')}`,
    );
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('ValidatingAdmissionPolicy ours.few.2');
  });
});

describe('rules that stay offline', () => {
  it('say why', () => {
    const {
      notExported,
      exported: names,
      codes,
    } = exported({
      policies: [
        policy({ pack: 'ours' }),
        policy({ id: 'mine', rules: [inline({ id: 'x', condition: 'true' })] }),
      ],
    });
    expect(names).toEqual(['ours/few', 'ours/labelled', 'ours/no-token']);
    expect(notExported.map(({ rule, code }) => `${rule} ${code}`)).toEqual([
      'x judges-plan',
      'any no-kinds',
      'cheap judges-plan',
      'gadget unknown-kind',
      'others reads-plan',
    ]);
    // Rules on the plan could never be enforced by a cluster; they are counted, not warned about.
    expect(codes.filter((code) => code === 'policy-not-exportable')).toHaveLength(3);
  });
});

describe('waivers', () => {
  const waiver = (facts: object) => ({
    rule: 'few',
    subject: 'Deployment/llm/chat',
    owner: 'sre',
    reason: 'why "not"',
    expires: '2026-12-31',
    ...facts,
  });

  it('of one object leave it out, and the day on which they end is said', () => {
    const result = exported({ waivers: [waiver({}), waiver({ subject: 'manifest StatefulSet/llm/"x"' })] });
    const found = find(result, 'ValidatingAdmissionPolicy', 'ours.few');
    expect(found).toMatchObject({ metadata: { annotations: { 'plimsoll.dev/waived-until': '2026-12-31' } } });
    expect(JSON.stringify(found?.['spec'])).toContain(
      JSON.stringify('in ["Deployment/llm/chat", "StatefulSet/llm/\\"x\\""])').slice(1, -1),
    );
    expect(result.codes).toContain('policy-export-limited');
  });

  it('count on their last day and not on the next', () => {
    const has = (today: string) =>
      JSON.stringify(exported({ today, waivers: [waiver({})] }).objects).includes('not-waived');
    expect([has('2026-12-31'), has('2027-01-01')]).toEqual([true, false]);
  });

  it('of every object keep the rule out of the cluster', () => {
    const { notExported } = exported({ waivers: [waiver({ subject: '*', rule: 'ours/few' })] });
    expect(notExported.find((item) => item.rule === 'few')).toMatchObject({ code: 'waived' });
  });

  it('become exceptions that end by themselves in Kyverno', () => {
    const result = exported({ target: 'kyverno', waivers: [waiver({})] });
    expect(find(result, 'PolicyException', 'ours.few.validatingpolicy.2026-12-31')).toMatchObject({
      apiVersion: 'policies.kyverno.io/v1',
      metadata: { namespace: 'kyverno' },
      spec: {
        expiresAt: '2027-01-01T00:00:00Z',
        policyRefs: [{ kind: 'ValidatingPolicy', name: 'ours.few' }],
      },
    });
    expect(JSON.stringify(find(result, 'ValidatingPolicy', 'ours.few'))).not.toContain('not-waived');
    expect(result.codes.filter((code) => code === 'policy-export-limited')).toHaveLength(1);
  });
});

describe('repairs', () => {
  it('are refusals unless mutating policies are asked for', () => {
    const result = exported();
    expect(find(result, 'MutatingAdmissionPolicy', 'ours.no-token')).toBeUndefined();
    expect(find(result, 'ValidatingAdmissionPolicyBinding', 'ours.no-token')).toMatchObject({
      spec: { validationActions: ['Deny'] },
    });
    expect(result.codes).toContain('policy-export-limited');
  });

  it('become one patch of objects that violate the rule, with the way to each field', () => {
    const result = exported({ repairs: true });
    const spec = find(result, 'MutatingAdmissionPolicy', 'ours.no-token')?.['spec'] as {
      mutations: { jsonPatch: { expression: string } }[];
    };
    const text = spec.mutations[0]?.jsonPatch.expression ?? '';
    expect(text.startsWith('(object.spec.template.spec.?automount')).toBe(true);
    expect(text).toContain('!object.?metadata.?annotations.hasValue()');
    expect(text).toContain(
      '((has(object.spec.replicas)) ? [JSONPatch{op: "add", path: "/metadata/annotations/example.com~1was", value: (string(object.spec.replicas))}] : [])',
    );
    expect(result.codes).not.toContain('policy-export-limited');
  });

  it('are policies of Kyverno there', () => {
    const result = exported({ repairs: true, target: 'kyverno' });
    expect(find(result, 'MutatingPolicy', 'ours.no-token')).toMatchObject({
      apiVersion: 'policies.kyverno.io/v1',
      spec: { mutations: [{ patchType: 'JSONPatch' }], autogen: { podControllers: { controllers: [] } } },
    });
  });
});
