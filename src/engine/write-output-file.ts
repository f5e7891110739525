import { stat } from 'node:fs/promises';
import path from 'node:path';
import { diagnostic, failure, success } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../diagnostics/index.ts';
import { displayPath } from './files.ts';
import type { EngineHost } from './messages.ts';
import { writeFolder } from './write-folder.ts';

/**
 * Writes one file, relative to the working directory, whole or not at all; gives its path as shown to people.
 * Errors: `plan-write-failed`, also where a folder, a device or a pipe has that name; it is left as it is.
 */
export async function writeOutputFile(
  file: string,
  text: string,
  host: EngineHost,
): Promise<Outcome<string>> {
  const target = path.resolve(host.workingDirectory, file);
  const shown = displayPath(target, host.workingDirectory);
  const kind = await kindOf(target);
  if (kind === 'folder' || kind === 'device') return failure(inTheWay(shown, kind));
  const written = await writeFolder(path.dirname(target), new Map([[path.basename(target), text]]), {
    shown,
  });
  return written.ok ? success(shown, written.diagnostics) : failure(...written.diagnostics);
}

/** What stands at a path already; a link counts as what it leads to. A device is anything that is neither file nor folder. */
async function kindOf(target: string): Promise<'nothing' | 'file' | 'folder' | 'device'> {
  try {
    const facts = await stat(target);
    if (facts.isDirectory()) return 'folder';
    return facts.isFile() ? 'file' : 'device';
  } catch {
    return 'nothing';
  }
}

function inTheWay(shown: string, kind: 'folder' | 'device'): Diagnostic {
  return diagnostic('plan-write-failed', {
    summary: `${shown} could not be written: it is a ${kind === 'folder' ? 'folder' : 'device or a pipe, which a file cannot replace'}.`,
    detail: `The ${kind} was left as it was.`,
    source: { file: shown },
    fix: kind === 'folder' ? 'Name a file, in that folder or elsewhere.' : 'Name a file.',
  });
}
