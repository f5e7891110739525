export { apportion, unitCost } from './apportion.ts';
export { IDLE, monthlyHours } from './occupancy.ts';
export { nodeShares, podShare } from './pod-shares.ts';
export { priceDecision } from './price-decision.ts';
export type { PricingInput } from './price-decision.ts';
