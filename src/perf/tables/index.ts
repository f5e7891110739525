export { beatsPeak } from './peak-check.ts';
export { APEX_TABLES } from './apex-rows.ts';
export {
  correctedDecode,
  correctedPrefill,
  tokenCorrection,
  UNCORRECTED,
} from './configuration-correction.ts';
export { buildOperators, MOST_POINTS } from './build-tables.ts';
export { GPU_OPS_TABLES } from './gpu-ops-rows.ts';
export { coveredRanges, lawDistance } from './law-distance.ts';
export type { CoveredRange, LawDistance } from './law-distance.ts';
export { withMeasuredCollectives } from './measured-collectives.ts';
export { measuredCorrection, measuredOperator } from './measured-correction.ts';
export type { Correction, OperatorShape } from './measured-correction.ts';
export { isMeasuredTables, parseMeasuredTables, TABLES_FORMAT, TABLES_VERSION } from './measured-tables.ts';
export type { MeasuredCurve, MeasuredOperator, MeasuredTables } from './measured-tables.ts';
export { operatorLaw } from './operator-law.ts';
export { OPERATOR_AXES } from './operator-sample.ts';
export type { OperatorKind, OperatorSample } from './operator-sample.ts';
export { readApexTable, readGpuOpsTable } from './read-tables.ts';
export type { TableReading } from './table-reading.ts';
