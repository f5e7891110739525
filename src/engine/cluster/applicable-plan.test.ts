import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SMALL_PROBLEM } from '../../../test/support/small-problem.ts';
import type { EngineHost } from '../messages.ts';
import { planFolder, writePlan } from '../plan-folder.ts';
import { planStack } from '../plan-stack.ts';
import { quietHost } from '../testing/host.ts';
import { planHash, readApplicablePlan } from './applicable-plan.ts';

/** A mandatory rule that the small problem violates, waived until the end of 2026. */
const WAIVED = `${SMALL_PROBLEM}    levels: { utilisation-floor: mandatory }
waivers:
  - { rule: cost-guardrails/utilisation-floor, subject: "*", owner: me, reason: test, expires: "2026-12-31" }
`;

let folder: string;

function hostOn(today: string): EngineHost {
  return { ...quietHost(folder), today };
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-applicable-'));
  writeFileSync(path.join(folder, 'problem.yaml'), WAIVED);
  const host = hostOn('2026-11-22');
  const planned = await planStack('problem.yaml', {}, host);
  if (!planned.ok) throw new Error(planned.diagnostics.map((item) => item.summary).join('\n'));
  const { plan, manifests } = planned.value;
  await writePlan(plan, manifests, { folder: planFolder(plan.stack, undefined, host), host });
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a plan that is to be applied', () => {
  it('brings its objects and the hash of its file', async () => {
    const read = await readApplicablePlan('small', undefined, hostOn('2026-12-31'));
    if (!read.ok) throw new Error(read.diagnostics.map((item) => item.summary).join('\n'));
    const { plan, manifests, hash } = read.value;
    expect(manifests.map((object) => object.metadata.name).sort()).toEqual(
      plan.objects.map((object) => object.name).sort(),
    );
    const file = readFileSync(path.join(folder, 'plans/small/plan.json'));
    expect([hash, planHash(plan)]).toEqual(Array(2).fill(createHash('sha256').update(file).digest('hex')));
  });

  it('is refused once the waiver of a mandatory violation has expired', async () => {
    const read = await readApplicablePlan('small', undefined, hostOn('2027-01-01'));
    expect(read.ok).toBe(false);
    expect(read.diagnostics.map((item) => item.code)).toEqual(['policy-violation']);
    expect(read.diagnostics[0]?.detail).toContain('2026-12-31');
  });

  it('has other objects for another target profile', async () => {
    const read = await readApplicablePlan('small', 'kserve', hostOn('2026-12-31'));
    if (!read.ok) throw new Error(read.diagnostics.map((item) => item.summary).join('\n'));
    expect(read.value.manifests.map((object) => object.kind)).toContain('LLMInferenceService');
  });
});
