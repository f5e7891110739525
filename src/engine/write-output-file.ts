import path from 'node:path';
import { failure, success } from '../diagnostics/index.ts';
import type { Outcome } from '../diagnostics/index.ts';
import { displayPath } from './files.ts';
import type { EngineHost } from './messages.ts';
import { writeFolder } from './write-folder.ts';

/**
 * Writes one file, relative to the working directory, whole or not at all; gives its path as shown to people.
 * Errors: `plan-write-failed`.
 */
export async function writeOutputFile(
  file: string,
  text: string,
  host: EngineHost,
): Promise<Outcome<string>> {
  const target = path.resolve(host.workingDirectory, file);
  const shown = displayPath(target, host.workingDirectory);
  const written = await writeFolder(path.dirname(target), new Map([[path.basename(target), text]]), {
    shown,
  });
  return written.ok ? success(shown, written.diagnostics) : failure(...written.diagnostics);
}
