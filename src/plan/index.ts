export { LIMIT_NAMES, limitHeadroom, plannedAims } from './aims.ts';
export type { LimitHeadroom, LimitName, WorkloadAims } from './aims.ts';
export { buildPlan, hashInputs } from './build-plan.ts';
export type { HashedInputs, PlanParts } from './build-plan.ts';
export { canonicalJson, canonicalValue } from './canonical-json.ts';
export { diffDeclared, diffPrices } from './change-reasons.ts';
export type { ChangeReason, PriceChange } from './change-reasons.ts';
export { contentHash, textHash } from './content-hash.ts';
export { emptyPlan } from './empty-plan.ts';
export { parsePlan, serializePlan } from './load-plan.ts';
export { applyChanges, diffValues, formatPath } from './object-diff.ts';
export type { ObjectChange, PathSegment } from './object-diff.ts';
export { diffManifests, diffPlans, replicaRange } from './plan-diff.ts';
export type {
  AllocationChange,
  AllocationSummary,
  CostChange,
  ObjectDiff,
  PlainManifest,
  PlanDiff,
  PlanWithObjects,
} from './plan-diff.ts';
export type { AssumptionChanges, NodeChange, VerdictChanges } from './plan-facts-diff.ts';
export type { AimChange, LimitChange, SloChange } from './promise-diff.ts';
export { nodeFill, nodeGroups } from './node-fill.ts';
export type { NodeFill, NodeGroup } from './node-fill.ts';
export { PLAN_SCHEMA } from './plan-schema.ts';
export type { NodeCountChange, ServiceChange, ServiceReplicas, ServicesDiff } from './service-diff.ts';
export { busiestWindow, serviceSummaries } from './service-summary.ts';
export type { ServiceSummary } from './service-summary.ts';
export { declaredLimits, responseHeadroom, sloHeadroom } from './slo-headroom.ts';
export type { ResponseHeadroom, SloHeadroom } from './slo-headroom.ts';
export { changedInputs, staleDiagnostics } from './stale.ts';
export type { ChangedInput } from './stale.ts';
export { writablePlan } from './unlimited-rates.ts';
export { costDelta } from './workload-diff.ts';
export type { ReplicaGroup, WorkloadChange, WorkloadSummary } from './workload-diff.ts';
