import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formAskedFor, usageDiagnostic } from './usage.ts';

const COMMAND = {
  id: 'policy:check',
  flags: { output: { options: ['text', 'markdown', 'json', 'yaml'] }, pack: {} },
  examples: ['<%= config.bin %> policy check plans/chat/plan.json'],
};
const EXAMPLE =
  'For example: `plimsoll policy check plans/chat/plan.json`. `plimsoll policy check --help` tells the rest.';

function sentencesOf(error: Error): readonly (string | undefined)[] {
  const { summary, fix } = usageDiagnostic(error, COMMAND);
  return [summary, fix];
}

describe('a command line that cannot be read', () => {
  it('without an argument says what it is, and shows a line that works', () => {
    const error = Object.assign(
      new Error('Missing 1 required arg:\ntarget  Plan file.\n\nNote: --pack allows …'),
      {
        args: [{ name: 'target', description: 'Plan file, or a stack.' }],
      },
    );
    expect(sentencesOf(error)).toEqual(['TARGET is missing: plan file, or a stack.', EXAMPLE]);
  });

  it('without flags names them together', () => {
    const error = new Error(
      'The following errors occurred:\n  Missing required flag isl\n  Missing required flag osl',
    );
    expect(sentencesOf(error)).toEqual(['--isl and --osl are missing.', EXAMPLE]);
    expect(sentencesOf(new Error('The following error occurred:\n  Missing required flag to'))[0]).toBe(
      '--to is missing.',
    );
  });

  it('with a wrong value brings the closest one', () => {
    const error = new Error(
      'Expected --output=yml to be one of: text, markdown, json, yaml\nSee more help with --help',
    );
    expect(sentencesOf(error)).toEqual([
      'Expected --output=yml to be one of: text, markdown, json, yaml',
      'Did you mean "--output yaml"?',
    ]);
  });

  it('with a misspelt flag brings the closest one, else an example', () => {
    const misspelt = (flag: string) =>
      Object.assign(new Error(`Nonexistent flag: ${flag}`), { flags: [flag] });
    expect(sentencesOf(misspelt('--pak'))[1]).toBe('Did you mean "--pack"?');
    expect(sentencesOf(misspelt('--colour'))[1]).toBe(EXAMPLE);
  });

  it('keeps other words of the parser, without its headings', () => {
    expect(sentencesOf(new Error('The following error occurred:\n  --a cannot be used with --b'))[0]).toBe(
      '--a cannot be used with --b',
    );
  });
});

describe('the form asked for', () => {
  it.each([
    [['plan', '--json'], 'json'],
    [['plan', '--output', 'yaml'], 'yaml'],
    [['plan', '--output=json', '--fulll'], 'json'],
    [['plan', '-o', 'json'], 'json'],
    [['plan', '-oyaml'], 'yaml'],
    [['plan', '--output', 'markdown'], 'text'],
    [['plan', 'json'], 'text'],
  ])('by %j is %s', (argv, form) => {
    expect(formAskedFor(argv)).toBe(form);
  });

  it('is text whatever stands in arguments that are no flags', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string().filter((word) => !word.startsWith('-') && !/ -/.test(word))),
        (argv) => {
          expect(formAskedFor(argv)).toBe('text');
        },
      ),
    );
  });
});
