import { diagnostic } from '../diagnostics/index.ts';
import type { Diagnostic, DiagnosticCode, DiagnosticFacts, SourceLocation } from '../diagnostics/index.ts';

/** How the places of a document are told to the user. */
export interface ParseOptions {
  /** Turns a document path (`workloads[0].slo.ttft.p99`) into the path to show, a construct path say. Default: as is. */
  readonly pathOf?: (documentPath: string) => string;
  /** Line and column of a document path; asked for the nearest enclosing path when it gives undefined. */
  readonly locate?: (documentPath: string) => SourceLocation | undefined;
}

/** Keys and indices from the root of a document to one of its values. */
export type DocumentSegments = readonly (string | number)[];

/** A problem found at one place of a document. */
export interface Finding extends Omit<DiagnosticFacts, 'path' | 'source'> {
  readonly code: DiagnosticCode;
  readonly at: DocumentSegments;
}

/** The document path of segments: `workloads[0].slo.ttft.p99`; keys that are no identifiers are quoted. */
export function documentPath(segments: DocumentSegments): string {
  return segments
    .map((segment, index) => {
      if (typeof segment === 'number') return `[${segment}]`;
      if (!/^[A-Za-z_$][\w$-]*$/.test(segment)) return `[${JSON.stringify(segment)}]`;
      return index === 0 ? segment : `.${segment}`;
    })
    .join('');
}

/** The findings as diagnostics, in the order of their places in the document, with paths and lines as the options give them. */
export function reportFindings(findings: readonly Finding[], options: ParseOptions): Diagnostic[] {
  return [...findings]
    .sort((a, b) => compareSegments(a.at, b.at))
    .map(({ code, at, ...facts }) => {
      const path = documentPath(at);
      return diagnostic(code, {
        ...facts,
        path: options.pathOf?.(path) ?? path,
        source: locateNearest(at, options),
      });
    });
}

function locateNearest(at: DocumentSegments, options: ParseOptions): SourceLocation | undefined {
  if (options.locate === undefined) return undefined;
  for (let length = at.length; length >= 0; length--) {
    const found = options.locate(documentPath(at.slice(0, length)));
    if (found !== undefined) return found;
  }
  return undefined;
}

function compareSegments(a: DocumentSegments, b: DocumentSegments): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const left = a[i] ?? 0;
    const right = b[i] ?? 0;
    if (left === right) continue;
    if (typeof left === 'number' && typeof right === 'number') return left - right;
    return String(left) < String(right) ? -1 : 1;
  }
  return a.length - b.length;
}
