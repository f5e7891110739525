import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import { PROBLEM_API_VERSION } from '../../model/index.ts';
import type {
  DaemonsetsDocument,
  PoolDocument,
  ProblemDocument,
  ServiceDocument,
} from '../../model/index.ts';
import { compareText, sortedBy } from '../../units/index.ts';
import { fieldsAt, recordsOf } from './fields.ts';
import { cpuText, importService, memoryText } from './import-service.ts';
import { WORKLOAD_KINDS, importedWorkloads } from './imported-workload.ts';
import type { KubernetesObject } from './kubernetes-objects.ts';
import { podResources } from './pod-resources.ts';
import type { DefaultRequests } from './pod-resources.ts';
import { Remarks } from './remarks.ts';

/** Kinds that were read for what they say about workloads. */
const READ_KINDS = [
  ...WORKLOAD_KINDS,
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'Service',
  'PriorityClass',
  'DaemonSet',
];

/** What an import of manifests takes as given. */
export interface ManifestOptions {
  /** Name of the stack. */
  readonly name: string;
  readonly defaults: DefaultRequests;
}

/** A problem made of manifests: services as they stand, and a pool to be edited. */
export interface ImportedProblem {
  readonly document: ProblemDocument;
  readonly counts: { readonly services: number; readonly replicas: number; readonly objects: number };
}

/**
 * Makes a problem of Kubernetes objects: each Deployment and StatefulSet a service of fixed replicas, daemonsets a part of every
 * node, and pools of general instance types to be edited.
 * Errors: `import-no-workload`; warnings as in the group `import`.
 */
export function importProblem(
  read: readonly KubernetesObject[],
  options: ManifestOptions,
): Outcome<ImportedProblem> {
  const remarks = new Remarks();
  const objects = withoutDuplicates(read, remarks);
  const workloads = importedWorkloads(objects.filter((object) => hasContainers(object, remarks)));
  if (workloads.length === 0) return failure(...remarks.all(), noWorkload(objects));
  const services = sortedBy(
    workloads.map((workload) =>
      importService({ workload, workloads, objects, defaults: options.defaults, remarks }),
    ),
    (service) => service.id,
  );
  const daemonsets = objects.filter((object) => object.kind === 'DaemonSet');
  const document: ProblemDocument = {
    apiVersion: PROBLEM_API_VERSION,
    name: options.name,
    pools: poolsFor(services, daemonsets, options.defaults),
    workloads: [],
    services,
  };
  const replicas = services.reduce((sum, item) => sum + item.performance.fixed!.replicas, 0);
  return success({ document, counts: { services: services.length, replicas, objects: objects.length } }, [
    ...remarks.all(),
    ...ignoredKinds(objects),
  ]);
}

/** Whether an object that should have pods says which containers they have; a remark when not. */
function hasContainers(object: KubernetesObject, remarks: Remarks): boolean {
  if (!WORKLOAD_KINDS.includes(object.kind)) return true;
  const { containers } = fieldsAt(object.value, 'spec', 'template', 'spec');
  if (recordsOf(containers).length > 0) return true;
  remarks.say('import-object-invalid', object, {
    summary: `${object.kind} "${object.name}" has no containers; it was left out.`,
  });
  return false;
}

/**
 * Pools of general-purpose, compute and memory instances in three zones, to be edited: one without labels, and one for every
 * set of labels that services ask of their nodes.
 */
function poolsFor(
  services: readonly ServiceDocument[],
  daemonsets: readonly KubernetesObject[],
  defaults: DefaultRequests,
): readonly PoolDocument[] {
  const onEveryNode = daemonsetsDocument(daemonsets, defaults);
  const built = new Set<string>(
    services.flatMap((service): readonly string[] => service.scheduling?.architectures ?? ['amd64']),
  );
  const architectures = (['amd64', 'arm64'] as const).filter((item) => built.has(item));
  const selectors = new Map(
    services.map(({ scheduling }) => [
      JSON.stringify(scheduling?.nodeSelector ?? {}),
      scheduling?.nodeSelector,
    ]),
  );
  const labelled = sortedBy(selectors, ([key]) => key).flatMap(([, labels]) =>
    labels === undefined ? [] : [labels],
  );
  const isPlainNeeded = labelled.length < selectors.size;
  const pool = (id: string, labels?: Readonly<Record<string, string>>): PoolDocument => ({
    id,
    provider: 'aws',
    region: 'us-east-1',
    zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'],
    instanceTypes: { names: ['c*', 'm*', 'r*'], architectures, vcpus: { max: 16 } },
    capacityTypes: ['on-demand', 'spot'],
    ...(labels === undefined ? {} : { labels }),
    ...(onEveryNode === undefined ? {} : { daemonsets: onEveryNode }),
  });
  const taken = new Set(services.map((service) => service.id));
  const free = (id: string): string => (taken.has(id) ? free(`${id}-nodes`) : id);
  return [
    ...(isPlainNeeded ? [pool(free('general'))] : []),
    ...labelled.map((labels, index) => pool(free(`labelled-${String(index + 1)}`), labels)),
  ];
}

/** What DaemonSets take of every node, all together; undefined where there is none. */
export function daemonsetsDocument(
  daemonsets: readonly KubernetesObject[],
  defaults: DefaultRequests,
): DaemonsetsDocument | undefined {
  if (daemonsets.length === 0) return undefined;
  const resources = daemonsets.map((object) =>
    podResources(fieldsAt(object.value, 'spec', 'template', 'spec'), defaults),
  );
  return {
    cpu: cpuText(resources.reduce((sum, item) => sum + item.cpuMillicores, 0)),
    memory: memoryText(resources.reduce((sum, item) => sum + item.memory, 0)),
    pods: daemonsets.length,
  };
}

/** One object for each kind, namespace and name: the last, as `kubectl apply` would leave it. Sorted by them. */
function withoutDuplicates(read: readonly KubernetesObject[], remarks: Remarks): readonly KubernetesObject[] {
  const kept = new Map<string, KubernetesObject>();
  for (const object of read) {
    const key = JSON.stringify([object.kind, object.namespace, object.name]);
    if (kept.has(key) && READ_KINDS.includes(object.kind)) {
      remarks.say('import-duplicate', object, {
        summary: `${object.kind} "${object.name}" is described twice; what ${object.source.file} says counts.`,
      });
    }
    kept.set(key, object);
  }
  return [...kept].sort(([a], [b]) => compareText(a, b)).map(([, object]) => object);
}

function ignoredKinds(objects: readonly KubernetesObject[]): readonly Diagnostic[] {
  const counts = new Map<string, number>();
  for (const { kind } of objects)
    if (!READ_KINDS.includes(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  if (counts.size === 0) return [];
  const list = sortedBy(counts, ([kind]) => kind).map(([kind, count]) => `${String(count)} ${kind}`);
  return [diagnostic('import-kinds-ignored', { summary: `Passed over: ${list.join(', ')}.` })];
}

function noWorkload(objects: readonly KubernetesObject[]): Diagnostic {
  const kinds = [...new Set(objects.map((object) => object.kind))].sort(compareText);
  return diagnostic('import-no-workload', {
    summary: 'The manifests hold no Deployment or StatefulSet.',
    detail: kinds.length === 0 ? 'No Kubernetes object was found.' : `Found: ${kinds.join(', ')}.`,
    fix: 'Name the folder or file that holds them (YAML or JSON).',
  });
}
