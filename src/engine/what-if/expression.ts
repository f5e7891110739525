import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import { parsePath } from './field-path.ts';
import type { PathSegment } from './field-path.ts';

/** What becomes of a field: another value as text, so many times its value, or its absence. */
export type FieldChange =
  | { readonly kind: 'set'; readonly text: string }
  | { readonly kind: 'scale'; readonly factor: number }
  | { readonly kind: 'remove' };

/** One change of a declared problem: `pools.h100.price=-20%`. */
export interface Assignment {
  /** As written. */
  readonly text: string;
  readonly path: readonly PathSegment[];
  readonly change: FieldChange;
}

/**
 * Reads changes that hold together: `pools.h100.price=-20%, workloads.chat.rate=x2`. Commas in brackets, braces or double quotes part nothing.
 * Errors: `engine-whatif-syntax`, one per change that cannot be read.
 */
export function parseExpression(text: string): Outcome<readonly Assignment[]> {
  const outcomes = splitTop(text, ',').map((part) => parseAssignment(part.trim()));
  const diagnostics = outcomes.flatMap((outcome) => outcome.diagnostics);
  const values = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value] : []));
  return values.length === outcomes.length ? success(values) : failure(...diagnostics);
}

function parseAssignment(text: string): Outcome<Assignment> {
  const [path = '', ...rest] = splitTop(text, '=');
  if (rest.length === 0) return failure(unreadable(text, 'it has no "="'));
  const parsed = parsePath(path.trim());
  if (!parsed.ok) return failure(unreadable(text, parsed.reason));
  const change = parseChange(rest.join('=').trim());
  return change === undefined
    ? failure(unreadable(text, 'nothing can be made less than zero times as much'))
    : success({ text, path: parsed.path, change });
}

/** What stands behind the `=`; undefined for a fall of more than all. */
function parseChange(text: string): FieldChange | undefined {
  if (text === '') return { kind: 'remove' };
  const times = /^[x×](\d+(?:\.\d+)?)$/.exec(text)?.[1];
  if (times !== undefined) return { kind: 'scale', factor: Number(times) };
  const share = /^([+-]\d+(?:\.\d+)?)\s*%$/.exec(text)?.[1];
  // Hundredths are added as whole numbers, so that +0.1 % is 1.001 and no neighbour of it.
  if (share !== undefined) {
    const factor = Number(((100 + Number(share)) / 100).toPrecision(12));
    return factor < 0 ? undefined : { kind: 'scale', factor };
  }
  return { kind: 'set', text: unquoted(text) };
}

/** A text in double quotes means itself, `"x2"` say. */
function unquoted(text: string): string {
  if (!/^".*"$/s.test(text)) return text;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : text;
  } catch {
    return text;
  }
}

/** The parts of a text between separators that stand outside of brackets, braces and double quotes; at least one part. */
export function splitTop(text: string, separator: ',' | '='): readonly string[] {
  const parts: string[] = [''];
  let depth = 0;
  let isQuoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    const isEscaped = isQuoted && character === '\\';
    if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && '[{'.includes(character)) depth++;
    else if (!isQuoted && ']}'.includes(character)) depth = Math.max(0, depth - 1);
    if (character === separator && depth === 0 && !isQuoted) parts.push('');
    else {
      const taken = isEscaped ? text.slice(index, index + 2) : character;
      parts[parts.length - 1] += taken;
      if (isEscaped) index++;
    }
  }
  return parts;
}

function unreadable(text: string, reason: string): ReturnType<typeof diagnostic> {
  return diagnostic('engine-whatif-syntax', {
    summary: `"${text}" cannot be read: ${reason}.`,
    path: text,
    fix: 'Write PATH=VALUE, PATH=+10%, PATH=-20%, PATH=x2, or PATH= to take a field out, such as pools.h100.price=-20%.',
  });
}
