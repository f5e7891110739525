import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SMALL_PROBLEM } from '../../../test/support/small-problem.ts';
import type { ClusterObject } from '../../apply/index.ts';
import type { DriftReport } from '../../report/index.ts';
import { planFolder, writePlan } from '../plan-folder.ts';
import { planStack } from '../plan-stack.ts';
import { quietHost } from '../testing/host.ts';
import { readApplicablePlan } from './applicable-plan.ts';
import { driftOfPlan } from './drift.ts';

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-drift-'));
  writeFileSync(path.join(folder, 'problem.yaml'), SMALL_PROBLEM);
  const host = quietHost(folder);
  const planned = await planStack('problem.yaml', {}, host);
  if (!planned.ok) throw new Error(planned.diagnostics.map((item) => item.summary).join('\n'));
  const { plan, manifests } = planned.value;
  await writePlan(plan, manifests, { folder: planFolder(plan.stack, undefined, host), host });
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `apply` leaves of a plan for a target profile, as a dump. */
async function dumpOf(profile: string, noted: Readonly<Record<string, string>>): Promise<string> {
  const read = await readApplicablePlan('small', profile, quietHost(folder));
  if (!read.ok) throw new Error(read.diagnostics.map((item) => item.summary).join('\n'));
  const parent: ClusterObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'plimsoll-small', namespace: 'plimsoll-system' },
    data: { 'plan-hash': read.value.hash, state: 'complete', ...noted },
  };
  const file = path.join(folder, `${profile}.json`);
  const items = [...read.value.manifests, parent];
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  return file;
}

async function driftOf(
  dump: string,
): Promise<{ readonly report: DriftReport; readonly codes: readonly string[] }> {
  const outcome = await driftOfPlan(
    'small',
    { live: { dump }, windowSeconds: 3600, tolerance: { relative: 0.2 }, now: 0 },
    quietHost(folder),
  );
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((item) => item.summary).join('\n'));
  return { report: outcome.value, codes: outcome.diagnostics.map(({ code }) => code) };
}

/** Findings that are no matter of pods, which a dump of manifests has none of. */
const differences = ({ objects }: DriftReport): readonly string[] =>
  (objects?.findings ?? [])
    .filter(({ state }) => state !== 'short')
    .map(
      ({ kind, name, state, fields }) =>
        `${kind}/${name} ${state} ${fields.map((field) => field.path).join()}`,
    )
    .filter((text) => !text.endsWith(' changed spec.replicas'));

describe('drift of a plan that was applied for another target profile', () => {
  it('compares the objects of that profile, and says so', async () => {
    const { report, codes } = await driftOf(await dumpOf('kserve', { profile: 'kserve' }));
    expect(differences(report)).toEqual([]);
    expect(codes).toContain('apply-drift-profile');
  });

  it('compares its own objects where apply noted them, or noted nothing', async () => {
    for (const noted of [{ profile: 'vanilla' }, {}]) {
      const { report, codes } = await driftOf(await dumpOf('vanilla', noted));
      expect(differences(report)).toEqual([]);
      expect(codes).not.toContain('apply-drift-profile');
    }
    expect(differences((await driftOf(await dumpOf('kserve', {}))).report)).not.toEqual([]);
  });
});
