import { DIAGNOSTIC_CODES } from './codes.ts';
import type { DiagnosticCode } from './codes.ts';

/** How much a diagnostic weighs: an error stops the phase, a warning asks for attention, a note informs. */
export type Severity = 'error' | 'warning' | 'note';

/** A place in a file the user wrote. Lines and columns count from 1; `file` is relative to the working directory. */
export interface SourceLocation {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/**
 * An expected problem as a value: what is wrong, where, why, and what to do next.
 * Tests assert `code`; sentences may change.
 */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** One sentence: what is wrong, with the offending value. */
  readonly summary: string;
  /** Why it matters or how it was found out; empty when the summary says all. */
  readonly detail: string;
  /** Construct path or document path (`chat/slo`, `workloads[0].slo.ttft.p99`); empty for the whole input. */
  readonly path: string;
  readonly source?: SourceLocation;
  /** The next step, as an instruction. */
  readonly fix?: string;
  /** Page that explains the code. */
  readonly docs: string;
}

/** What a caller states about a problem; severity and page come from the code's registration. */
export interface DiagnosticFacts {
  readonly summary: string;
  readonly path?: string;
  readonly detail?: string;
  readonly source?: SourceLocation | undefined;
  readonly fix?: string | undefined;
  readonly severity?: Severity;
}

/** Makes a diagnostic of a registered code. */
export function diagnostic(code: DiagnosticCode, facts: DiagnosticFacts): Diagnostic {
  return {
    code,
    severity: facts.severity ?? DIAGNOSTIC_CODES[code].severity,
    summary: facts.summary,
    detail: facts.detail ?? '',
    path: facts.path ?? '',
    ...(facts.source === undefined ? {} : { source: facts.source }),
    ...(facts.fix === undefined ? {} : { fix: facts.fix }),
    docs: `docs/diagnostics.md#${code}`,
  };
}

/** Whether any of the diagnostics is an error. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((item) => item.severity === 'error');
}

/** A value, or the problems that prevented it. Warnings may accompany a value. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T; readonly diagnostics: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** A successful outcome, with warnings if there are any. */
export function success<T>(value: T, diagnostics: readonly Diagnostic[] = []): Outcome<T> {
  return { ok: true, value, diagnostics };
}

/** A failed outcome; at least one diagnostic is an error. */
export function failure(...diagnostics: readonly Diagnostic[]): {
  readonly ok: false;
  readonly diagnostics: readonly Diagnostic[];
} {
  return { ok: false, diagnostics };
}

/**
 * The exception that carries diagnostics across code that cannot return them (a user's stack, a stream).
 * Thrown only at those borders and turned back into an outcome by `engine`.
 */
export class DiagnosticError extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((item) => `${item.code}: ${item.summary}`).join('\n'));
    this.name = 'DiagnosticError';
    this.diagnostics = diagnostics;
  }
}
