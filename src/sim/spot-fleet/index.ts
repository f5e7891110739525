export type { RequestLimits } from './fleet-ledger.ts';
export { lawCapacity, linearLaw } from './fleet-offering.ts';
export type { FleetOffering, LinearLaw, ReplicaLaw } from './fleet-offering.ts';
export type { FleetAction, FleetPolicy, FleetView, OfferingView } from './fleet-policy.ts';
export { repeatRequests, requestsOnce } from './request-stream.ts';
export type { RepeatedRequests, RequestStream } from './request-stream.ts';
export type { SpotFleetOptions } from './spot-fleet-options.ts';
export type {
  FleetCourse,
  FleetEvent,
  FleetLatency,
  FleetRequests,
  OfferingUse,
  SpotFleetReport,
} from './spot-fleet-report.ts';
export { simulateSpotFleet } from './spot-fleet-run.ts';
export { endings, onDemandActions, onDemandOnly } from './policies/on-demand-only.ts';
export { plannedFleet } from './policies/planned-fleet.ts';
export type { PlannedGroup } from './policies/planned-fleet.ts';
export { ReplicaTarget } from './replica-target.ts';
export type { ReplicaTargetOptions } from './replica-target.ts';
