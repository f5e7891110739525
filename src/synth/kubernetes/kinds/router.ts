import { HTTP_PORT } from '../../engines/launch.ts';
import { ROUTER_METRICS_PORT } from '../../engines/routers.ts';
import type { RouterTable } from '../../engines/routers.ts';
import type { JsonObject } from '../../files.ts';
import type { ObjectFacts } from '../api-object.ts';
import { COMPONENT_LABEL, workloadLabels } from '../labels.ts';
import { drainTime, STOP_MARGIN } from '../lifecycle.ts';
import { MAX_POD_SET_NAME, labelValue, shortenedName } from '../names.ts';
import { ZONE_LABEL } from '../providers.ts';
import type { ServedWorkload } from '../served-workload.ts';
import { gib } from '../../../units/index.ts';
import { cpuQuantity, memoryQuantity } from '../quantities.ts';
import type { PodRequests } from './container.ts';
import { roleSelector, routerSelector } from './pod-labels.ts';
import { priorityClassName } from './priority-class.ts';

/** Replicas of a router: one may fail; they share nothing (*assumed* to be enough, a router only forwards). */
export const ROUTER_REPLICAS = 2;
/** What a router asks of its node (github.com/vllm-project/router, scripts/k8s, 2026: 2 CPUs, 4 to 8 GiB). */
export const ROUTER_REQUESTS: PodRequests = { cpuMillicores: 2000, memory: gib(4), accelerators: {} };
const ROUTER_RESOURCES = {
  requests: {
    cpu: cpuQuantity(ROUTER_REQUESTS.cpuMillicores),
    memory: memoryQuantity(ROUTER_REQUESTS.memory),
  },
  limits: { memory: '8Gi' },
} as const;
/** A user that owns nothing; both images run as root unless told otherwise, and need not. */
const NOBODY = 65_532;
/** Where Kubernetes clients look for their credentials (Kubernetes, "Accessing the API from within a Pod"). */
export const CREDENTIALS = '/var/run/secrets/kubernetes.io/serviceaccount';
/** Life of the token, seconds; it is renewed before it ends. */
const TOKEN_LIFE = 3600;

/** Name of the router of a workload and of what belongs to it. */
export function routerName(workload: string): string {
  return shortenedName(`${workload}-router`, MAX_POD_SET_NAME);
}

/** Labels of a router and of what belongs to it. */
export function routerLabels(served: ServedWorkload): Readonly<Record<string, string>> {
  const { stack, workload } = served;
  return {
    ...workloadLabels({ stack, workload: workload.id, team: workload.team }),
    [COMPONENT_LABEL]: 'router',
  };
}

/** The Deployment that joins the prefill and decode pods of a workload, and its disruption budget. */
export function routerObjects(served: ServedWorkload, router: RouterTable): readonly ObjectFacts[] {
  const { workload } = served;
  const metadata = {
    name: routerName(workload.id),
    namespace: workload.namespace,
    labels: routerLabels(served),
  };
  const selector = { matchLabels: routerSelector(workload.id) };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: ROUTER_REPLICAS,
        selector,
        // A router takes no accelerators, so that a rollout may add one before it takes one away.
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        template: routerTemplate(served, router),
      },
    },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      spec: { maxUnavailable: 1, selector, unhealthyPodEvictionPolicy: 'AlwaysAllow' },
    },
  ];
}

function routerTemplate(served: ServedWorkload, router: RouterTable): JsonObject {
  const { stack, workload, podSets } = served;
  const drain = Math.max(...podSets.map(drainTime));
  return {
    metadata: {
      labels: {
        ...routerLabels(served),
        'app.kubernetes.io/name': labelValue(router.name),
        'app.kubernetes.io/version': labelValue(router.version),
      },
      annotations: {
        'prometheus.io/scrape': 'true',
        'prometheus.io/port': String(ROUTER_METRICS_PORT),
        'prometheus.io/path': '/metrics',
      },
    },
    spec: {
      serviceAccountName: routerName(workload.id),
      // The token is mounted below, into this container alone and for an hour.
      automountServiceAccountToken: false,
      priorityClassName: priorityClassName(stack, 'base'),
      terminationGracePeriodSeconds: drain + STOP_MARGIN,
      topologySpreadConstraints: [ZONE_LABEL, 'kubernetes.io/hostname'].map((topologyKey) => ({
        maxSkew: 1,
        topologyKey,
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: routerSelector(workload.id) },
      })),
      securityContext: {
        runAsNonRoot: true,
        runAsUser: NOBODY,
        runAsGroup: NOBODY,
        fsGroup: NOBODY,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      enableServiceLinks: false,
      containers: [routerContainer(served, router, drain)],
      volumes: [{ name: 'credentials', projected: { sources: credentialSources() } }],
    },
  };
}

function routerContainer(served: ServedWorkload, router: RouterTable, drain: number): JsonObject {
  const { id, namespace } = served.workload;
  const probe = (path: string): JsonObject => ({ httpGet: { path, port: 'http' }, timeoutSeconds: 5 });
  return {
    name: 'router',
    image: router.image,
    imagePullPolicy: 'IfNotPresent',
    command: router.command,
    args: router.arguments({
      namespace,
      prefill: roleSelector(id, 'prefill'),
      decode: roleSelector(id, 'decode'),
    }),
    ports: [
      { name: 'http', containerPort: HTTP_PORT, protocol: 'TCP' },
      { name: 'metrics', containerPort: ROUTER_METRICS_PORT, protocol: 'TCP' },
    ],
    resources: ROUTER_RESOURCES,
    volumeMounts: [{ name: 'credentials', mountPath: CREDENTIALS, readOnly: true }],
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    lifecycle: { preStop: { exec: { command: ['sleep', String(drain)] } } },
    startupProbe: { ...probe(router.livenessPath), periodSeconds: 5, failureThreshold: 24 },
    readinessProbe: { ...probe(router.readinessPath), periodSeconds: 5, failureThreshold: 3 },
    livenessProbe: { ...probe(router.livenessPath), periodSeconds: 10, failureThreshold: 6 },
  };
}

/** What a client in a pod needs of the cluster: a token, the authority that signed the API server, the namespace. */
export function credentialSources(): readonly JsonObject[] {
  return [
    { serviceAccountToken: { path: 'token', expirationSeconds: TOKEN_LIFE } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    {
      downwardAPI: {
        items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }],
      },
    },
  ];
}
