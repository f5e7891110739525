/** Deeper than any document of the schema; a value that contains itself ends here. */
const MAX_DEPTH = 32;

/**
 * A copy of a value made of plain objects and lists, without fields that are undefined: props as a document holds them.
 * Values that no document can hold (functions, say) stay; validation reports them.
 */
export function plainCopy(value: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.map((item) => plainCopy(item, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key, plainCopy(item, depth + 1)]),
  );
}
