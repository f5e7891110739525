import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMoment } from './focus-cells.ts';
import { FOCUS_COLUMNS, FOCUS_VERSIONS } from './focus-columns.ts';
import type { FocusColumn, FocusVersion } from './focus-columns.ts';
import { readFocusTable } from './read-focus-table.ts';
import { parentCategory, SERVICE_CATEGORIES } from './service-categories.ts';
import { goodRow, tableOf } from './testing/focus-rows.ts';
import type { Row } from './testing/focus-rows.ts';
import { focusVersionOf, validateFocus } from './validate-focus.ts';

const KINDS = ['usage', 'covered', 'unused', 'purchase', 'tax'] as const;

function findingsOf(rows: readonly Row[], version: FocusVersion) {
  return validateFocus(tableOf(rows), version).findings;
}

/** Texts that break the rules of a column alone. */
function wrongTexts({ type, values, format, nullable }: FocusColumn): readonly (string | null)[] {
  return [
    ...(nullable ? [] : [null]),
    ...(type === 'decimal' ? ['1e3', '+1', '1,000.5', '$5', 'NaN', '1 1/2', '.5', 'five'] : []),
    ...(type === 'date-time'
      ? ['2026-12-01', '2026-12-01 00:00:00', '2026-12-01T00:00:00+01:00', '2026-02-30T00:00:00Z', 'soon']
      : []),
    ...(type === 'json' || type === 'json-object' ? ['{', '[]', '"x"', '7', 'null'] : []),
    ...(type === 'json-object' ? ['{"a":{"b":1}}', '{"a":[1]}'] : []),
    ...(type === 'string' ? ['   '] : []),
    ...(values === undefined ? [] : ['Nonsense', (values[0] ?? '').toUpperCase()]),
    ...(format === 'unit' ? ['gigabytes', 'Hrs', 'GBs', 'GB/Hour/Day', 'Hours-'] : []),
    ...(format === 'national-currency' ? ['usd', 'EURO', 'ZZZ'] : []),
    ...(format === 'non-negative' ? ['-1'] : []),
  ];
}

describe('rows that follow the rules', () => {
  it.each(FOCUS_VERSIONS)('of version %s pass, whatever they charge for', (version) => {
    expect(
      findingsOf(
        KINDS.map((kind) => goodRow(kind, version)),
        version,
      ),
    ).toEqual([]);
  });

  it('have a column for every column of the version', () => {
    for (const version of FOCUS_VERSIONS) {
      const wanted = FOCUS_COLUMNS.filter(({ levels }) => ![undefined, 'removed'].includes(levels[version]));
      expect(Object.keys(goodRow('usage', version)).sort()).toEqual(wanted.map(({ name }) => name).sort());
    }
  });
});

describe('a cell that breaks a rule', () => {
  it.each(FOCUS_VERSIONS)('is found in every column of version %s, with row and column', (version) => {
    for (const column of FOCUS_COLUMNS) {
      if (column.levels[version] === undefined || column.levels[version] === 'removed') continue;
      for (const wrong of wrongTexts(column)) {
        const rows = [goodRow('usage', version), { ...goodRow('usage', version), [column.name]: wrong }];
        const found = findingsOf(rows, version).filter(({ severity }) => severity === 'error');
        const where = found.map((item) => `${String(item.row)}/${item.column}`);
        expect([`${column.name}=${String(wrong)}`, where.includes(`3/${column.name}`)]).toEqual([
          `${column.name}=${String(wrong)}`,
          true,
        ]);
      }
    }
  });

  it('is found wherever it stands among good rows, and nothing else is', () => {
    const cases = fc.constantFrom(
      ...FOCUS_COLUMNS.flatMap((column) =>
        column.levels['1.4'] === undefined || column.levels['1.4'] === 'removed'
          ? []
          : wrongTexts(column).map((wrong) => ({ column: column.name, wrong })),
      ),
    );
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...KINDS), { minLength: 1, maxLength: 6 }),
        fc.nat(),
        cases,
        (kinds, at, { column, wrong }) => {
          const index = at % (kinds.length + 1);
          const rows = kinds.map((kind) => goodRow(kind, '1.4'));
          rows.splice(index, 0, { ...goodRow('usage', '1.4'), [column]: wrong });
          const found = findingsOf(rows, '1.4');
          expect(found.map((item) => item.row)).toEqual(found.map(() => index + 2));
          expect(found.map((item) => item.column)).toContain(column);
        },
      ),
    );
  });
});

describe('cells that contradict each other', () => {
  it.each<[string, Row, string]>([
    ['a price without a quantity', { PricingQuantity: null, PricingUnit: null }, 'PricingQuantity'],
    ['a unit without a quantity', { ConsumedQuantity: null }, 'ConsumedQuantity'],
    ['a quantity without a unit', { ConsumedUnit: null }, 'ConsumedUnit'],
    ['a cost that is not price times quantity', { ListCost: '99.9' }, 'ListCost'],
    ['a contracted cost that is not either', { ContractedCost: '99.9' }, 'ContractedCost'],
    ['a subcategory of another category', { ServiceCategory: 'Storage' }, 'ServiceSubcategory'],
    ['a period that ends before it starts', { ChargePeriodEnd: '2026-11-01T00:00:00Z' }, 'ChargePeriodEnd'],
    ['an empty billing period', { BillingPeriodEnd: '2026-12-01T00:00:00Z' }, 'BillingPeriodEnd'],
    ['a committed price without a commitment', { PricingCategory: 'Committed' }, 'PricingCategory'],
    ['a status without a commitment', { CommitmentDiscountStatus: 'Used' }, 'CommitmentDiscountStatus'],
    ['a region without its name', { RegionName: null }, 'RegionName'],
    ['a type without a resource', { ResourceId: null, ResourceName: null }, 'ResourceType'],
    ['usage without a SKU', { SkuPriceId: null, SkuPriceDetails: null }, 'SkuPriceId'],
    ['a meter without a SKU', { SkuId: null }, 'SkuId'],
    [
      'tax with a price',
      { ChargeCategory: 'Tax', ConsumedQuantity: null, ConsumedUnit: null },
      'ListUnitPrice',
    ],
    ['a purchase by use', { ChargeCategory: 'Purchase' }, 'ChargeFrequency'],
  ])('are found: %s', (_, changes, column) => {
    for (const version of FOCUS_VERSIONS) {
      const columns = findingsOf([{ ...goodRow('usage', version), ...changes }], version).map(
        (item) => item.column,
      );
      expect(columns).toContain(column);
    }
  });

  it.each<[string, 'covered' | 'unused' | 'purchase', Row, string]>([
    [
      'usage of a commitment without a status',
      'covered',
      { CommitmentDiscountStatus: null },
      'CommitmentDiscountStatus',
    ],
    [
      'usage of a commitment at a standard price',
      'covered',
      { PricingCategory: 'Standard' },
      'PricingCategory',
    ],
    ['a commitment without its type', 'covered', { CommitmentDiscountType: null }, 'CommitmentDiscountType'],
    [
      'a commitment without a quantity',
      'covered',
      { CommitmentDiscountQuantity: null, CommitmentDiscountUnit: null },
      'CommitmentDiscountQuantity',
    ],
    [
      'consumption of what was not used',
      'unused',
      { ConsumedQuantity: '1', ConsumedUnit: 'Hours' },
      'ConsumedQuantity',
    ],
    ['the purchase of a commitment that costs twice', 'purchase', { EffectiveCost: '50' }, 'EffectiveCost'],
    [
      'the purchase of a commitment priced as committed',
      'purchase',
      { PricingCategory: 'Committed' },
      'PricingCategory',
    ],
  ])('are found: %s', (_, kind, changes, column) => {
    const columns = findingsOf([{ ...goodRow(kind, '1.4'), ...changes }], '1.4').map((item) => item.column);
    expect(columns).toContain(column);
  });

  it('are found across rows: a price with two SKUs', () => {
    const rows = [goodRow('usage', '1.4'), { ...goodRow('usage', '1.4'), SkuId: 'other' }];
    expect(findingsOf(rows, '1.4')).toMatchObject([{ rule: 'SkuPriceId/parent', row: 3 }]);
  });

  it('are forgiven in corrections, which may leave amounts out', () => {
    const correction = {
      ...goodRow('usage', '1.4'),
      ...{ ChargeClass: 'Correction', ConsumedQuantity: null, ConsumedUnit: null, ListCost: '-3' },
    };
    expect(findingsOf([correction], '1.4')).toEqual([]);
  });
});

describe('a header that breaks a rule', () => {
  const without = (row: Row, column: string): Row =>
    Object.fromEntries(Object.entries(row).filter(([name]) => name !== column));

  it.each(FOCUS_VERSIONS)('is found: any mandatory column missing in %s', (version) => {
    for (const { name, levels } of FOCUS_COLUMNS) {
      if (levels[version] !== 'mandatory') continue;
      const found = findingsOf([without(goodRow('usage', version), name)], version);
      expect(found).toContainEqual(
        expect.objectContaining({ rule: `${name}/presence`, severity: 'error', column: name }),
      );
    }
  });

  it('is a warning where a recommended column is missing, and nothing where a condition may not hold', () => {
    expect(findingsOf([without(goodRow('usage', '1.4'), 'ChargeFrequency')], '1.4')).toMatchObject([
      { rule: 'ChargeFrequency/presence', severity: 'warning' },
    ]);
    expect(findingsOf([without(goodRow('usage', '1.4'), 'Tags')], '1.4')).toEqual([]);
  });

  it('is found: half of the columns that share a condition', () => {
    const found = findingsOf([without(goodRow('covered', '1.4'), 'CommitmentDiscountUnit')], '1.4');
    expect(found).toMatchObject([{ rule: 'CommitmentDiscountUnit/presence', severity: 'error' }]);
  });

  it('is found: foreign names, with the closest known one, and names of older versions', () => {
    const row = { ...goodRow('usage', '1.4'), x_Own: 'fine', Billedcost: '1', ProviderName: 'AWS' };
    const found = findingsOf([row], '1.4').filter(({ rule }) => rule !== 'header/order');
    expect(found).toMatchObject([
      { rule: 'header/custom', column: 'Billedcost', fix: 'Did you mean "BilledCost"?' },
      { rule: 'header/removed', column: 'ProviderName', severity: 'warning' },
    ]);
  });

  it('is found: a column twice, an order that is not that of the names, a row of another length', () => {
    const table = tableOf([goodRow('usage', '1.4')]);
    const twice = {
      header: [...table.header, 'Tags'],
      records: table.records.map((item) => ({ ...item, cells: [...item.cells, null], width: 1 })),
    };
    expect(validateFocus(twice, '1.4').findings.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(['header/unique', 'row/width']),
    );
    const reversed = Object.fromEntries(Object.entries(goodRow('usage', '1.4')).reverse());
    expect(findingsOf([reversed], '1.4')).toMatchObject([{ rule: 'header/order', severity: 'warning' }]);
  });

  it('tells the version of a file', () => {
    for (const version of FOCUS_VERSIONS) {
      expect(focusVersionOf(Object.keys(goodRow('usage', version)))).toBe(version);
    }
  });
});

describe('values of the specification', () => {
  it('give every subcategory one parent, and every category its own rest', () => {
    for (const category of SERVICE_CATEGORIES) expect(parentCategory(`Other (${category})`)).toBe(category);
    expect(parentCategory('Virtual Machines')).toBe('Compute');
    expect(parentCategory('Compute')).toBeUndefined();
  });

  it.each(['Hours', 'GB-Hours', '1000 Requests', 'GB/Hour', 'Units/3 Months', 'Gib', 'KB', 'vCPU-Hours'])(
    'include units such as %s',
    (unit) => {
      const found = findingsOf([{ ...goodRow('usage', '1.4'), PricingUnit: unit }], '1.4');
      expect(found.filter(({ severity }) => severity === 'error')).toEqual([]);
    },
  );

  it('are moments that exist', () => {
    expect(['2028-02-29T23:59:59Z', '2027-02-29T00:00:00Z', '2026-12-01T24:00:00Z'].map(isMoment)).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('a file that is no table', () => {
  it.each([
    ['', 'cost-focus-empty'],
    ['BilledCost\r\n', 'cost-focus-empty'],
    ['a,"b\r\nc', 'cost-focus-layout'],
  ])('%j is a diagnostic with the next step', (text, code) => {
    const read = readFocusTable(text, 'x.csv');
    expect(read.ok).toBe(false);
    expect(read.diagnostics).toMatchObject([{ code, source: { file: 'x.csv' } }]);
    expect(read.diagnostics[0]?.fix).toBeDefined();
  });

  it('may begin with a byte order mark and hold commas in quotes', () => {
    const read = readFocusTable('\uFEFFa,b\n"1,5",\n', 'x.csv');
    expect(read).toMatchObject({
      value: { header: ['a', 'b'], records: [{ row: 2, cells: ['1,5', null] }] },
    });
  });
});
