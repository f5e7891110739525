import { diagnostic, failure, hasErrors, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import { PROBLEM_API_VERSION } from '../../model/index.ts';
import type {
  LlmServiceDocument,
  ProblemDocument,
  ServiceDocument,
  TrafficDocument,
} from '../../model/index.ts';
import type { ClusterObject } from '../../apply/index.ts';
import { fieldsAt, fieldsOf, numberOf, recordsOf } from '../import-manifests/fields.ts';
import { daemonsetsDocument, importProblem } from '../import-manifests/import-problem.ts';
import type { ManifestOptions } from '../import-manifests/import-problem.ts';
import type { KubernetesObject } from '../import-manifests/kubernetes-objects.ts';
import { Remarks } from '../import-manifests/remarks.ts';
import { engineCommand } from './engine-command.ts';
import { llmWorkloads } from './llm-workloads.ts';
import type { EngineSet } from './llm-workloads.ts';
import { nodeFacts } from './node-facts.ts';
import { importPools } from './node-pools.ts';
import type { ImportedPools } from './node-pools.ts';
import { metricsServerUse, usageNotes, usageOf } from './usage.ts';
import type { MeasuredUse, WorkloadUsage } from './usage.ts';

/** Namespaces of Kubernetes itself and of ours; their workloads belong to the cluster, not to a stack. */
const SYSTEM_NAMESPACES = ['kube-system', 'kube-public', 'kube-node-lease', 'plimsoll-system'];
/** Kinds whose pods may run an engine, with the places of their pod templates. */
const POD_MAKERS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  Deployment: [['template']],
  StatefulSet: [['template']],
  LeaderWorkerSet: [
    ['leaderWorkerTemplate', 'leaderTemplate'],
    ['leaderWorkerTemplate', 'workerTemplate'],
  ],
};

/** What an import of a cluster takes as given. */
export interface LiveProblemOptions extends ManifestOptions {
  /** Only these namespaces; default all but those of Kubernetes itself. */
  readonly namespaces?: readonly string[];
  /** Name of the cluster or dump, for messages. */
  readonly shown: string;
  /** What pods used; default what metrics-server says. */
  readonly use?: MeasuredUse;
}

/** A problem made of a cluster. */
export interface LiveProblem {
  readonly document: ProblemDocument;
  readonly counts: {
    readonly nodes: number;
    readonly pools: number;
    readonly services: number;
    readonly models: number;
    readonly objects: number;
  };
  readonly usage: readonly WorkloadUsage[];
}

/** The sets that run engines, for measuring their traffic before the problem is made. */
export function engineSets(
  objects: readonly ClusterObject[],
  options: Pick<LiveProblemOptions, 'namespaces' | 'shown'>,
): readonly EngineSet[] {
  return plainObjects(objects, options).flatMap((object) => engineSetOf(object) ?? []);
}

/**
 * Makes a problem of the objects of a cluster: nodes become pools, sets of pods that run an engine language models, other Deployments and
 * StatefulSets services as they stand.
 * Errors: `import-no-workload`, `pack-invalid-object`; warnings and notes as in the group `import`.
 */
export function liveProblem(
  objects: readonly ClusterObject[],
  trafficOf: (sets: readonly EngineSet[]) => TrafficDocument | undefined,
  options: LiveProblemOptions,
): Outcome<LiveProblem> {
  const remarks = new Remarks();
  const plain = plainObjects(objects, options);
  const sets = plain.flatMap((object) => engineSetOf(object) ?? []);
  const engines = new Set(sets.map(({ object }) => object));
  const rest = plain.filter((object) => !engines.has(object));
  const models = llmWorkloads(sets, { trafficOf, remarks });
  const imported = importProblem(rest, options);
  if (!imported.ok && models.length === 0) return failure(...remarks.all(), ...imported.diagnostics);
  const services = imported.ok ? (imported.value.document.services ?? []) : [];
  const workloads = models.map((item) => ({ ...item, id: apartFrom(item.id, services) }));
  const pools = livePools(objects, { rest, services, workloads, options });
  if (!pools.ok) return pools;
  const use = options.use ?? metricsServerUse(objects.filter(({ kind }) => kind === 'PodMetrics'));
  const usage = usageOf(rest, use);
  const generic = imported.ok ? imported.value.document.pools : [];
  const { catalog, pools: own } = pools.value;
  const document: ProblemDocument = {
    apiVersion: PROBLEM_API_VERSION,
    name: options.name,
    ...(catalog === undefined ? {} : { catalog }),
    pools: own.length > 0 ? own : generic,
    workloads,
    ...(services.length === 0 ? {} : { services }),
  };
  return success({ document, counts: countsOf(document, objects), usage }, [
    ...remarks.all(),
    ...(imported.ok ? imported.diagnostics : []),
    ...pools.diagnostics,
    ...usageNotes(usage, use.how),
  ]);
}

interface PoolSources {
  /** Objects that are no engines. */
  readonly rest: readonly KubernetesObject[];
  readonly services: readonly ServiceDocument[];
  readonly workloads: readonly LlmServiceDocument[];
  readonly options: LiveProblemOptions;
}

/** The nodes as pools; a warning where there are none. */
function livePools(
  objects: readonly ClusterObject[],
  { rest, services, workloads, options }: PoolSources,
): Outcome<ImportedPools> {
  const problems: Diagnostic[] = [];
  const nodes = objects
    .filter(({ kind }) => kind === 'Node')
    .map((item, index) => nodeFacts(item, `nodes[${String(index)}]`, problems));
  if (hasErrors(problems)) return failure(...problems);
  const daemonsets = daemonsetsDocument(
    rest.filter(({ kind }) => kind === 'DaemonSet'),
    options.defaults,
  );
  const pools = importPools(nodes, {
    ...(daemonsets === undefined ? {} : { daemonsets }),
    selectors: services.flatMap(({ scheduling }) =>
      scheduling?.nodeSelector === undefined ? [] : [scheduling.nodeSelector],
    ),
    taken: new Set([...services, ...workloads].map(({ id }) => id)),
  });
  return success(pools, [...pools.diagnostics, ...(nodes.length === 0 ? [noNodes(options.shown)] : [])]);
}

function countsOf(document: ProblemDocument, objects: readonly ClusterObject[]): LiveProblem['counts'] {
  return {
    nodes: objects.filter(({ kind }) => kind === 'Node').length,
    pools: document.pools.length,
    services: document.services?.length ?? 0,
    models: document.workloads.length,
    objects: objects.length,
  };
}

/** Objects as imports of manifests read them. Nodes and metrics are not among them; daemonsets count in all namespaces. */
function plainObjects(
  objects: readonly ClusterObject[],
  { namespaces, shown }: Pick<LiveProblemOptions, 'namespaces' | 'shown'>,
): readonly KubernetesObject[] {
  return objects.flatMap((object): KubernetesObject[] => {
    const { kind, metadata } = object;
    const namespace = metadata.namespace ?? '';
    const isWanted =
      namespaces === undefined ? !SYSTEM_NAMESPACES.includes(namespace) : namespaces.includes(namespace);
    const isEverywhere = kind === 'DaemonSet' || kind === 'PriorityClass';
    if (['Node', 'PodMetrics', 'Pod'].includes(kind) || (!isWanted && !isEverywhere)) return [];
    return [{ kind, name: metadata.name, namespace, value: fieldsOf(object), source: { file: shown } }];
  });
}

function engineSetOf(object: KubernetesObject): EngineSet | undefined {
  if (!Object.hasOwn(POD_MAKERS, object.kind)) return undefined;
  const spec = fieldsAt(object.value, 'spec');
  for (const path of POD_MAKERS[object.kind]!) {
    const podSpec = fieldsAt(spec, ...path, 'spec');
    if (recordsOf(podSpec['containers']).length === 0) continue;
    const command = engineCommand(podSpec);
    if (command !== undefined) return { object, command, replicas: numberOf(spec['replicas']) ?? 1 };
  }
  return undefined;
}

/** The id of a model where no service has it. */
function apartFrom(id: string, services: readonly ServiceDocument[]): string {
  return services.some((service) => service.id === id) ? `${id.slice(0, 34)}-model` : id;
}

function noNodes(shown: string): Diagnostic {
  return diagnostic('import-node-left-out', {
    severity: 'warning',
    summary: `${shown} shows no node; the pools are to be edited.`,
    fix: 'Dump nodes too, or ask for the permission to list them.',
  });
}
