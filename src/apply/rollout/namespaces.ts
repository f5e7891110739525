import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import { compareText } from '../../units/index.ts';
import { mapBounded } from '../cluster/bounded.ts';
import type { ClusterClient, ClusterObject } from '../cluster/cluster-client.ts';
import { SYSTEM_NAMESPACE } from './apply-set.ts';

/** The namespaces of a rollout as they are. */
export interface LiveNamespaces {
  /** Those that exist. */
  readonly existing: ReadonlyMap<string, ClusterObject>;
  /** `apply-namespace-terminating`, and `apply-refused` for one that neither exists nor is planned. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the namespaces that objects lie in, and our own. */
export async function readNamespaces(
  client: ClusterClient,
  objects: readonly ClusterObject[],
): Promise<LiveNamespaces> {
  const planned = new Set(
    objects.filter((object) => object.kind === 'Namespace').map((object) => object.metadata.name),
  );
  const names = new Set([SYSTEM_NAMESPACE, ...planned, ...namespacesOf(objects)]);
  const found = await mapBounded([...names].sort(compareText), 8, async (name) => ({
    name,
    live: await client.get({ apiVersion: 'v1', kind: 'Namespace', name }),
  }));
  return {
    existing: new Map(found.flatMap(({ name, live }) => (live === undefined ? [] : [[name, live]]))),
    diagnostics: found.flatMap(({ name, live }) => {
      if (live !== undefined) return isTerminating(live) ? [terminating(name)] : [];
      return planned.has(name) || name === SYSTEM_NAMESPACE ? [] : [absent(name)];
    }),
  };
}

/** Namespaces that objects lie in, sorted. */
export function namespacesOf(objects: readonly ClusterObject[]): readonly string[] {
  const names = objects.flatMap(({ metadata }) =>
    metadata.namespace === undefined ? [] : [metadata.namespace],
  );
  return [...new Set(names)].sort(compareText);
}

function isTerminating(namespace: ClusterObject): boolean {
  const status = namespace['status'] as { readonly phase?: string } | undefined;
  return namespace.metadata.deletionTimestamp !== undefined || status?.phase === 'Terminating';
}

function terminating(name: string): Diagnostic {
  return diagnostic('apply-namespace-terminating', {
    summary: `Namespace ${name} is being deleted; nothing can be made in it.`,
    detail: 'Nothing was written.',
    path: name,
    fix: `Wait until it is gone (\`kubectl wait --for=delete namespace/${name}\`), then apply again.`,
  });
}

function absent(name: string): Diagnostic {
  return diagnostic('apply-refused', {
    summary: `Namespace ${name} does not exist, and the plan does not make it.`,
    detail: 'Nothing was written.',
    path: name,
    fix: `Create it (\`kubectl create namespace ${name}\`).`,
  });
}
