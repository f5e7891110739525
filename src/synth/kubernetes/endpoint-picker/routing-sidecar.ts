import type { Role } from '../../../model/index.ts';
import { BOOTSTRAP_PORT, HTTP_PORT } from '../../engines/launch.ts';
import type { JsonObject } from '../../files.ts';
import type { PodSet } from '../pod-set.ts';
import { cpuQuantity, memoryQuantity } from '../quantities.ts';
import { ROUTER_RELEASE } from './picker-pod.ts';

/** Name by which KServe knows the sidecar (v1alpha2, 0.17); llm-d itself asks for none. */
const SIDECAR = 'llm-d-routing-sidecar';

/** Port of the engine behind the sidecar (llm-d's guides, 2026). */
const ENGINE_PORT = 8200;

/** What the sidecar may use; it only forwards. *Assumed*; not part of the plan's requests, so it asks for none. */
const SIDECAR_LIMITS = { cpu: 1000, memory: 1024 ** 3 } as const;
/** A user that owns nothing. */
const NOBODY = 65_532;

/** The sidecar's word for the way an engine hands KV caches over (llm-d router 0.10, docs/disaggregation.md). */
const CONNECTORS: Readonly<Record<string, string>> = { vllm: 'nixlv2', sglang: 'sglang' };

/** Port at which the engine of a role answers: the sidecar of decode pods takes the pool's port. */
export function enginePort(role: Role): number {
  return role === 'decode' ? ENGINE_PORT : HTTP_PORT;
}

/** Why the requests of a decode pod set cannot be handed on; undefined when they can. */
export function whyNoSidecar({ allocation }: PodSet): string | undefined {
  const { engine, role } = allocation.candidate;
  if (role !== 'decode' || Object.hasOwn(CONNECTORS, engine)) return undefined;
  return `the routing sidecar speaks ${Object.keys(CONNECTORS).join(' and ')}, not ${engine}`;
}

/**
 * The sidecar before the engine of a decode pod: it sends the prompt to the prefill pod that the endpoint picker chose and then
 * asks its own engine. None for other pods. It asks its node for nothing, because the plan gave the pod's room to the engine.
 */
export function routingSidecars({ allocation }: PodSet): readonly JsonObject[] {
  const { engine, role } = allocation.candidate;
  if (role !== 'decode') return [];
  return [
    {
      name: SIDECAR,
      image: `ghcr.io/llm-d/llm-d-router-disagg-sidecar:v${ROUTER_RELEASE}`,
      imagePullPolicy: 'IfNotPresent',
      restartPolicy: 'Always',
      args: [
        `--port=${HTTP_PORT}`,
        `--model-server-port=${ENGINE_PORT}`,
        `--kv-connector=${CONNECTORS[engine] ?? engine}`,
        '--secure-proxy=false',
      ],
      ...(engine === 'sglang'
        ? { env: [{ name: 'SGLANG_BOOTSTRAP_PORT', value: String(BOOTSTRAP_PORT) }] }
        : {}),
      ports: [{ name: 'proxy', containerPort: HTTP_PORT, protocol: 'TCP' }],
      readinessProbe: {
        httpGet: { path: '/health', port: 'proxy' },
        periodSeconds: 5,
        timeoutSeconds: 5,
        failureThreshold: 3,
      },
      resources: {
        requests: { cpu: '0', memory: '0' },
        limits: { cpu: cpuQuantity(SIDECAR_LIMITS.cpu), memory: memoryQuantity(SIDECAR_LIMITS.memory) },
      },
      securityContext: {
        runAsNonRoot: true,
        runAsUser: NOBODY,
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
    },
  ];
}
