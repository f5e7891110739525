import { isDeepStrictEqual } from 'node:util';
import type { PathSegment } from '../../../plan/index.ts';
import { identifyingKeys, identity, isSet, itemSegment } from './list-keys.ts';
import { meansAbsent, sameMeaning } from './meaning.ts';
import { isPlain, ownValue } from './plain.ts';
import type { PlainObject } from './plain.ts';

/** A planned field that the live object says otherwise, or not at all (`live` is undefined). */
export interface FieldDifference {
  readonly path: readonly PathSegment[];
  readonly planned: unknown;
  readonly live: unknown;
}

type Path = readonly PathSegment[];

/**
 * The planned fields that a live object contradicts, in document order. Fields that the plan does not name are nobody's business here: defaults
 * of the server, status, and what other managers add. Values are compared by meaning.
 */
export function compareFields(planned: unknown, live: unknown, path: Path = []): readonly FieldDifference[] {
  if (live === undefined || live === null) {
    return meansAbsent(planned, path) ? [] : [{ path, planned, live: undefined }];
  }
  if (isPlain(planned)) {
    if (!isPlain(live)) return [{ path, planned, live }];
    return Object.keys(planned)
      .sort()
      .flatMap((key) => compareFields(planned[key], ownValue(live, key), [...path, key]));
  }
  if (Array.isArray(planned)) return compareLists(planned, live, path);
  // An explicit null asks for the field to be absent or left to the server.
  if (planned === null || planned === undefined) return [];
  return sameMeaning(planned, live, path) ? [] : [{ path, planned, live }];
}

function compareLists(planned: readonly unknown[], live: unknown, path: Path): readonly FieldDifference[] {
  if (!Array.isArray(live)) return [{ path, planned, live }];
  const items: readonly unknown[] = live;
  const field = path.at(-1);
  const name = typeof field === 'string' ? field : '';
  const plain = [...planned, ...items].filter(isPlain);
  const keys =
    plain.length === planned.length + items.length && plain.length > 0
      ? identifyingKeys(name, plain)
      : undefined;
  if (keys !== undefined) {
    return compareKeyed(planned as readonly PlainObject[], items as readonly PlainObject[], { keys, path });
  }
  if (isSet(name)) {
    return planned.flatMap((value) =>
      items.some((item) => isDeepStrictEqual(item, value)) ? [] : [{ path, planned: value, live: undefined }],
    );
  }
  if (items.length !== planned.length || !planned.every((item) => isPlain(item))) {
    return compareWhole(planned, items, path);
  }
  return planned.flatMap((item, index) => compareFields(item, items[index], [...path, index]));
}

function compareWhole(
  planned: readonly unknown[],
  live: readonly unknown[],
  path: Path,
): readonly FieldDifference[] {
  const isSame =
    planned.length === live.length &&
    planned.every((item, index) => compareFields(item, live[index], [...path, index]).length === 0);
  return isSame ? [] : [{ path, planned, live }];
}

function compareKeyed(
  planned: readonly PlainObject[],
  live: readonly PlainObject[],
  { keys, path }: { readonly keys: readonly string[]; readonly path: Path },
): readonly FieldDifference[] {
  const byIdentity = new Map(live.map((item) => [identity(item, keys), item]));
  return planned.flatMap((item) =>
    compareFields(item, byIdentity.get(identity(item, keys)), [...path, itemSegment(item, keys)]),
  );
}
