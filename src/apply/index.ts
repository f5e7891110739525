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
