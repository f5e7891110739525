/** One step of a path: a field or the id of a list's item, a place in a list from zero, or everything at this level. */
export type PathSegment =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'all' };

/** A path, or why a text is none. */
export type ParsedPath =
  | { readonly ok: true; readonly path: readonly PathSegment[] }
  | { readonly ok: false; readonly reason: string };

/** A step: plain words after a dot, `["any text"]`, `[3]`, `*`. */
const STEP = /(?:(?:^|(?<!^)\.)(\*|[^\s.[\]"*=]+)|\[("(?:[^"\\]|\\.)*"|\d+|\*)\])/gy;

/**
 * Reads a path such as `workloads.chat.slo.ttft.p99`: names parted by dots, each a field or the id of a list's item. Names that hold dots or
 * brackets stand quoted in brackets (`pools.h100.labels["example.com/team"]`), places in lists as `[0]`, and `*` means all.
 */
export function parsePath(text: string): ParsedPath {
  const path: PathSegment[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const from = STEP.lastIndex;
    const match = STEP.exec(text);
    const segment = match === null ? undefined : segmentOf(match[1], match[2]);
    if (segment === undefined)
      return {
        ok: false,
        reason: `"${text.slice(from)}" is no step of a path; quote names that hold dots as ["a.b"]`,
      };
    path.push(segment);
  }
  return path.length === 0 ? { ok: false, reason: 'it names no field' } : { ok: true, path };
}

function segmentOf(plain: string | undefined, bracketed: string | undefined): PathSegment | undefined {
  if (plain === '*' || bracketed === '*') return { kind: 'all' };
  if (plain !== undefined) return { kind: 'name', name: plain };
  if (bracketed === undefined) return undefined;
  if (!bracketed.startsWith('"')) return { kind: 'index', index: Number(bracketed) };
  try {
    return { kind: 'name', name: JSON.parse(bracketed) as string };
  } catch {
    return undefined;
  }
}

/** A path as it would be written; the inverse of `parsePath`. */
export function pathText(path: readonly PathSegment[]): string {
  return path
    .map((segment, index) => {
      if (segment.kind === 'index') return `[${segment.index}]`;
      if (segment.kind === 'name' && !/^[^\s.[\]"*=]+$/.test(segment.name))
        return `[${JSON.stringify(segment.name)}]`;
      const name = segment.kind === 'all' ? '*' : segment.name;
      return index === 0 ? name : `.${name}`;
    })
    .join('');
}
