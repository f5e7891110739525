import type { ClusterObject, ObjectRef } from '../cluster/cluster-client.ts';
import { groupOf } from '../cluster/resource-path.ts';

/** `Deployment.apps` or `ConfigMap`: a kind without its version, as ApplySets name it (KEP-3659). */
export function groupKind({ apiVersion, kind }: Pick<ObjectRef, 'apiVersion' | 'kind'>): string {
  const group = groupOf(apiVersion);
  return group === '' ? kind : `${kind}.${group}`;
}

/** Which object is meant, whatever the version it is spoken of in: `Deployment.apps/llm/chat`; cluster-wide ones have an empty namespace. */
export function keyOf(object: Pick<ClusterObject, 'apiVersion' | 'kind' | 'metadata'>): string {
  return keyOfRef(refOf(object));
}

/** The same for a reference. */
export function keyOfRef(ref: ObjectRef): string {
  return `${groupKind(ref)}/${ref.namespace ?? ''}/${ref.name}`;
}

/** The reference to an object. */
export function refOf({
  apiVersion,
  kind,
  metadata,
}: Pick<ClusterObject, 'apiVersion' | 'kind' | 'metadata'>): ObjectRef {
  const { name, namespace } = metadata;
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

/** An object in words: `Deployment llm/chat`. */
export function inWords({ kind, namespace, name }: Pick<ObjectRef, 'kind' | 'namespace' | 'name'>): string {
  return `${kind} ${namespace === undefined || namespace === '' ? '' : `${namespace}/`}${name}`;
}

/** A number of objects in words: `1 object`, `3 objects`. */
export function objectCount(count: number): string {
  return `${count} ${count === 1 ? 'object' : 'objects'}`;
}
