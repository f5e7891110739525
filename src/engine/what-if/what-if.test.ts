import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SMALL_PROBLEM, smallProblem } from '../../../test/support/small-problem.ts';
import { serializePlan } from '../../plan/index.ts';
import type { VariantOutcome, WhatIfReport } from '../../report/index.ts';
import { loadStack } from '../load-stack.ts';
import type { EngineMessage } from '../messages.ts';
import { planStack } from '../plan-stack.ts';
import { resolveStack } from '../resolve-problem.ts';
import { quietHost } from '../testing/host.ts';
import { planVariants } from './plan-variants.ts';
import { planningCrew } from './planning-crew.ts';
import { whatIf } from './what-if.ts';
import type { WhatIfAnswer } from './what-if.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-what-if-'));
const host = quietHost(folder);

beforeAll(() => {
  writeFileSync(path.join(folder, 'small.yaml'), SMALL_PROBLEM);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function asked(set: readonly string[], jobs = 1, file = 'small.yaml'): Promise<WhatIfAnswer> {
  const answer = await whatIf(file, { set }, { jobs }, host);
  if (!answer.ok) throw new Error(answer.diagnostics.map((item) => item.summary).join('\n'));
  return answer.value;
}

function costs(report: WhatIfReport): readonly number[] {
  return report.variants.map((item) => item.plan?.perMonth ?? Infinity);
}

describe('what if', () => {
  it(
    'gives the same report whatever the number of jobs, and one row per variant in the order asked',
    { timeout: 120_000 },
    async () => {
      const set = ['workloads.helper.rate=x2', 'pools.l40s.price=+10%', 'pools.l40s.price=x1'];
      const [one, three] = [await asked(set, 1), await asked(set, 3)];
      expect(JSON.stringify(three.report)).toBe(JSON.stringify(one.report));
      expect(one.report.variants.map((item) => item.name)).toEqual(set);
      const [, dearer, same] = one.report.variants;
      expect(dearer?.prices).toEqual([{ pool: 'l40s', capacityTypes: ['on-demand'], factor: 1.1 }]);
      expect([same?.delta?.perMonth, same?.differences]).toEqual([0, []]);
    },
  );

  it(
    'plans the stack as declared, and with x1 and +0 %, to the bytes of plan',
    { timeout: 120_000 },
    async () => {
      const plain = await planStack('small.yaml', { workers: 1 }, host);
      const stack = await loadStack('small.yaml', host);
      if (!plain.ok || !stack.ok) throw new Error('the small problem is not planned');
      const resolved = await resolveStack(stack.value, {}, host);
      const crew = planningCrew({ jobs: 2 }, host);
      if (!resolved.ok || !crew.ok) throw new Error('unreachable');
      const path = { path: [{ kind: 'name', name: 'seed' }] } as const;
      const planned = await planVariants(
        { stack: stack.value, resolved: resolved.value, flags: {} },
        [
          { name: 'base', assignments: [] },
          { name: 'x1', assignments: [{ ...path, text: 'seed=x1', change: { kind: 'scale', factor: 1 } }] },
        ],
        { crew: crew.value, host, isExplained: true },
      );
      await crew.value.close();
      const bytes = planned.ok ? planned.value.map((item) => item.plan && serializePlan(item.plan)) : [];
      expect(bytes).toEqual([serializePlan(plain.value.plan), serializePlan(plain.value.plan)]);
    },
  );

  it(
    'never costs more where prices fall or the SLO is relaxed, nor less where there is more traffic',
    { timeout: 240_000 },
    async () => {
      const prices = ['x0.5', 'x0.9', 'x1', 'x1.3'].map(
        (by) => `pools.l40s.price=${by}, pools.l40s.spotPrice=${by}`,
      );
      const rates = ['x0.5', 'x1', 'x2', 'x3'].map((by) => `workloads.helper.rate=${by}`);
      const slos = ['x0.8', 'x1', 'x1.5'].map((by) => `workloads.helper.slo=${by}`);
      const all = costs((await asked([...prices, ...rates, ...slos.toReversed()], 2)).report);
      for (const part of [all.slice(0, 4), all.slice(4, 8), all.slice(8)])
        expect(part).toEqual(part.toSorted((a, b) => a - b));
      // Nothing but prices was changed, all by one factor, so the cost is changed by it too.
      expect(all[0]).toBeCloseTo((all[2] ?? 0) / 2, -2);
    },
  );

  it(
    'says what stands in the way of variants without a plan, and plans the others',
    { timeout: 120_000 },
    async () => {
      const { report } = await asked([
        'budgets.monthly.limit=1 USD/month',
        'pools.l40s.maxNodes=1, workloads.helper.rate=x20',
      ]);
      const [poor, narrow] = report.variants;
      expect(poor).toMatchObject({ status: 'infeasible', differences: [] });
      expect(poor?.binding.map((item) => item.constraint)).toContain('budget/monthly');
      expect(narrow?.status).toBe('infeasible');
      expect(narrow?.binding.length).toBeGreaterThan(0);
      expect(report.base.plan).toBeDefined();
    },
  );

  it('answers for a stack that has no plan itself', { timeout: 120_000 }, async () => {
    writeFileSync(path.join(folder, 'poor.yaml'), smallProblem('20000 USD/month', '1 USD/month'));
    const { report } = await asked(['budgets.*='], 1, 'poor.yaml');
    expect(report.base.status).toBe('infeasible');
    const [free] = report.variants as readonly [VariantOutcome];
    expect([free.plan === undefined, free.delta]).toEqual([false, undefined]);
  });

  it('plans nothing where any variant cannot be: all problems are told at once', async () => {
    const stages: string[] = [];
    const listening = {
      ...host,
      emit: (message: EngineMessage) => void (message.kind === 'progress' && stages.push(message.stage)),
    };
    const answer = await whatIf(
      'small.yaml',
      { set: ['pools.l40.price=x2', 'workloads.helper.model=no/such', 'budgets.monthly.limit=5'] },
      { jobs: 1 },
      listening,
    );
    expect(answer.ok).toBe(false);
    expect(answer.diagnostics.map((item) => item.code)).toEqual([
      'engine-whatif-path',
      'catalog-unknown-model',
      'model-wrong-unit',
    ]);
    expect(stages).not.toContain('what-if');
  });

  it('goes on from a file of measurements, with the same answer', { timeout: 120_000 }, async () => {
    const set = ['workloads.helper.rate=x2'];
    const options = { jobs: 1, resume: 'answers.jsonl' };
    const [first, again] = [
      await whatIf('small.yaml', { set }, options, host),
      await whatIf('small.yaml', { set }, options, host),
    ];
    expect(first.ok && JSON.stringify(first.value.report)).toBe(
      again.ok && JSON.stringify(again.value.report),
    );
    expect(again.diagnostics.map((item) => item.code)).not.toContain('engine-resume-damaged');
  });
});
