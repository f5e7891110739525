import path from 'node:path';
import { LineCounter, isNode, parseDocument } from 'yaml';
import { diagnostic, failure, success } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome, SourceLocation } from '../diagnostics/index.ts';
import { errorMessage } from './files.ts';

/** A parsed YAML or JSON document and a way to find where a path of it stands in the file. */
export interface LocatedDocument {
  readonly value: unknown;
  /** Line and column of a document path such as `workloads[0].slo`; the nearest enclosing place when it is absent. */
  readonly locate: (documentPath: string) => SourceLocation | undefined;
}

/**
 * Parses YAML 1.2 (JSON is part of it) with positions. Aliases are expanded at most 100 times.
 * Errors: `engine-file-invalid` with line and column, one per syntax error.
 */
export function parseLocated(text: string, shown: string): Outcome<LocatedDocument> {
  const refused = path.extname(shown) === '.json' ? jsonSyntaxError(text, shown) : undefined;
  if (refused !== undefined) return failure(refused);
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    merge: true,
  });
  if (document.errors.length > 0) {
    return failure(
      ...document.errors.map((error) => {
        const at = lines.linePos(error.pos[0]);
        return diagnostic('engine-file-invalid', {
          summary: `${shown} is not valid YAML: ${error.code === 'MULTIPLE_DOCS' ? 'it holds more than one document' : error.message}.`,
          source: { file: shown, line: at.line, column: at.col },
          fix: 'Correct the syntax at this place.',
        });
      }),
    );
  }
  const locate = (documentPath: string): SourceLocation | undefined => {
    const segments = splitPath(documentPath);
    for (let length = segments.length; length >= 0; length--) {
      const node: unknown =
        length === 0 ? document.contents : document.getIn(segments.slice(0, length), true);
      if (isNode(node) && node.range) {
        const at = lines.linePos(node.range[0]);
        return { file: shown, line: at.line, column: at.col };
      }
    }
    return { file: shown };
  };
  try {
    return success({ value: document.toJS({ maxAliasCount: 100 }) as unknown, locate });
  } catch (error) {
    return failure(
      diagnostic('engine-file-invalid', {
        summary: `${shown} cannot be expanded: ${errorMessage(error)}.`,
        source: { file: shown },
        fix: 'Use fewer aliases, and anchors that are defined before their use.',
      }),
    );
  }
}

/** What JSON refuses although YAML would take it. */
function jsonSyntaxError(text: string, shown: string): Diagnostic | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const message = errorMessage(error);
    const offset = Number(/position (\d+)/.exec(message)?.[1] ?? 0);
    const before = text.slice(0, offset).split('\n');
    return diagnostic('engine-file-invalid', {
      summary: `${shown} is not valid JSON: ${message}.`,
      source: { file: shown, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 },
      fix: 'Correct the syntax at this place.',
    });
  }
}

function splitPath(documentPath: string): (string | number)[] {
  return [...documentPath.matchAll(/([^.[\]]+)|\[(\d+)\]/g)].map((match) =>
    match[2] === undefined ? (match[1] ?? '') : Number(match[2]),
  );
}
