import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planStack, readPlan, writePlan } from '../src/engine/index.ts';
import type { PlanDocument } from '../src/model/index.ts';
import { serializePlan } from '../src/plan/index.ts';
import { renderPlan, renderPlanMarkdown } from '../src/report/index.ts';
import { pairProblem } from './support/pair-problem.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-previous-'));
const host = {
  workingDirectory: folder,
  today: '2026-11-21',
  emit: () => undefined,
  elapsedSeconds: () => 0,
};

async function plan(replicas: number, previous?: string): Promise<PlanDocument> {
  writeFileSync(path.join(folder, 'pair.yaml'), pairProblem(replicas));
  const outcome = await planStack('pair.yaml', previous === undefined ? {} : { previous }, host);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
  const written = await writePlan(outcome.value.plan, outcome.value.manifests, {
    folder: path.join(folder, previous === undefined ? 'first' : 'again'),
    host,
  });
  if (!written.ok) throw new Error(JSON.stringify(written.diagnostics));
  return outcome.value.plan;
}

let first: PlanDocument;
beforeAll(async () => {
  first = await plan(60);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('a plan made from an earlier one', () => {
  it('keeps the decision byte for byte where nothing changed, and records what it was made from', async () => {
    const again = await plan(60, 'first');
    expect(serializePlan({ ...again, inputs: first.inputs })).toBe(serializePlan(first));
    expect(again.inputs.flags).toEqual({
      previous: 'first',
      'previous-sha256': expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
    });
  });

  it('says what it changed, reads back, and is shown in reports', async () => {
    const again = await plan(66, 'first');
    const { replan } = again.decision;
    expect(replan?.reason).toBeUndefined();
    expect(replan).toMatchObject({ isFromScratch: false, changed: ['web'] });
    expect(replan?.windows[0]?.pods).toMatchObject({ added: 6, removed: 0 });
    const stored = await readPlan('again', host);
    expect(stored.ok && stored.value.plan).toEqual(again);
    expect(renderPlan(again)).toContain('Changes against the plan before');
    expect(renderPlanMarkdown(again)).toContain('### Changes against the plan before');
    expect(renderPlan(first)).not.toContain('Changes against');
  });

  it('is refused where the earlier plan is not there', async () => {
    const outcome = await planStack('pair.yaml', { previous: 'nowhere' }, host);
    expect(outcome.diagnostics.map(({ code }) => code)).toEqual(['plan-not-found']);
  });
});
