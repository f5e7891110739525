/** What an API server calls the objects of a kind in its paths. */
interface ResourceKind {
  /** Empty for the core group. */
  readonly group: string;
  readonly resource: string;
}

/**
 * Kinds of Kubernetes and of the operators whose objects plans hold. Source: API reference of Kubernetes 1.36 and the
 * custom resource definitions of LeaderWorkerSet 0.8, Karpenter 1.14, KEDA 2.21, Kueue 0.15, Gateway API 1.4 and its
 * inference extension 1.2, KServe 0.16, Dynamo 1.0 (2026-11).
 */
const KINDS: Readonly<Record<string, ResourceKind>> = {
  ConfigMap: { group: '', resource: 'configmaps' },
  LimitRange: { group: '', resource: 'limitranges' },
  Namespace: { group: '', resource: 'namespaces' },
  PersistentVolume: { group: '', resource: 'persistentvolumes' },
  PersistentVolumeClaim: { group: '', resource: 'persistentvolumeclaims' },
  Pod: { group: '', resource: 'pods' },
  ReplicationController: { group: '', resource: 'replicationcontrollers' },
  ResourceQuota: { group: '', resource: 'resourcequotas' },
  Secret: { group: '', resource: 'secrets' },
  Service: { group: '', resource: 'services' },
  ServiceAccount: { group: '', resource: 'serviceaccounts' },
  DaemonSet: { group: 'apps', resource: 'daemonsets' },
  Deployment: { group: 'apps', resource: 'deployments' },
  ReplicaSet: { group: 'apps', resource: 'replicasets' },
  StatefulSet: { group: 'apps', resource: 'statefulsets' },
  HorizontalPodAutoscaler: { group: 'autoscaling', resource: 'horizontalpodautoscalers' },
  CronJob: { group: 'batch', resource: 'cronjobs' },
  Job: { group: 'batch', resource: 'jobs' },
  Ingress: { group: 'networking.k8s.io', resource: 'ingresses' },
  NetworkPolicy: { group: 'networking.k8s.io', resource: 'networkpolicies' },
  PodDisruptionBudget: { group: 'policy', resource: 'poddisruptionbudgets' },
  ClusterRole: { group: 'rbac.authorization.k8s.io', resource: 'clusterroles' },
  ClusterRoleBinding: { group: 'rbac.authorization.k8s.io', resource: 'clusterrolebindings' },
  Role: { group: 'rbac.authorization.k8s.io', resource: 'roles' },
  RoleBinding: { group: 'rbac.authorization.k8s.io', resource: 'rolebindings' },
  PriorityClass: { group: 'scheduling.k8s.io', resource: 'priorityclasses' },
  StorageClass: { group: 'storage.k8s.io', resource: 'storageclasses' },
  Gateway: { group: 'gateway.networking.k8s.io', resource: 'gateways' },
  HTTPRoute: { group: 'gateway.networking.k8s.io', resource: 'httproutes' },
  InferencePool: { group: 'inference.networking.k8s.io', resource: 'inferencepools' },
  NodeClaim: { group: 'karpenter.sh', resource: 'nodeclaims' },
  NodeOverlay: { group: 'karpenter.sh', resource: 'nodeoverlays' },
  NodePool: { group: 'karpenter.sh', resource: 'nodepools' },
  ScaledObject: { group: 'keda.sh', resource: 'scaledobjects' },
  ClusterQueue: { group: 'kueue.x-k8s.io', resource: 'clusterqueues' },
  LocalQueue: { group: 'kueue.x-k8s.io', resource: 'localqueues' },
  ResourceFlavor: { group: 'kueue.x-k8s.io', resource: 'resourceflavors' },
  LeaderWorkerSet: { group: 'leaderworkerset.x-k8s.io', resource: 'leaderworkersets' },
  DynamoGraphDeployment: { group: 'nvidia.com', resource: 'dynamographdeployments' },
  LLMInferenceService: { group: 'serving.kserve.io', resource: 'llminferenceservices' },
};

/** The resource of a kind, or undefined for one that the table does not know. */
export function resourceOfKind(kind: string): ResourceKind | undefined {
  return Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
}
