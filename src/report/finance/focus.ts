import type { CapacityType, CostLineItem, CostReport } from '../../model/index.ts';
import type { MicroUsd, MicroUsdPerHour } from '../../units/index.ts';
import { renderCsv } from './csv.ts';
import type { CsvCell } from './csv.ts';

/** What a FOCUS file needs beside the plan. */
export interface FocusOptions {
  readonly stack: string;
  /** Calendar month the rows are shown for, `YYYY-MM`. */
  readonly period: string;
  /** Billing account; a plan precedes the bill, so it is what the user says or `planned`. */
  readonly billingAccountId: string;
}

type Cell = (item: CostLineItem, options: FocusOptions) => CsvCell;

const PROVIDER_NAMES: Readonly<Record<string, string>> = {
  aws: 'AWS',
  gcp: 'Google Cloud',
  azure: 'Microsoft Azure',
};

const PRICING_CATEGORIES: Readonly<Record<CapacityType, string>> = {
  'on-demand': 'Standard',
  spot: 'Dynamic',
  reserved: 'Committed',
  owned: 'Other',
};

const provider: Cell = (item) => PROVIDER_NAMES[item.provider] ?? item.provider;

/**
 * Columns of the FOCUS 1.4 Cost and Usage dataset: all that are mandatory, and the conditional ones whose condition a plan
 * meets (regions, zones, unit prices, pricing categories, usage, tags). Custom columns start with `x_` and come last.
 * Source: FOCUS 1.4 dataset page "Cost and Usage", github.com/FinOps-Open-Cost-and-Usage-Spec/FOCUS_Spec, read 2026-11-21.
 */
const COLUMNS: readonly (readonly [name: string, cell: Cell])[] = [
  ['AvailabilityZone', (item) => (item.zone === '' ? null : item.zone)],
  ['BilledCost', (item) => dollars(item.effectiveCost)],
  ['BillingAccountId', (_, options) => options.billingAccountId],
  ['BillingAccountName', () => null],
  ['BillingCurrency', () => 'USD'],
  ['BillingPeriodEnd', (_, options) => monthEnd(options.period)],
  ['BillingPeriodStart', (_, options) => monthStart(options.period)],
  ['ChargeCategory', () => 'Usage'],
  ['ChargeClass', () => null],
  ['ChargeDescription', (item) => `Planned ${item.capacityType} ${item.instanceType} for ${item.workload}`],
  ['ChargeFrequency', () => 'Usage-Based'],
  ['ChargePeriodEnd', (_, options) => monthEnd(options.period)],
  ['ChargePeriodStart', (_, options) => monthStart(options.period)],
  ['ConsumedQuantity', (item) => quantity(item.nodeHours)],
  ['ConsumedUnit', () => 'Hours'],
  ['ContractedCost', (item) => dollars(item.effectiveCost)],
  ['ContractedUnitPrice', (item) => dollars(item.unitPrice)],
  ['EffectiveCost', (item) => dollars(item.effectiveCost)],
  ['HostProviderName', provider],
  ['InvoiceIssuerName', provider],
  ['ListCost', (item) => dollars(item.listCost)],
  ['ListUnitPrice', (item) => dollars(item.listUnitPrice)],
  ['PricingCategory', (item) => PRICING_CATEGORIES[item.capacityType]],
  ['PricingQuantity', (item) => quantity(item.nodeHours)],
  ['PricingUnit', () => 'Hours'],
  ['RegionId', (item) => item.region],
  ['RegionName', (item) => item.region],
  ['ResourceId', (item, options) => `plimsoll/${options.stack}/${item.id}`],
  ['ResourceName', (item) => item.pool],
  ['ResourceType', () => 'Virtual Machine'],
  ['ServiceCategory', () => 'Compute'],
  ['ServiceName', () => 'Virtual Machines'],
  ['ServiceProviderName', provider],
  ['ServiceSubcategory', () => 'Virtual Machines'],
  ['SkuId', (item) => `${item.provider}/${item.instanceType}`],
  ['SkuMeter', () => 'Instance Hours'],
  ['SkuPriceDetails', (item) => JSON.stringify({ InstanceType: item.instanceType })],
  ['SkuPriceId', (item) => `${item.provider}/${item.region}/${item.instanceType}/${item.capacityType}`],
  [
    'Tags',
    (item, options) => JSON.stringify({ stack: options.stack, team: item.team, workload: item.workload }),
  ],
  ['x_PriceDate', (item) => item.priceProvenance.date ?? null],
  ['x_PriceSource', (item) => item.priceProvenance.source],
];

/** The cost of a plan as FOCUS 1.4 rows, one per line item and month. `options.period` must read `YYYY-MM`. */
export function renderFocusCsv(cost: CostReport, options: FocusOptions): string {
  return renderCsv(
    COLUMNS.map(([name]) => name),
    cost.lineItems.map((item) => COLUMNS.map(([, cell]) => cell(item, options))),
  );
}

function dollars(amount: MicroUsd | MicroUsdPerHour): number {
  return amount / 1e6;
}

function quantity(hours: number): number {
  return Number(hours.toFixed(6));
}

function monthStart(period: string): string {
  return `${period}-01T00:00:00Z`;
}

function monthEnd(period: string): string {
  const [year = 0, month = 0] = period.split('-').map(Number);
  return monthStart(month === 12 ? `${year + 1}-01` : `${year}-${String(month + 1).padStart(2, '0')}`);
}
