export { accountOfPlan } from './account.ts';
export type { AccountOptions, ChargesChoice, CostAccount } from './account.ts';
export type { CurrencyChoice } from './money-options.ts';
export { validateFocusFile } from './validate-focus-file.ts';
export type { CheckedFocusFile, FocusFileChoice } from './validate-focus-file.ts';
export { compareCosts } from './compare-costs.ts';
export type { CompareOptions } from './compare-costs.ts';
