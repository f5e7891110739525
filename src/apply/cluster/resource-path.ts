import type { ObjectRef, ServedKind } from './cluster-client.ts';

/** Group of an API version; empty for the core group. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}

/** The path under which the server keeps a group and version. */
export function versionPath(apiVersion: string): string {
  return groupOf(apiVersion) === ''
    ? `/api/${encodeURIComponent(apiVersion)}`
    : `/apis/${encodedVersion(apiVersion)}`;
}

/** The path of all objects of a kind: in one namespace, or in all where none is given. */
export function collectionPath(kind: ServedKind, namespace?: string): string {
  const inNamespace =
    kind.isNamespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${versionPath(kind.apiVersion)}${inNamespace}/${kind.plural}`;
}

/** The path of one object; one of a namespaced kind without a namespace is in `default`. */
export function objectPath(kind: ServedKind, ref: Pick<ObjectRef, 'namespace' | 'name'>): string {
  return `${collectionPath(kind, ref.namespace ?? 'default')}/${encodeURIComponent(ref.name)}`;
}

function encodedVersion(apiVersion: string): string {
  return apiVersion.split('/').map(encodeURIComponent).join('/');
}
