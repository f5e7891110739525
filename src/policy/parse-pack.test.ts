import { describe, expect, it } from 'vitest';
import { parsePack } from './parse-pack.ts';

const HEAD = `apiVersion: plimsoll.dev/policy/v1alpha1
name: ours
title: Our rules
parameters:
  - { name: limit, default: 2, description: A limit. }
rules:
`;
const RULE = `  - id: few-replicas
    title: Few replicas
    level: advisory
    target: workload
    condition: self.peakReplicas <= params.limit
    why: Because.
    remediation: Use fewer.
    reference: docs/policies.md
`;

function problems(text: string) {
  const outcome = parsePack(text, { fileName: 'ours.yaml' });
  return outcome.diagnostics.map(({ code, path, source, summary }) => ({
    code,
    path,
    line: source?.line,
    column: source?.column,
    summary,
  }));
}

describe('a pack file', () => {
  it('becomes a pack with defaults filled in', () => {
    const outcome = parsePack(HEAD + RULE, { fileName: 'ours.yaml' });
    expect(outcome.ok && outcome.value).toMatchObject({
      name: 'ours',
      fileName: 'ours.yaml',
      parameters: [{ name: 'limit', default: 2 }],
      rules: [{ id: 'few-replicas', language: 'cel', match: {}, variables: [], remediate: [], tests: [] }],
    });
  });

  it('may be JSON', () => {
    const rule = { id: 'a', title: 'A', level: 'advisory', target: 'plan', condition: 'self.gap < 1.0' };
    const facts = { why: 'w', remediation: 'r', reference: 'd' };
    const pack = {
      apiVersion: 'plimsoll.dev/policy/v1alpha1',
      name: 'json',
      title: 'JSON',
      rules: [{ ...rule, ...facts }],
    };
    expect(parsePack(JSON.stringify(pack), { fileName: 'p.json' }).ok).toBe(true);
  });

  it('sorts its rules by id', () => {
    const second = RULE.replace('few-replicas', 'a-rule');
    const outcome = parsePack(HEAD + RULE + second, { fileName: 'ours.yaml' });
    expect(outcome.ok && outcome.value.rules.map((rule) => rule.id)).toEqual(['a-rule', 'few-replicas']);
  });
});

describe('an invalid pack', () => {
  it('tells line and column of a YAML error', () => {
    expect(problems(`${HEAD}  - id: [\n`)[0]).toMatchObject({ code: 'policy-invalid-rule', line: 8 });
  });

  it('tells the misspelt field, its line and the field that was meant', () => {
    const [problem, ...others] = problems(HEAD + RULE.replace('condition:', 'conditon:'));
    expect(problem).toMatchObject({ path: 'rules[0]', line: 7, column: 5 });
    expect(others[0]).toMatchObject({ path: 'rules[0].conditon', line: 11, column: 5 });
    expect(others[0]?.summary).toContain('Did you mean "condition"?');
  });

  it('offers the closest level', () => {
    const [problem] = problems(HEAD + RULE.replace('advisory', 'mandatry'));
    expect(problem).toMatchObject({ path: 'rules[0].level', line: 9 });
    expect(problem?.summary).toContain('Did you mean "mandatory"?');
  });

  it('names the line of a condition that is no CEL', () => {
    const [problem] = problems(HEAD + RULE.replace('self.peakReplicas <=', 'self.peakReplicas =<'));
    expect(problem).toMatchObject({ code: 'policy-invalid-rule', path: 'rules[0].condition', line: 11 });
  });

  it('names the line of a condition that uses an unknown variable', () => {
    const [problem] = problems(HEAD + RULE.replace('self.peak', 'workload.peak'));
    expect(problem?.summary).toContain('Unknown variable: workload');
  });

  it('reports all problems of a phase at once', () => {
    const broken = RULE.replace('self.peakReplicas', 'self.') + RULE.replace('params.limit', 'nope');
    const found = problems(HEAD + broken);
    expect(found.map((problem) => problem.path)).toEqual([
      'rules[1].id',
      'rules[0].condition',
      'rules[1].condition',
    ]);
    expect(found.map((problem) => problem.line)).toEqual([15, 11, 19]);
  });

  it('refuses another format version', () => {
    expect(problems((HEAD + RULE).replace('v1alpha1', 'v9'))[0]).toMatchObject({
      path: 'apiVersion',
      line: 1,
    });
  });

  it('refuses a test that sets an unknown parameter', () => {
    const tests = '    tests:\n      - { name: t, self: {}, params: { limt: 1 }, expect: pass }\n';
    expect(problems(HEAD + RULE + tests)[0]).toMatchObject({
      path: 'rules[0].tests[0].params.limt',
      line: 16,
    });
  });

  it('refuses level remediate without a remediation, and remediation of anything but manifests', () => {
    expect(problems(HEAD + RULE.replace('advisory', 'remediate'))[0]).toMatchObject({
      path: 'rules[0].level',
    });
    const step = '    remediate: [{ path: /spec, value: 1 }]\n';
    expect(problems(HEAD + RULE + step)[0]).toMatchObject({ path: 'rules[0].target' });
  });

  it('refuses remediation steps with a bad pointer or two values', () => {
    const rule = RULE.replace('workload', 'manifest').replace('peakReplicas', 'spec');
    const at = (step: string) => problems(`${HEAD}${rule}    remediate: [${step}]\n`)[0];
    expect(at('{ path: spec, value: 1 }')).toMatchObject({ path: 'rules[0].remediate[0].path' });
    expect(at('{ path: /spec, value: 1, expression: "1" }')).toMatchObject({ path: 'rules[0].remediate[0]' });
    expect(at('{ path: /spec }')).toMatchObject({ path: 'rules[0].remediate[0]' });
  });

  it('refuses an explosion of YAML anchors', () => {
    const levels = Array.from({ length: 8 }, (_, i) => `  l${i + 1}: &l${i + 1} [${`*l${i},`.repeat(9)}]`);
    const text = HEAD.replace('rules:', `definitions:\n  l0: &l0 [x]\n${levels.join('\n')}\nrules:`) + RULE;
    expect(problems(text)).toHaveLength(1);
  });

  it.each(['', '[]', 'null', '"text"', '- a'])('is refused when it is %j', (text) => {
    expect(problems(text)[0]).toMatchObject({ code: 'policy-invalid-rule' });
  });
});
