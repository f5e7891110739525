import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/run-command.ts';
import { expectedFolder, expectedOf, filesUnder, planExample, renewExpected } from './expected.ts';

/** Where the whole of what an example gives is held, if not in its folder `expected`. */
const HELD_ELSEWHERE: Readonly<Record<string, string>> = {
  chat: 'test/commands/freshness.test.ts', // the committed plans/chat, all files byte for byte
};

const EXAMPLES = readdirSync(path.join(ROOT, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();
const STACKS = EXAMPLES.filter((name) => existsSync(path.join(ROOT, 'examples', name, 'stack.ts')));
const PLANNED = STACKS.filter((name) => !(name in HELD_ELSEWHERE));

describe('examples', () => {
  it('are those that the documentation names', () => {
    const page = readFileSync(path.join(ROOT, 'examples/README.md'), 'utf8');
    expect(EXAMPLES.filter((name) => !page.includes(`](${name}/`))).toEqual([]);
  });

  it.each(EXAMPLES)('%s says in a README what it shows', (name) => {
    const text = readFileSync(path.join(ROOT, 'examples', name, 'README.md'), 'utf8');
    expect(text).toMatch(/^# \S/);
    expect(text.length).toBeGreaterThan(300);
  });

  it.each(Object.entries(HELD_ELSEWHERE))('%s is held by %s', (name, test) => {
    expect(existsSync(path.join(ROOT, test))).toBe(true);
    expect(filesUnder(path.join(ROOT, 'plans', name))).toContain('plan.json');
  });

  // Renew on purpose: UPDATE_GOLDEN=1 npx vitest run test/examples
  it.each(PLANNED)(
    '%s gives what its folder `expected` says, byte for byte',
    (name) => {
      const given = planExample(name, filesUnder(expectedFolder(name)));
      if (process.env['UPDATE_GOLDEN'] === '1') renewExpected(name, given);
      expect(given).toEqual(expectedOf(name));
    },
    480_000,
  );
});
