import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { samplePlan } from '../../../test/support/sample-plan.ts';
import { manyServices, serviceSamplePlan } from '../../../test/support/sample-service-plan.ts';
import {
  buildStatement,
  chargePeriods,
  chargesOf,
  FOCUS_VERSIONS,
  GRANULARITIES,
  hourProfiles,
  readFocusTable,
  validateFocus,
} from '../../cost/index.ts';
import type { CostStatement, FocusVersion, Granularity, StatementOptions } from '../../cost/index.ts';
import type { PlanDocument } from '../../model/index.ts';
import { renderCsv } from './csv.ts';
import { renderFocusCheck } from './focus-check-text.ts';
import { renderFocusCsv } from './focus.ts';
import { renderStatementCsv } from './statement-csv.ts';
import { renderStatementMarkdown } from './statement-markdown.ts';
import { renderStatement } from './statement-text.ts';

const EURO = { code: 'EUR', perUsd: 0.9217, rateDate: '2026-11-20' };

/** The plan with its spot capacity reserved, or owned. */
function withCapacity(plan: PlanDocument, capacityType: 'reserved' | 'owned'): PlanDocument {
  const text = JSON.stringify(plan)
    .replaceAll('/spot', `/${capacityType}`)
    .replaceAll('"spot"', `"${capacityType}"`);
  return JSON.parse(text) as PlanDocument;
}

interface Wanted extends StatementOptions {
  readonly version?: FocusVersion;
  readonly granularity?: Granularity;
  readonly basis?: 'plan' | 'calendar';
}

function focusOf(plan: PlanDocument, wanted: Wanted = {}): { csv: string; statement: CostStatement } {
  const { version = '1.4', granularity = 'month', basis = 'plan', ...options } = wanted;
  const statement = buildStatement(plan, options);
  const charges = chargesOf(statement.lineItems, {
    periods: chargePeriods('2026-12', granularity),
    basis,
    profiles: hourProfiles(plan),
  });
  const csv = renderFocusCsv(charges, {
    version,
    stack: plan.stack,
    currency: statement.currency,
    month: '2026-12',
    billingAccountId: 'planned',
  });
  return { csv, statement };
}

const rowsOf = (csv: string) => parse(csv, { columns: true }) as unknown as Record<string, string>[];

function checked(csv: string, version: FocusVersion) {
  const table = readFocusTable(csv, 'own.csv');
  if (!table.ok) throw new Error('unreadable');
  return validateFocus(table.value, version);
}

const PLANS: readonly (readonly [string, PlanDocument])[] = [
  ['models', samplePlan()],
  ['services', serviceSamplePlan()],
  ['reserved capacity', withCapacity(samplePlan(), 'reserved')],
  ['own hardware', withCapacity(samplePlan(), 'owned')],
];

describe('FOCUS rows', () => {
  it.each(PLANS)('of %s follow the column rules in every version, granularity and currency', (_, plan) => {
    for (const version of FOCUS_VERSIONS) {
      for (const granularity of GRANULARITIES) {
        for (const options of [{}, { currency: EURO, idle: 'proportional', basis: 'calendar' }] as const) {
          const { csv } = focusOf(plan, { version, granularity, ...options });
          expect(checked(csv, version)).toMatchObject({ findings: [], errors: 0, warnings: 0 });
        }
      }
    }
  });

  it.each(PLANS)('of %s sum to the plan, billed and effective, to the micro-unit', (_, plan) => {
    for (const currency of [undefined, EURO]) {
      for (const granularity of ['month', 'day'] as const) {
        const { csv, statement } = focusOf(plan, {
          granularity,
          ...(currency === undefined ? {} : { currency }),
        });
        const micros = (column: string) =>
          rowsOf(csv).reduce((sum, row) => sum + Math.round(Number(row[column]) * 1e6), 0);
        expect(micros('EffectiveCost')).toBe(statement.totalPerMonth);
        expect(micros('BilledCost')).toBe(statement.totalPerMonth);
      }
    }
  });

  it('show commitments: usage is covered and billed at nothing, its purchase is billed and costs nothing', () => {
    const { csv } = focusOf(withCapacity(samplePlan(), 'reserved'));
    const covered = rowsOf(csv).filter((row) => row['CommitmentDiscountId'] !== '');
    const shown = (category: string) =>
      covered
        .filter((row) => row['ChargeCategory'] === category)
        .map((row) => [row['PricingCategory'], row['CommitmentDiscountStatus'], row['ChargeFrequency']]);
    expect(shown('Usage')).toEqual([['Committed', 'Used', 'Usage-Based']]);
    expect(shown('Purchase')).toEqual([['Standard', '', 'Recurring']]);
    for (const row of covered) {
      const isUsage = row['ChargeCategory'] === 'Usage';
      expect(Number(row[isUsage ? 'BilledCost' : 'EffectiveCost'])).toBe(0);
      expect(Number(row[isUsage ? 'EffectiveCost' : 'BilledCost'])).toBeGreaterThan(0);
    }
  });

  it('mark spot as dynamic pricing and end December in January', () => {
    const rows = rowsOf(focusOf(samplePlan()).csv);
    expect(rows.map((row) => row['PricingCategory'])).toEqual(['Standard', 'Dynamic']);
    expect(rows[0]?.['BillingPeriodEnd']).toBe('2027-01-01T00:00:00Z');
    expect(rows[0]).not.toHaveProperty('ProviderName');
    expect(rowsOf(focusOf(samplePlan(), { version: '1.2' }).csv)[0]).toHaveProperty('ProviderName', 'AWS');
  });

  it('name the workload that bears a part of a node, and nobody for what is idle', () => {
    const rows = rowsOf(focusOf(serviceSamplePlan()).csv);
    const idle = rows.filter((row) => row['x_CostKind'] === 'idle');
    expect(idle.length).toBeGreaterThan(0);
    expect(new Set(idle.map((row) => row['AllocatedResourceId']))).toEqual(new Set(['']));
    const web = rows.find((row) => row['x_Workload'] === 'web');
    expect(web?.['AllocatedResourceId']).toBe('web');
    expect(JSON.parse(web?.['AllocatedTags'] ?? '')).toHaveProperty('workload', 'web');
    const shared = rowsOf(focusOf(serviceSamplePlan(), { idle: 'proportional' }).csv);
    expect(shared.some((row) => row['x_CostKind'] === 'idle')).toBe(false);
  });

  it('state the rate of a converted statement and the prices in dollars', () => {
    const [row] = rowsOf(focusOf(samplePlan(), { currency: EURO }).csv);
    expect(row).toMatchObject({
      BillingCurrency: 'EUR',
      PricingCurrency: 'USD',
      x_ExchangeRate: '0.9217',
      x_ExchangeRateDate: '2026-11-20',
    });
    expect(Number(row?.['ListUnitPrice']) / 0.9217).toBeCloseTo(
      Number(row?.['PricingCurrencyListUnitPrice']),
      8,
    );
  });
});

describe('CSV', () => {
  it('keeps a cell from running as a formula in a spreadsheet, and numbers as numbers', () => {
    expect(renderCsv(['x'], [['=cmd()'], ['a,"b"'], [-1], [null], [' @x'], ['\t1'], [1e-7]])).toBe(
      `x\r\n'=cmd()\r\n"a,""b"""\r\n-1\r\n\r\n' @x\r\n'\t1\r\n0.0000001\r\n`,
    );
  });

  it('never lets user text start a formula, whatever it is, and reads back as the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ minLength: 1 }), fc.stringMatching(/^['= \t-]{1,4}$/)), (text) => {
        const plan = samplePlan();
        const items = plan.cost.lineItems.map((item) => ({ ...item, team: text }));
        const statement = buildStatement({ ...plan, cost: { ...plan.cost, lineItems: items } });
        const [row] = rowsOf(renderStatementCsv(statement));
        expect(row?.['team']?.replace(/^'(?='*(?:\s*[=+\-@]|[\t\r\n]))/, '')).toBe(text);
        expect(row?.['team']).not.toMatch(/^\s*[=+\-@]|^[\t\r]/);
        expect(Number(row?.['effective_cost'])).toBe(items[0]!.effectiveCost / 1e6);
      }),
    );
  });
});

describe('a statement as text', () => {
  it('ends with the total in one sentence', () => {
    const lines = renderStatement(buildStatement(samplePlan())).trimEnd().split('\n');
    expect(lines.at(-1)).toMatch(/^Total 49,822\.21 USD\/month \(730 h\), .*list price.*\.$/);
  });

  it('has groups with subtotals, and unit prices of tokens only where there are tokens', () => {
    const text = renderStatement(buildStatement(serviceSamplePlan(), { groupBy: 'pool' }));
    expect(text).toMatch(/POOL +NODE HOURS +LIST +CONTRACTED +EFFECTIVE +OF IT IDLE/);
    expect(text).toMatch(/Subtotal/);
    expect(text).toMatch(/web +\S+ +76\.65 +0\.0010 +– +78840000/);
  });

  it('fits the width it is given', () => {
    for (const width of [60, 80, 100]) {
      const palette = {
        bold: (text: string) => text,
        dim: (text: string) => text,
        good: (text: string) => text,
        bad: (text: string) => text,
        caution: (text: string) => text,
        width,
      };
      const text = renderStatement(buildStatement(serviceSamplePlan()), palette);
      const tables = text.split('\n').filter((line) => /\d\.\d\d/.test(line) && !/[.]$/.test(line));
      expect(Math.max(...tables.map((line) => line.length))).toBeLessThanOrEqual(width);
    }
  });

  it('is cut where services are many, sums counting all of them', () => {
    const statement = buildStatement({ stack: 'many', offerings: [], cost: manyServices(300).cost });
    const short = renderStatement(statement);
    expect(short).toContain('more workloads (--full shows all; sums count them)');
    expect(short.split('\n').length).toBeLessThan(250);
    expect(renderStatement(statement, undefined, true).split('\n').length).toBeGreaterThan(600);
  });

  it('says the rate and its day', () => {
    const text = renderStatement(buildStatement(samplePlan(), { currency: EURO }));
    expect(text).toContain('Converted at 0.9217 EUR per USD of 2026-11-20');
    expect(text).toMatch(/Total [\d,.]+ EUR\/month/);
  });
});

describe('a statement as Markdown', () => {
  it('escapes what users typed', () => {
    const plan = samplePlan();
    const lineItems = plan.cost.lineItems.map((item) => ({ ...item, team: '<img src=x onerror=1>|`' }));
    const text = renderStatementMarkdown(
      buildStatement({ ...plan, cost: { ...plan.cost, lineItems } }, { groupBy: 'team' }),
    );
    expect(text).not.toContain('<img');
    expect(text).toContain('&lt;img');
    expect(text).toContain('**Total 49,822.21 USD/month');
  });
});

describe('a check of a FOCUS file as text', () => {
  it('groups places by rule and ends with the verdict', () => {
    const csv = focusOf(samplePlan(), { granularity: 'day' }).csv.replaceAll(',USD,', ',usd,');
    const text = renderFocusCheck({ ...checked(csv, '1.4'), file: 'own.csv' });
    expect(text).toMatch(/^error BillingCurrency\/format: .*ISO 4217/m);
    expect(text).toMatch(/row 2, BillingCurrency: "usd"/);
    expect(text).toMatch(/… and 57 more rows/);
    expect(text.trimEnd().split('\n').at(-1)).toMatch(/breaks column rules of FOCUS 1\.4: 62 errors/);
  });
});
