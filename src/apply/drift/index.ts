export { dumpClient } from './dump-client.ts';
export { compareCluster } from './live/compare-cluster.ts';
export type { ClusterDrift, PlannedObjects } from './live/compare-cluster.ts';
export type { FieldDrift, ObjectDrift, ObjectState } from './live/object-drift.ts';
export { plainItems, plainOf, textFields, valueAt } from './live/plain.ts';
export type { PlainObject } from './live/plain.ts';
export { ENGINE_METRICS } from './measured/engine-metrics.ts';
export type {
  Assumption,
  MeasuredFigure,
  MissedLatency,
  MovedAssumption,
  RateByHour,
  Tolerance,
  WorkloadDrift,
} from './measured/findings.ts';
export { observations, quantile } from './measured/histogram.ts';
export { judgeCost, totalCostFigure } from './measured/judge-cost.ts';
export { judgeWorkload } from './measured/judge-workload.ts';
export { hourlyTimes } from './measured/metric-source.ts';
export type { MetricSource, RangeSeries, TimeRange } from './measured/metric-source.ts';
export type { MeasuredWorkload } from './measured/measured-workload.ts';
export { readOpenCost } from './measured/opencost.ts';
export type { OpenCostReport } from './measured/opencost.ts';
export { plannedWorkloads } from './measured/planned-workload.ts';
export type { PlannedPodSet, PlannedWorkload } from './measured/planned-workload.ts';
export { readWorkload } from './measured/read-workload.ts';
