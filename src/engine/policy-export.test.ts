import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { SMALL_PROBLEM } from '../../test/support/small-problem.ts';
import { exportPolicyObjects } from './policy-export.ts';
import type { PolicyExportOptions } from './policy-export.ts';
import { testPacks } from './policy-test.ts';
import { ROOT, quietHost } from './testing/host.ts';

const OPTIONS: PolicyExportOptions = {
  target: 'validating-admission-policy',
  packs: [],
  namespaces: [],
  repairs: false,
};

/** The problem that commands are tested with, in a namespace, with a pack and waivers of its own. */
const STACK = stringify({
  ...(parse(SMALL_PROBLEM) as object),
  policies: [{ id: 'safe', pack: 'security', levels: { 'no-host-path': 'advisory' } }],
  waivers: [
    {
      rule: 'seccomp',
      subject: 'Deployment/shop/web',
      owner: 'sre',
      reason: 'old image',
      expires: '2027-01-01',
    },
    {
      rule: 'seccomp',
      subject: 'Deployment/shop/old',
      owner: 'sre',
      reason: 'long over',
      expires: '2025-01-01',
    },
  ],
});

describe('policies for a cluster', () => {
  it('take rules, levels, valid waivers and namespaces from a stack', async () => {
    const outcome = await exportPolicyObjects('-', { ...OPTIONS, stdin: STACK }, quietHost());
    expect(outcome.diagnostics.filter((item) => item.severity === 'error')).toEqual([]);
    const { namespaces, files } = outcome.ok ? outcome.value : { namespaces: [], files: [] };
    expect(namespaces).toEqual(['small']);
    const textOf = (kind: string, name: string): string =>
      files.find((file) => file.kind === kind && file.name === name)?.text ?? '';
    expect(textOf('ValidatingAdmissionPolicyBinding', 'security.no-host-path')).toContain('- Warn');
    expect(textOf('ValidatingAdmissionPolicy', 'security.seccomp')).toContain('Deployment/shop/web');
    expect(textOf('ValidatingAdmissionPolicy', 'security.seccomp')).not.toContain('Deployment/shop/old');
  });

  it('take the committed plan of the chat example with further packs', async () => {
    const outcome = await exportPolicyObjects('chat', { ...OPTIONS, packs: ['tenancy'] }, quietHost());
    expect(outcome.ok && outcome.value.namespaces).toEqual(['llm']);
    expect(outcome.ok && outcome.value.exported).toContain('tenancy/team-label');
    expect(outcome.ok && outcome.value.exported).toContain('reliability/readiness-probe');
  });

  it('are written below a folder of their target, which is replaced whole', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-policies-'));
    const write = (pack: string) =>
      exportPolicyObjects(
        undefined,
        { ...OPTIONS, packs: [path.join(ROOT, 'policies', pack, 'pack.yaml')], output: 'out' },
        quietHost(folder),
      );
    try {
      const file = (name: string) =>
        path.join(
          folder,
          'out/validating-admission-policy/_cluster',
          `validatingadmissionpolicy-${name}.yaml`,
        );
      expect((await write('security')).ok).toBe(true);
      expect(existsSync(file('security.no-host-path'))).toBe(true);
      expect((await write('tenancy')).ok).toBe(true);
      expect([existsSync(file('security.no-host-path')), existsSync(file('tenancy.team-label'))]).toEqual([
        false,
        true,
      ]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it.each([
    [undefined, [], 'engine-usage'],
    [undefined, ['securty'], 'policy-unknown-pack'],
    ['nothing-of-the-kind', [], 'plan-not-found'],
  ])('%s with packs %j is refused with %s', async (source, packs, code) => {
    const outcome = await exportPolicyObjects(source, { ...OPTIONS, packs }, quietHost());
    expect([outcome.ok, outcome.diagnostics.map((item) => item.code)]).toEqual([false, [code]]);
  });
});

describe('the examples of packs', () => {
  it('pass for every shipped pack, and every rule shows both verdicts', async () => {
    const packs = ['cost-guardrails', 'llm-serving', 'reliability', 'security', 'spot-safety', 'tenancy'];
    const outcome = await testPacks(packs, quietHost());
    expect([outcome.ok, outcome.diagnostics]).toEqual([true, []]);
  });
});
