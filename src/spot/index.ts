export { nodesAvailableAt } from './availability-trace.ts';
export type { AvailabilityTrace } from './availability-trace.ts';
