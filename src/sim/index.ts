export type { EngineInstance, EngineInstanceOptions, EngineListener, EngineLoad } from './engine-instance.ts';
export type {
  ClosedLoopOptions,
  EngineOptions,
  EngineSettings,
  EngineSimulation,
  EngineSimulationOptions,
} from './engine-options.ts';
export { simulateClosedLoop, simulateEngine } from './engine-simulation.ts';
export { createEngineInstance } from './stepped-engine.ts';
export type {
  FleetClosedLoopOptions,
  FleetOptions,
  FleetSimulation,
  FleetSimulationOptions,
  KvTransfer,
  PoolUse,
  ReplicaPool,
  ReplicaUse,
  TransferUse,
} from './fleet/fleet-options.ts';
export type { Routing, RoutingPolicy } from './fleet/router.ts';
export { simulateFleet, simulateFleetClosedLoop } from './fleet/simulate-fleet.ts';
export type { FleetTimeline, PoolTimeline } from './fleet/timeline.ts';
export { simulateServices } from './service/simulate-services.ts';
export type {
  EntrySimulation,
  ServiceBalancing,
  ServiceSimulation,
  ServiceSimulationOptions,
  SimulatedReplicas,
} from './service/service-options.ts';
export { evaluateSlo } from './slo-evaluation.ts';
export type { LimitReading, SloEvaluation } from './slo-evaluation.ts';
export type {
  RankAssignment,
  RankStepping,
  SchedulerName,
  SchedulingPolicy,
} from './schedulers/scheduler.ts';
export type { LockstepTimes, StepTimeModel } from './step-time-model.ts';
export { SimulationWorkspace } from './workspace.ts';
export { PERCENTILE_SHARE } from './percentile.ts';
export { onDemandCost } from './deadline-job/deadline-job.ts';
export type {
  DeadlineJob,
  DeadlineMode,
  DeadlineOutcome,
  DeadlinePolicy,
  DeadlineState,
} from './deadline-job/deadline-job.ts';
export { simulateDeadlineJob } from './deadline-job/simulate-deadline-job.ts';
export type { DeadlineRunOptions } from './deadline-job/simulate-deadline-job.ts';
export * from './spot-fleet/index.ts';
