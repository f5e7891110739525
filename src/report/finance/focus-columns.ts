import { isNobodys } from '../../cost/index.ts';
import type { Charge, FocusVersion, StatementCurrency } from '../../cost/index.ts';
import type { CapacityType } from '../../model/index.ts';
import { BASE_CURRENCY } from '../../units/index.ts';
import type { Money, MoneyPerHour } from '../../units/index.ts';
import { csvNumber } from './csv.ts';
import type { CsvCell } from './csv.ts';

/** What the rows of a FOCUS file share. */
export interface FocusFacts {
  readonly stack: string;
  readonly currency: StatementCurrency;
  /** Billing account; a plan precedes the bill, so it is what the user says or `planned`. */
  readonly billingAccountId: string;
  /** The calendar month, first moment and first moment after it. */
  readonly billingPeriod: { readonly start: string; readonly end: string };
}

/** One column of a FOCUS file that this program writes. */
export interface WrittenColumn {
  readonly name: string;
  readonly cell: (charge: Charge, facts: FocusFacts) => CsvCell;
  /** The only version that has it; absent: all. */
  readonly only?: FocusVersion;
  /** Written where the statement is in another currency than its prices. */
  readonly ifConverted?: boolean;
}

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

/** Identifier of the method by which the cost of nodes is split among workloads; docs/cost.md says what it is. */
export const SPLIT_METHOD = 'plimsoll-node-share-1';

const provider = ({ line }: Charge): CsvCell =>
  (PROVIDER_NAMES[line.provider] ?? line.provider) || 'Own hardware';
const isUsage = ({ category }: Charge): boolean => category === 'Usage';
const isCommitted = ({ line }: Charge): boolean => line.capacityType === 'reserved';
/** Whether a charge is the part of a node that a workload bears. */
const isAllocated = (charge: Charge): boolean => isUsage(charge) && charge.line.kind !== 'idle';
const committed = (cell: WrittenColumn['cell']): WrittenColumn['cell'] => {
  return (charge, facts) => (isCommitted(charge) ? cell(charge, facts) : null);
};

/** Whole micro-units as units. */
const amount = (value: Money): CsvCell => csvNumber(value / 1e6, 6);
/** Prices are not rounded, so that price times quantity is the cost. */
const price = (value: MoneyPerHour): CsvCell => csvNumber(value / 1e6, 12);
const hours = ({ nodeHours }: Charge): CsvCell => csvNumber(nodeHours, 9);
const text = (value: string): CsvCell => (value === '' ? null : value);

const resource = ({ line }: Charge, { stack }: FocusFacts): string => `plimsoll/${stack}/${line.offering}`;
const sku = ({ line }: Charge): string => `${line.provider}/${line.instanceType}`;

/**
 * All columns this program writes: those that are mandatory in FOCUS 1.2 or 1.4, and the conditional and recommended ones that a plan can fill. Custom columns come last; each group
 * is sorted by name. Rules and their source: `src/cost/focus/focus-columns.ts`; the tests hold every file to them.
 */
export const WRITTEN_COLUMNS: readonly WrittenColumn[] = [
  {
    name: 'AllocatedMethodDetails',
    only: '1.4',
    cell: (charge) => (isUsage(charge) ? splitDetails(charge) : null),
  },
  { name: 'AllocatedMethodId', only: '1.4', cell: (charge) => (isUsage(charge) ? SPLIT_METHOD : null) },
  {
    name: 'AllocatedResourceId',
    only: '1.4',
    cell: (charge) => (isAllocated(charge) ? charge.line.workload : null),
  },
  {
    name: 'AllocatedResourceName',
    only: '1.4',
    cell: (charge) => (isAllocated(charge) ? charge.line.workload : null),
  },
  {
    name: 'AllocatedTags',
    only: '1.4',
    cell: (charge) =>
      isAllocated(charge) ? JSON.stringify({ team: charge.line.team, workload: charge.line.workload }) : null,
  },
  { name: 'AvailabilityZone', cell: ({ line }) => text(line.zone) },
  { name: 'BilledCost', cell: ({ billedCost }) => amount(billedCost) },
  { name: 'BillingAccountId', cell: (_, { billingAccountId }) => billingAccountId },
  { name: 'BillingAccountName', cell: () => null },
  { name: 'BillingCurrency', cell: (_, { currency }) => currency.code },
  { name: 'BillingPeriodEnd', cell: (_, { billingPeriod }) => billingPeriod.end },
  { name: 'BillingPeriodStart', cell: (_, { billingPeriod }) => billingPeriod.start },
  { name: 'ChargeCategory', cell: ({ category }) => category },
  { name: 'ChargeClass', cell: () => null },
  { name: 'ChargeDescription', cell: describeCharge },
  { name: 'ChargeFrequency', cell: (charge) => (isUsage(charge) ? 'Usage-Based' : 'Recurring') },
  { name: 'ChargePeriodEnd', cell: ({ period }) => period.end },
  { name: 'ChargePeriodStart', cell: ({ period }) => period.start },
  { name: 'CommitmentDiscountCategory', cell: committed(() => 'Usage') },
  {
    name: 'CommitmentDiscountId',
    cell: committed((charge, facts) => `${resource(charge, facts)}/commitment`),
  },
  { name: 'CommitmentDiscountName', cell: committed(({ line }) => line.pool) },
  { name: 'CommitmentDiscountQuantity', cell: committed(hours) },
  { name: 'CommitmentDiscountStatus', cell: committed((charge) => (isUsage(charge) ? 'Used' : null)) },
  { name: 'CommitmentDiscountType', cell: committed(() => 'Reservation') },
  { name: 'CommitmentDiscountUnit', cell: committed(() => 'Hours') },
  { name: 'ConsumedQuantity', cell: (charge) => (isUsage(charge) ? hours(charge) : null) },
  { name: 'ConsumedUnit', cell: (charge) => (isUsage(charge) ? 'Hours' : null) },
  { name: 'ContractedCost', cell: ({ contractedCost }) => amount(contractedCost) },
  { name: 'ContractedUnitPrice', cell: ({ contractedUnitPrice }) => price(contractedUnitPrice) },
  { name: 'EffectiveCost', cell: ({ effectiveCost }) => amount(effectiveCost) },
  { name: 'HostProviderName', only: '1.4', cell: provider },
  { name: 'InvoiceDetailId', only: '1.4', cell: () => null },
  { name: 'InvoiceId', cell: () => null },
  { name: 'InvoiceIssuerName', cell: provider },
  { name: 'ListCost', cell: ({ listCost }) => amount(listCost) },
  { name: 'ListUnitPrice', cell: ({ listUnitPrice }) => price(listUnitPrice) },
  {
    name: 'PricingCategory',
    cell: (charge) => (isUsage(charge) ? PRICING_CATEGORIES[charge.line.capacityType] : 'Standard'),
  },
  { name: 'PricingCurrency', ifConverted: true, cell: () => BASE_CURRENCY },
  {
    name: 'PricingCurrencyContractedUnitPrice',
    ifConverted: true,
    cell: ({ contractedUnitPrice }, { currency }) =>
      csvNumber(contractedUnitPrice / 1e6 / currency.perUsd, 9),
  },
  {
    name: 'PricingCurrencyEffectiveCost',
    ifConverted: true,
    cell: ({ effectiveCost }, { currency }) => csvNumber(effectiveCost / 1e6 / currency.perUsd, 6),
  },
  {
    name: 'PricingCurrencyListUnitPrice',
    ifConverted: true,
    cell: ({ listUnitPrice }, { currency }) => csvNumber(listUnitPrice / 1e6 / currency.perUsd, 9),
  },
  { name: 'PricingQuantity', cell: hours },
  { name: 'PricingUnit', cell: () => 'Hours' },
  { name: 'ProviderName', only: '1.2', cell: provider },
  { name: 'PublisherName', only: '1.2', cell: provider },
  { name: 'RegionId', cell: ({ line }) => text(line.region) },
  { name: 'RegionName', cell: ({ line }) => text(line.region) },
  { name: 'ResourceId', cell: resource },
  { name: 'ResourceName', cell: ({ line }) => text(line.pool) },
  { name: 'ResourceType', cell: () => 'Virtual Machine' },
  { name: 'ServiceCategory', cell: () => 'Compute' },
  { name: 'ServiceName', cell: () => 'Virtual Machines' },
  { name: 'ServiceProviderName', only: '1.4', cell: provider },
  { name: 'ServiceSubcategory', cell: () => 'Virtual Machines' },
  { name: 'SkuId', cell: sku },
  { name: 'SkuMeter', cell: () => 'Instance Hours' },
  { name: 'SkuPriceDetails', cell: ({ line }) => JSON.stringify({ InstanceType: line.instanceType }) },
  {
    name: 'SkuPriceId',
    cell: (charge) =>
      `${charge.line.provider}/${charge.line.region}/${charge.line.instanceType}/${charge.line.capacityType}${isUsage(charge) ? '' : '/commitment'}`,
  },
  { name: 'Tags', cell: ({ line }, { stack }) => JSON.stringify({ pool: line.pool, stack }) },
  { name: 'x_CapacityType', cell: ({ line }) => line.capacityType },
  { name: 'x_CostKind', cell: (charge) => (isUsage(charge) ? charge.line.kind : 'commitment') },
  { name: 'x_ExchangeRate', ifConverted: true, cell: (_, { currency }) => csvNumber(currency.perUsd, 12) },
  { name: 'x_ExchangeRateDate', ifConverted: true, cell: (_, { currency }) => currency.rateDate ?? null },
  { name: 'x_PriceDate', cell: ({ line }) => line.priceProvenance.date ?? null },
  { name: 'x_PriceSource', cell: ({ line }) => text(line.priceProvenance.source) },
  { name: 'x_Team', cell: ({ line }) => text(line.team) },
  { name: 'x_Workload', cell: ({ line }) => line.workload },
];

/** How much of the node a charge is, as the specification's object of split cost allocation says it. */
function splitDetails({ nodeShare, nodeHours }: Charge): string {
  const [ratio, quantity] = [nodeShare, nodeHours].map((value) => Number(value.toFixed(9)));
  return JSON.stringify({
    Elements: [{ AllocatedRatio: ratio, UsageUnit: 'Hours', UsageQuantity: quantity }],
  });
}

function describeCharge(charge: Charge): string {
  const { line } = charge;
  if (!isUsage(charge)) return `Planned commitment for ${line.instanceType} of ${line.pool}`;
  const subject = line.kind === 'idle-share' ? `idle part borne by ${line.workload}` : line.workload;
  const whom = isNobodys(line.workload) ? 'not used by any workload' : `for ${subject}`;
  return `Planned ${line.capacityType} ${line.instanceType} ${whom}`;
}
