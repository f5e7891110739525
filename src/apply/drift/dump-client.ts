import { ClusterError } from '../cluster/cluster-client.ts';
import type { ClusterClient, ClusterObject, ObjectRef, ServedKind } from '../cluster/cluster-client.ts';

/**
 * Objects of a dump as a cluster that can only be read: what was not dumped is not there. Writing rejects with `ClusterError`.
 * @param description shown in place of the server's address
 */
export function dumpClient(objects: readonly ClusterObject[], description: string): ClusterClient {
  const kinds = servedKindsOf(objects);
  const refuse = (): Promise<never> =>
    Promise.reject(new ClusterError('forbidden', `${description} is a dump and cannot be written to`));
  const ofKind = ({ apiVersion, kind }: Pick<ServedKind, 'apiVersion' | 'kind'>): readonly ClusterObject[] =>
    objects.filter((object) => object.kind === kind && groupOf(object.apiVersion) === groupOf(apiVersion));
  return {
    description,
    serverVersion: () => Promise.resolve('dump'),
    servedKind: (apiVersion, kind) =>
      Promise.resolve(
        kinds.find((item) => item.kind === kind && groupOf(item.apiVersion) === groupOf(apiVersion)),
      ),
    servedKinds: () => Promise.resolve(kinds),
    get: (ref) => Promise.resolve(ofKind(ref).find((object) => isThe(object, ref))),
    list: (kind, options = {}) =>
      Promise.resolve(
        ofKind(kind).filter(
          (object) =>
            (options.namespace === undefined || object.metadata.namespace === options.namespace) &&
            hasLabels(object, options.labelSelector),
        ),
      ),
    apply: refuse,
    delete: refuse,
    mayDo: (questions) =>
      Promise.resolve(questions.map(({ verb }) => ['get', 'list', 'watch'].includes(verb))),
  };
}

function isThe({ metadata }: ClusterObject, { namespace, name }: ObjectRef): boolean {
  return metadata.name === name && (metadata.namespace ?? '') === (namespace ?? '');
}

/** Whether an object has all labels of a selector of equalities (`a=b,c=d`). */
function hasLabels({ metadata }: ClusterObject, selector: string | undefined): boolean {
  return (selector ?? '')
    .split(',')
    .filter((term) => term !== '')
    .every((term) => {
      const at = term.indexOf('=');
      return metadata.labels?.[term.slice(0, at)] === term.slice(at + 1);
    });
}

function servedKindsOf(objects: readonly ClusterObject[]): readonly ServedKind[] {
  const kinds = new Map(
    objects.map(({ apiVersion, kind, metadata }): [string, ServedKind] => [
      `${kind}.${groupOf(apiVersion)}`,
      {
        apiVersion,
        kind,
        plural: `${kind.toLowerCase()}s`,
        isNamespaced: metadata.namespace !== undefined,
        verbs: ['get', 'list'],
      },
    ]),
  );
  return [...kinds.values()];
}

/** The group of an API version; empty for `v1`. */
function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}
