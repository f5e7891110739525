import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandsPage, manifestCommands } from '../../scripts/command-docs.ts';
import { diagnosticsPage } from '../../scripts/diagnostics-docs.ts';
import { ROOT, plimsoll } from '../support/run-command.ts';
import { SMALL_PROBLEM } from '../support/small-problem.ts';

function committed(file: string): string {
  return execFileSync('git', ['show', `HEAD:${file}`], { cwd: ROOT, encoding: 'utf8' });
}

const isCheckout = existsSync(path.join(ROOT, '.git'));

describe('committed artefacts', () => {
  it.runIf(isCheckout)('oclif.manifest.json is what the build just wrote', () => {
    expect(readFileSync(path.join(ROOT, 'oclif.manifest.json'), 'utf8')).toBe(
      committed('oclif.manifest.json'),
    );
  });

  it('docs/diagnostics.md holds every code', () => {
    expect(readFileSync(path.join(ROOT, 'docs/diagnostics.md'), 'utf8')).toBe(diagnosticsPage());
  });

  it('docs/commands.md holds every command', () => {
    expect(readFileSync(path.join(ROOT, 'docs/commands.md'), 'utf8')).toBe(
      commandsPage(manifestCommands(ROOT)),
    );
  });

  it('the session in the README ends with the sentence of the committed plan', () => {
    const sentence = plimsoll(['show', 'chat']).stdout.trimEnd().split('\n').at(-1);
    expect(readFileSync(path.join(ROOT, 'README.md'), 'utf8')).toContain(sentence);
  });

  it.each(readdirSync(path.join(ROOT, 'plans')))(
    'plans/%s is what planning its stack gives, byte for byte',
    (name) => {
      const { inputs } = JSON.parse(readFileSync(path.join(ROOT, 'plans', name, 'plan.json'), 'utf8')) as {
        readonly inputs: { readonly stackFile: string };
      };
      const folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-example-'));
      try {
        const finished = plimsoll(['plan', inputs.stackFile, '--out', folder]);
        expect([finished.exitCode, finished.stderr]).toEqual([0, expect.not.stringContaining('error[')]);
        const compared = spawnSync('diff', ['-r', path.join(ROOT, 'plans', name), folder], {
          encoding: 'utf8',
        });
        expect(compared.stdout).toBe('');
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    180_000,
  );
});

describe('the packed package', () => {
  it('installs from its tarball and plans', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-pack-'));
    try {
      const packed = execFileSync(
        'npm',
        ['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
        {
          cwd: ROOT,
          encoding: 'utf8',
        },
      );
      const report = JSON.parse(packed) as unknown;
      const [{ filename }] = (Array.isArray(report) ? report : Object.values(report as object)) as [
        { filename: string },
      ];
      writeFileSync(path.join(folder, 'package.json'), '{"name":"user","private":true,"type":"module"}');
      execFileSync(
        'npm',
        ['install', '--no-audit', '--no-fund', '--ignore-scripts', path.join(folder, filename)],
        {
          cwd: folder,
          stdio: 'pipe',
        },
      );
      writeFileSync(path.join(folder, 'problem.yaml'), SMALL_PROBLEM);
      const bin = path.join(folder, 'node_modules/plimsoll/bin/plimsoll.js');
      const run = spawnSync(process.execPath, [bin, 'plan', 'problem.yaml'], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect([run.status, run.stdout]).toEqual([0, expect.stringContaining('Plan for small')]);
      writeFileSync(
        path.join(folder, 'stack.ts'),
        readFileSync(path.join(ROOT, 'examples/chat/stack.ts'), 'utf8'),
      );
      const valid = spawnSync(process.execPath, [bin, 'validate', 'stack.ts'], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect([valid.status, valid.stdout]).toEqual([0, expect.stringContaining('chat is valid')]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 240_000);
});
