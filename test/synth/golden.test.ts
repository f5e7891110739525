import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { synthesize } from '../../src/synth/index.ts';
import type { SynthesisSource, SynthesizedFile } from '../../src/synth/index.ts';
import { SPLIT_SOURCE } from './disaggregated-source.ts';
import { ALLOCATIONS, PLAN_SOURCE, planWith } from './plan-source.ts';
import { SHOP_SOURCE } from './services-source.ts';
import { TENANT_SOURCE } from './tenancy-source.ts';

/*
 * One golden file per object. After an intended change: `UPDATE_GOLDEN=1 npx vitest run test/synth/golden.test.ts`,
 * read the difference, and commit it apart with the reason.
 */
const GOLDEN = path.resolve(import.meta.dirname, '../golden');

/** The hand-made plan without what Dynamo refuses: TensorRT-LLM, and groups over several zones. */
const DYNAMO_SOURCE = planWith(
  ALLOCATIONS.filter(({ workload }) => workload === 'chat' || workload === 'search'),
);

/** Plans, profiles and the folders of their files; a folder below another one belongs to its own plan. */
const CASES: readonly (readonly [folder: string, profile: string, source: SynthesisSource])[] = [
  ['', 'vanilla', PLAN_SOURCE],
  ['', 'llm-d', PLAN_SOURCE],
  ['', 'kserve', PLAN_SOURCE],
  ['', 'dynamo', DYNAMO_SOURCE],
  ['disaggregated', 'vanilla', SPLIT_SOURCE],
  ['disaggregated', 'llm-d', SPLIT_SOURCE],
  ['disaggregated', 'kserve', SPLIT_SOURCE],
  ['disaggregated', 'dynamo', SPLIT_SOURCE],
  ['services', 'vanilla', SHOP_SOURCE],
  ['tenancy', 'vanilla', TENANT_SOURCE],
];

function filesOf(profile: string, source: SynthesisSource): readonly SynthesizedFile[] {
  const outcome = synthesize(source, { profile });
  return outcome.ok ? outcome.value : [];
}

function goldenPaths(folder: string, profile: string): readonly string[] {
  return readdirSync(path.join(GOLDEN, folder, profile), { recursive: true, encoding: 'utf8' })
    .map((file) => `${profile}/${file.split(path.sep).join('/')}`)
    .filter((file) => file.endsWith('.yaml'))
    .sort();
}

function updateGolden(folder: string, profile: string, files: readonly SynthesizedFile[]): void {
  rmSync(path.join(GOLDEN, folder, profile), { recursive: true, force: true });
  for (const file of files) {
    const target = path.join(GOLDEN, folder, file.path);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, file.text);
  }
}

if (process.env['UPDATE_GOLDEN'] === '1') {
  for (const [folder, profile, source] of CASES) updateGolden(folder, profile, filesOf(profile, source));
}

describe.each(CASES)('the golden directory "%s" of profile %s', (folder, profile, source) => {
  const files = filesOf(profile, source);

  it('holds exactly the files of the hand-made plan', () => {
    expect(files.map((file) => file.path).sort()).toEqual(goldenPaths(folder, profile));
  });

  it.each(files.map((file) => [file.path, file.text] as const))('%s has its golden bytes', (file, text) => {
    expect(text).toBe(readFileSync(path.join(GOLDEN, folder, file), 'utf8'));
  });

  it.each(['1.1', '1.2'] as const)('reads the same as the objects under YAML %s', (version) => {
    for (const file of files) expect(parse(file.text, { version })).toEqual(file.manifest);
  });
});
