import { describe, expect, it } from 'vitest';
import type { PolicyReference } from '../model/index.ts';
import { describeRules } from './describe-rules.ts';
import { evaluatePolicies } from './evaluate-policies.ts';
import { definePack, defineRule, isRulePack } from './rule.ts';
import type { CodeRule } from './rule.ts';
import { testPack } from './test-pack.ts';
import { MANIFESTS } from './testing/manifests.ts';
import { PLAN, PROBLEM, TODAY } from './testing/plan-facts.ts';

const FACTS = { title: 'T', why: 'w', remediation: 'r', reference: 'd', level: 'mandatory' } as const;

const zoned = defineRule({
  ...FACTS,
  id: 'zoned',
  target: 'workload',
  check: (workload, { params }) =>
    workload.windows
      .filter((window) => window.zones.length < Number(params['zones']))
      .map((window) => `${window.id} uses ${window.zones.join(', ')}`),
  tests: [{ name: 'no windows', self: { windows: [] }, expect: 'pass' }],
});

const labelled = defineRule({
  ...FACTS,
  id: 'labelled',
  level: 'remediate',
  target: 'manifest',
  check: (manifest) => (manifest['labelled'] === true ? [] : ['is not labelled']),
  repair: (manifest) => ({ ...manifest, labelled: true }),
  tests: [{ name: 'plain object', self: { kind: 'X' }, expect: 'violation' }],
});

const policy: PolicyReference = {
  id: 'code',
  path: 'demo/code',
  pack: 'code',
  levels: {},
  parameters: {},
  rules: [],
};

function evaluate(...rules: readonly CodeRule[]) {
  const parameters = [{ name: 'zones', default: 2, description: 'Zones.' }];
  const outcome = evaluatePolicies({
    problem: PROBLEM,
    plan: PLAN,
    manifests: MANIFESTS,
    policies: [policy],
    packs: [definePack({ name: 'code', title: 'Code', parameters, rules })],
    waivers: [],
    today: TODAY,
  });
  if (!outcome.ok) throw new Error(outcome.diagnostics[0]?.summary);
  return outcome.value;
}

describe('a rule in TypeScript', () => {
  it('reports its messages as a violation', () => {
    expect(evaluate(zoned).report).toMatchObject({
      passes: false,
      verdicts: [{ rule: 'zoned', outcome: 'violation', message: 'w1 uses us-east-1a' }],
    });
  });

  it('repairs manifests at level remediate', () => {
    const { report, manifests } = evaluate(labelled);
    expect(report.passes).toBe(true);
    expect(manifests.every((file) => file.manifest['labelled'] === true)).toBe(true);
  });

  it('that throws has failed and does not pass', () => {
    const broken = defineRule({
      ...FACTS,
      id: 'broken',
      target: 'plan',
      check: () => {
        throw new Error('out of coffee');
      },
    });
    const { report, diagnostics } = evaluate(broken);
    expect(report.passes).toBe(false);
    expect(diagnostics).toMatchObject([{ code: 'policy-evaluation-failed', severity: 'error' }]);
    expect(diagnostics[0]?.summary).toContain('out of coffee');
  });

  it('is tested like a rule in CEL', () => {
    const report = testPack(definePack({ name: 'code', title: 'Code', rules: [zoned, labelled] }));
    expect(report.passes).toBe(true);
    expect(report.untested).toEqual([
      { rule: 'labelled', lacks: 'pass' },
      { rule: 'zoned', lacks: 'violation' },
    ]);
  });
});

describe('a pack made in code', () => {
  it('is recognised among the values a module may export', () => {
    expect(isRulePack(definePack({ name: 'p', title: 'P', rules: [zoned] }))).toBe(true);
    for (const other of [
      undefined,
      null,
      'pack',
      { name: 'p' },
      { ...definePack({ name: 'p', title: 'P', rules: [] }), rules: [{ id: 'x' }] },
    ]) {
      expect(isRulePack(other)).toBe(false);
    }
  });
});

describe('the description of rules', () => {
  const pack = definePack({ name: 'code', title: 'Code', rules: [zoned, labelled] });

  it('lists the rules of packs sorted by id', () => {
    expect(describeRules([pack]).map((rule) => [rule.id, rule.level, rule.admissionObstacle])).toEqual([
      ['labelled', 'remediate', 'is written in TypeScript'],
      ['zoned', 'mandatory', 'judges the workload, which is no object of the cluster'],
    ]);
  });

  it('gives effective levels and inline rules where policies are given', () => {
    const inline = {
      id: 'inline',
      title: 'I',
      level: 'advisory',
      target: 'manifest',
      condition: 'self.kind != plan.stack',
      ...{ message: '', remediation: '', reference: '' },
    } as const;
    const rules = describeRules([pack], [{ ...policy, levels: { zoned: 'advisory' }, rules: [inline] }]);
    expect(rules.map((rule) => [rule.id, rule.level])).toEqual([
      ['inline', 'advisory'],
      ['labelled', 'remediate'],
      ['zoned', 'advisory'],
    ]);
    expect(rules[0]?.admissionObstacle).toBe('reads plan, which admission does not see');
  });
});

describe('the examples of a pack', () => {
  const lying = defineRule({
    ...FACTS,
    id: 'lying',
    target: 'plan',
    check: () => [],
    tests: [{ name: 'expects too much', self: {}, expect: 'violation' }],
  });

  it('fail when a rule does not give what they expect', () => {
    const report = testPack(definePack({ name: 'p', title: 'P', rules: [lying] }));
    expect(report).toMatchObject({ passes: false, results: [{ actual: 'pass', passed: false }] });
  });

  it('fail when a remediation does not make the object conform', () => {
    const useless = {
      ...labelled,
      repair: (manifest: Parameters<NonNullable<typeof labelled.repair>>[0]) => manifest,
    };
    const report = testPack(definePack({ name: 'p', title: 'P', rules: [useless] }));
    expect(report.results[0]).toMatchObject({
      actual: 'failed',
      message: 'the remediation does not make the object conform',
    });
  });
});
