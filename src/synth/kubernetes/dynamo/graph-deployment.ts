import { gib } from '../../../units/index.ts';
import type { JsonObject } from '../../files.ts';
import type { ObjectFacts } from '../api-object.ts';
import type { PodRequests } from '../kinds/container.ts';
import { podSetAnnotations } from '../kinds/pod-labels.ts';
import { podTemplate } from '../kinds/pod-template.ts';
import { priorityClassName } from '../kinds/priority-class.ts';
import { roleNames } from '../kinds/role-names.ts';
import type { ScaleTarget } from '../kinds/scaled-object.ts';
import { COMPONENT_LABEL, WORKLOAD_LABEL, workloadLabels } from '../labels.ts';
import { disposableReplicas } from '../lifecycle.ts';
import { labelValue, shortenedName } from '../names.ts';
import { isGroup, isScaled } from '../pod-set.ts';
import type { PodSet } from '../pod-set.ts';
import { ZONE_LABEL } from '../providers.ts';
import { cpuQuantity, memoryQuantity } from '../quantities.ts';
import type { ServedWorkload } from '../served-workload.ts';
import { dynamoImage } from './dynamo-tables.ts';

const DYNAMO_API = 'nvidia.com/v1beta1';

/** Longest name of a graph: it begins the names of its pods, which Grove wants within 45 characters together with the component. */
const MAX_GRAPH_NAME = 24;

/** Replicas of a frontend: one may fail; they share nothing (*assumed* to be enough, as for routers). */
export const FRONTEND_REPLICAS = 2;
/** What a frontend asks of its node; *assumed*, as for routers. */
export const FRONTEND_REQUESTS: PodRequests = { cpuMillicores: 2000, memory: gib(4), accelerators: {} };

/** Annotations that say how a component's pods are replaced (Dynamo operator 1.3, rolling updates). */
const MAX_SURGE = 'nvidia.com/deployment-rolling-update-max-surge';
const MAX_UNAVAILABLE = 'nvidia.com/deployment-rolling-update-max-unavailable';

/** Label by which the operator says what a pod does (v1beta1, `type` of a component). */
export const COMPONENT_TYPE_LABEL = 'nvidia.com/dynamo-component-type';

/** Name of the DynamoGraphDeployment of a workload. */
export function graphName(workload: string): string {
  return shortenedName(workload, MAX_GRAPH_NAME);
}

/** What selects the frontends of a workload. */
export function frontendSelector(workload: string): Readonly<Record<string, string>> {
  return { [WORKLOAD_LABEL]: labelValue(workload), [COMPONENT_TYPE_LABEL]: 'frontend' };
}

/** The graph of a workload: frontends that take requests, and a component per pod set (Dynamo 1.3, v1beta1). */
export function graphDeployment(served: ServedWorkload): ObjectFacts {
  const { stack, workload, podSets } = served;
  const names = roleNames(podSets);
  const hasGroups = podSets.some(isGroup);
  return {
    apiVersion: DYNAMO_API,
    kind: 'DynamoGraphDeployment',
    metadata: {
      name: graphName(workload.id),
      namespace: workload.namespace,
      labels: workloadLabels({ stack, workload: workload.id, team: workload.team }),
      // Plain Deployments where no replica takes several nodes: their pods are replaced as planned.
      ...(hasGroups ? {} : { annotations: { 'nvidia.com/enable-grove': 'false' } }),
    },
    spec: {
      backendFramework: podSets[0]?.allocation.candidate.engine,
      components: [
        frontend(served),
        ...podSets.map((podSet) => component(podSet, names.get(podSet) ?? podSet.name)),
      ],
    },
  };
}

/** The adapter by which a component is scaled, and the names of its pods with and without Grove. */
export function dynamoTarget({ workload, podSets }: ServedWorkload, podSet: PodSet): ScaleTarget {
  const graph = graphName(workload.id);
  const name = roleNames(podSets).get(podSet) ?? podSet.name;
  return {
    apiVersion: DYNAMO_API,
    kind: 'DynamoGraphDeploymentScalingAdapter',
    name: `${graph}-${name}`,
    podNames: `${graph}-([0-9]+-)?${name}-.+`,
  };
}

function component(podSet: PodSet, name: string): JsonObject {
  const { role, podGroup } = podSet.allocation.candidate;
  return {
    name,
    type: role === 'aggregated' ? 'worker' : role,
    ...(isScaled(podSet) ? { scalingAdapter: {} } : { replicas: podSet.replicas.min }),
    ...(isGroup(podSet) ? { multinode: { nodeCount: podGroup.nodes } } : {}),
    sharedMemorySize: podGroup.sharedMemory > 0 ? memoryQuantity(podGroup.sharedMemory) : '0',
    podTemplate: workerTemplate(podSet),
  };
}

/**
 * The pod of `vanilla` as the operator wants it: it gives the container its probes, ports and the shared memory, and the pod the
 * identity with which a worker tells the cluster what it serves.
 */
function workerTemplate(podSet: PodSet): JsonObject {
  const { metadata, spec } = podTemplate(podSet, 'server') as Readonly<
    Record<'metadata' | 'spec', JsonObject>
  >;
  const { serviceAccountName: _, automountServiceAccountToken: __, volumes, containers, ...kept } = spec;
  return {
    metadata: {
      ...metadata,
      annotations: {
        ...(metadata['annotations'] as JsonObject),
        ...podSetAnnotations(podSet),
        [MAX_SURGE]: '0',
        [MAX_UNAVAILABLE]: String(disposableReplicas(podSet)),
      },
    },
    spec: {
      ...kept,
      containers: (containers as readonly JsonObject[]).map(workerContainer),
      volumes: (volumes as readonly JsonObject[]).filter(isOurs),
    },
  };
}

function workerContainer(container: JsonObject): JsonObject {
  const {
    name: _,
    ports: __,
    startupProbe: ___,
    readinessProbe: ____,
    livenessProbe: _____,
    volumeMounts,
    ...kept
  } = container;
  return { ...kept, name: 'main', volumeMounts: (volumeMounts as readonly JsonObject[]).filter(isOurs) };
}

/** Shared memory is the operator's to mount. */
function isOurs({ name }: JsonObject): boolean {
  return name !== 'shared-memory';
}

function frontend({ stack, workload, podSets }: ServedWorkload): JsonObject {
  const candidate = podSets[0]?.allocation.candidate;
  const labels = {
    ...workloadLabels({ stack, workload: workload.id, team: workload.team }),
    [COMPONENT_LABEL]: 'frontend',
  };
  return {
    name: 'frontend',
    type: 'frontend',
    replicas: FRONTEND_REPLICAS,
    podTemplate: {
      metadata: { labels, annotations: { [MAX_SURGE]: '1', [MAX_UNAVAILABLE]: '0' } },
      spec: {
        enableServiceLinks: false,
        priorityClassName: priorityClassName(stack, 'base'),
        securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
        topologySpreadConstraints: [ZONE_LABEL, 'kubernetes.io/hostname'].map((topologyKey) => ({
          maxSkew: 1,
          topologyKey,
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector: { matchLabels: frontendSelector(workload.id) },
        })),
        containers: [
          {
            name: 'main',
            image: dynamoImage(candidate?.engine ?? '', candidate?.engineVersion ?? ''),
            imagePullPolicy: 'IfNotPresent',
            resources: {
              requests: {
                cpu: cpuQuantity(FRONTEND_REQUESTS.cpuMillicores),
                memory: memoryQuantity(FRONTEND_REQUESTS.memory),
              },
              limits: { memory: memoryQuantity(2 * FRONTEND_REQUESTS.memory) },
            },
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          },
        ],
      },
    },
  };
}
