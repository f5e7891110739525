import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PolicyReference } from '../model/index.ts';
import { SHIPPED_PACKS } from './bind-rules.ts';
import { describeRules } from './describe-rules.ts';
import { evaluatePolicies } from './evaluate-policies.ts';
import { parsePack } from './parse-pack.ts';
import type { RulePack } from './rule.ts';
import { testPack } from './test-pack.ts';
import { MANIFESTS } from './testing/manifests.ts';
import { PLAN, PROBLEM, TODAY } from './testing/plan-facts.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../policies');

function shipped(name: string): RulePack {
  const fileName = `policies/${name}/pack.yaml`;
  const outcome = parsePack(readFileSync(path.join(FOLDER, name, 'pack.yaml'), 'utf8'), { fileName });
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((item) => item.summary).join('\n'));
  return outcome.value;
}

const packs = SHIPPED_PACKS.map(shipped);
const policies = packs.map((pack): PolicyReference => ({
  id: pack.name,
  path: `demo/${pack.name}`,
  pack: pack.name,
  levels: {},
  parameters: {},
  rules: [],
}));

describe.each(packs)('the pack $name', (pack) => {
  const report = testPack(pack);

  it.each(report.results)('$rule: $name', (result) => {
    expect(result).toMatchObject({ actual: result.expect, passed: true });
  });

  it('shows for every rule an example that passes and one that fails', () => {
    expect(report.untested).toEqual([]);
  });

  it('gives every rule a reason, a remediation and a reference', () => {
    for (const rule of describeRules([pack])) {
      expect([rule.why, rule.remediation].every((text) => text.length > 10)).toBe(true);
      expect(rule.reference).toMatch(/^(https:\/\/|docs\/)/);
    }
  });

  it('documents every rule and parameter in its README', () => {
    const readme = readFileSync(path.join(FOLDER, pack.name, 'README.md'), 'utf8').replace(/ +\|/g, ' |');
    for (const rule of pack.rules) expect(readme).toContain(`| \`${rule.id}\` | ${rule.level} |`);
    for (const item of pack.parameters) {
      expect(readme).toContain(`| \`${item.name}\` | ${String(item.default) || '_empty_'} |`);
    }
  });
});

describe('the shipped packs together', () => {
  const outcome = evaluatePolicies({
    problem: PROBLEM,
    plan: PLAN,
    manifests: MANIFESTS,
    policies,
    packs,
    waivers: [],
    today: TODAY,
  });

  it('let a sound plan pass', () => {
    expect(outcome.ok && outcome.value.report.passes).toBe(true);
    expect(outcome.ok && outcome.value.diagnostics.filter((item) => item.severity === 'error')).toEqual([]);
  });

  it('advise about what could be better in it', () => {
    const advice = outcome.ok
      ? outcome.value.report.verdicts
          .filter((verdict) => verdict.outcome === 'violation')
          .map((verdict) => verdict.rule)
      : [];
    // The fixture buys spot at an estimated, undated price and runs one replica in the quiet window; its namespace has no quota, and no replica is spare.
    expect(advice).toEqual([
      'estimated-spot-price',
      'price-age',
      'min-replicas',
      'spare-replicas',
      'namespace-quota',
    ]);
  });

  it('take the token out of the Deployment before it is written', () => {
    const template = outcome.ok ? outcome.value.manifests[0]?.manifest['spec'] : undefined;
    expect(template).toMatchObject({ template: { spec: { automountServiceAccountToken: false } } });
  });

  it('keep rules on single manifests enforceable at admission', () => {
    const obstacles = describeRules(packs)
      .filter((rule) => rule.target === 'manifest' && rule.admissionObstacle !== '')
      .map((rule) => `${rule.pack}/${rule.id} ${rule.admissionObstacle}`);
    expect(obstacles).toEqual(
      [
        'reliability/disruption-budget',
        'security/network-default-deny',
        'spot-safety/spot-budget',
        'tenancy/namespace-quota',
      ].map((name) => `${name} reads manifests, which admission does not see`),
    );
  });
});
