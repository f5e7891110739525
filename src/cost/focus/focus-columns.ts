import { SERVICE_CATEGORIES, SERVICE_SUBCATEGORIES } from './service-categories.ts';

/**
 * Columns of the Cost and Usage dataset of FOCUS (FinOps Open Cost and Usage Specification) and what a cell of each may hold. Facts from the dataset pages and column pages of
 * github.com/FinOps-Open-Cost-and-Usage-Spec/FOCUS_Spec, read 2026-11-22: version 1.2 at commit 082b22bdf797, version 1.4 at commit 003443d7a487 less what its pages
 * mark as introduced in 1.5 (credentials and principals).
 */

/** Versions whose rules are known here. */
export const FOCUS_VERSIONS = ['1.2', '1.4'] as const;
export type FocusVersion = (typeof FOCUS_VERSIONS)[number];

/** Whether a column has to be there: always, where its condition holds, where it helps; `removed` was a column of an earlier version. */
export type FeatureLevel = 'mandatory' | 'conditional' | 'recommended' | 'removed';

/** What a cell holds. `json-object` is an object of scalars, `json` any JSON object. */
export type FocusType = 'string' | 'decimal' | 'date-time' | 'json-object' | 'json';

/** One column and the rules for each of its cells alone. */
export interface FocusColumn {
  readonly name: string;
  /** By version; absent where the version does not have the column. */
  readonly levels: Readonly<Partial<Record<FocusVersion, FeatureLevel>>>;
  readonly type: FocusType;
  readonly nullable: boolean;
  /** The only values allowed; absent: any. */
  readonly values?: readonly string[];
  /** Further format of the cell. */
  readonly format?: 'unit' | 'national-currency' | 'non-negative';
  /** A recommended column that is missed only where this other column is there. */
  readonly with?: string;
}

type Extra = Partial<Pick<FocusColumn, 'values' | 'format' | 'with'>>;
type Row = readonly [
  name: string,
  in12: FeatureLevel | '',
  in14: FeatureLevel | '',
  type: FocusType,
  nulls: 'nulls' | 'no-nulls',
  extra?: Extra,
];

const USED = ['Used', 'Unused'];

const ROWS: readonly Row[] = [
  ['AllocatedMethodDetails', '', 'recommended', 'json', 'nulls', { with: 'AllocatedMethodId' }],
  ['AllocatedMethodId', '', 'conditional', 'string', 'nulls'],
  ['AllocatedResourceId', '', 'conditional', 'string', 'nulls'],
  ['AllocatedResourceName', '', 'conditional', 'string', 'nulls'],
  ['AllocatedTags', '', 'conditional', 'json-object', 'nulls'],
  ['AvailabilityZone', 'recommended', 'recommended', 'string', 'nulls', { with: 'RegionId' }],
  ['BilledCost', 'mandatory', 'mandatory', 'decimal', 'no-nulls'],
  ['BillingAccountId', 'mandatory', 'mandatory', 'string', 'no-nulls'],
  ['BillingAccountName', 'mandatory', 'mandatory', 'string', 'nulls'],
  ['BillingAccountType', 'conditional', 'conditional', 'string', 'no-nulls'],
  ['BillingCurrency', 'mandatory', 'mandatory', 'string', 'no-nulls', { format: 'national-currency' }],
  ['BillingPeriodEnd', 'mandatory', 'mandatory', 'date-time', 'no-nulls'],
  ['BillingPeriodStart', 'mandatory', 'mandatory', 'date-time', 'no-nulls'],
  ['CapacityReservationId', 'conditional', 'conditional', 'string', 'nulls'],
  ['CapacityReservationStatus', 'conditional', 'conditional', 'string', 'nulls', { values: USED }],
  [
    'ChargeCategory',
    'mandatory',
    'mandatory',
    'string',
    'no-nulls',
    { values: ['Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment'] },
  ],
  ['ChargeClass', 'mandatory', 'mandatory', 'string', 'nulls', { values: ['Correction'] }],
  ['ChargeDescription', 'mandatory', 'mandatory', 'string', 'nulls'],
  [
    'ChargeFrequency',
    'recommended',
    'recommended',
    'string',
    'no-nulls',
    { values: ['One-Time', 'Recurring', 'Usage-Based'] },
  ],
  ['ChargePeriodEnd', 'mandatory', 'mandatory', 'date-time', 'no-nulls'],
  ['ChargePeriodStart', 'mandatory', 'mandatory', 'date-time', 'no-nulls'],
  [
    'CommitmentDiscountCategory',
    'conditional',
    'conditional',
    'string',
    'nulls',
    { values: ['Spend', 'Usage'] },
  ],
  ['CommitmentDiscountId', 'conditional', 'conditional', 'string', 'nulls'],
  ['CommitmentDiscountName', 'conditional', 'conditional', 'string', 'nulls'],
  ['CommitmentDiscountQuantity', 'conditional', 'conditional', 'decimal', 'nulls'],
  ['CommitmentDiscountStatus', 'conditional', 'conditional', 'string', 'nulls', { values: USED }],
  ['CommitmentDiscountType', 'conditional', 'conditional', 'string', 'nulls'],
  ['CommitmentDiscountUnit', 'conditional', 'conditional', 'string', 'nulls', { format: 'unit' }],
  ['CommitmentProgramEligibilityDetails', '', 'conditional', 'json', 'nulls'],
  ['ConsumedQuantity', 'conditional', 'conditional', 'decimal', 'nulls'],
  ['ConsumedUnit', 'conditional', 'conditional', 'string', 'nulls', { format: 'unit' }],
  ['ContractApplied', '', 'conditional', 'json', 'nulls'],
  ['ContractedCost', 'mandatory', 'mandatory', 'decimal', 'no-nulls'],
  ['ContractedUnitPrice', 'conditional', 'conditional', 'decimal', 'nulls', { format: 'non-negative' }],
  ['EffectiveCost', 'mandatory', 'mandatory', 'decimal', 'no-nulls'],
  ['HostProviderName', '', 'mandatory', 'string', 'no-nulls'],
  ['InvoiceDetailId', '', 'conditional', 'string', 'nulls'],
  ['InvoiceId', 'recommended', 'conditional', 'string', 'nulls'],
  ['InvoiceIssuerName', 'mandatory', 'mandatory', 'string', 'no-nulls'],
  ['ListCost', 'mandatory', 'mandatory', 'decimal', 'no-nulls'],
  ['ListUnitPrice', 'conditional', 'conditional', 'decimal', 'nulls', { format: 'non-negative' }],
  [
    'PricingCategory',
    'conditional',
    'conditional',
    'string',
    'nulls',
    { values: ['Standard', 'Dynamic', 'Committed', 'Other'] },
  ],
  ['PricingCurrency', 'conditional', 'conditional', 'string', 'no-nulls'],
  [
    'PricingCurrencyContractedUnitPrice',
    'conditional',
    'conditional',
    'decimal',
    'nulls',
    { format: 'non-negative' },
  ],
  ['PricingCurrencyEffectiveCost', 'conditional', 'conditional', 'decimal', 'no-nulls'],
  [
    'PricingCurrencyListUnitPrice',
    'conditional',
    'conditional',
    'decimal',
    'nulls',
    { format: 'non-negative' },
  ],
  ['PricingQuantity', 'mandatory', 'mandatory', 'decimal', 'nulls'],
  ['PricingUnit', 'mandatory', 'mandatory', 'string', 'nulls', { format: 'unit' }],
  ['ProviderName', 'mandatory', 'removed', 'string', 'no-nulls'],
  ['PublisherName', 'mandatory', 'removed', 'string', 'no-nulls'],
  ['RegionId', 'conditional', 'conditional', 'string', 'nulls'],
  ['RegionName', 'conditional', 'conditional', 'string', 'nulls'],
  ['ResourceId', 'conditional', 'conditional', 'string', 'nulls'],
  ['ResourceName', 'conditional', 'conditional', 'string', 'nulls'],
  ['ResourceType', 'conditional', 'conditional', 'string', 'nulls'],
  ['ServiceCategory', 'mandatory', 'mandatory', 'string', 'no-nulls', { values: SERVICE_CATEGORIES }],
  ['ServiceName', 'mandatory', 'mandatory', 'string', 'no-nulls'],
  ['ServiceProviderName', '', 'mandatory', 'string', 'no-nulls'],
  [
    'ServiceSubcategory',
    'recommended',
    'recommended',
    'string',
    'no-nulls',
    { values: SERVICE_SUBCATEGORIES },
  ],
  ['SkuId', 'conditional', 'conditional', 'string', 'nulls'],
  ['SkuMeter', 'conditional', 'conditional', 'string', 'nulls'],
  ['SkuPriceDetails', 'conditional', 'conditional', 'json-object', 'nulls'],
  ['SkuPriceId', 'conditional', 'conditional', 'string', 'nulls'],
  ['SubAccountId', 'conditional', 'conditional', 'string', 'nulls'],
  ['SubAccountName', 'conditional', 'conditional', 'string', 'nulls'],
  ['SubAccountType', 'conditional', 'conditional', 'string', 'nulls'],
  ['Tags', 'conditional', 'conditional', 'json-object', 'nulls'],
];

/** All columns of all versions, sorted by name. */
export const FOCUS_COLUMNS: readonly FocusColumn[] = ROWS.map(([name, in12, in14, type, nulls, extra]) => ({
  name,
  levels: { ...(in12 === '' ? {} : { '1.2': in12 }), ...(in14 === '' ? {} : { '1.4': in14 }) },
  type,
  nullable: nulls === 'nulls',
  ...extra,
}));

/**
 * Columns that share one condition of the billing model: where one of them is there, all of them have to be. (What is resolved by name alone, such as the names
 * of commitments, is part of its group.)
 */
export const COMPANION_COLUMNS: readonly (readonly string[])[] = [
  ['CapacityReservationId', 'CapacityReservationStatus'],
  [
    'CommitmentDiscountCategory',
    'CommitmentDiscountId',
    'CommitmentDiscountName',
    'CommitmentDiscountQuantity',
    'CommitmentDiscountStatus',
    'CommitmentDiscountType',
    'CommitmentDiscountUnit',
  ],
  ['ConsumedQuantity', 'ConsumedUnit'],
  ['RegionId', 'RegionName'],
  ['ResourceId', 'ResourceName'],
  ['SkuId', 'SkuMeter', 'SkuPriceDetails', 'SkuPriceId'],
  ['SubAccountId', 'SubAccountName'],
  ['AllocatedMethodId', 'AllocatedResourceId', 'AllocatedResourceName', 'AllocatedTags'],
];
