export {
  CALIBRATION_FORMAT,
  calibrationDocument,
  correctionsOf,
  isCalibration,
  measuredPeriod,
  parseCalibration,
} from './calibration-file.ts';
export type { CalibrationDocument, CalibrationEntry, CalibrationProvenance } from './calibration-file.ts';
export { decisionScore, throughputPerGpu, TPOT_LIMITS_MS } from './decision-score.ts';
export type { DecisionScore, LimitDecisions } from './decision-score.ts';
export { DEPLOYMENT_COLUMNS } from './deployment.ts';
export { deploymentGroups, deploymentName } from './deployment-group.ts';
export type { DeploymentGroup, DeploymentKeys } from './deployment-group.ts';
export type { DeploymentColumn, DeploymentFacts } from './deployment.ts';
export type { ErrorFigures } from './error-figures.ts';
export { fitCorrection } from './fit-correction.ts';
export type { CorrectionErrors, FittedCorrection } from './fit-correction.ts';
export { measuredPrecision } from './measured-precision.ts';
export type { LatencyInterval, MeasuredPool, Measurement, MeasurementPrediction } from './measurement.ts';
export type { ParsedRow, RowProblem } from './parse-row.ts';
export { predictMeasurement } from './predict.ts';
export type { PredictionContext } from './predict.ts';
export { PREDICTION_COLUMNS, predictionsCsv } from './predictions-csv.ts';
export type { IdentifiedPrediction } from './predictions-csv.ts';
export { problemSentence, readMeasurements } from './read-measurements.ts';
export type { MeasurementFile, ReadMeasurementOptions } from './read-measurements.ts';
export { requestLatencyMs } from './readers/json-values.ts';
export type { MeasurementLayout } from './readers/raw-row.ts';
export { isScored, reasonKind, scoreAccuracy } from './score.ts';
export type { AccuracyScore, GroupScore, PredictedMeasurement, RefusedRows } from './score.ts';
export { errorQuantiles, latencyIntervals } from './intervals.ts';
export type { ErrorQuantiles } from './intervals.ts';
export { latencySafety } from './safety.ts';
export type { SafetyRequest } from './safety.ts';
