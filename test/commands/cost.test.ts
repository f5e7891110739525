import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CostStatement, CostVariance, FocusCheck } from '../../src/cost/index.ts';
import type { PlanDocument } from '../../src/model/index.ts';
import { ROOT, codesOf, jsonOf, plimsoll } from '../support/run-command.ts';
import type { Finished } from '../support/run-command.ts';

const PLAN = path.join(ROOT, 'plans', 'chat');
const plan = JSON.parse(readFileSync(path.join(PLAN, 'plan.json'), 'utf8')) as PlanDocument;
let cwd = '';

beforeAll(() => {
  cwd = mkdtempSync(path.join(tmpdir(), 'plimsoll-cost-'));
});
afterAll(() => {
  rmSync(cwd, { recursive: true, force: true });
});

const cost = (...args: readonly string[]): Finished => plimsoll(['cost', PLAN, ...args], { cwd });
const resultOf = <T>(finished: Finished): T => jsonOf(finished).result;
const focus = (...args: readonly string[]): string =>
  cost('--output', 'focus', '--period', '2026-12', ...args).stdout;
const rowsOf = (csv: string) => parse(csv, { columns: true }) as unknown as Record<string, string>[];

/** Writes rows as a CSV file and returns its name. */
function writeRows(name: string, rows: readonly Record<string, string>[]): string {
  const header = Object.keys(rows[0] ?? {});
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const lines = [header, ...rows.map((row) => header.map((column) => row[column] ?? ''))];
  writeFileSync(path.join(cwd, name), lines.map((cells) => cells.map(quoted).join(',')).join('\n'));
  return name;
}

describe('cost', () => {
  it('prints groups, lines and unit costs, the total last, without colours', () => {
    const { stdout, exitCode } = cost('--group-by', 'team', '--idle', 'proportional');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^assistants +\S+ +[\d,.]+/m);
    expect(stdout).toContain('USD/1M TOKENS');
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^Total [\d,.]+ USD\/month \(730 h\)/);
    expect(stdout).not.toContain('\u001b');
  });

  it('has the same total in JSON, YAML, CSV, Markdown and FOCUS', () => {
    const statement = resultOf<CostStatement>(cost('--json'));
    expect(statement).toMatchObject({ formatVersion: '1.0', totalPerMonth: plan.cost.totalPerMonth });
    const sum = (rows: readonly Record<string, string>[], column: string) =>
      Math.round(rows.reduce((total, row) => total + Number(row[column]), 0) * 1e6);
    expect(sum(rowsOf(cost('-o', 'csv').stdout), 'effective_cost')).toBe(plan.cost.totalPerMonth);
    expect(sum(rowsOf(focus()), 'EffectiveCost')).toBe(plan.cost.totalPerMonth);
    expect(cost('-o', 'yaml').stdout).toContain(`totalPerMonth: ${String(plan.cost.totalPerMonth)}`);
    const dollars = (plan.cost.totalPerMonth / 1e6).toLocaleString('en-US', {
      minimumFractionDigits: 2,
      maximumFractionDigits: 2,
    });
    expect(cost('-o', 'markdown').stdout).toContain(`**Total ${dollars} USD/month`);
  });

  it('converts at the rate that is given, says so, and never looks one up', () => {
    const args = ['--currency', 'EUR', '--rate', '0.92', '--rate-date', '2026-11-20'];
    const statement = resultOf<CostStatement>(cost('--json', ...args));
    expect(statement.currency).toEqual({ code: 'EUR', perUsd: 0.92, rateDate: '2026-11-20' });
    expect(Math.abs(statement.totalPerMonth - plan.cost.totalPerMonth * 0.92)).toBeLessThan(10);
    expect(cost(...args).stdout).toContain('0.92 EUR per USD of 2026-11-20');
  });

  it.each([
    [['--currency', 'EUR'], 'cost-currency'],
    [['--currency', 'EURO', '--rate', '1'], 'cost-currency'],
    [['--rate', '0.9'], 'cost-currency'],
    [['--currency', 'EUR', '--rate', '-1'], 'engine-usage'],
    [['--currency', 'EUR', '--rate', '1e3'], 'engine-usage'],
    [['--group-by', 'planet'], 'engine-usage'],
    [['--workload-tag', 'app'], 'engine-usage'],
    [['--compare', 'x.csv', '--output', 'focus'], 'engine-usage'],
  ])('%j is wrong usage and says what to do', (args, code) => {
    const finished = cost('--json', ...args);
    expect([finished.exitCode, codesOf(finished)]).toEqual([64, [code]]);
  });
});

describe('cost validate', () => {
  it.each(['1.2', '1.4'])('finds nothing in the FOCUS %s files of this program', (version) => {
    for (const granularity of ['month', 'day', 'hour']) {
      const csv = focus('--focus-version', version, '--granularity', granularity);
      const finished = plimsoll(['cost', 'validate', '-', '--json'], { cwd, input: csv });
      expect(finished.exitCode).toBe(0);
      expect(resultOf<FocusCheck>(finished)).toMatchObject({ version, findings: [], errors: 0 });
    }
  });

  it('finds what was broken, with row and column, and exits with 1', () => {
    const rows = rowsOf(focus());
    rows[1]!['BillingCurrency'] = 'dollars';
    rows[2]!['ConsumedUnit'] = '';
    const file = writeRows('broken.csv', rows);
    const finished = plimsoll(['cost', 'validate', file, '--json'], { cwd });
    expect(finished.exitCode).toBe(1);
    expect(resultOf<FocusCheck>(finished).findings).toMatchObject([
      { row: 3, column: 'BillingCurrency', value: 'dollars' },
      { row: 4, column: 'ConsumedUnit' },
    ]);
    const text = plimsoll(['cost', 'validate', file], { cwd });
    expect(text.stdout).toContain('row 3, BillingCurrency: "dollars"');
    expect(text.stdout.trimEnd().split('\n').at(-1)).toMatch(/^broken\.csv breaks .* 2 errors/);
  });

  it.each([
    ['nosuch.csv', '', 'engine-file-not-found'],
    ['-', '', 'cost-focus-empty'],
    ['-', 'a,"b\nc', 'cost-focus-layout'],
  ])('%s with %j is a diagnostic', (target, input, code) => {
    const finished = plimsoll(['cost', 'validate', target, '--json'], { cwd, input });
    expect([finished.exitCode, codesOf(finished)]).toEqual([1, [code]]);
  });
});

describe('cost --compare', () => {
  it('of a plan with itself is nothing', () => {
    const variance = resultOf<CostVariance>(cost('--compare', path.join(PLAN, 'plan.json'), '--json'));
    expect(variance.total).toMatchObject({ volume: 0, efficiency: 0, mix: 0, price: 0 });
    expect(variance.hours).toBe(730);
  });

  it('of a plan with its own calendar rows is nothing to the cent, whatever the grouping', () => {
    writeFileSync(path.join(cwd, 'own.csv'), focus('--month-basis', 'calendar', '--granularity', 'day'));
    for (const groupBy of ['workload', 'team', 'pool', 'capacity-type', 'zone', 'offering']) {
      const { total, unmatched, hours } = resultOf<CostVariance>(
        cost('--compare', 'own.csv', '--group-by', groupBy, '--json'),
      );
      expect(hours).toBe(744);
      expect(unmatched).toEqual([]);
      for (const effect of [total.volume, total.efficiency, total.mix, total.price]) {
        expect(Math.abs(effect)).toBeLessThan(10_000);
      }
    }
  });

  it('names a dearer price as price, lists what is not of the plan, and warns', () => {
    const rows = rowsOf(focus('--month-basis', 'calendar')).map((row) => ({
      ...row,
      EffectiveCost: String(Number(row['EffectiveCost']) * 1.1),
    }));
    const stray = { ...rows[0], x_Workload: '', AllocatedTags: '', ServiceName: 'Data transfer' };
    const finished = cost('--compare', writeRows('dearer.csv', [...rows, stray]), '--json');
    const { total, unmatched } = resultOf<CostVariance>(finished);
    expect(finished.exitCode).toBe(0);
    expect(codesOf(finished)).toEqual(['cost-actuals-unmatched']);
    expect(total.price / (total.after - total.before)).toBeCloseTo(1, 5);
    expect(unmatched).toMatchObject([{ what: 'Data transfer', rows: 1, firstRow: rows.length + 2 }]);
    expect(cost('--compare', 'dearer.csv').stdout.trimEnd().split('\n').at(-1)).toMatch(/most of it price/);
    expect(cost('--compare', 'dearer.csv', '-o', 'csv').stdout).toContain('not compared,Data transfer');
    expect(cost('--compare', 'dearer.csv', '-o', 'markdown').stdout).toContain('## Costs compared');
  });

  it('reads allocations of OpenCost, pods by their workload', () => {
    const window = { start: '2026-11-01T00:00:00Z', end: '2026-11-08T00:00:00Z' };
    const allocation = (name: string, pod: string, totalCost: number, gpuHours: number) => ({
      [name]: { name, window, totalCost, gpuHours, cpuCoreHours: 1, properties: { namespace: 'llm', pod } },
    });
    const data = [
      {
        ...allocation('a', 'chat-h100-on-demand-5d8f9c7b6d-x2x4z', 9000, 1344),
        ...allocation('b', 'someone-else-1', 12, 0),
        __idle__: { name: '__idle__', window, totalCost: 2000, gpuHours: 0, cpuCoreHours: 10 },
      },
    ];
    writeFileSync(path.join(cwd, 'allocation.json'), JSON.stringify({ code: 200, data }));
    const finished = cost('--compare', 'allocation.json', '--json');
    const { rows, unmatched, hours, after } = resultOf<CostVariance>(finished);
    expect([hours, after.kind]).toEqual([168, 'opencost']);
    expect(rows.find(({ key }) => key === 'chat')?.after).toBe(9_000_000_000);
    expect(rows.find(({ key }) => key === '(idle)')?.after).toBe(2_000_000_000);
    expect(unmatched).toMatchObject([{ cost: 12_000_000 }]);
    for (const row of rows) {
      expect(row.volume + row.efficiency + row.mix + row.price).toBe(row.after - row.before);
    }
    expect(codesOf(cost('--compare', 'allocation.json', '--group-by', 'pool', '--json'))).toEqual([
      'cost-actuals-foreign',
    ]);
  });

  it.each<[string, (row: Record<string, string>) => Record<string, string>, string]>([
    ['another currency', (row) => ({ ...row, BillingCurrency: 'EUR' }), 'cost-focus-currency'],
    ['a bad number', (row) => ({ ...row, EffectiveCost: '1,0' }), 'cost-focus-value'],
    ['no cost', ({ EffectiveCost: _cost, ...row }) => row, 'cost-focus-column'],
    [
      'nothing that names workloads',
      ({ Tags: _tags, AllocatedTags: _allocated, x_Workload: _workload, ...row }) => row,
      'cost-focus-column',
    ],
    [
      'other workloads only',
      (row) => ({ ...row, x_Workload: '', AllocatedTags: '{"workload":"other"}' }),
      'cost-actuals-foreign',
    ],
  ])('refuses a bill with %s', (name, change, code) => {
    const file = writeRows(`${name.replaceAll(' ', '-')}.csv`, rowsOf(focus()).map(change));
    const finished = cost('--compare', file, '--json');
    expect(finished.exitCode).toBe(1);
    expect(new Set(codesOf(finished))).toEqual(new Set([code]));
  });
});
