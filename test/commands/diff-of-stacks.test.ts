import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { comparePlans, planStack, writePlan } from '../../src/engine/index.ts';
import type { ComparisonOptions } from '../../src/engine/index.ts';
import type { PlanDiff } from '../../src/plan/index.ts';
import { pairProblem } from '../support/pair-problem.ts';

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A folder with the stack and, for each number of replicas given, the plan committed one after the other. */
async function workspace(...replicas: readonly number[]) {
  const folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-diff-'));
  folders.push(folder);
  const host = {
    workingDirectory: folder,
    today: '2026-11-21',
    emit: () => undefined,
    elapsedSeconds: () => 0,
  };
  const declare = (count: number): void => writeFileSync(path.join(folder, 'pair.yaml'), pairProblem(count));
  declare(replicas[0] ?? 6);
  for (const [index, count] of replicas.entries()) {
    declare(count);
    const planned = await planStack('pair.yaml', index === 0 ? {} : { previous: 'plans/pair' }, host);
    if (!planned.ok) throw new Error(JSON.stringify(planned.diagnostics));
    const { plan, manifests } = planned.value;
    await writePlan(plan, manifests, { folder: path.join(folder, 'plans/pair'), host });
  }
  const compare = (targets: readonly [string, ...string[]], options: ComparisonOptions = {}) =>
    comparePlans(targets, options, host);
  const diff = async (...parameters: Parameters<typeof compare>): Promise<PlanDiff> => {
    const compared = await compare(...parameters);
    if (!compared.ok) throw new Error(JSON.stringify(compared.diagnostics));
    return compared.value.diff;
  };
  return { declare, compare, diff };
}

describe('a stack whose committed plan was made from an earlier one', () => {
  it('does not differ from it when nothing was changed', async () => {
    const { diff } = await workspace(20, 24);
    expect((await diff(['pair.yaml'])).isEmpty).toBe(true);
  });

  it('differs by what was changed alone: it is planned from the committed plan, as plan --previous would', async () => {
    const { declare, diff } = await workspace(20, 24);
    declare(25);
    const changed = await diff(['pair.yaml']);
    expect(changed.inputs.map((item) => item.input)).toEqual(['problem']);
    expect(changed.workloads.map((item) => [item.workload, item.reasons[0]])).toContainEqual([
      'web',
      { about: 'performance.fixed.replicas', before: '24', after: '25' },
    ]);
    expect(changed.services?.services.map((item) => item.workload)).toEqual(['web']);
  });

  it('names the plan that was asked for with --previous as an input', async () => {
    const { diff } = await workspace(20);
    const asked = await diff(['pair.yaml'], { previous: 'plans/pair' });
    expect(asked.inputs.map((item) => item.input)).toEqual(['flag --previous', 'flag --previous-sha256']);
    expect([asked.cost.delta, asked.objects, asked.workloads]).toEqual([0, [], []]);
  });
});

describe('a plan that does not exist', () => {
  it('is an error unless it may be missing', async () => {
    const { compare } = await workspace();
    for (const targets of [['pair.yaml'], ['plans/none', 'pair.yaml']] as const) {
      const compared = await compare(targets);
      const errors = compared.diagnostics.filter((item) => item.severity === 'error');
      expect([compared.ok, errors.map((item) => item.code)]).toEqual([false, ['plan-not-found']]);
    }
  });

  it('counts as nothing for a new stack: all that it costs and writes is new', async () => {
    const { diff } = await workspace();
    for (const targets of [['pair.yaml'], ['plans/none', 'pair.yaml']] as const) {
      const fresh = await diff(targets, { allowMissing: true });
      expect([fresh.cost.before, fresh.cost.after]).toEqual([0, fresh.cost.delta]);
      expect(new Set(fresh.objects.map((item) => item.action))).toEqual(new Set(['create']));
      expect(fresh.services?.services.map((item) => item.action)).toEqual(['added', 'added']);
    }
  });

  it('counts as nothing for a stack that is given up: all of it goes', async () => {
    const { diff } = await workspace(6);
    const gone = await diff(['plans/pair', 'plans/none'], { allowMissing: true });
    expect([gone.cost.after, gone.stack.after]).toEqual([0, 'pair']);
    expect(new Set(gone.objects.map((item) => item.action))).toEqual(new Set(['delete']));
  });

  it('is an error where both are missing, and where the one that is there cannot be read', async () => {
    const { compare } = await workspace(6);
    const codes = async (...targets: readonly [string, string]): Promise<unknown> => {
      const compared = await compare(targets, { allowMissing: true });
      return compared.ok || compared.diagnostics.map((item) => item.code);
    };
    expect(await codes('plans/none', 'plans/nothing')).toEqual(['plan-not-found', 'plan-not-found']);
    expect(await codes('plans/pair/report.md', 'plans/none')).toContain('engine-file-invalid');
  });
});
