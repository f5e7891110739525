export { keptDecision, optimize } from './optimize.ts';
export type { OptimizeOptions, PreviousDecision, ReplanSettings } from './options.ts';
export type { ProgressEvent } from './progress.ts';
export { verifyDecision } from './verify-decision.ts';
export { hoursPerMonth, timeWindows } from './windows.ts';
export { loadSolver, solverNames } from './solvers/index.ts';
export type { SolverName } from './solvers/index.ts';
export { BATCH_LIMITS } from './candidates/batch-limits.ts';
export { answerBasis } from './capacity/answer-basis.ts';
export { MeasuringBench } from './capacity/measure.ts';
export type { BenchSubject } from './capacity/measure.ts';
export { inlineCrew } from './capacity/crew.ts';
export type { AnswersOf, GatherCrew, MeasuringCrew } from './capacity/crew.ts';
export type { BenchAnswer, BenchTask } from './capacity/task.ts';
export { factorsFor } from './capacity/safety.ts';
export type { Shape } from './candidates/shape.ts';
export { LONGEST_RUN } from './evaluate-workload.ts';
export { replayedRequests, shareOf } from './operating-point.ts';
export type { PlacedLoad, ReplayedRequests, Share } from './operating-point.ts';
export { placedFleet } from './disaggregation/placed-fleet.ts';
export type { PlacedFleet, RoleShape } from './disaggregation/placed-fleet.ts';
export { withReplays } from './spot-replay/index.ts';
export { searchPlans } from './search/search.ts';
export type {
  SearchLoad,
  SearchOptions,
  SearchProgress,
  SearchRequest,
  SearchResult,
} from './search/request.ts';
export { decisionOfPlan } from './search/decision-of-plan.ts';
export type { PlanPlace } from './search/decision-of-plan.ts';
export { brokenConstraints } from './verify-decision.ts';
export { planGpuMix } from './gpu-mix/plan-gpu-mix.ts';
export type {
  GpuMixOptions,
  GpuMixRequest,
  GpuMixResult,
  MixPart,
  MixRoute,
  SpotRules,
} from './gpu-mix/plan-gpu-mix.ts';
export {
  BEST_FIT,
  orderMoves,
  packByPriority,
  placeOneByOne,
  placedCounts,
  priorityLevels,
} from './priority-packing/index.ts';
export type {
  LevelOutcome,
  OnlineRule,
  PackingNode,
  PackingPod,
  PackingProblem,
  PackingResult,
  PackingStep,
} from './priority-packing/index.ts';
export { adaptiveFleet } from './spot-serving/index.ts';
export type { AdaptiveFleetOptions } from './spot-serving/index.ts';
export { ForecastPolicy, hindsightCost, isSafeMode, spareSeconds } from './spot-deadline/index.ts';
export { reassign } from './reassignment/reassign.ts';
export type { ReassignmentMove, ReassignmentOptions, ReassignmentResult } from './reassignment/reassign.ts';
export type { SearchLimits } from './reassignment/budget.ts';
export type {
  DisruptionLimits,
  MoveWeights,
  ReassignmentBalance,
  ReassignmentCost,
  ReassignmentMachine,
  ReassignmentProblem,
  ReassignmentProcess,
  ReassignmentResource,
  ReassignmentService,
} from './reassignment/problem.ts';
export { migrationEstimate } from './reassignment/migration.ts';
export type { LiveMigration, MigrationEstimate } from './reassignment/migration.ts';
export { bidPricePolicy, ClusterState, countShapes, placeArrivals } from './online-packing/index.ts';
export type {
  ArrivalRecord,
  ClusterNode,
  OnlinePolicy,
  OnlinePolicyFactory,
  PodPlacement,
  PodShape,
  ShapeWeight,
} from './online-packing/index.ts';
