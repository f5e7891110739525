export { checkFleetBudgets, withBudgetsLeft } from './budgets.ts';
export { decideServices } from './decide-services.ts';
export { verifyServices } from './verify-services.ts';
