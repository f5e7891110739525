export { mapBounded } from './cluster/bounded.ts';
export { ClusterError } from './cluster/cluster-client.ts';
export type {
  AccessQuestion,
  ClusterClient,
  ClusterFailure,
  ClusterObject,
  ManagedFields,
  ObjectMetadata,
  ObjectRef,
  ServedKind,
  WriteOptions,
} from './cluster/cluster-client.ts';
export { clusterDiagnostic } from './cluster/failure-diagnostic.ts';
export type { RefusedRequest } from './cluster/failure-diagnostic.ts';
export type { ClusterChoice } from './cluster/kubeconfig.ts';
export { KubernetesClient, connectCluster } from './cluster/kubernetes-client.ts';
export { PROCESS_CLOCK } from './cluster/patience.ts';
export type { Clock } from './cluster/patience.ts';
export { groupOf } from './cluster/resource-path.ts';
export { rollOut } from './rollout/rollout.ts';
export type { ObjectFate, RolloutHost, RolloutOutcome, RolloutResult } from './rollout/rollout.ts';
export { prepareRollout } from './rollout/prepare.ts';
export type { Preparation, RolloutRequest } from './rollout/prepare.ts';
export type { PlannedChange, RolloutAction } from './rollout/planned-changes.ts';
export { poolRoom } from './rollout/rooms.ts';
export type { Amounts, Room } from './rollout/rooms.ts';
export { rolloutSteps, stepName } from './rollout/steps.ts';
export type { RolloutContent, RolloutStep, StepKind } from './rollout/steps.ts';
export {
  FIELD_MANAGER,
  PART_OF_LABEL,
  SYSTEM_NAMESPACE,
  applySetOf,
  readParent,
} from './rollout/apply-set.ts';
export type { ApplySet, SetRecord } from './rollout/apply-set.ts';
export { inWords, keyOf } from './rollout/object-key.ts';
export * from './drift/index.ts';
