import type { Diagnostic, Severity, SourceLocation } from '../../diagnostics/index.ts';
import { plural } from '../phrases.ts';
import { PLAIN } from './palette.ts';
import type { Palette } from './palette.ts';

const ORDER: readonly Severity[] = ['error', 'warning', 'note'];

/** Diagnostics for a terminal, errors first, each with place, reason and next step; a count last when there are several. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], palette: Palette = PLAIN): string {
  if (diagnostics.length === 0) return '';
  const sorted = ORDER.flatMap((severity) => diagnostics.filter((item) => item.severity === severity));
  const blocks = sorted.map((item) => renderDiagnostic(item, palette));
  const errors = diagnostics.filter((item) => item.severity === 'error').length;
  const count = errors > 1 ? `\n${palette.bold(plural(errors, 'error'))}\n` : '';
  return `${blocks.join('\n')}\n${count}`;
}

function renderDiagnostic(item: Diagnostic, palette: Palette): string {
  const place = [item.path, locationText(item.source)].filter((text) => text !== '').join(', ');
  const lines = [
    `${mark(item.severity, palette)}[${item.code}] ${item.summary}`,
    ...(place === '' ? [] : [`  at ${place}`]),
    ...item.detail
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => palette.dim(`  ${line}`)),
    ...(item.fix === undefined ? [] : [`  ${palette.bold('→')} ${item.fix}`]),
  ];
  return lines.join('\n');
}

function mark(severity: Severity, palette: Palette): string {
  switch (severity) {
    case 'error':
      return palette.bad('error');
    case 'warning':
      return palette.caution('warning');
    case 'note':
      return palette.dim('note');
  }
}

/** `stack.ts:12:5`, as editors and terminals make clickable. */
export function locationText(source: SourceLocation | undefined): string {
  if (source === undefined) return '';
  return [source.file, source.line, source.column].filter((part) => part !== undefined).join(':');
}
