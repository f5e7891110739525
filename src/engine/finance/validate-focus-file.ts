import path from 'node:path';
import { focusVersionOf, readFocusTable, validateFocus } from '../../cost/index.ts';
import type { FocusCheck, FocusVersion } from '../../cost/index.ts';
import { success } from '../../diagnostics/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import { displayPath, readTextFile } from '../files.ts';
import type { EngineHost } from '../messages.ts';

/** A checked file. */
export interface CheckedFocusFile extends FocusCheck {
  /** As people see it. */
  readonly file: string;
}

/** What is to be checked. */
export interface FocusFileChoice {
  /** A path, or `-` for standard input. */
  readonly target: string;
  readonly stdin?: string;
  /** Default: what the columns tell. */
  readonly version?: FocusVersion;
}

/**
 * Checks a FOCUS file against the rules of its version. Broken rules are a value, not diagnostics. Errors: `engine-file-*`, `cost-focus-layout`,
 * `cost-focus-empty`.
 */
export async function validateFocusFile(
  { target, stdin, version }: FocusFileChoice,
  host: EngineHost,
): Promise<Outcome<CheckedFocusFile>> {
  const absolute = path.resolve(host.workingDirectory, target);
  const file = target === '-' ? 'standard input' : displayPath(absolute, host.workingDirectory);
  const text = target === '-' ? success(stdin ?? '') : await readTextFile(absolute, file);
  if (!text.ok) return text;
  const table = readFocusTable(text.value, file);
  if (!table.ok) return table;
  return success({ file, ...validateFocus(table.value, version ?? focusVersionOf(table.value.header)) });
}
