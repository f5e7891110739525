import { FOCUS_COLUMNS } from '../focus-columns.ts';
import type { FocusVersion } from '../focus-columns.ts';
import type { FocusTable } from '../read-focus-table.ts';

/** Cells of a row by column. */
export type Row = Readonly<Record<string, string | null>>;

const PRICED: Row = {
  ContractedUnitPrice: '2',
  ListUnitPrice: '2',
  PricingCategory: 'Standard',
  PricingQuantity: '50',
  PricingUnit: 'Hours',
  SkuId: 'aws/p5.48xlarge',
  SkuMeter: 'Instance Hours',
  SkuPriceDetails: '{"InstanceType":"p5.48xlarge","x_Own":true}',
  SkuPriceId: 'aws/p5.48xlarge/on-demand',
};
const CONSUMED: Row = { ConsumedQuantity: '50', ConsumedUnit: 'Hours' };
const COMMITMENT: Row = {
  CommitmentDiscountCategory: 'Usage',
  CommitmentDiscountId: 'arn:ri',
  CommitmentDiscountName: 'ri',
  CommitmentDiscountQuantity: '50',
  CommitmentDiscountType: 'Reservation',
  CommitmentDiscountUnit: 'Hours',
  SkuPriceId: 'aws/p5.48xlarge/reserved',
};
const SHARED: Row = {
  AvailabilityZone: 'us-east-1a',
  BilledCost: '100',
  BillingAccountId: '123',
  BillingAccountType: 'Account',
  BillingCurrency: 'USD',
  BillingPeriodEnd: '2027-01-01T00:00:00Z',
  BillingPeriodStart: '2026-12-01T00:00:00Z',
  ChargeCategory: 'Usage',
  ChargeDescription: 'nodes',
  ChargeFrequency: 'Usage-Based',
  ChargePeriodEnd: '2026-12-02T00:00:00Z',
  ChargePeriodStart: '2026-12-01T00:00:00Z',
  ContractedCost: '100',
  EffectiveCost: '100',
  HostProviderName: 'AWS',
  InvoiceIssuerName: 'AWS',
  ListCost: '100',
  PricingCurrency: 'USD',
  PricingCurrencyEffectiveCost: '100',
  ProviderName: 'AWS',
  PublisherName: 'AWS',
  RegionId: 'us-east-1',
  RegionName: 'N. Virginia',
  ResourceId: 'i-1',
  ResourceName: 'node',
  ResourceType: 'Virtual Machine',
  ServiceCategory: 'Compute',
  ServiceName: 'EC2',
  ServiceProviderName: 'AWS',
  ServiceSubcategory: 'Virtual Machines',
  Tags: '{"team":"a","valueless":true}',
};

const KINDS = {
  usage: { ...PRICED, ...CONSUMED },
  covered: {
    ...{ ...PRICED, ...CONSUMED, ...COMMITMENT },
    ...{ CommitmentDiscountStatus: 'Used', PricingCategory: 'Committed', BilledCost: '0' },
  },
  unused: {
    ...{ ...PRICED, ...COMMITMENT },
    ...{ CommitmentDiscountStatus: 'Unused', PricingCategory: 'Committed', BilledCost: '0' },
  },
  purchase: {
    ...{ ...PRICED, ...COMMITMENT },
    ...{ ChargeCategory: 'Purchase', ChargeFrequency: 'Recurring', EffectiveCost: '0' },
  },
  tax: { ChargeCategory: 'Tax', ListCost: '100', ContractedCost: '100' },
} as const satisfies Record<string, Row>;

/** A row that follows all rules of a version, with every column that the version has. */
export function goodRow(kind: keyof typeof KINDS, version: FocusVersion): Row {
  const cells: Row = { ...SHARED, ...KINDS[kind] };
  return Object.fromEntries(
    FOCUS_COLUMNS.filter(({ levels }) => ![undefined, 'removed'].includes(levels[version])).map(
      ({ name }) => [name, cells[name] ?? null],
    ),
  );
}

/** Rows as a table with the columns of the first one. */
export function tableOf(rows: readonly Row[]): FocusTable {
  const header = Object.keys(rows[0] ?? {});
  return {
    header,
    records: rows.map((row, index) => ({
      row: index + 2,
      width: header.length,
      cells: header.map((name) => row[name] ?? null),
    })),
  };
}
