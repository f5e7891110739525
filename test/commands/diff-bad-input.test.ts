import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Diagnostic } from '../../src/diagnostics/index.ts';
import { ROOT, jsonOf, plimsoll } from '../support/run-command.ts';

const SOURCE = readFileSync(path.join(ROOT, 'plans/chat/plan.json'), 'utf8');
const cwd = mkdtempSync(path.join(tmpdir(), 'plimsoll-bad-plan-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** Writes a plan file of a text; gives its name. */
function planOf(name: string, text: string): string {
  writeFileSync(path.join(cwd, name), text);
  return name;
}

const good = planOf('good.json', SOURCE);
const version = (value: string): string =>
  SOURCE.replace(/"formatVersion": "[^"]*"/, `"formatVersion": "${value}"`);
const newer = planOf('newer.json', version('1.99').replace('{', '{ "laterField": { "any": [1] },'));

/** Plans that cannot be read, with the code that says so. */
const BAD = [
  ['of a later major version', version('2.0'), 'plan-unsupported-version'],
  ['cut in its middle', SOURCE.slice(0, SOURCE.length / 2), 'engine-file-invalid'],
  ['cut to nothing', '', 'engine-file-invalid'],
  ['without one of its parts', SOURCE.replace('"decision":', '"decided":'), 'plan-invalid'],
  ['that is another document', '{"kind": "List"}', 'plan-invalid'],
  ['that does not exist', undefined, 'plan-not-found'],
] as const;

describe('a plan file', () => {
  it('of a later minor version is read, unknown fields and all', () => {
    expect(plimsoll(['show', newer], { cwd }).exitCode).toBe(0);
    const compared = plimsoll(['diff', good, newer, '--json'], { cwd });
    expect([compared.exitCode, jsonOf(compared).result]).toEqual([
      0,
      expect.objectContaining({ isEmpty: true }),
    ]);
  });

  it.each(BAD)('%s is refused by show and diff with a code and a next step', (_, text, code) => {
    const bad = text === undefined ? 'missing.json' : planOf('bad.json', text);
    for (const args of [
      ['show', bad],
      ['diff', good, bad],
      ['diff', bad, good],
    ]) {
      const finished = plimsoll([...args, '--json'], { cwd });
      // The plan of the other side lies here without its manifests, which is told, too.
      const errors = (jsonOf(finished).diagnostics as unknown as readonly Diagnostic[]).filter(
        (item) => item.severity === 'error',
      );
      expect([finished.exitCode, new Set(errors.map((item) => item.code))]).toEqual([1, new Set([code])]);
      expect([errors[0]?.fix, errors[0]?.summary]).toEqual([
        expect.any(String),
        expect.stringContaining(bad),
      ]);
    }
  });

  it('that is refused gives a comment all the same, with the marker that was asked for', () => {
    const bad = planOf('bad.json', '{');
    const finished = plimsoll(['diff', good, bad, '-o', 'markdown', '--marker', 'chat'], { cwd });
    expect([finished.exitCode, finished.stdout.split('\n')[0]]).toEqual([1, '<!-- plimsoll:diff:chat -->']);
    expect(finished.stdout).toContain('`engine-file-invalid`');
  });
});

describe('the difference as data', () => {
  it('has the fields that its page promises, as JSON and as YAML', () => {
    const { result } = jsonOf(plimsoll(['diff', good, newer, '--json'], { cwd }));
    const [, page = ''] = readFileSync(path.join(ROOT, 'docs/pull-requests.md'), 'utf8').split('## As data');
    const promised = [...page.matchAll(/^\| `(\w+)` +\|/gm)].map(([, name]) => name);
    expect(Object.keys(result).filter((name) => !promised.includes(name))).toEqual([]);
    expect(promised.filter((name) => name !== 'services' && !Object.hasOwn(result, name ?? ''))).toEqual([]);
    const yaml = plimsoll(['diff', good, newer, '-o', 'yaml'], { cwd }).stdout;
    expect((parse(yaml) as { result: unknown }).result).toEqual(result);
  });
});
