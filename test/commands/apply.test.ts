import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApplyReport } from '../../src/report/index.ts';
import { codesOf, jsonOf, plimsoll } from '../support/run-command.ts';
import type { Finished } from '../support/run-command.ts';
import { SMALL_PROBLEM } from '../support/small-problem.ts';

const SECRET = 'eyJhbGciOi-not-to-be-seen';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-apply-'));
  writeFileSync(path.join(folder, 'problem.yaml'), SMALL_PROBLEM);
  const planned = plimsoll(['plan', 'problem.yaml'], { cwd: folder });
  if (planned.exitCode !== 0) throw new Error(planned.stderr);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A kubeconfig whose one context is `here`. */
function kubeconfig(server: string, user: string): string {
  return `apiVersion: v1
kind: Config
current-context: here
clusters: [{ name: c, cluster: { server: "${server}" } }]
users: [{ name: u, user: ${user} }]
contexts: [{ name: here, context: { cluster: c, user: u } }]
`;
}

/** Applies the planned stack, without any kubeconfig of this machine, with the files beside the plan. */
function apply(args: readonly string[], files: Readonly<Record<string, string>> = {}): Finished {
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return plimsoll(['apply', 'small', ...args], { cwd: folder, env: { HOME: folder } });
}

/** A copy of the folder in which a test may change the plan. */
function copied<T>(change: (copy: string) => void, use: (copy: string) => T): T {
  const copy = mkdtempSync(path.join(tmpdir(), 'plimsoll-apply-'));
  try {
    cpSync(folder, copy, { recursive: true });
    change(copy);
    return use(copy);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

describe('apply without a cluster', () => {
  it('shows the order of the waves with --dry-run client and needs no kubeconfig', () => {
    const finished = apply(['--dry-run', 'client', '--json']);
    expect(finished.exitCode).toBe(0);
    const report: ApplyReport = jsonOf(finished).result;
    expect(report.outcome).toBe('previewed');
    expect(report.steps.map((step) => step.name)).toEqual([
      'namespaces',
      'priorities',
      'pools',
      'support',
      'workloads',
    ]);
    expect(report.objects.at(-1)).toMatchObject({ kind: 'Deployment', action: 'write', step: 'workloads' });
    expect(apply(['--dry-run', 'client']).stdout).toContain('no cluster was asked and nothing was written');
  });

  it('asks nobody where there is no terminal: --yes or a dry run is needed', () => {
    const finished = apply(['--json']);
    expect(finished.exitCode).toBe(64);
    expect(codesOf(finished)).toEqual(['engine-usage']);
  });

  it('says where it looked when there is no kubeconfig', () => {
    const finished = apply(['--yes', '--json']);
    expect([finished.exitCode, codesOf(finished)]).toEqual([1, ['apply-no-kubeconfig']]);
    const named = apply(['--yes', '--kubeconfig', 'nowhere.yaml']);
    expect(named.stderr).toContain('nowhere.yaml');
  });

  it.each([
    [
      'no context of that name',
      ['--context', 'her'],
      kubeconfig('https://127.0.0.1:1', '{}'),
      'apply-unknown-context',
    ],
    ['no address', [], kubeconfig('nonsense', '{}'), 'apply-kubeconfig-invalid'],
    ['broken YAML', [], `token: ${SECRET}\nusers: [{`, 'apply-kubeconfig-invalid'],
    ['no server', [], kubeconfig('https://127.0.0.1:1', `{ token: ${SECRET} }`), 'apply-unreachable'],
    [
      'a credential plugin that fails',
      [],
      kubeconfig(
        'https://127.0.0.1:1',
        `{ exec: { apiVersion: client.authentication.k8s.io/v1, command: sh, args: ["-c", "echo ${SECRET} >&2; exit 1"] } }`,
      ),
      'apply-unauthorized',
    ],
  ])('a kubeconfig with %s is told in one sentence that holds no secret', (_, args, text, code) => {
    const finished = apply(['--yes', '--json', '--kubeconfig', 'config.yaml', ...args], {
      'config.yaml': text,
    });
    expect([finished.exitCode, codesOf(finished)]).toEqual([1, [code]]);
    expect(finished.stdout + finished.stderr).not.toContain(SECRET);
  });
});

describe('a plan that may not be applied', () => {
  it('is stale when an input changed: exit 5, and the input is named', () => {
    copied(
      (copy) => writeFileSync(path.join(copy, 'problem.yaml'), SMALL_PROBLEM.replace('3/s', '4/s')),
      (copy) => {
        const finished = plimsoll(['apply', 'small', '--yes'], { cwd: copy, env: { HOME: copy } });
        expect(finished.exitCode).toBe(5);
        expect(finished.stderr).toContain('plan-stale');
        expect(finished.stderr).toContain('problem');
      },
    );
  });

  it('is refused when a manifest was edited or is missing: exit 5, and the file is named', () => {
    const plan = JSON.parse(readFileSync(path.join(folder, 'plans/small/plan.json'), 'utf8')) as {
      readonly objects: readonly { readonly path: string }[];
    };
    const [first, second] = plan.objects.map((object) => object.path) as [string, string];
    copied(
      (copy) => {
        const file = path.join(copy, 'plans/small', first);
        writeFileSync(file, `${readFileSync(file, 'utf8')}# edited\n`);
        rmSync(path.join(copy, 'plans/small', second));
      },
      (copy) => {
        const finished = plimsoll(['apply', 'small', '--dry-run', 'client', '--json'], { cwd: copy });
        expect([finished.exitCode, codesOf(finished)]).toEqual([5, ['apply-plan-edited']]);
        expect(finished.stdout).toContain(path.basename(first));
        expect(finished.stdout).toContain(path.basename(second));
      },
    );
  });

  it('is refused with exit 3 when a mandatory rule is violated', () => {
    copied(
      (copy) =>
        writeFileSync(
          path.join(copy, 'problem.yaml'),
          `${SMALL_PROBLEM}    levels: { utilisation-floor: mandatory }\n`,
        ),
      (copy) => {
        expect(plimsoll(['plan', 'problem.yaml'], { cwd: copy }).exitCode).toBe(3);
        const finished = plimsoll(['apply', 'small', '--yes', '--json'], { cwd: copy, env: { HOME: copy } });
        expect([finished.exitCode, codesOf(finished)]).toEqual([3, ['policy-violation']]);
        expect(finished.stdout).toContain('utilisation-floor');
      },
    );
  }, 60_000);

  it('does not exist for a target profile of another name', () => {
    const finished = apply(['--target', 'vanila', '--dry-run', 'client', '--json']);
    expect([finished.exitCode, codesOf(finished)]).toEqual([1, ['synth-unknown-profile']]);
  });
});
