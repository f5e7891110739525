import type { ClusterClient, ClusterObject } from '../cluster/cluster-client.ts';
import type { Clock } from '../cluster/patience.ts';
import { prepareRollout } from '../rollout/prepare.ts';
import type { Preparation, RolloutRequest } from '../rollout/prepare.ts';
import { rollOut } from '../rollout/rollout.ts';
import type { RolloutHost, RolloutResult } from '../rollout/rollout.ts';

/** A clock that passes as fast as it is waited for. */
export function fastClock(): Clock {
  let seconds = 0;
  return {
    now: () => seconds,
    sleep: (wait) => {
      seconds += wait;
      return Promise.resolve();
    },
  };
}

/** An object; `fields` are those beside its name. */
export function sampleObject(
  kind: string,
  name: string,
  fields: Readonly<Record<string, unknown>> = {},
): ClusterObject {
  const version: Readonly<Record<string, string>> = {
    Deployment: 'apps/v1',
    PriorityClass: 'scheduling.k8s.io/v1',
    PodDisruptionBudget: 'policy/v1',
    ScaledObject: 'keda.sh/v1alpha1',
    NodePool: 'karpenter.sh/v1',
  };
  const isClusterWide = ['Namespace', 'PriorityClass', 'NodePool'].includes(kind);
  const { labels, annotations, ...rest } = fields;
  return {
    apiVersion: version[kind] ?? 'v1',
    kind,
    metadata: {
      name,
      ...(isClusterWide ? {} : { namespace: 'llm' }),
      labels: { 'app.kubernetes.io/managed-by': 'plimsoll', ...(labels as object) },
      ...(annotations === undefined ? {} : { annotations: annotations as Record<string, string> }),
    },
    ...rest,
  };
}

/** A pod set of the workload `chat`: with replicas, or with the range its autoscaler keeps. */
export function samplePodSet(
  name: string,
  replicas: number | readonly [min: number, max: number],
): ClusterObject {
  const labels = { 'plimsoll.dev/workload': 'chat' };
  if (typeof replicas === 'number') return sampleObject('Deployment', name, { labels, spec: { replicas } });
  const [min, max] = replicas;
  const annotations = { 'plimsoll.dev/min-replicas': String(min), 'plimsoll.dev/max-replicas': String(max) };
  return sampleObject('Deployment', name, { labels, annotations, spec: { paused: false } });
}

/** An autoscaler of the pod set of the same name. */
export function sampleAutoscaler(name: string, [min, max]: readonly [number, number]): ClusterObject {
  return sampleObject('ScaledObject', name, {
    labels: { 'plimsoll.dev/workload': 'chat' },
    spec: { scaleTargetRef: { name }, minReplicaCount: min, maxReplicaCount: max },
  });
}

/** A small plan: a namespace, a class, a service, a budget and one pod set, whose size is given. */
export function sampleManifests(replicas = 2): readonly ClusterObject[] {
  return [
    sampleObject('Namespace', 'llm'),
    sampleObject('PriorityClass', 'chat-base', { value: 1000 }),
    sampleObject('Service', 'chat', { spec: { type: 'ClusterIP' } }),
    sampleObject('PodDisruptionBudget', 'chat', { spec: { maxUnavailable: 1 } }),
    samplePodSet('chat-a', replicas),
  ];
}

/** A request to apply the manifests as the stack `chat`. */
export function sampleRequest(manifests: readonly ClusterObject[], force = false): RolloutRequest {
  return { stack: 'chat', planHash: `hash-${manifests.length}`, manifests, force };
}

/** Prepares and, where nothing forbids it, rolls out. */
export async function applySample(
  client: ClusterClient,
  manifests: readonly ClusterObject[],
  host: Partial<RolloutHost> & Partial<Pick<RolloutRequest, 'force' | 'rooms'>> = {},
): Promise<{ readonly prepared: Preparation; readonly result: RolloutResult | undefined }> {
  const { rooms = [] } = host;
  const request = { ...sampleRequest(manifests, host.force), rooms };
  const prepared = await prepareRollout(client, request);
  if (prepared.diagnostics.some((item) => item.severity === 'error')) return { prepared, result: undefined };
  const result = await rollOut(prepared, request, {
    client,
    clock: fastClock(),
    signal: new AbortController().signal,
    timeoutSeconds: 60,
    run: 'run-1',
    version: '0.0.0',
    onProgress: () => undefined,
    ...host,
  });
  return { prepared, result };
}
