export { checkConfiguration } from './check.ts';
export type { Rejectable } from './check.ts';
export { chooseCoefficients } from './coefficients.ts';
export type {
  AcceleratorCoefficients,
  ErrorBands,
  FitQuality,
  OperatorCoefficients,
} from './coefficients.ts';
export { correctionFor, correctOverheads, NO_CORRECTION } from './deployment-correction.ts';
export type { CorrectionFactors, DeploymentCorrection } from './deployment-correction.ts';
export { overheadsOf } from './engine-overheads.ts';
export type { EngineOverheads } from './engine-overheads.ts';
export { nodeReach } from './configuration.ts';
export type {
  NodeReach,
  ReplicaConfiguration,
  SpeculativeDecoding,
  StageConfiguration,
} from './configuration.ts';
export { describeFittingChanges, fittingChanges } from './fitting-changes.ts';
export type { FittingChange } from './fitting-changes.ts';
export { operatorBreakdown, stageSeconds } from './breakdown.ts';
export type { OperatorShare, StepBatch } from './breakdown.ts';
export { compileProfileSteps, readLayerProfile } from './layer-profile/index.ts';
export type { LayerProfile, LayerProfileFiles, ProfileComplements } from './layer-profile/index.ts';
export { kvLink } from './kv-link.ts';
export type { KvLink } from './kv-link.ts';
export {
  BLOCK_TOKENS,
  cachedBytesPerToken,
  MEMORY_UTILISATION,
  replicaMemory,
  stageMemory,
} from './memory.ts';
export { acceleratorKinds, evenLayers, pipelineStages } from './pipeline.ts';
export type { Stage } from './pipeline.ts';
export { passTime } from './pipeline-steps.ts';
export type { UtilisationEvidence } from './power.ts';
export { arithmeticFor, BYTES_PER_PARAMETER } from './precision.ts';
export type { Arithmetic } from './precision.ts';
export { loneStepTime } from './lone-steps.ts';
export type { LoneSteps } from './lone-steps.ts';
export { minimumStepTime, replicaPerformance } from './replica-performance.ts';
export type { ReplicaPerformance } from './replica-performance.ts';
export {
  callRates,
  fitLine,
  fitQueue,
  loadLevels,
  measuredTimes,
  PlannedResponses,
  median,
  replicaQueue,
  resolveServices,
  serviceArrivals,
  serviceResponse,
  serviceShapes,
  UTILISATION_CAP,
} from './service/index.ts';
export type {
  FittedLine,
  FittedQueue,
  LoadLevel,
  LoadMoment,
  PlannedService,
  ReplicaQueue,
  ServiceArrivals,
  TimesByShare,
} from './service/index.ts';
export { shippedCoefficients } from './shipped.ts';
export type { ReplicaSteps } from './step-model.ts';
export {
  APEX_TABLES,
  beatsPeak,
  buildOperators,
  coveredRanges,
  GPU_OPS_TABLES,
  isMeasuredTables,
  lawDistance,
  OPERATOR_AXES,
  operatorLaw,
  parseMeasuredTables,
  readApexTable,
  readGpuOpsTable,
  TABLES_FORMAT,
  TABLES_VERSION,
} from './tables/index.ts';
export type {
  CoveredRange,
  LawDistance,
  MeasuredOperator,
  MeasuredTables,
  OperatorSample,
  TableReading,
} from './tables/index.ts';
export { weightBytesPerRank } from './weights.ts';
