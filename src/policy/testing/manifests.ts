import type { JsonObject } from '../json.ts';
import type { ManifestFile } from '../scene.ts';

/** A Deployment that conforms to the reliability pack except that it mounts a token. */
export const DEPLOYMENT: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'chat-base', namespace: 'llm' },
  spec: {
    replicas: 2,
    template: {
      metadata: { labels: { app: 'chat' } },
      spec: {
        containers: [
          {
            name: 'vllm',
            image: 'vllm/vllm-openai:v0.11.0',
            resources: { requests: { cpu: '32', memory: '256Gi' } },
            readinessProbe: { httpGet: { path: '/health', port: 8000 } },
            startupProbe: { httpGet: { path: '/health', port: 8000 } },
          },
        ],
        topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone' }],
      },
    },
  },
};

/** The Deployment and a PodDisruptionBudget for its pods. */
export const MANIFESTS: readonly ManifestFile[] = [
  { path: 'manifests/deployment-chat-base.yaml', manifest: DEPLOYMENT },
  {
    path: 'manifests/pdb-chat.yaml',
    manifest: {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'chat', namespace: 'llm' },
      spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'chat' } } },
    },
  },
];
