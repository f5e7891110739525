import { Errors, Flags } from '@oclif/core';
import { FOCUS_VERSIONS, GRANULARITIES, GROUPINGS, MONTH_BASES } from '../engine/index.ts';
import type { AccountOptions, ChargesChoice, CompareOptions, CurrencyChoice } from '../engine/index.ts';
import { DATE_FLAG } from './date-flag.ts';

/** A calendar month, `YYYY-MM`. */
const MONTH_FLAG = Flags.custom<string>({
  helpValue: 'YYYY-MM',
  parse: (input) =>
    /^\d{4}-(0[1-9]|1[0-2])$/.test(input)
      ? Promise.resolve(input)
      : Promise.reject(new Errors.CLIError(`Expected a month such as 2026-12, not "${input}"`)),
});

/** A rate of exchange: a plain decimal above 0. */
const RATE_FLAG = Flags.custom<number>({
  helpValue: 'NUMBER',
  parse: (input) =>
    /^\d+(\.\d+)?$/.test(input) && Number(input) > 0
      ? Promise.resolve(Number(input))
      : Promise.reject(new Errors.CLIError(`Expected a rate above 0 such as 0.92, not "${input}"`)),
});

/** Flags that say how the costs of a plan are told. */
export const COST_FLAGS = {
  full: Flags.boolean({ description: 'Print tables whole, however long and wide.' }),
  'group-by': Flags.option({ options: GROUPINGS, default: 'workload' as const })({
    description: 'What costs are summed by.',
  }),
  idle: Flags.option({ options: ['separate', 'proportional'] as const, default: 'separate' as const })({
    description:
      'Capacity that no workload uses: on lines of its own, or shared among the workloads of its pool by what they pay.',
  }),
  currency: Flags.string({
    description: 'Currency of all amounts (ISO 4217); others than USD need --rate.',
    default: 'USD',
    helpValue: 'CODE',
  }),
  rate: RATE_FLAG({ description: 'Units of the currency per US dollar; never looked up.' }),
  'rate-date': DATE_FLAG({ description: 'Day of the rate, for the record.', helpValue: 'DATE' }),
  compare: Flags.string({
    description:
      'Explain the difference to another plan, to a FOCUS file of actuals (CSV), or to an OpenCost (allocation export in JSON, or address).',
    helpValue: 'PLAN|FILE|URL',
  }),
  'workload-tag': Flags.string({
    description:
      'Key of the tag that names workloads in a FOCUS file; default the label of the manifests, then workload.',
    helpValue: 'KEY',
    dependsOn: ['compare'],
  }),
  period: MONTH_FLAG({ description: 'Calendar month of the FOCUS rows; default the current one.' }),
  granularity: Flags.option({ options: GRANULARITIES, default: 'month' as const })({
    description: 'Length of the charge periods of FOCUS rows.',
  }),
  'month-basis': Flags.option({ options: MONTH_BASES, default: 'plan' as const })({
    description:
      'FOCUS rows of a month sum to the month of the plan (730 h), or to the real hours of the calendar month (672 to 744 h).',
  }),
  'focus-version': Flags.option({ options: FOCUS_VERSIONS, default: '1.4' as const })({
    description: 'Version of the FOCUS specification.',
  }),
  'billing-account': Flags.string({
    description: 'Billing account of the FOCUS rows.',
    default: 'planned',
    helpValue: 'ID',
  }),
};

/** The currency that flags name. */
export function currencyChoice(flags: {
  readonly currency: string;
  readonly rate?: number | undefined;
  readonly 'rate-date'?: string | undefined;
}): CurrencyChoice {
  const { currency, rate } = flags;
  const rateDate = flags['rate-date'];
  return {
    code: currency,
    ...(rate === undefined ? {} : { rate }),
    ...(rateDate === undefined ? {} : { rateDate }),
  };
}

/** How costs are told, as flags say; charges where `charges` are wanted. */
export function accountOptions(
  flags: Parameters<typeof currencyChoice>[0] & {
    readonly 'group-by': AccountOptions['groupBy'];
    readonly idle: AccountOptions['idle'];
  },
  charges?: ChargesChoice,
): AccountOptions {
  return {
    groupBy: flags['group-by'],
    idle: flags.idle,
    currency: currencyChoice(flags),
    ...(charges === undefined ? {} : { charges }),
  };
}

/** What a plan is compared with, as flags say. Rows of FOCUS are of one side only. */
export function compareOptions(
  flags: Parameters<typeof accountOptions>[0] & {
    readonly compare: string;
    readonly output: string;
    readonly 'workload-tag'?: string | undefined;
  },
): CompareOptions {
  if (flags.output === 'focus') {
    throw new Errors.CLIError('--compare has no form for --output focus; use csv, markdown, json or text');
  }
  const workloadTag = flags['workload-tag'];
  return {
    other: flags.compare,
    groupBy: flags['group-by'],
    idle: flags.idle,
    currency: currencyChoice(flags),
    ...(workloadTag === undefined ? {} : { workloadTag }),
  };
}
