export type { LatencyInterval, MeasuredPool, Measurement, MeasurementPrediction } from './measurement.ts';
export { predictMeasurement } from './predict.ts';
export type { PredictionContext } from './predict.ts';
