import type { JsonObject } from '../json.ts';
import type { ManifestFile } from '../scene.ts';

const LABELS = { app: 'chat', 'plimsoll.dev/team': 'search' };

/** A Deployment that conforms to the shipped packs except that it mounts a token and its namespace has no quota. */
export const DEPLOYMENT: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'chat-base', namespace: 'llm', labels: LABELS },
  spec: {
    replicas: 2,
    template: {
      metadata: { labels: LABELS },
      spec: {
        serviceAccountName: 'chat',
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            name: 'vllm',
            image: 'vllm/vllm-openai:v0.11.0',
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
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

/** The Deployment, a PodDisruptionBudget for its pods and a NetworkPolicy that denies by default. */
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
  {
    path: 'manifests/networkpolicy-default-deny.yaml',
    manifest: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'default-deny', namespace: 'llm' },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    },
  },
];
