import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const STACKS = path.resolve(import.meta.dirname, '..');
const TSC = path.join(STACKS, 'node_modules/.bin/tsc');
const GOLDEN = path.resolve(STACKS, '../test/golden/pulumi');

function check(project: string): { readonly code: number | null; readonly output: string } {
  const { status, stdout } = spawnSync(TSC, ['-p', project], { cwd: STACKS, encoding: 'utf8' });
  return { code: status, output: stdout };
}

/** What tsc says of a written program after a change, as a user's project would be checked. */
function checkChanged(program: string, before: string, after: string): ReturnType<typeof check> {
  const folder = mkdtempSync(path.join(STACKS, 'node_modules', '.types-'));
  try {
    mkdirSync(path.join(folder, 'node_modules'), { recursive: true });
    cpSync(path.join(GOLDEN, program), folder, { recursive: true });
    symlinkSync(path.join(STACKS, 'node_modules/@pulumi'), path.join(folder, 'node_modules/@pulumi'));
    symlinkSync(path.join(STACKS, 'node_modules/@types'), path.join(folder, 'node_modules/@types'));
    const file = path.join(folder, 'index.ts');
    writeFileSync(file, readFileSync(file, 'utf8').replace(before, after));
    return check(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("the providers' own types", () => {
  it('accept the reference stacks and the component', () => {
    expect(check('tsconfig.json')).toEqual({ code: 0, output: '' });
  });

  it('accept every written program', () => {
    expect(check('tsconfig.golden.json')).toEqual({ code: 0, output: '' });
  });

  it('accept a written program by its own tsconfig.json, and would not accept a misspelt argument', () => {
    const program = 'models/gcp-us-central1-typescript';
    expect(checkChanged(program, 'diskSizeGb', 'diskSizeGb').code).toBe(0);
    const misspelt = checkChanged(program, 'diskSizeGb', 'diskSizeGB');
    expect(misspelt.output).toContain("'diskSizeGB' does not exist");
  });
});
