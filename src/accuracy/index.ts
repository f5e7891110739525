export type { LatencyInterval, MeasuredPool, Measurement, MeasurementPrediction } from './measurement.ts';
