import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bashCompletion } from './bash.ts';
import { completionModel } from './completion-model.ts';
import type { DescribedCommand } from './completion-model.ts';
import { fishCompletion } from './fish.ts';
import { fishQuote, shellQuote } from './shell-quote.ts';
import { zshCompletion } from './zsh.ts';

const OUTPUT = { name: 'output', char: 'o', type: 'option', options: ['text', 'markdown', 'json'] } as const;
const COMMANDS: readonly DescribedCommand[] = [
  {
    id: 'show',
    description: "Print a plan: it's [all] of it. And more.",
    args: { plan: {} },
    flags: { output: OUTPUT, full: { name: 'full', type: 'boolean' } },
  },
  {
    id: 'policy:check',
    description: 'Judge a plan.',
    args: { target: {} },
    flags: {
      output: OUTPUT,
      pack: { name: 'pack', type: 'option', helpValue: 'NAME' },
      out: { name: 'out', type: 'option', helpValue: 'DIR' },
      live: { name: 'live', type: 'boolean', allowNo: true },
    },
  },
  { id: 'policy:test', description: 'Test packs.', strict: false, args: { pack: {} }, flags: {} },
  { id: 'completion', args: { shell: { options: ['bash', 'zsh'] } }, flags: {} },
  { id: 'secret', hidden: true, args: {}, flags: {} },
];
const MODEL = completionModel({
  commands: COMMANDS,
  topics: [{ name: 'policy', description: 'Judge plans by rules.' }, { name: 'show' }],
  known: { pack: ['security', 'spot-safety'] },
});
/** A name that would make a file if a shell evaluated it. */
const HOSTILE = '$(touch evaluated)';

function has(shell: string): boolean {
  return spawnSync(shell, ['--version']).status === 0;
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-completion-'));
  for (const name of ['chat', 'shop', HOSTILE]) {
    mkdirSync(path.join(folder, 'plans', name), { recursive: true });
    writeFileSync(path.join(folder, 'plans', name, 'plan.json'), '{}');
  }
  mkdirSync(path.join(folder, 'plans', 'empty'));
  writeFileSync(path.join(folder, 'cheese.yaml'), '');
  writeFileSync(path.join(folder, 'completion.bash'), bashCompletion(MODEL));
  writeFileSync(path.join(folder, 'completion.fish'), fishCompletion(MODEL));
  writeFileSync(path.join(folder, 'completion.zsh'), zshCompletion(MODEL));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What real bash offers for the words of a command line, the last of which is being typed. */
function inBash(...words: readonly string[]): readonly string[] {
  const script =
    'source completion.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _plimsoll; printf "%s\\n" "${COMPREPLY[@]}"';
  const run = spawnSync('bash', ['--norc', '-c', script, '_', 'plimsoll', ...words], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(run.stderr).toBe('');
  return run.stdout.split('\n').filter((line) => line !== '');
}

describe.runIf(has('bash'))('completion in bash', () => {
  it.each<[readonly string[], readonly string[]]>([
    [[''], ['completion', 'policy', 'show', '--help', '--version']],
    [['pol'], ['policy']],
    [
      ['policy', ''],
      ['check', 'test'],
    ],
    [
      ['policy', 'check', '--o'],
      ['--out', '--output'],
    ],
    [['policy', 'check', '--no'], ['--no-live']],
    [
      ['policy', 'check', '--output', ''],
      ['text', 'markdown', 'json'],
    ],
    [['policy', 'check', '-o', 'm'], ['markdown']],
    [['show', '--output', '=', 'm'], ['markdown']],
    [
      ['show', '--output', '='],
      ['text', 'markdown', 'json'],
    ],
    [
      ['show', '--output', 'text', 'c'],
      ['chat', 'cheese.yaml', 'completion.bash', 'completion.fish', 'completion.zsh'],
    ],
    [['show', '--full', 's'], ['shop']],
    [['show', 'chat', ''], []],
    [['policy', 'check', '--out', ''], ['plans']],
    [
      ['policy', 'check', '--pack', 's'],
      ['security', 'spot-safety'],
    ],
    [['policy', 'test', 'security', 'sp'], ['spot-safety']],
    [
      ['completion', ''],
      ['bash', 'zsh'],
    ],
    [['nothing', ''], []],
  ])('of %j offers %j', (words, expected) => {
    expect([...inBash(...words)].sort()).toEqual([...expected].sort());
  });

  it('offers names of plans as they are, and evaluates none', () => {
    expect(inBash('show', '$')).toEqual([HOSTILE]);
    expect(inBash('show', '')).toEqual(expect.arrayContaining([HOSTILE, 'chat', 'shop']));
    expect(readdirSync(folder)).not.toContain('evaluated');
  });

  it('evaluates nothing that was typed', () => {
    const typed = fc.constantFrom(
      HOSTILE,
      '`touch evaluated`',
      '${x:=$(touch evaluated)}',
      "';touch evaluated;'",
      '*',
      '[',
      '-o',
      '--',
    );
    fc.assert(
      fc.property(fc.array(typed, { minLength: 1, maxLength: 4 }), (words) => {
        inBash('policy', 'check', ...words);
        inBash(...words, '');
        expect(readdirSync(folder)).not.toContain('evaluated');
      }),
      { numRuns: 15 },
    );
  });
});

describe.runIf(has('fish'))('completion in fish', () => {
  const inFish = (line: string): readonly string[] => {
    const script = `source completion.fish; complete -C ${fishQuote(line)}`;
    const run = spawnSync('fish', ['--no-config', '-c', script], { cwd: folder, encoding: 'utf8' });
    expect(run.stderr).toBe('');
    return run.stdout.split('\n').flatMap((text) => (text === '' ? [] : [text.split('\t')[0] ?? '']));
  };

  it.each<[string, readonly string[]]>([
    ['plimsoll ', ['completion', 'policy', 'show']],
    ['plimsoll policy ', ['check', 'test']],
    ['plimsoll policy check --ou', ['--out', '--output']],
    ['plimsoll policy check --output ', ['text', 'markdown', 'json']],
    ['plimsoll show -o m', ['markdown']],
    ['plimsoll completion ', ['bash', 'zsh']],
  ])('of "%s" offers %j', (line, expected) => {
    expect([...inFish(line)].sort()).toEqual([...expected].sort());
  });

  it('offers plans and files, and evaluates none', () => {
    expect(inFish('plimsoll show ')).toEqual(
      expect.arrayContaining([HOSTILE, 'chat', 'shop', 'cheese.yaml']),
    );
    expect(readdirSync(folder)).not.toContain('evaluated');
  });
});

describe.runIf(has('zsh'))('completion in zsh', () => {
  it('is read without a complaint, and knows the command', () => {
    const script =
      'autoload -U compinit && compinit -u -D; source ./completion.zsh; print -r -- $_comps[plimsoll]';
    const run = spawnSync('zsh', ['-f', '-c', script], { cwd: folder, encoding: 'utf8' });
    expect([run.stdout.trim(), run.stderr]).toEqual(['_plimsoll', '']);
  });
});

describe('what is completed', () => {
  it('leaves out hidden commands, and words of topics that are commands', () => {
    expect(MODEL.commands.map(({ name }) => name)).toEqual([
      'completion',
      'policy check',
      'policy test',
      'show',
    ]);
    expect(MODEL.topics.map(({ name }) => name)).toEqual(['policy']);
  });

  it('is told by the first clause of a description', () => {
    expect(MODEL.commands.at(-1)?.about).toBe('Print a plan');
  });
});

describe('quoted words', () => {
  const echoes = (shell: string, args: readonly string[], quote: (text: string) => string): void => {
    const text = fc
      .string({ unit: 'grapheme-ascii', maxLength: 30 })
      .filter((value) => !value.includes('\0'));
    fc.assert(
      fc.property(text, (value) => {
        const run = spawnSync(shell, [...args, '-c', `printf %s ${quote(value)}`], { encoding: 'utf8' });
        expect(run.stdout).toBe(value);
      }),
      { numRuns: 25 },
    );
  };

  it.runIf(has('bash'))('are what they were in bash', () => echoes('bash', ['--norc'], shellQuote));
  it.runIf(has('fish'))('are what they were in fish', () => echoes('fish', ['--no-config'], fishQuote));
});
