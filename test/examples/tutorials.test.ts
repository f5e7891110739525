import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/run-command.ts';
import { consoleSteps, runConsole, withOutputs } from './console-session.ts';

const FOLDER = path.join(ROOT, 'docs/tutorials');
const TUTORIALS = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.md'))
  .sort();

describe('tutorials', () => {
  // Renew on purpose: UPDATE_GOLDEN=1 npx vitest run test/examples/tutorials.test.ts
  it.each(TUTORIALS)(
    '%s prints what a reader gets who types it',
    (name) => {
      const file = path.join(FOLDER, name);
      const steps = consoleSteps(readFileSync(file, 'utf8'));
      expect(steps.length).toBeGreaterThan(3);
      const outputs = runConsole(steps.map(({ command }) => command));
      if (process.env['UPDATE_GOLDEN'] === '1') {
        writeFileSync(file, withOutputs(readFileSync(file, 'utf8'), outputs));
      }
      expect(consoleSteps(readFileSync(file, 'utf8'))).toEqual(
        steps.map(({ command }, index) => ({ command, output: outputs[index] })),
      );
    },
    480_000,
  );
});

describe('console blocks', () => {
  const page = [
    'text',
    '```console',
    '$ a | b',
    'one',
    'two',
    '$ c',
    '```',
    '',
    '```sh',
    '$ no',
    '```',
    '',
  ].join('\n');

  it('are read as commands with their outputs, and other blocks are left alone', () => {
    expect(consoleSteps(page)).toEqual([
      { command: 'a | b', output: 'one\ntwo\n' },
      { command: 'c', output: '' },
    ]);
  });

  it('take new outputs in their order', () => {
    const renewed = withOutputs(page, ['1\n', '2\n3\n']);
    expect(consoleSteps(renewed).map(({ output }) => output)).toEqual(['1\n', '2\n3\n']);
    expect(renewed).toContain('```sh\n$ no\n```');
    expect(withOutputs(renewed, ['one\ntwo\n', ''])).toBe(page);
  });

  it('fail where a command fails, with what it printed', () => {
    expect(() => runConsole(['echo seen; exit 3'])).toThrow(/ends with 3\nseen/);
  });
});
