import { LineCounter, isCollection, parseAllDocuments, visit } from 'yaml';
import type { Document } from 'yaml';
import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic, SourceLocation } from '../../diagnostics/index.ts';
import { errorMessage } from '../files.ts';
import { fieldsAt, fieldsOf, listOf, textOf } from './fields.ts';
import type { Fields } from './fields.ts';

/** One object of a manifest and where it stands. */
export interface KubernetesObject {
  readonly kind: string;
  readonly name: string;
  /** Empty when the manifest names none. */
  readonly namespace: string;
  readonly value: Fields;
  readonly source: SourceLocation;
}

/** Objects read and what could not be read. */
export interface ReadObjects {
  readonly objects: readonly KubernetesObject[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Aliases that one document may expand, against files that grow without end when they are read. */
const MOST_ALIASES = 100;
/** Lists in lists of objects that are followed. */
const MOST_LEVELS = 4;

/**
 * The objects of a manifest of many YAML documents (JSON is part of YAML); `kind: List` is taken apart.
 * Errors: `engine-file-invalid` with line and column; a file with an error still gives its readable documents.
 */
export function readObjects(text: string, shown: string): ReadObjects {
  const lines = new LineCounter();
  const objects: KubernetesObject[] = [];
  const diagnostics: Diagnostic[] = [];
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, merge: true });
  for (const document of Array.isArray(documents) ? documents : []) {
    const at = lines.linePos(document.contents?.range?.[0] ?? document.range[0]);
    const source = { file: shown, line: at.line, column: at.col };
    const first = document.errors[0];
    if (first !== undefined) {
      const place = lines.linePos(first.pos[0]);
      diagnostics.push(
        unreadable(shown, first.message, { file: shown, line: place.line, column: place.col }, text),
      );
      continue;
    }
    if (isTemplate(document)) {
      diagnostics.push(unreadable(shown, 'it is a template', source, text));
      continue;
    }
    try {
      collect(document.toJS({ maxAliasCount: MOST_ALIASES }), { source, objects, diagnostics, level: 0 });
    } catch (error) {
      diagnostics.push(unreadable(shown, errorMessage(error), source, text));
    }
  }
  return { objects, diagnostics };
}

/** Whether a mapping is the key of another, as in `name: {{ .Values.name }}`, which is YAML by accident. */
function isTemplate(document: Document): boolean {
  let found = false;
  visit(document, {
    Pair: (_, pair) => {
      found ||= isCollection(pair.key);
      return found ? visit.BREAK : undefined;
    },
  });
  return found;
}

interface Collecting {
  readonly source: SourceLocation;
  readonly objects: KubernetesObject[];
  readonly diagnostics: Diagnostic[];
  readonly level: number;
}

function collect(value: unknown, into: Collecting): void {
  if (value === null || value === undefined) return;
  const fields = fieldsOf(value);
  const kind = textOf(fields['kind']);
  if (kind?.endsWith('List') === true && Array.isArray(fields['items']) && into.level < MOST_LEVELS) {
    for (const item of listOf(fields['items'])) collect(item, { ...into, level: into.level + 1 });
    return;
  }
  const metadata = fieldsAt(fields, 'metadata');
  const name = textOf(metadata['name']);
  if (kind === undefined || name === undefined) {
    into.diagnostics.push(
      diagnostic('import-object-invalid', {
        summary: `A document of ${into.source.file} is no Kubernetes object: it has no ${kind === undefined ? 'kind' : 'metadata.name'}.`,
        source: into.source,
        fix: 'Leave it out, or give the folder of rendered manifests.',
      }),
    );
    return;
  }
  into.objects.push({
    kind,
    name,
    namespace: textOf(metadata['namespace']) ?? '',
    value: fields,
    source: into.source,
  });
}

function unreadable(shown: string, message: string, source: SourceLocation, text: string): Diagnostic {
  return diagnostic('engine-file-invalid', {
    summary: `${shown} is not valid YAML: ${message.replace(/\.$/, '')}.`,
    source,
    fix: text.includes('{{')
      ? 'This looks like a template: render it first (helm template, kustomize build) and import the result.'
      : 'Correct the syntax at this place.',
  });
}
