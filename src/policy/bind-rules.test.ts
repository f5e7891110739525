import { describe, expect, it } from 'vitest';
import type { PolicyLevel } from '../model/index.ts';
import { evaluatePolicies } from './evaluate-policies.ts';
import { evaluate, inline, inputOf, packs, usePack, withRules } from './testing/policy-input.ts';

describe('a policy that names a pack', () => {
  it.each(['policies/pack.yaml', './policies/pack.yaml', 'pack.yaml', '../policies/pack.yaml'])(
    'may name its file relative to the stack: %s',
    (pack) => {
      expect(evaluate(usePack({ pack })).report.rulesEvaluated).toBe(2);
    },
  );

  it('is refused when two files fit what it names', () => {
    const [known] = packs;
    if (known === undefined) throw new Error('the fixture has a pack');
    const other = { ...known, name: 'other', fileName: 'elsewhere/pack.yaml' };
    const input = { ...usePack({ pack: 'pack.yaml' }), packs: [known, other] };
    expect(evaluatePolicies(inputOf(input)).diagnostics.map((item) => item.code)).toEqual([
      'policy-unknown-pack',
    ]);
    expect(
      evaluate({ ...input, ...usePack({ pack: 'elsewhere/pack.yaml' }), packs: [known, other] }).report
        .rulesEvaluated,
    ).toBe(2);
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
