import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { synthesize } from '../../src/synth/index.ts';
import type { SynthesisSource, SynthesizedFile } from '../../src/synth/index.ts';
import { SPLIT_SOURCE } from './disaggregated-source.ts';
import { PLAN_SOURCE } from './plan-source.ts';
import { SHOP_SOURCE } from './services-source.ts';
import { TENANT_SOURCE } from './tenancy-source.ts';

/*
 * One golden file per object. After an intended change: `UPDATE_GOLDEN=1 npx vitest run test/synth/golden.test.ts`,
 * read the difference, and commit it apart with the reason.
 */
const GOLDEN = path.resolve(import.meta.dirname, '../golden');
const PROFILE = 'vanilla';

/** Plans and the folders of their files; a folder below another one belongs to its own plan. */
const CASES: readonly (readonly [folder: string, source: SynthesisSource])[] = [
  ['', PLAN_SOURCE],
  ['disaggregated', SPLIT_SOURCE],
  ['services', SHOP_SOURCE],
  ['tenancy', TENANT_SOURCE],
];

function filesOf(source: SynthesisSource): readonly SynthesizedFile[] {
  const outcome = synthesize(source, { profile: PROFILE });
  return outcome.ok ? outcome.value : [];
}

function goldenPaths(folder: string): readonly string[] {
  return readdirSync(path.join(GOLDEN, folder, PROFILE), { recursive: true, encoding: 'utf8' })
    .map((file) => `${PROFILE}/${file.split(path.sep).join('/')}`)
    .filter((file) => file.endsWith('.yaml'))
    .sort();
}

function updateGolden(folder: string, files: readonly SynthesizedFile[]): void {
  rmSync(path.join(GOLDEN, folder, PROFILE), { recursive: true, force: true });
  for (const file of files) {
    const target = path.join(GOLDEN, folder, file.path);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, file.text);
  }
}

if (process.env['UPDATE_GOLDEN'] === '1') {
  for (const [folder, source] of CASES) updateGolden(folder, filesOf(source));
}

describe.each(CASES)('the golden directory "%s" of the vanilla profile', (folder, source) => {
  const files = filesOf(source);

  it('holds exactly the files of the hand-made plan', () => {
    expect(files.map((file) => file.path).sort()).toEqual(goldenPaths(folder));
  });

  it.each(files.map((file) => [file.path, file.text] as const))('%s has its golden bytes', (file, text) => {
    expect(text).toBe(readFileSync(path.join(GOLDEN, folder, file), 'utf8'));
  });

  it.each(['1.1', '1.2'] as const)('reads the same as the objects under YAML %s', (version) => {
    for (const file of files) expect(parse(file.text, { version })).toEqual(file.manifest);
  });
});
