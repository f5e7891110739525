export { buildPlan, hashInputs } from './build-plan.ts';
export type { HashedInputs, PlanParts } from './build-plan.ts';
export { canonicalJson, canonicalValue } from './canonical-json.ts';
export { contentHash, textHash } from './content-hash.ts';
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
  SloChange,
} from './plan-diff.ts';
export { PLAN_SCHEMA } from './plan-schema.ts';
export { declaredLimits, sloHeadroom } from './slo-headroom.ts';
export type { SloHeadroom } from './slo-headroom.ts';
export { changedInputs, staleDiagnostics } from './stale.ts';
export type { ChangedInput } from './stale.ts';
