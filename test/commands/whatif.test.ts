import { parse } from 'csv-parse/sync';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { WhatIfReport } from '../../src/report/index.ts';
import { codesOf, jsonOf, plimsoll, withFolder } from '../support/run-command.ts';
import { SMALL_PROBLEM, smallProblem } from '../support/small-problem.ts';

const ASKED = ['--set', 'pools.l40s.price=-20%', '--variant', 'poor=budgets.monthly.limit=1 USD/month'];

describe('whatif', () => {
  it(
    'tabulates the stack and its variants, says what changes, ends with a sentence, and writes nothing',
    { timeout: 120_000 },
    () => {
      const { run, files } = withFolder({ 'small.yaml': SMALL_PROBLEM }, (cwd) => ({
        run: plimsoll(['whatif', 'small.yaml', ...ASKED], { cwd }),
        files: readdirSync(cwd),
      }));
      expect([run.exitCode, files]).toEqual([0, ['small.yaml']]);
      for (const part of [
        'as declared',
        'pools.l40s.price=-20%',
        'What changes',
        'poor: no plan: budget/monthly',
      ])
        expect(run.stdout).toContain(part);
      expect(run.stdout.trimEnd().split('\n').at(-1)).toMatch(
        /^small costs [\d,.]+ USD\/month as declared.* without a plan\.$/,
      );
    },
  );

  it(
    'gives the same as JSON, CSV and Markdown, whatever the jobs, also of a stack on stdin',
    { timeout: 240_000 },
    () => {
      const [json, csv, markdown] = ['json', 'csv', 'markdown'].map((form, index) =>
        plimsoll(['whatif', '-', ...ASKED, '--output', form, '--jobs', String(index + 1)], {
          input: SMALL_PROBLEM,
        }),
      );
      const report = jsonOf(json!).result as WhatIfReport;
      const rows: readonly Record<string, string>[] = parse(csv!.stdout, { columns: true });
      expect(rows.map((row) => [row['variant'], row['status']])).toEqual(
        [report.base, ...report.variants].map((item) => [item.name, item.status]),
      );
      expect(Number(rows[1]?.['usd_per_month'])).toBe(report.variants[0]!.plan!.perMonth / 1e6);
      expect(markdown?.stdout).toContain('| Variant |');
      expect(markdown?.stdout).toContain('pools.l40s.price=-20%');
    },
  );

  it('exits with 4 where the stack itself has no plan, and still answers', { timeout: 120_000 }, () => {
    const input = smallProblem('20000 USD/month', '1 USD/month');
    const free = plimsoll(['whatif', '-', '--set', 'budgets.*=', '--json'], { input });
    const report = jsonOf(free).result as WhatIfReport;
    expect([free.exitCode, report.base.status, report.variants[0]?.plan === undefined]).toEqual([
      4,
      'infeasible',
      false,
    ]);
  });

  it.each([
    [['--set', 'pools.l40.price=x2'], 64, 'engine-whatif-path'],
    [['--set', 'pools.l40s.price'], 64, 'engine-whatif-syntax'],
    [['--sweep', 'pools.l40s.price=1..2'], 64, 'engine-whatif-syntax'],
    [['--set', 'workloads.helper.model=x2'], 64, 'engine-whatif-value'],
    [['--set', 'pools.l40s.maxNodes=-1'], 1, 'model-out-of-range'],
    [['--set', 'workloads.helper.slo.ttft.p99=2'], 1, 'model-wrong-unit'],
    [[], 64, 'engine-whatif-syntax'],
  ] as const)('refuses %j before anything is planned', (flags, exitCode, code) => {
    const run = plimsoll(['whatif', '-', ...flags, '--json'], { input: SMALL_PROBLEM });
    expect([run.exitCode, codesOf(run).includes(code)]).toEqual([exitCode, true]);
  });

  it('fails for a stack that does not exist', () => {
    const run = plimsoll(['whatif', 'nowhere.yaml', '--set', 'seed=2', '--json']);
    expect([run.exitCode, codesOf(run)]).toEqual([1, ['stack-not-found']]);
  });
});
