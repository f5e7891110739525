import { stat } from 'node:fs/promises';
import path from 'node:path';
import { diagnostic, failure, success } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../diagnostics/index.ts';
import { displayPath } from './files.ts';
import type { EngineHost } from './messages.ts';
import { writeFolder } from './write-folder.ts';

/**
 * Writes one file, relative to the working directory, whole or not at all; gives its path as shown to people.
 * Errors: `plan-write-failed`, also where a folder has that name; it is left as it is.
 */
export async function writeOutputFile(
  file: string,
  text: string,
  host: EngineHost,
): Promise<Outcome<string>> {
  const target = path.resolve(host.workingDirectory, file);
  const shown = displayPath(target, host.workingDirectory);
  if (await isFolder(target)) return failure(folderInTheWay(shown));
  const written = await writeFolder(path.dirname(target), new Map([[path.basename(target), text]]), {
    shown,
  });
  return written.ok ? success(shown, written.diagnostics) : failure(...written.diagnostics);
}

async function isFolder(target: string): Promise<boolean> {
  try {
    return (await stat(target)).isDirectory();
  } catch {
    return false;
  }
}

function folderInTheWay(shown: string): Diagnostic {
  return diagnostic('plan-write-failed', {
    summary: `${shown} could not be written: it is a folder.`,
    detail: 'The folder was left as it was.',
    source: { file: shown },
    fix: 'Name a file, in that folder or elsewhere.',
  });
}
