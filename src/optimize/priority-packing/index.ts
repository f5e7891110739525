export * from './problem.ts';
export { packByPriority } from './pack.ts';
export type { PackingOptions } from './pack.ts';
export type { EffortLimits } from './effort.ts';
