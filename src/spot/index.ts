export { nodesAvailableAt } from './availability-trace.ts';
export type { AvailabilityTrace } from './availability-trace.ts';
export { readAvailabilityTraces } from './read-availability-traces.ts';
export type { ReadAvailabilityOptions } from './read-availability-traces.ts';
export { poissonRate, traceStatistics } from './trace-statistics.ts';
export type { Estimate, TraceStatistics } from './trace-statistics.ts';
export { correlationGroups } from './zone-correlation.ts';
export type { CorrelationGroups, TraceCorrelation } from './zone-correlation.ts';
