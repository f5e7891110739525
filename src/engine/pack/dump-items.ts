import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import { fieldsOf, textOf } from '../import-manifests/fields.ts';
import { parseLocated } from '../load-document.ts';

/**
 * The objects of a dump: the items of a v1 `List` in JSON or YAML, as `kubectl get … -o json` prints it.
 * @param howToDump what to do where the file is none
 * Errors: `engine-file-invalid`, `pack-not-a-dump`.
 */
export function dumpItems(text: string, shown: string, howToDump: string): Outcome<readonly unknown[]> {
  const parsed = parseDump(text, shown);
  if (!parsed.ok) return parsed;
  const fields = fieldsOf(parsed.value);
  const items = fields['items'];
  if (Array.isArray(items)) return success(items, parsed.diagnostics);
  const kind = textOf(fields['kind']);
  return failure(
    diagnostic('pack-not-a-dump', {
      summary: `${shown} holds ${kind === undefined ? 'no list of Kubernetes objects' : `one ${kind}, not a list`}.`,
      source: { file: shown },
      fix: howToDump,
    }),
  );
}

/** JSON by the fast way where it is JSON: dumps of large clusters have tens of megabytes. */
function parseDump(text: string, shown: string): Outcome<unknown> {
  if (text.trimStart().startsWith('{')) {
    try {
      return success(JSON.parse(text) as unknown);
    } catch {
      // Not JSON: the YAML reader says where.
    }
  }
  const document = parseLocated(text, shown);
  return document.ok ? success(document.value.value, document.diagnostics) : document;
}
