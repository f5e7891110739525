import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { codesOf, jsonOf, plimsoll } from '../support/run-command.ts';
import { SMALL_PROBLEM } from '../support/small-problem.ts';

let cwd: string;

beforeAll(() => {
  cwd = mkdtempSync(path.join(tmpdir(), 'plimsoll-export-'));
  writeFileSync(path.join(cwd, 'problem.yaml'), SMALL_PROBLEM);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe('policy export', () => {
  it('prints objects on stdout and what stays offline on stderr', () => {
    const finished = plimsoll(['policy', 'export', '--pack', 'reliability', '--to', 'kyverno'], { cwd });
    const kinds = parseAllDocuments(finished.stdout).map((document) => document.get('kind'));
    expect(finished.exitCode).toBe(0);
    expect(kinds.length).toBeGreaterThan(5);
    expect(new Set(kinds)).toEqual(new Set(['ValidatingPolicy']));
    expect(finished.stderr).toContain('warning[policy-not-exportable]');
  });

  it('takes packs, waivers and namespaces from a stack, without planning it', () => {
    const to = ['--to', 'validating-admission-policy', '--out', 'policies'];
    const finished = plimsoll(['policy', 'export', 'problem.yaml', '--pack', 'security', ...to], { cwd });
    expect([finished.exitCode, finished.stdout]).toEqual([
      0,
      expect.stringContaining('written to policies.'),
    ]);
    const files = readdirSync(path.join(cwd, 'policies/validating-admission-policy/_cluster'));
    expect(files).toContain('validatingadmissionpolicy-security.no-host-path.yaml');
    expect(files).toContain('validatingadmissionpolicybinding-security.no-host-path.yaml');
  });

  it('as JSON tells every rule that stays offline with a code', () => {
    const finished = plimsoll(
      [
        'policy',
        'export',
        '--pack',
        'tenancy',
        '--to',
        'validating-admission-policy',
        '--namespace',
        'llm',
        '--json',
      ],
      { cwd },
    );
    expect(jsonOf(finished)).toMatchObject({
      ok: true,
      result: {
        namespaces: ['llm'],
        notExported: [
          { pack: 'tenancy', rule: 'namespace-quota', code: 'reads-plan' },
          { pack: 'tenancy', rule: 'one-team-per-namespace', code: 'judges-plan' },
        ],
      },
    });
  });

  it.each([
    [['policy', 'export', '--to', 'kyverno'], 'engine-usage', 64],
    [['policy', 'export', '--pack', 'reliability'], 'engine-usage', 64],
    [['policy', 'export', '--pack', 'relibility', '--to', 'kyverno'], 'policy-unknown-pack', 1],
    [['policy', 'export', 'nothing', '--to', 'kyverno'], 'plan-not-found', 1],
  ])('%j is refused with %s', (args, code, exitCode) => {
    const finished = plimsoll([...args, '--json'], { cwd });
    expect([finished.exitCode, codesOf(finished)]).toEqual([exitCode, [code]]);
  });
});

describe('policy test', () => {
  const PACK = `
apiVersion: plimsoll.dev/policy/v1alpha1
name: ours
title: Ours
rules:
  - id: small
    title: Small
    level: advisory
    target: workload
    condition: self.peakReplicas < 3
    why: w
    remediation: r
    reference: d
    tests: [{ name: two, self: { peakReplicas: 2 }, expect: violation }]
`;

  it('passes for the shipped packs', () => {
    const finished = plimsoll(['policy', 'test', 'security', 'tenancy'], { cwd });
    expect([finished.exitCode, finished.stderr]).toEqual([0, '']);
    expect(finished.stdout).toMatch(
      /\nsecurity +\d+ +0\ntenancy +\d+ +0\n\nAll \d+ examples of 2 packs pass\.\n$/,
    );
  });

  it('fails for an example that gives something else, and warns of what no example shows', () => {
    writeFileSync(path.join(cwd, 'ours.yaml'), PACK);
    const finished = plimsoll(['policy', 'test', 'ours.yaml', '--json'], { cwd });
    expect(finished.exitCode).toBe(1);
    expect(codesOf(finished)).toEqual(['policy-test-failed', 'policy-test-failed']);
  });
});
