import type { PathSegment } from '../../../plan/index.ts';
import type { PlainObject } from './plain.ts';

/**
 * Lists whose items have an identity, so that others may add items of their own; by the name of the field, with the fields that identify
 * an item. All other lists belong to one manager as a whole. Source: Kubernetes API reference 1.33 (2025), `x-kubernetes-list-map-keys`.
 */
const KEYED_LISTS: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  volumes: ['name'],
  env: ['name'],
  imagePullSecrets: ['name'],
  secrets: ['name'],
  resourceClaims: ['name'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  hostAliases: ['ip'],
  topologySpreadConstraints: ['topologyKey', 'whenUnsatisfiable'],
  conditions: ['type'],
  ownerReferences: ['uid'],
};
/** Ports of containers and of Services are told apart by number and protocol. */
const PORT_KEYS: readonly (readonly string[])[] = [
  ['containerPort', 'protocol'],
  ['port', 'protocol'],
];
/** What the API server writes where a key is left out. */
const KEY_DEFAULTS: Readonly<Record<string, string>> = { protocol: 'TCP' };
/** Lists of scalars that others may add to. */
const SETS = new Set(['finalizers']);

/** Whether others may add scalars to the list of this field. */
export function isSet(field: string): boolean {
  return SETS.has(field);
}

/** The fields that identify the items of a list, by the name of its field and its items; undefined where it is one whole. */
export function identifyingKeys(field: string, items: readonly PlainObject[]): readonly string[] | undefined {
  const candidates = field === 'ports' ? PORT_KEYS : [KEYED_LISTS[field] ?? []];
  return candidates.find(
    (keys) =>
      keys.length > 0 && items.every((item) => keys.every((key) => keyValue(item, key) !== undefined)),
  );
}

/** What tells an item from others of its list, as text. */
export function identity(item: PlainObject, keys: readonly string[]): string {
  return JSON.stringify(keys.map((key) => keyValue(item, key)));
}

/** The step of a path to an item. */
export function itemSegment(item: PlainObject, keys: readonly string[]): PathSegment {
  const by = keys[0]!;
  return { by, value: keyValue(item, by) as string | number };
}

/** The value of an identifying field, with the server's default. */
export function keyValue(item: PlainObject, key: string): unknown {
  return item[key] ?? KEY_DEFAULTS[key];
}
