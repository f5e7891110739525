import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import { mapBounded } from '../cluster/bounded.ts';
import type { ClusterClient, ClusterObject, ServedKind } from '../cluster/cluster-client.ts';
import { groupOf } from '../cluster/resource-path.ts';
import { groupKind } from './object-key.ts';

/** What defines the kinds of a group, for messages (docs/manifests.md says which versions). */
const PRODUCT_OF_GROUP: Readonly<Record<string, string>> = {
  'karpenter.sh': 'Karpenter (NodeOverlay needs its feature gate and definition)',
  'karpenter.k8s.aws': 'Karpenter for AWS',
  'karpenter.azure.com': 'Karpenter for Azure',
  'keda.sh': 'KEDA',
  'leaderworkerset.x-k8s.io': 'LeaderWorkerSet',
  'disaggregatedset.x-k8s.io': 'LeaderWorkerSet with DisaggregatedSet',
  'kueue.x-k8s.io': 'Kueue',
  'inference.networking.k8s.io': 'the Gateway API Inference Extension',
  'gateway.networking.k8s.io': 'the Gateway API',
  'serving.kserve.io': 'KServe',
  'nvidia.com': 'NVIDIA Dynamo',
};

/** The kinds of a plan as the server has them. */
export interface KnownKinds {
  /** By `groupKind`; without the kinds that the plan itself defines and the server does not have yet. */
  readonly served: ReadonlyMap<string, ServedKind>;
  /** `apply-missing-kind` for each kind that neither the server nor the plan defines. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Asks the server for the kinds of all objects, each once. */
export async function findKinds(
  client: ClusterClient,
  objects: readonly ClusterObject[],
): Promise<KnownKinds> {
  const wanted = new Map(objects.map((object) => [groupKind(object), object]));
  const defined = new Set(objects.flatMap(definedBy));
  const found = await mapBounded([...wanted], 8, async ([name, { apiVersion, kind }]) => ({
    name,
    apiVersion,
    served: await client.servedKind(apiVersion, kind),
  }));
  const missing = found.filter(({ name, served }) => served === undefined && !defined.has(name));
  return {
    served: new Map(found.flatMap(({ name, served }) => (served === undefined ? [] : [[name, served]]))),
    diagnostics: missing.map(({ name, apiVersion }) =>
      missingKind(name, apiVersion, objects.filter((object) => groupKind(object) === name).length),
    ),
  };
}

/** The kind that a definition among the plan's objects will give. */
function definedBy(object: ClusterObject): readonly string[] {
  if (object.kind !== 'CustomResourceDefinition') return [];
  const spec = object['spec'] as
    { readonly group?: string; readonly names?: { readonly kind?: string } } | undefined;
  return [`${spec?.names?.kind ?? ''}.${spec?.group ?? ''}`];
}

function missingKind(name: string, apiVersion: string, count: number): Diagnostic {
  const group = groupOf(apiVersion);
  const product = Object.hasOwn(PRODUCT_OF_GROUP, group) ? PRODUCT_OF_GROUP[group] : undefined;
  return diagnostic('apply-missing-kind', {
    summary: `The cluster does not serve ${name} in version ${apiVersion}; the plan has ${count} of them.`,
    detail: 'Nothing was written.',
    path: name,
    fix: product === undefined ? 'Install what defines it.' : `Install ${product}.`,
  });
}
