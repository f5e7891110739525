import type { JsonObject } from '../../files.ts';
import type { ObjectFacts } from '../api-object.ts';
import { routingSidecars } from '../endpoint-picker/routing-sidecar.ts';
import { OWN_PREFIX } from '../labels.ts';
import { isGroup, isScaled } from '../pod-set.ts';
import type { PodSet } from '../pod-set.ts';
import type { ScaleTarget } from './scaled-object.ts';
import { podSetAnnotations, podSetLabels } from './pod-labels.ts';
import type { PodComponent } from './pod-labels.ts';
import { podTemplate } from './pod-template.ts';
import { LEADER_WORKER_SET_API } from './leader-worker-set.ts';

/** Name of the container that KServe merges its own defaults into. */
const MAIN = 'main';

/** Labels by which KServe marks the pods that answer, and all pods of its services (0.17). */
export const KSERVE_ANSWERING = { 'kserve.io/component': 'workload' } as const;
export const KSERVE_PODS = { 'app.kubernetes.io/part-of': 'llminferenceservice' } as const;

/** One pod set, or a decode and a prefill pod set, as one service of KServe. */
export interface InferenceServiceFacts {
  readonly name: string;
  readonly main: PodSet;
  readonly prefill?: PodSet;
  /** Pool of endpoints that its route leads to; absent: it has no route. */
  readonly pool?: string;
}

/**
 * The LLMInferenceService of a pod set (KServe 0.17, v1alpha2). It starts the planned command: nothing is downloaded or
 * scaled by KServe itself.
 */
export function llmInferenceService({ name, main, prefill, pool }: InferenceServiceFacts): ObjectFacts {
  const { workload } = main;
  return {
    apiVersion: 'serving.kserve.io/v1alpha2',
    kind: 'LLMInferenceService',
    metadata: {
      name,
      namespace: workload.namespace,
      labels: podSetLabels(main),
      annotations: podSetAnnotations(main),
    },
    spec: {
      model: { uri: modelUri(main), name: workload.model },
      storageInitializer: { enabled: false },
      ...workloadSpec(main),
      ...(prefill === undefined ? {} : { prefill: workloadSpec(prefill) }),
      ...(pool === undefined
        ? {}
        : { router: { route: {}, gateway: {}, scheduler: { pool: { ref: { name: pool } } } } }),
    },
  };
}

/** The Deployment or LeaderWorkerSet that KServe makes of a service (0.17; names are short enough to stay as they are). */
export function kserveTarget(service: string, podSet: PodSet, isPrefill: boolean): ScaleTarget {
  const suffix = isPrefill ? '-prefill' : '';
  const group = `${service}-kserve-mn${suffix}`;
  const single = `${service}-kserve${suffix}`;
  return isGroup(podSet)
    ? { apiVersion: LEADER_WORKER_SET_API, kind: 'LeaderWorkerSet', name: group, podNames: `${group}-[0-9]+` }
    : {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        name: single,
        podNames: `${single}-[a-z0-9]+-[a-z0-9]+`,
      };
}

/** The checkpoint as KServe writes it; the engine downloads it itself, under the name on its command line. */
function modelUri({ workload, allocation }: PodSet): string {
  const model = workload.checkpoints[allocation.candidate.weightPrecision] ?? workload.model;
  if (model.includes('://')) return model;
  return model.startsWith('/') ? `file://${model}` : `hf://${model}`;
}

function workloadSpec(podSet: PodSet): JsonObject {
  const { nodes } = podSet.allocation.candidate.podGroup;
  const server = podTemplate(podSet, 'server') as Readonly<Record<'metadata' | 'spec', JsonObject>>;
  const { labels, annotations } = server.metadata;
  return {
    ...(isScaled(podSet) ? {} : { replicas: podSet.replicas.min }),
    labels: ownLabels(labels as Readonly<Record<string, string>>),
    annotations,
    // How many pods a replica has; the command line says how they share the work.
    ...(isGroup(podSet) ? { parallelism: { data: nodes, dataLocal: 1 } } : {}),
    template: podSpec(podSet, 'server'),
    ...(isGroup(podSet) ? { worker: podSpec(podSet, 'worker') } : {}),
  };
}

function podSpec(podSet: PodSet, component: PodComponent): JsonObject {
  const { spec } = podTemplate(podSet, component) as { readonly spec: JsonObject };
  const containers = spec['containers'] as readonly JsonObject[];
  const sidecars = component === 'server' ? routingSidecars(podSet) : [];
  return {
    ...spec,
    containers: containers.map((container) => ({ ...container, name: MAIN })),
    ...(sidecars.length === 0 ? {} : { initContainers: sidecars }),
  };
}

/** The plan's own labels; those of Kubernetes are what KServe selects its pods by. */
function ownLabels(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => key.startsWith(OWN_PREFIX)));
}
