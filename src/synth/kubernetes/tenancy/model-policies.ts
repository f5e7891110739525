import { HTTP_PORT } from '../../engines/launch.ts';
import { ROUTER_METRICS_PORT } from '../../engines/routers.ts';
import type { ObjectFacts } from '../api-object.ts';
import type { JsonObject } from '../../files.ts';
import { podSetLabels, podSetSelector, routerSelector, workloadSelector } from '../kinds/pod-labels.ts';
import { routerLabels, routerName } from '../kinds/router.ts';
import { PROMETHEUS_NAMESPACE } from '../kinds/scaled-object.ts';
import { serviceName } from '../kinds/service.ts';
import { COMPONENT_LABEL, WORKLOAD_LABEL, workloadLabels } from '../labels.ts';
import { labelValue, shortenedName } from '../names.ts';
import { isGroup } from '../pod-set.ts';
import type { PodSet } from '../pod-set.ts';
import type { ServedWorkload } from '../served-workload.ts';
import { TO_API_SERVER, TO_DNS, TO_PUBLIC_HTTPS, allPodsOf, networkPolicy, podsWith, tcp } from './flows.ts';
import type { Flow } from './flows.ts';
import type { Tenancy } from './tenancy.ts';

/** Who scrapes the pods of language models and of their routers. */
export const PROMETHEUS: JsonObject = allPodsOf([PROMETHEUS_NAMESPACE]);

/**
 * What the pods of a language model may exchange: requests from clients (through the router where there is one),
 * Prometheus' scrapes, names, checkpoints, and whatever the ranks of one replica or the two roles send each other.
 */
export function modelPolicies(served: ServedWorkload, tenancy: Tenancy): readonly ObjectFacts[] {
  const { workload, router } = served;
  const clients = allPodsOf(tenancy.clients);
  const callers = router === undefined ? clients : podsWith(routerSelector(workload.id));
  return [
    serverPolicy(served, {
      name: serviceName(workload.id),
      pods: workloadSelector(workload.id),
      callers: [callers],
      metricsPort: HTTP_PORT,
    }),
    ...peerPolicies(served, enginePods(workload.id)),
    ...(router === undefined ? [] : [routerPolicy(served, clients)]),
  ];
}

/** Pods that answer, and who may ask them. */
export interface ServerFacts {
  readonly name: string;
  readonly pods: Readonly<Record<string, string>>;
  /** Who may send requests. */
  readonly callers: readonly JsonObject[];
  /** Port of their Prometheus series. */
  readonly metricsPort: number;
}

/** The policy of answering pods of a workload. */
export function serverPolicy(served: ServedWorkload, facts: ServerFacts): ObjectFacts {
  const { workload } = served;
  return networkPolicy({
    name: facts.name,
    namespace: workload.namespace,
    labels: labelsOf(served),
    pods: { matchLabels: facts.pods },
    ingress: [
      { peers: facts.callers, ports: tcp(HTTP_PORT) },
      { peers: [PROMETHEUS], ports: tcp(facts.metricsPort) },
    ],
    egress: [TO_DNS, ...checkpoints(served.podSets)],
  });
}

/**
 * The pods that work on one request together: those of each set of groups among themselves; where prefill and decode are
 * apart, all pods of the workload, which `engines` selects. Collective libraries and KV transfers choose their ports by themselves, so all ports
 * (NCCL, `NCCL_SOCKET_IFNAME`; UCX, `UCX_TCP_PORT_RANGE`; both ephemeral by default, 2026).
 */
export function peerPolicies(served: ServedWorkload, engines: JsonObject): readonly ObjectFacts[] {
  const { workload, podSets, router } = served;
  if (router !== undefined) {
    return [
      together(served, {
        name: shortenedName(`${workload.id}-peers`),
        labels: labelsOf(served),
        pods: engines,
        podSets,
      }),
    ];
  }
  return podSets.filter(isGroup).map((podSet) =>
    together(served, {
      name: podSet.name,
      labels: podSetLabels(podSet),
      pods: { matchLabels: podSetSelector(podSet) },
      podSets: [podSet],
    }),
  );
}

interface Peers {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly pods: JsonObject;
  readonly podSets: readonly PodSet[];
}

function together({ workload }: ServedWorkload, { name, labels, pods, podSets }: Peers): ObjectFacts {
  const peers: Flow = { peers: [{ podSelector: pods }], ports: [] };
  return networkPolicy({
    name,
    namespace: workload.namespace,
    labels,
    pods,
    ingress: [peers],
    egress: [peers, TO_DNS, ...checkpoints(podSets)],
  });
}

function routerPolicy(served: ServedWorkload, clients: JsonObject): ObjectFacts {
  const { workload } = served;
  return networkPolicy({
    name: routerName(workload.id),
    namespace: workload.namespace,
    labels: routerLabels(served),
    pods: { matchLabels: routerSelector(workload.id) },
    ingress: [
      { peers: [clients], ports: tcp(HTTP_PORT) },
      { peers: [PROMETHEUS], ports: tcp(ROUTER_METRICS_PORT) },
    ],
    egress: [
      { peers: [podsWith(workloadSelector(workload.id))], ports: tcp(HTTP_PORT) },
      TO_DNS,
      TO_API_SERVER,
    ],
  });
}

/** All engine pods of a workload: those that answer and the helpers of groups. */
export function enginePods(workload: string): JsonObject {
  return {
    matchLabels: { [WORKLOAD_LABEL]: labelValue(workload) },
    matchExpressions: [{ key: COMPONENT_LABEL, operator: 'In', values: ['server', 'worker'] }],
  };
}

/** The way to checkpoints; none where all of them are paths of the image or a volume. */
function checkpoints(podSets: readonly PodSet[]): readonly Flow[] {
  const isLocal = podSets.every(({ workload, allocation }) =>
    (workload.checkpoints[allocation.candidate.weightPrecision] ?? workload.model).startsWith('/'),
  );
  return isLocal ? [] : [TO_PUBLIC_HTTPS];
}

function labelsOf({ stack, workload }: ServedWorkload): Readonly<Record<string, string>> {
  return workloadLabels({ stack, workload: workload.id, team: workload.team });
}
