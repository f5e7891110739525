import type { Role } from '../../model/index.ts';
import { BOOTSTRAP_PORT, HTTP_PORT } from './launch.ts';

/** Port of a router's Prometheus series (default of both routers). */
export const ROUTER_METRICS_PORT = 29_000;

/** Labels that tell the answering pods of each role apart. */
export interface RoutedPods {
  readonly namespace: string;
  readonly prefill: Readonly<Record<string, string>>;
  readonly decode: Readonly<Record<string, string>>;
}

/** The server that joins prefill and decode pods of an engine into one address. */
export interface RouterTable {
  readonly engine: string;
  /** Name of the program. */
  readonly name: string;
  readonly version: string;
  readonly image: string;
  readonly command: readonly string[];
  /** Arguments as a list, never a shell string. */
  readonly arguments: (pods: RoutedPods) => readonly string[];
  /** What the router reads from the pods of a role. */
  readonly podAnnotations: (role: Role) => Readonly<Record<string, string>>;
  /** Paths that say that the process lives, and that both roles have a pod that answers. */
  readonly livenessPath: string;
  readonly readinessPath: string;
  readonly source: string;
}

/**
 * SGLang Model Gateway. The tag is the newest seen on Docker Hub in 2026-05; its code and flags are of gateway 0.3.
 * Prefill pods say by an annotation at which port they hand over.
 */
const SGLANG_GATEWAY: RouterTable = {
  engine: 'sglang',
  name: 'sgl-model-gateway',
  version: '0.3.2',
  image: 'docker.io/lmsysorg/sgl-model-gateway:v0.3.2',
  command: ['python3', '-m', 'sglang_router.launch_router'],
  arguments: (pods) => ['--pd-disaggregation', ...discovery(pods)],
  podAnnotations: (role) =>
    role === 'prefill' ? { 'sglang.ai/bootstrap-port': String(BOOTSTRAP_PORT) } : {},
  livenessPath: '/liveness',
  readinessPath: '/readiness',
  source: 'docs.sglang.io, SGLang Model Gateway (0.3, read 2026-11); docker/gateway.Dockerfile',
};

/**
 * vLLM Router, a fork of that gateway. Version and image as the project's release script names them; that the tag is on
 * Docker Hub is *assumed*.
 */
const VLLM_ROUTER: RouterTable = {
  engine: 'vllm',
  name: 'vllm-router',
  version: '0.1.15',
  image: 'docker.io/vllm/vllm-router:v0.1.15',
  command: ['vllm-router'],
  arguments: (pods) => ['--vllm-pd-disaggregation', ...discovery(pods)],
  podAnnotations: () => ({}),
  livenessPath: '/liveness',
  readinessPath: '/readiness',
  source:
    'github.com/vllm-project/router, docs/environment/kubernetes.md, docs/cli_reference.md, src/server.rs, .buildkite/scripts/publish-release-images.sh (0.1.15, 2026-09)',
};

/** The routers, sorted by engine. */
export const ROUTER_TABLES: readonly RouterTable[] = [SGLANG_GATEWAY, VLLM_ROUTER];

/** The router of an engine; undefined where none is known. */
export function routerOf(engine: string): RouterTable | undefined {
  return ROUTER_TABLES.find((table) => table.engine === engine);
}

/**
 * Flags that both routers share: pods are found by their labels through the cluster's API, so that replicas may come and
 * go. Prompts go where their prefix is cached, answers to the less loaded of two pods (the routers' own advice).
 */
function discovery({ namespace, prefill, decode }: RoutedPods): readonly string[] {
  return [
    '--host=0.0.0.0',
    `--port=${HTTP_PORT}`,
    '--service-discovery',
    `--service-discovery-namespace=${namespace}`,
    `--service-discovery-port=${HTTP_PORT}`,
    '--prefill-selector',
    ...selector(prefill),
    '--decode-selector',
    ...selector(decode),
    '--prefill-policy=cache_aware',
    '--decode-policy=power_of_two',
    '--prometheus-host=0.0.0.0',
    `--prometheus-port=${ROUTER_METRICS_PORT}`,
  ];
}

function selector(labels: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`);
}
