import {
  buildStatement,
  DOLLARS,
  explainVariance,
  hourProfiles,
  isOfWorkloads,
  matchActuals,
  plannedCapacity,
  readFocusActuals,
  readFocusTable,
  sharesOfPeriod,
  VARIANCE_FORMAT_VERSION,
  workOfBoth,
} from '../../cost/index.ts';
import type { CostStatement, CostVariance, Grouping, IdlePolicy } from '../../cost/index.ts';
import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import { WORKLOAD_LABEL } from '../../synth/index.ts';
import { HOURS_PER_MONTH } from '../../units/index.ts';
import { readTextFile } from '../files.ts';
import type { EngineHost } from '../messages.ts';
import { readPlan } from '../plan-folder.ts';
import type { StoredPlan } from '../plan-folder.ts';
import { compareWithOpenCost } from './compare-opencost.ts';
import { statementCurrency } from './money-options.ts';
import type { CurrencyChoice } from './money-options.ts';
import { kindOfOther } from './other-side.ts';
import type { OtherSide } from './other-side.ts';

/** What a plan's costs are held against, and how. */
export interface CompareOptions {
  /** Another plan, a FOCUS file in CSV, an OpenCost export in JSON, or the address of an OpenCost. */
  readonly other: string;
  readonly groupBy: Grouping;
  readonly idle: IdlePolicy;
  readonly currency: CurrencyChoice;
  /** Key of the tag that names workloads in a FOCUS file. */
  readonly workloadTag?: string;
}

/** A plan ready to be compared. */
export interface ComparedPlan {
  readonly stored: StoredPlan;
  readonly statement: CostStatement;
  readonly options: CompareOptions;
}

/**
 * Holds the costs of a plan against those of another plan or against what was billed, and explains the difference. Actuals are compared over the hours that they cover. Errors:
 * those of `readPlan`, of reading the file and `cost-currency`, `cost-focus-*`, `cost-actuals-foreign`; warning `cost-actuals-unmatched`.
 */
export async function compareCosts(
  target: string,
  options: CompareOptions,
  host: EngineHost,
): Promise<Outcome<CostVariance>> {
  const currency = statementCurrency(options.currency);
  if (!currency.ok) return currency;
  const stored = await readPlan(target, host);
  if (!stored.ok) return stored;
  const other = await kindOfOther(options.other, host);
  if (!other.ok) return failure(...stored.diagnostics, ...other.diagnostics);
  const { groupBy, idle } = options;
  const statement = buildStatement(stored.value.plan, { groupBy, idle, currency: currency.value });
  const plan: ComparedPlan = { stored: stored.value, statement, options };
  const compared = await comparedWith(plan, other.value, host);
  const diagnostics = [...stored.diagnostics, ...compared.diagnostics];
  if (!compared.ok) return failure(...diagnostics);
  return success(compared.value, [...diagnostics, ...unmatchedWarning(compared.value)]);
}

function comparedWith(
  plan: ComparedPlan,
  other: OtherSide,
  host: EngineHost,
): Promise<Outcome<CostVariance>> {
  switch (other.kind) {
    case 'plan':
      return compareWithPlan(plan, host);
    case 'focus':
      return compareWithFocus(plan, other);
    case 'opencost':
      return compareWithOpenCost(plan, host);
  }
}

async function compareWithPlan(
  { stored, statement, options }: ComparedPlan,
  host: EngineHost,
): Promise<Outcome<CostVariance>> {
  const other = await readPlan(options.other, host);
  if (!other.ok) return other;
  const { groupBy, idle } = options;
  const after = buildStatement(other.value.plan, { groupBy, idle, currency: statement.currency });
  const explained = explainVariance({
    before: plannedCapacity(statement),
    after: plannedCapacity(after),
    groupBy,
    work: workOfBoth(statement.workloads, after.workloads),
  });
  const variance: CostVariance = {
    formatVersion: VARIANCE_FORMAT_VERSION,
    before: { name: stored.shown, kind: 'plan' },
    after: { name: other.value.shown, kind: 'plan' },
    currency: statement.currency,
    hours: HOURS_PER_MONTH,
    groupedBy: groupBy,
    ...explained,
    unmatched: [],
    notes: isOfWorkloads(groupBy)
      ? ['Work is tokens, or requests where there are none, at the declared mean traffic.']
      : ['Hardware is explained by its hours alone: they stand for work.'],
  };
  return success(variance, other.diagnostics);
}

async function compareWithFocus(
  { stored, statement, options }: ComparedPlan,
  { file, shown }: OtherSide,
): Promise<Outcome<CostVariance>> {
  const text = await readTextFile(file, shown);
  if (!text.ok) return text;
  const table = readFocusTable(text.value, shown);
  if (!table.ok) return table;
  const { groupBy } = options;
  const isByWorkload = isOfWorkloads(groupBy);
  const missing = columnsToMatch(table.value.header, isByWorkload, shown);
  const actuals = readFocusActuals(table.value, shown);
  if (!actuals.ok) return failure(...missing, ...actuals.diagnostics);
  const wrong = [...missing, ...otherCurrency(actuals.value.currency, statement, shown)];
  if (wrong.length > 0) return failure(...wrong);
  const { charges, period } = actuals.value;
  const { used, unmatched } = matchActuals(charges, {
    stack: stored.plan.stack,
    lines: statement.lineItems,
    workloadTags: options.workloadTag === undefined ? [WORKLOAD_LABEL, 'workload'] : [options.workloadTag],
    needs: isByWorkload ? 'workload' : 'hardware',
  });
  if (used.length === 0) return failure(nothingMatches(shown, isByWorkload));
  const shares = sharesOfPeriod(hourProfiles(stored.plan), period);
  return success({
    formatVersion: VARIANCE_FORMAT_VERSION,
    before: { name: stored.shown, kind: 'plan' },
    after: { name: shown, kind: 'focus' },
    currency: statement.currency,
    hours: period.endHour - period.startHour,
    period: { start: period.start, end: period.end },
    groupedBy: groupBy,
    ...explainVariance({ before: plannedCapacity(statement, shares), after: used, groupBy }),
    unmatched,
    notes: [
      'The plan is counted over the real hours that the charges cover; bills do not tell how much work was done, so node hours stand for it.',
    ],
  });
}

/** A FOCUS file has to say who used what, one way or another. */
function columnsToMatch(
  header: readonly string[],
  isByWorkload: boolean,
  file: string,
): readonly Diagnostic[] {
  const any = isByWorkload ? ['Tags', 'AllocatedTags', 'x_Workload'] : ['SkuPriceDetails', 'x_InstanceType'];
  if (any.some((name) => header.includes(name))) return [];
  return [
    diagnostic('cost-focus-column', {
      summary: `${file} has none of the columns ${any.join(', ')}, one of which tells ${isByWorkload ? 'the workload' : 'the instance type'} of a charge.`,
      path: any[0] ?? '',
      source: { file, line: 1 },
      fix: isByWorkload
        ? 'Export tags, or compare hardware with --group-by pool.'
        : 'Export details of SKUs, or compare workloads with --group-by workload.',
    }),
  ];
}

function otherCurrency(
  code: string,
  { currency }: Pick<CostStatement, 'currency'>,
  file: string,
): readonly Diagnostic[] {
  if (code === currency.code) return [];
  const wanted = code === DOLLARS.code ? 'Leave --currency and --rate out.' : undefined;
  return [
    diagnostic('cost-focus-currency', {
      summary: `${file} is in ${code === '' ? 'no currency' : code}, the costs of the plan in ${currency.code}.`,
      path: 'BillingCurrency',
      source: { file },
      fix: wanted ?? `Convert the plan: --currency ${code === '' ? 'CODE' : code} --rate UNITS_PER_USD.`,
    }),
  ];
}

function nothingMatches(file: string, isByWorkload: boolean): Diagnostic {
  return diagnostic('cost-actuals-foreign', {
    summary: `No charge of ${file} belongs to ${isByWorkload ? 'a workload' : 'the hardware'} of the plan.`,
    source: { file },
    fix: isByWorkload
      ? 'Name the tag that holds workloads with --workload-tag, or compare hardware with --group-by pool.'
      : 'Check that the file is of the account and region of the plan.',
  });
}

function unmatchedWarning({ unmatched, after, currency }: CostVariance): readonly Diagnostic[] {
  const cost = unmatched.reduce((sum, item) => sum + item.cost, 0) / 1e6;
  if (unmatched.length === 0) return [];
  const rows = unmatched.reduce((sum, item) => sum + item.rows, 0);
  return [
    diagnostic('cost-actuals-unmatched', {
      summary: `${rows === 0 ? 'Costs' : `${String(rows)} ${rows === 1 ? 'charge' : 'charges'}`} of ${after.name}, ${cost.toFixed(2)} ${currency.code} together, not of the plan.`,
      detail: 'They are listed, and in no row of the comparison.',
      source: { file: after.name },
      fix: 'Tag them with their workload, or name the tag with --workload-tag.',
    }),
  ];
}
