import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { textWidth } from '../../src/report/index.ts';
import { ROOT, plimsoll } from '../support/run-command.ts';

const SCRIPT = path.join(import.meta.dirname, 'in-terminal.py');
const BIN = path.join(ROOT, 'bin', 'plimsoll.js');
/** The pseudo-terminal comes from Python: libraries for Node bring programs for other platforms. */
const hasPython = spawnSync('python3', ['-c', 'import pty, os; os.waitstatus_to_exitcode']).status === 0;

const PLAN = ['plan', 'examples/chat/stack.ts', '--dry-run', '--workers', '1'];

interface Shown {
  readonly output: string;
  readonly exitCode: number;
}

/** Runs the built command line on a real pseudo-terminal. */
function onTerminal(args: readonly string[], { columns = 80, interruptAfter = 0, env = {} } = {}): Shown {
  const run = spawnSync(
    'python3',
    [SCRIPT, String(columns), String(interruptAfter), process.execPath, BIN, ...args],
    {
      cwd: ROOT,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', TERM: 'xterm', ...env },
      timeout: 100_000,
    },
  );
  const lines = run.stdout.trimEnd().split('\n');
  return { output: lines.slice(0, -1).join('\n').replaceAll('\r\n', '\n'), exitCode: Number(lines.at(-1)) };
}

/** What was drawn on the line of progress, redraw by redraw. */
function redraws(output: string): readonly string[] {
  return output
    .split('\r\u001b[2K')
    .slice(1)
    .map((text) => text.split('\n')[0] ?? '');
}

describe.runIf(hasPython)('on a terminal', () => {
  it('Ctrl-C ends a plan with 130 and takes the line of progress back, which never wraps in 20 columns', () => {
    const { output, exitCode } = onTerminal(PLAN, { columns: 20, interruptAfter: 3 });
    expect(exitCode).toBe(130);
    const drawn = redraws(output);
    expect(drawn.length).toBeGreaterThan(2);
    for (const text of drawn) expect(textWidth(text.replace('^C', ''))).toBeLessThan(20);
    expect(drawn.at(-1)).toBe('');
    expect(output).not.toContain('\u001b[?25l');
  }, 120_000);

  it('an error takes the line of progress back', () => {
    const { output, exitCode } = onTerminal(['plan', 'nowhere.ts']);
    expect(exitCode).toBe(1);
    expect(output.replaceAll('\u001b[2K', '')).toContain('stack-not-found');
    expect(redraws(output).at(-1) ?? '').not.toContain('load');
  }, 60_000);

  it.each([
    ['CI', { CI: 'true' }],
    ['a dumb terminal', { TERM: 'dumb' }],
  ])(
    'nothing is drawn and nothing moves on %s',
    (_case, env) => {
      const { output } = onTerminal(['validate', 'examples/chat/stack.ts'], { env });
      expect(output).not.toContain('\u001b[2K');
    },
    60_000,
  );

  it('tables fit the terminal, whole with --full, in colour unless NO_COLOR says otherwise', () => {
    const narrow = onTerminal(['catalog', 'list', 'h100', '--limit', '3'], { columns: 60 });
    const table = narrow.output.split('\n\n')[0] ?? '';
    // eslint-disable-next-line no-control-regex -- colours take no room
    const lines = table.replaceAll(/\u001b\[\d+m/g, '').split('\n');
    expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(60);
    expect(table).toContain('…');
    expect(narrow.output).toContain('\u001b[1m3 of');
    const whole = onTerminal(['catalog', 'list', 'h100', '--limit', '3', '--full'], {
      columns: 60,
      env: { NO_COLOR: '1' },
    });
    expect(whole.output).not.toContain('…');
    expect(whole.output).not.toContain('\u001b[1m');
  }, 60_000);
});

describe('in a pipe', () => {
  it('tables are whole and without colour, unless FORCE_COLOR asks for it', () => {
    const args = ['catalog', 'list', 'h100', '--limit', '3'];
    const { stdout, stderr } = plimsoll(args);
    expect([stderr, stdout.includes('…'), stdout.includes('\u001b')]).toEqual(['', false, false]);
    expect(plimsoll(args, { env: { FORCE_COLOR: '1' } }).stdout).toContain('\u001b[1m3 of');
  });

  it('wrong usage is an object where JSON was asked for, also of a command that does not exist', () => {
    for (const args of [
      ['nonsense', '--json'],
      ['show', '--output', 'json'],
    ]) {
      const { stdout, stderr, exitCode } = plimsoll(args);
      expect([exitCode, stderr]).toEqual([64, '']);
      expect(JSON.parse(stdout)).toMatchObject({ ok: false, diagnostics: [{ code: 'engine-usage' }] });
    }
  });

  it('a command that is misused shows a line that works', () => {
    expect(plimsoll(['validate']).stderr).toMatch(
      /STACK is missing: .*\n {2}→ For example: `plimsoll validate /,
    );
    expect(plimsoll(['show', 'chat', '--output', 'yml']).stderr).toContain('Did you mean "--output yaml"?');
  });

  it('pages say the same as Markdown, the sentence first', () => {
    const { stdout } = plimsoll(['validate', 'examples/chat/stack.ts', '--output', 'markdown']);
    expect(stdout).toMatch(/^## Stack chat\n\nchat is valid: /);
    expect(plimsoll(['policy', 'test', 'tenancy', '-o', 'markdown']).stdout).toContain(
      '| Pack | Examples | Failed |',
    );
    expect(plimsoll(['policy', 'check', 'chat', '-o', 'markdown']).stdout).toMatch(
      /^## Policies\n\n\*\*Policies pass\.\*\*/,
    );
  });

  it('completion offers the commands that there are', () => {
    const { stdout } = plimsoll(['completion', 'bash']);
    const script = `${stdout}\nCOMP_WORDS=(plimsoll policy check --output ''); COMP_CWORD=4; _plimsoll; printf '%s ' "\${COMPREPLY[@]}"`;
    const run = spawnSync('bash', ['--norc'], { input: script, encoding: 'utf8' });
    expect(run.stdout).toBe('text markdown sarif junit json yaml ');
  });
});
