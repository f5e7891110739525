export { accountOfPlan } from './account.ts';
export type { AccountOptions, ChargesChoice, CostAccount } from './account.ts';
export type { CurrencyChoice } from './money-options.ts';
export { validateFocusFile } from './validate-focus-file.ts';
export type { CheckedFocusFile, FocusFileChoice } from './validate-focus-file.ts';
