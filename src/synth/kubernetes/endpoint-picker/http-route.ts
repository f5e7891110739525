import { HTTP_PORT } from '../../engines/launch.ts';
import type { ObjectFacts } from '../api-object.ts';
import { workloadLabels } from '../labels.ts';
import type { ServedWorkload } from '../served-workload.ts';
import { inferencePoolName } from './picker-names.ts';

/** Gateway that must exist in the namespace of each model; *assumed*, the name that llm-d's guides give it (2026). */
export const GATEWAY_NAME = 'llm-d-inference-gateway';

/**
 * The way from the gateway to a model: requests to `/<namespace>/<workload>/…` go to its pool without that prefix (the paths
 * that KServe gives its models). Answers may take as long as they take.
 */
export function httpRoute({ stack, workload }: ServedWorkload): ObjectFacts {
  const name = inferencePoolName(workload.id);
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: {
      name,
      namespace: workload.namespace,
      labels: workloadLabels({ stack, workload: workload.id, team: workload.team }),
    },
    spec: {
      parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: GATEWAY_NAME }],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: `/${workload.namespace}/${workload.id}` } }],
          filters: [
            {
              type: 'URLRewrite',
              urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } },
            },
          ],
          backendRefs: [
            { group: 'inference.networking.k8s.io', kind: 'InferencePool', name, port: HTTP_PORT },
          ],
          timeouts: { request: '0s', backendRequest: '0s' },
        },
      ],
    },
  };
}
