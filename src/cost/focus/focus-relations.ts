import { parentCategory } from './service-categories.ts';
import type { FocusVersion } from './focus-columns.ts';

/** A row as its rules see it: the text of a cell, null where it is empty or the file lacks the column. */
export interface FocusRow {
  readonly cell: (column: string) => string | null;
}

/** What a cell has to be, given the other cells of its row. */
export interface FocusRelation {
  /** The column at fault. */
  readonly column: string;
  /** Columns that the rule looks at; it is left out where the file lacks one of them. */
  readonly reads: readonly string[];
  readonly versions: readonly FocusVersion[];
  /** The rule in one sentence. */
  readonly says: string;
  readonly isBroken: (row: FocusRow) => boolean;
}

const BOTH: readonly FocusVersion[] = ['1.2', '1.4'];
const NEWER: readonly FocusVersion[] = ['1.4'];

/** When a rule applies: the columns it looks at, the condition in words, and the condition. */
interface Condition {
  readonly reads: readonly string[];
  readonly words: string;
  readonly holds: (row: FocusRow) => boolean;
}

const is = (column: string, ...values: readonly string[]): Condition => ({
  reads: [column],
  words: `${column} is ${values.map((value) => `"${value}"`).join(' or ')}`,
  holds: (row) => values.includes(row.cell(column) ?? ''),
});
const isNot = (column: string, value: string): Condition => ({
  reads: [column],
  words: `${column} is not "${value}"`,
  holds: (row) => row.cell(column) !== value,
});
const isNull = (column: string): Condition => ({
  reads: [column],
  words: `${column} is null`,
  holds: (row) => row.cell(column) === null,
});
const isGiven = (column: string): Condition => ({
  reads: [column],
  words: `${column} is not null`,
  holds: (row) => row.cell(column) !== null,
});
const and = (...parts: readonly Condition[]): Condition => ({
  reads: parts.flatMap(({ reads }) => reads),
  words: parts.map(({ words }) => words).join(' and '),
  holds: (row) => parts.every((part) => part.holds(row)),
});

/** The same condition where a file without the columns is one whose cells are null: it knows no commitments. */
const evenWithout = (condition: Condition): Condition => ({ ...condition, reads: [] });

type Claim = readonly [words: string, isMet: (value: string | null) => boolean];
const NULL: Claim = ['be null', (value) => value === null];
const GIVEN: Claim = ['not be null', (value) => value !== null];
const ZERO: Claim = ['be 0', (value) => value !== null && Number(value) === 0];
const beValue = (wanted: string): Claim => [`be "${wanted}"`, (value) => value === wanted];
const notValue = (wrong: string): Claim => [`not be "${wrong}"`, (value) => value !== wrong];

function rule(
  column: string,
  [words, isMet]: Claim,
  when: Condition,
  versions: readonly FocusVersion[] = BOTH,
): FocusRelation {
  return {
    column,
    reads: [column, ...when.reads],
    versions,
    says: `${column} must ${words} when ${when.words}`,
    isBroken: (row) => when.holds(row) && !isMet(row.cell(column)),
  };
}

/** `column` is null exactly where `other` is. */
const together = (column: string, other: string): readonly FocusRelation[] => [
  rule(column, NULL, isNull(other)),
  rule(column, GIVEN, isGiven(other)),
];

const REGULAR = isNot('ChargeClass', 'Correction');
const CHARGED = and(is('ChargeCategory', 'Usage', 'Purchase'), REGULAR);
const IN_USE = and(
  is('ChargeCategory', 'Usage'),
  evenWithout(isNot('CommitmentDiscountStatus', 'Unused')),
  REGULAR,
);

const PRICED = [
  'ListUnitPrice',
  'ContractedUnitPrice',
  'PricingQuantity',
  'PricingCategory',
  'SkuId',
  'SkuPriceId',
];

/** Largest difference between a cost and its price times its quantity: money is kept to the micro-unit and rounded more than once on the way (*assumed*). */
const ROUNDING = 1e-5;

const product = (cost: string, price: string): FocusRelation => ({
  column: cost,
  reads: [cost, price, 'PricingQuantity', 'ChargeClass'],
  versions: BOTH,
  says: `${cost} must be ${price} times PricingQuantity where both are given and ChargeClass is not "Correction"`,
  isBroken: (row) => {
    const [value, unit, quantity] = [cost, price, 'PricingQuantity'].map((name) => row.cell(name));
    if (!value || !unit || !quantity || row.cell('ChargeClass') === 'Correction') return false;
    const expected = Number(unit) * Number(quantity);
    return Math.abs(Number(value) - expected) > ROUNDING + Math.abs(expected) * 1e-9;
  },
});

const span = (start: string, end: string): FocusRelation => ({
  column: end,
  reads: [start, end],
  versions: BOTH,
  says: `${end} must be later than ${start}; it is the first moment that no longer belongs`,
  isBroken: (row) => Date.parse(row.cell(end) ?? '') <= Date.parse(row.cell(start) ?? ''),
});

/**
 * Rules that hold between the cells of a row, as the column pages of the specification state them (FOCUS_Spec, `specification/datasets/cost_and_usage/columns/`, read 2026-11-22).
 * Rules about what no file shows (invoices, contracts, tags of resources) are not among them.
 */
export const FOCUS_RELATIONS: readonly FocusRelation[] = [
  ...PRICED.flatMap((column) => [
    rule(column, NULL, is('ChargeCategory', 'Tax')),
    rule(column, GIVEN, CHARGED),
  ]),
  ...PRICED.slice(0, 4).map((column) => rule(column, NULL, isNull('SkuPriceId'), NEWER)),
  rule('ConsumedQuantity', NULL, isNull('SkuPriceId'), NEWER),
  rule('CommitmentDiscountQuantity', NULL, isNull('SkuPriceId'), NEWER),
  rule('ConsumedQuantity', NULL, isNot('ChargeCategory', 'Usage')),
  rule('ConsumedQuantity', NULL, is('CommitmentDiscountStatus', 'Unused')),
  rule('ConsumedQuantity', GIVEN, IN_USE),
  ...together('ConsumedUnit', 'ConsumedQuantity'),
  ...together('PricingUnit', 'PricingQuantity'),
  ...together('CommitmentDiscountUnit', 'CommitmentDiscountQuantity'),
  ...together('CommitmentDiscountCategory', 'CommitmentDiscountId'),
  ...together('CommitmentDiscountType', 'CommitmentDiscountId'),
  rule('CommitmentDiscountName', NULL, isNull('CommitmentDiscountId')),
  rule('CommitmentDiscountStatus', NULL, isNull('CommitmentDiscountId')),
  rule(
    'CommitmentDiscountStatus',
    GIVEN,
    and(isGiven('CommitmentDiscountId'), is('ChargeCategory', 'Usage')),
  ),
  rule('CommitmentDiscountQuantity', NULL, isNull('CommitmentDiscountId')),
  rule('CommitmentDiscountQuantity', GIVEN, and(isGiven('CommitmentDiscountId'), CHARGED)),
  rule('CommitmentDiscountQuantity', NULL, is('ChargeCategory', 'Tax', 'Credit', 'Adjustment')),
  rule('CapacityReservationStatus', NULL, isNull('CapacityReservationId')),
  rule(
    'CapacityReservationStatus',
    GIVEN,
    and(isGiven('CapacityReservationId'), is('ChargeCategory', 'Usage')),
  ),
  ...together('RegionName', 'RegionId'),
  ...together('ResourceType', 'ResourceId'),
  rule('ResourceName', NULL, isNull('ResourceId')),
  ...together('SubAccountName', 'SubAccountId'),
  ...together('SubAccountType', 'SubAccountId'),
  rule('SkuMeter', NULL, isNull('SkuId')),
  rule('SkuPriceDetails', NULL, isNull('SkuPriceId')),
  rule('ChargeFrequency', notValue('Usage-Based'), is('ChargeCategory', 'Purchase')),
  rule('PricingCategory', notValue('Committed'), is('ChargeCategory', 'Purchase')),
  rule('PricingCategory', notValue('Committed'), evenWithout(isNull('CommitmentDiscountId'))),
  rule(
    'PricingCategory',
    beValue('Committed'),
    and(isGiven('CommitmentDiscountId'), is('ChargeCategory', 'Usage'), isGiven('PricingCategory')),
  ),
  rule('EffectiveCost', ZERO, and(isGiven('CommitmentDiscountId'), is('ChargeCategory', 'Purchase'))),
  ...['AllocatedResourceId', 'AllocatedTags', 'AllocatedMethodDetails'].map((column) =>
    rule(column, NULL, isNull('AllocatedMethodId'), NEWER),
  ),
  rule('AllocatedResourceName', NULL, isNull('AllocatedResourceId'), NEWER),
  product('ListCost', 'ListUnitPrice'),
  product('ContractedCost', 'ContractedUnitPrice'),
  span('BillingPeriodStart', 'BillingPeriodEnd'),
  span('ChargePeriodStart', 'ChargePeriodEnd'),
  {
    column: 'ServiceSubcategory',
    reads: ['ServiceSubcategory', 'ServiceCategory'],
    versions: BOTH,
    says: 'ServiceSubcategory must belong to the ServiceCategory of its row',
    isBroken: (row) => {
      const parent = parentCategory(row.cell('ServiceSubcategory') ?? '');
      return parent !== undefined && parent !== row.cell('ServiceCategory');
    },
  },
];
