/** Keys and indices from the root of a document to one of its values. */
export type DocumentPlace = readonly (string | number)[];

/** A copy of a document with a value at a place; objects on the way that are absent are made. The document stays as it is. */
export function withValue(document: unknown, at: DocumentPlace, value: unknown): unknown {
  const [key, ...rest] = at;
  if (key === undefined) return value;
  if (typeof key === 'number') {
    const items: readonly unknown[] = Array.isArray(document) ? document : [];
    return items.map((item, index) => (index === key ? withValue(item, rest, value) : item));
  }
  const fields = isObject(document) ? document : {};
  const own = Object.hasOwn(fields, key) ? fields[key] : undefined;
  // Entries, not an assignment: a field may be called __proto__.
  return Object.fromEntries([
    ...Object.entries(fields).filter(([name]) => name !== key),
    [key, withValue(own, rest, value)],
  ]);
}

/** A copy of a document without the values at some places: fields and items of lists alike. */
export function withoutValues(document: unknown, places: readonly DocumentPlace[]): unknown {
  // From the end of each list, so that the places before keep their index.
  const ordered = places.toSorted((a, b) => lastIndex(b) - lastIndex(a));
  return ordered.reduce((left: unknown, at) => withoutValue(left, at), document);
}

function lastIndex(at: DocumentPlace): number {
  const last = at.at(-1);
  return typeof last === 'number' ? last : -1;
}

function withoutValue(document: unknown, at: DocumentPlace): unknown {
  const [key, ...rest] = at;
  if (key === undefined) return undefined;
  const isLast = rest.length === 0;
  if (typeof key === 'number') {
    const items: readonly unknown[] = Array.isArray(document) ? document : [];
    return isLast
      ? items.filter((_, index) => index !== key)
      : items.map((item, index) => (index === key ? withoutValue(item, rest) : item));
  }
  if (!isObject(document) || !Object.hasOwn(document, key)) return document;
  return Object.fromEntries(
    Object.entries(document).flatMap(([name, own]): [string, unknown][] => {
      if (name !== key) return [[name, own]];
      return isLast ? [] : [[name, withoutValue(own, rest)]];
    }),
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
