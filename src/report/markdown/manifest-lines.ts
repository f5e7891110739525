import type { ObjectChange, ObjectDiff } from '../../plan/index.ts';
import { formatPath } from '../../plan/index.ts';
import { printable } from '../printable.ts';

/** Longest value of a field that is shown, in characters; the manifests hold them whole. */
const LONGEST_VALUE = 160;

/** One object for a fenced block that is coloured like a patch: what it is, then the fields that leave (-) and come (+). */
export function manifestLines(object: ObjectDiff): readonly string[] {
  switch (object.action) {
    case 'create':
      return [`+ ${printable(object.subject)}`];
    case 'delete':
      return [`- ${printable(object.subject)}`];
    case 'update':
      return [`  ${printable(object.subject)}`, ...object.changes.flatMap(fieldLines)];
  }
}

function fieldLines(change: ObjectChange): readonly string[] {
  const path = printable(formatPath(change.path));
  switch (change.action) {
    case 'added':
      return [`+   ${path}: ${shown(change.after)}`];
    case 'removed':
      return [`-   ${path}: ${shown(change.before)}`];
    case 'reordered':
      return [`!   ${path}: order by ${change.by} is now ${shown(change.order.map(String).join(', '))}`];
    case 'changed':
      return Array.isArray(change.before) && Array.isArray(change.after)
        ? itemLines(path, change.before, change.after)
        : [`-   ${path}: ${shown(change.before)}`, `+   ${path}: ${shown(change.after)}`];
  }
}

/** A replaced list of scalars: only the items that left and came. */
function itemLines(path: string, before: readonly unknown[], after: readonly unknown[]): readonly string[] {
  const [old, fresh] = [before.map(shown), after.map(shown)];
  const gone = old.filter((item) => !fresh.includes(item));
  const come = fresh.filter((item) => !old.includes(item));
  return gone.length + come.length === 0
    ? [`!   ${path}: order or repetition changed`]
    : [...gone.map((item) => `-   ${path}: ${item}`), ...come.map((item) => `+   ${path}: ${item}`)];
}

function shown(value: unknown): string {
  const text = printable(typeof value === 'string' ? value : JSON.stringify(value));
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}
