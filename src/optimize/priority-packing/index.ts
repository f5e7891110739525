export * from './problem.ts';
export { packByPriority } from './pack.ts';
export type { PackingOptions } from './pack.ts';
export type { EffortLimits } from './effort.ts';
export { orderMoves } from './move-order.ts';
export type { PackingStep } from './move-order.ts';
export { BEST_FIT, placeOneByOne } from './online.ts';
export type { OnlineRule } from './online.ts';
