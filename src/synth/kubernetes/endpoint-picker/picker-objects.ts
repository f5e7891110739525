import { HTTP_PORT } from '../../engines/launch.ts';
import type { ObjectFacts } from '../api-object.ts';
import { workloadSelector } from '../kinds/pod-labels.ts';
import { workloadLabels } from '../labels.ts';
import type { ServedWorkload } from '../served-workload.ts';
import { PICKER_CONFIG_FILE, pickerConfig } from './picker-config.ts';
import { inferencePoolName, pickerLabels, pickerName, pickerSelector } from './picker-names.ts';
import { PICKER_PORT, PICKER_REPLICAS, pickerTemplate } from './picker-pod.ts';

const RBAC = 'rbac.authorization.k8s.io';
const READ = ['get', 'list', 'watch'] as const;

/**
 * A pool of the answering pods of a workload and the endpoint picker that says for every request which of them serves it. Without
 * the picker whole models go on, each request to any pod; prefill and decode do not, because any pod would be the wrong one.
 */
export function endpointPicker(served: ServedWorkload): readonly ObjectFacts[] {
  const { workload } = served;
  const metadata = {
    name: pickerName(workload.id),
    namespace: workload.namespace,
    labels: pickerLabels(served),
  };
  return [
    inferencePool(served),
    ...access(metadata),
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata,
      data: { [PICKER_CONFIG_FILE]: pickerConfig(served.router !== undefined) },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        type: 'ClusterIP',
        selector: pickerSelector(workload.id),
        ports: [
          { name: 'grpc', port: PICKER_PORT, targetPort: 'grpc', protocol: 'TCP', appProtocol: 'http2' },
        ],
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: PICKER_REPLICAS,
        selector: { matchLabels: pickerSelector(workload.id) },
        strategy: { type: 'Recreate' },
        template: pickerTemplate(served),
      },
    },
  ];
}

/** The pool that gateways send to (Gateway API Inference Extension 1.4, InferencePool v1). */
function inferencePool({ stack, workload, podSets, router }: ServedWorkload): ObjectFacts {
  const answering = podSets[0]?.answering;
  return {
    apiVersion: 'inference.networking.k8s.io/v1',
    kind: 'InferencePool',
    metadata: {
      name: inferencePoolName(workload.id),
      namespace: workload.namespace,
      labels: workloadLabels({ stack, workload: workload.id, team: workload.team }),
    },
    spec: {
      selector: { matchLabels: workloadSelector(workload.id, answering) },
      targetPorts: [{ number: HTTP_PORT }],
      endpointPickerRef: {
        name: pickerName(workload.id),
        port: { number: PICKER_PORT },
        failureMode: router === undefined ? 'FailOpen' : 'FailClose',
      },
    },
  };
}

/** What a picker may do: read the pods and pools of its own namespace (llm-d router, single-pool/rbac.yaml, 2026). */
function access(metadata: ObjectFacts['metadata']): readonly ObjectFacts[] {
  const { name, namespace } = metadata;
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'Role',
      metadata,
      rules: [
        { apiGroups: [''], resources: ['pods'], verbs: READ },
        { apiGroups: ['inference.networking.k8s.io'], resources: ['inferencepools'], verbs: READ },
        {
          apiGroups: ['llm-d.ai', 'inference.networking.x-k8s.io'],
          resources: ['inferenceobjectives', 'inferencemodelrewrites'],
          verbs: READ,
        },
      ],
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: RBAC, kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    },
  ];
}
