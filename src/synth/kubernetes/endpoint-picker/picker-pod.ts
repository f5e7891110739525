import { gib } from '../../../units/index.ts';
import type { JsonObject } from '../../files.ts';
import type { PodRequests } from '../kinds/container.ts';
import { priorityClassName } from '../kinds/priority-class.ts';
import { CREDENTIALS, credentialSources } from '../kinds/router.ts';
import { ENGINE_CONFIG_ANNOTATION } from '../labels.ts';
import { shortHash } from '../names.ts';
import { cpuQuantity, memoryQuantity } from '../quantities.ts';
import type { ServedWorkload } from '../served-workload.ts';
import { PICKER_CONFIG_FILE, pickerConfig } from './picker-config.ts';
import { inferencePoolName, pickerLabels, pickerName } from './picker-names.ts';

/** Release of the llm-d router whose flags and plugins are written (github.com/llm-d/llm-d-router, v0.10.0, 2026). */
export const ROUTER_RELEASE = '0.10.0';
/** Port at which gateways ask, of its health, and of its Prometheus series (defaults of the endpoint picker). */
export const PICKER_PORT = 9002;
const HEALTH_PORT = 9003;
export const PICKER_METRICS_PORT = 9090;

/** One is active at a time: what it knows of caches is in its memory (llm-d router chart, 0.10: one replica, recreated). */
export const PICKER_REPLICAS = 1;
/** What a picker asks of its node; *assumed*, no more than the routers of other profiles. */
export const PICKER_REQUESTS: PodRequests = { cpuMillicores: 2000, memory: gib(4), accelerators: {} };

const CONFIG_FOLDER = '/config';
/** User of distroless images (`nonroot`). */
const NONROOT = 65_532;
/** Seconds that streams of running requests may take to end (llm-d router chart, 0.10). */
const GRACE = 130;

/** The pods of an endpoint picker: not root, with a token that lasts an hour and is mounted into its container alone. */
export function pickerTemplate(served: ServedWorkload): JsonObject {
  const { stack, workload } = served;
  return {
    metadata: {
      labels: { ...pickerLabels(served), 'app.kubernetes.io/version': ROUTER_RELEASE },
      annotations: {
        [ENGINE_CONFIG_ANNOTATION]: shortHash(pickerConfig(served.router !== undefined)),
        'prometheus.io/scrape': 'true',
        'prometheus.io/port': String(PICKER_METRICS_PORT),
        'prometheus.io/path': '/metrics',
      },
    },
    spec: {
      serviceAccountName: pickerName(workload.id),
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      priorityClassName: priorityClassName(stack, 'base'),
      terminationGracePeriodSeconds: GRACE,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: NONROOT,
        runAsGroup: NONROOT,
        fsGroup: NONROOT,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [container(served)],
      volumes: [
        { name: 'credentials', projected: { sources: credentialSources() } },
        { name: 'config', configMap: { name: pickerName(workload.id) } },
      ],
    },
  };
}

function container({ workload }: ServedWorkload): JsonObject {
  const probe: JsonObject = { grpc: { port: HEALTH_PORT, service: 'inference-extension' } };
  return {
    name: 'endpoint-picker',
    image: `ghcr.io/llm-d/llm-d-router-endpoint-picker:v${ROUTER_RELEASE}`,
    imagePullPolicy: 'IfNotPresent',
    args: [
      `--pool-name=${inferencePoolName(workload.id)}`,
      `--pool-namespace=${workload.namespace}`,
      '--pool-group=inference.networking.k8s.io',
      `--config-file=${CONFIG_FOLDER}/${PICKER_CONFIG_FILE}`,
      `--grpc-port=${PICKER_PORT}`,
      `--grpc-health-port=${HEALTH_PORT}`,
      '--zap-encoder=json',
      '--tracing=false',
      // Who reads its metrics is for the network policy to say; asking the API server would take rights over the cluster.
      '--metrics-endpoint-auth=false',
    ],
    ports: [
      { name: 'grpc', containerPort: PICKER_PORT, protocol: 'TCP' },
      { name: 'grpc-health', containerPort: HEALTH_PORT, protocol: 'TCP' },
      { name: 'metrics', containerPort: PICKER_METRICS_PORT, protocol: 'TCP' },
    ],
    env: [{ name: 'NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }],
    resources: {
      requests: {
        cpu: cpuQuantity(PICKER_REQUESTS.cpuMillicores),
        memory: memoryQuantity(PICKER_REQUESTS.memory),
      },
      limits: { memory: memoryQuantity(2 * PICKER_REQUESTS.memory) },
    },
    volumeMounts: [
      { name: 'credentials', mountPath: CREDENTIALS, readOnly: true },
      { name: 'config', mountPath: CONFIG_FOLDER, readOnly: true },
    ],
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    livenessProbe: { ...probe, initialDelaySeconds: 5, periodSeconds: 10 },
    readinessProbe: { ...probe, periodSeconds: 2 },
  };
}
