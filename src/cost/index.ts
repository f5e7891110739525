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
} from './node-changes.ts';
export { nodeShares, podShare } from './pod-shares.ts';
export { priceDecision } from './price-decision.ts';
export type { PricingInput } from './price-decision.ts';
