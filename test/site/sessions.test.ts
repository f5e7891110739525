import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { consoleSteps } from '../examples/console-session.ts';
import { ROOT } from '../support/run-command.ts';

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const TUTORIALS = readdirSync(path.join(ROOT, 'docs/tutorials')).map((name) => `docs/tutorials/${name}`);

/** Every line that a command of a tutorial prints; the tests of the tutorials hold that it does. */
const PRINTED = new Set(
  TUTORIALS.flatMap((file) => consoleSteps(read(file))).flatMap(({ output }) => output.split('\n')),
);

describe('sessions outside the tutorials', () => {
  it.each(['README.md', 'docs/how-to/no-plan.md'])('%s shows only lines that a tutorial prints', (file) => {
    const lines = consoleSteps(read(file)).flatMap(({ output }) => output.split('\n'));
    expect(lines.filter((line) => line !== '').length).toBeGreaterThan(2);
    expect(lines.filter((line) => !PRINTED.has(line))).toEqual([]);
  });

  it('the first page quotes the sentence of the plan that a tutorial makes', () => {
    const [sentence = ''] = /^Plan for chat: .*$/m.exec(read('docs/index.md')) ?? [];
    expect(PRINTED.has(sentence)).toBe(true);
  });
});
