import type { Diagnostic, Severity, SourceLocation } from '../../diagnostics/index.ts';
import { plural } from '../phrases.ts';
import { PLAIN } from './palette.ts';
import type { Palette } from './palette.ts';

const ORDER: readonly Severity[] = ['error', 'warning', 'note'];

/**
 * Diagnostics for a terminal, errors first, each with place, reason and next step; a count last when there are several errors.
 * Warnings and notes of one code are put together, their common detail and next step said once.
 */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], palette: Palette = PLAIN): string {
  if (diagnostics.length === 0) return '';
  const sorted = ORDER.flatMap((severity) => diagnostics.filter((item) => item.severity === severity));
  const blocks = groups(sorted).map((group) => renderGroup(group, palette));
  const errors = diagnostics.filter((item) => item.severity === 'error').length;
  const count = errors > 1 ? `\n${palette.bold(plural(errors, 'error'))}\n` : '';
  return `${blocks.join('\n')}\n${count}`;
}

function groups(diagnostics: readonly Diagnostic[]): readonly (readonly Diagnostic[])[] {
  const found = new Map<string, Diagnostic[]>();
  for (const [index, item] of diagnostics.entries()) {
    const key = item.severity === 'error' ? String(index) : `${item.code} ${item.fix ?? ''}`;
    found.set(key, [...(found.get(key) ?? []), item]);
  }
  return [...found.values()];
}

function renderGroup(group: readonly Diagnostic[], palette: Palette): string {
  const [first] = group;
  if (first === undefined) return '';
  const head = `${mark(first.severity, palette)}[${first.code}]`;
  const details = new Set(group.map((item) => item.detail));
  const lines = [
    ...(group.length === 1
      ? [`${head} ${first.summary}`, ...placeLines(first)]
      : [`${head} ${group.length} times:`, ...group.map((item) => `  • ${item.summary}`)]),
    ...(details.size === 1 ? detailLines(first, palette) : []),
    ...(first.fix === undefined ? [] : [`  ${palette.bold('→')} ${first.fix}`]),
  ];
  return lines.join('\n');
}

function placeLines(item: Diagnostic): string[] {
  const location = locationText(item.source);
  const path = location === item.path || location.startsWith(`${item.path}:`) ? '' : item.path;
  const place = [path, location].filter((text) => text !== '').join(', ');
  return place === '' ? [] : [`  at ${place}`];
}

function detailLines(item: Diagnostic, palette: Palette): string[] {
  return item.detail
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => palette.dim(`  ${line}`));
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
