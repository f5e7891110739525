export { DIAGNOSTIC_CODES } from './codes.ts';
export type { CodeRegistration, DiagnosticCode } from './codes.ts';
export { DiagnosticError, diagnostic, failure, hasErrors, success } from './diagnostic.ts';
export type { Diagnostic, DiagnosticFacts, Outcome, Severity, SourceLocation } from './diagnostic.ts';
export { closestName, editDistance, suggestion } from './suggest.ts';
