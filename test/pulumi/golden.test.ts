import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { synthesizePulumi } from '../../src/synth/index.ts';
import type { SynthesisSource } from '../../src/synth/index.ts';
import { PLAN_SOURCE, planWith } from '../synth/plan-source.ts';
import { SHOP_SOURCE } from '../synth/services-source.ts';
import { managed, reserved } from './managed.ts';

/*
 * One folder per project. After an intended change: `UPDATE_GOLDEN=1 npx vitest run test/pulumi/golden.test.ts`, read the difference,
 * and commit it apart with the reason. `npm run test:stacks` checks the same files against the providers' own types.
 */
const GOLDEN = path.resolve(import.meta.dirname, '../golden/pulumi');

const CASES: readonly (readonly [folder: string, source: SynthesisSource])[] = [
  ['models', managed(PLAN_SOURCE)],
  ['services', managed(SHOP_SOURCE)],
  ['karpenter', PLAN_SOURCE],
  ['reserved', reserved(managed(PLAN_SOURCE))],
  ['reserved-karpenter', reserved(PLAN_SOURCE)],
];

function filesOf(source: SynthesisSource): ReadonlyMap<string, string> {
  const outcome = synthesizePulumi(source);
  return outcome.ok ? new Map(outcome.value.flatMap(({ files }) => [...files])) : new Map();
}

if (process.env['UPDATE_GOLDEN'] === '1') {
  for (const [folder, source] of CASES) {
    rmSync(path.join(GOLDEN, folder), { recursive: true, force: true });
    for (const [name, text] of filesOf(source)) {
      const target = path.join(GOLDEN, folder, name);
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, text);
    }
  }
}

describe.each(CASES)('the golden projects "%s"', (folder, source) => {
  const files = filesOf(source);

  it('are exactly those of the hand-made plan', () => {
    const golden = readdirSync(path.join(GOLDEN, folder), { recursive: true, encoding: 'utf8' })
      .map((file) => file.split(path.sep).join('/'))
      .filter((file) => /\.\w+$/.test(file));
    expect([...files.keys()].sort()).toEqual(golden.sort());
  });

  it.each([...files])('%s has its golden bytes', (name, text) => {
    expect(text).toBe(readFileSync(path.join(GOLDEN, folder, name), 'utf8'));
  });
});

describe('projects of a plan', () => {
  it('are the same bytes whatever the order of its lists', () => {
    const { decision, offerings } = PLAN_SOURCE;
    const turned = planWith([...decision.allocations].reverse(), { offerings: [...offerings].reverse() });
    expect([...filesOf(turned)]).toEqual([...filesOf(PLAN_SOURCE)]);
  });
});
