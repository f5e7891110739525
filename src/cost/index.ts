export { apportion, unitCost } from './apportion.ts';
export { IDLE, SCALING, isNobodys, monthlyHours } from './occupancy.ts';
export {
  CONSOLIDATE_AFTER,
  changeHours,
  changesTogether,
  nodeChanges,
  nodeHoursPerMonth,
  paidHours,
  scaleDownCalm,
  windowChanges,
} from './node-changes.ts';
export { nodeShares, podShare } from './pod-shares.ts';
export { priceDecision } from './price-decision.ts';
export type { PricingInput } from './price-decision.ts';
export { buildStatement, DOLLARS } from './statement/build-statement.ts';
export type { PricedPlan, StatementOptions } from './statement/build-statement.ts';
export { GROUPINGS, STATEMENT_FORMAT_VERSION } from './statement/cost-statement.ts';
export type * from './statement/cost-statement.ts';
export { groupKey } from './statement/group-lines.ts';
export {
  calendarMonth,
  chargePeriods,
  GRANULARITIES,
  periodOf,
  sumOverPeriod,
} from './periods/charge-periods.ts';
export type { ChargePeriod, Granularity } from './periods/charge-periods.ts';
export { chargesOf, MONTH_BASES } from './periods/charges.ts';
export type { Charge, ChargeOptions, MonthBasis } from './periods/charges.ts';
export { hourProfiles } from './periods/hour-profiles.ts';
export type { HourProfile } from './periods/hour-profiles.ts';
export { FOCUS_COLUMNS, FOCUS_VERSIONS } from './focus/focus-columns.ts';
export type { FocusColumn, FocusVersion } from './focus/focus-columns.ts';
export { readFocusTable } from './focus/read-focus-table.ts';
export type { FocusTable } from './focus/read-focus-table.ts';
export { focusVersionOf, validateFocus } from './focus/validate-focus.ts';
export type { FocusCheck, FocusFinding } from './focus/validate-focus.ts';
export { VARIANCE_FORMAT_VERSION } from './variance/cost-variance.ts';
export type * from './variance/cost-variance.ts';
export { explainVariance, isOfWorkloads } from './variance/explain-variance.ts';
export { matchActuals } from './variance/match-actuals.ts';
export { plannedCapacity, sharesOfPeriod, workOfBoth } from './variance/planned-capacity.ts';
export { readFocusActuals } from './variance/read-focus-actuals.ts';
