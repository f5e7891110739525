import { readFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import { compareText } from '../../units/index.ts';
import { displayPath, errorMessage, systemErrorCode } from '../files.ts';

/** Largest file, most files and largest sum of sizes that are read (assumed: a cluster's manifests are far smaller). */
const MOST_BYTES = 16 * 2 ** 20;
const MOST_FILES = 5_000;
const MOST_TOTAL = 64 * 2 ** 20;
const EXTENSIONS = ['.yaml', '.yml', '.json'];

/** A file of manifests. */
export interface ManifestFile {
  /** Path as shown to people. */
  readonly shown: string;
  readonly text: string;
}

/**
 * Reads a file, or all YAML and JSON files under a folder in the order of their paths; hidden folders, `node_modules` and links are passed over.
 * Errors: `engine-file-not-found`, `engine-file-unreadable`, `import-too-large`.
 */
export async function readManifestFiles(
  target: string,
  workingDirectory: string,
): Promise<Outcome<readonly ManifestFile[]>> {
  const absolute = path.resolve(workingDirectory, target);
  try {
    const facts = await stat(absolute);
    const found = facts.isDirectory() ? await filesUnder(absolute) : [absolute];
    if (found.length > MOST_FILES) return failure(tooMany(displayPath(absolute, workingDirectory)));
    return await readAll(found, workingDirectory);
  } catch (error) {
    const shown = displayPath(absolute, workingDirectory);
    const isMissing = systemErrorCode(error) === 'ENOENT';
    return failure(
      diagnostic(isMissing ? 'engine-file-not-found' : 'engine-file-unreadable', {
        summary: isMissing ? `${shown} does not exist.` : `${shown} cannot be read: ${errorMessage(error)}.`,
        source: { file: shown },
      }),
    );
  }
}

/** The text of standard input as a file, if it is not too large. */
export function standardInputFile(text: string): Outcome<readonly ManifestFile[]> {
  if (text.length > MOST_TOTAL) return failure(tooLarge('standard input', text.length, MOST_TOTAL));
  return success([{ shown: '(standard input)', text }]);
}

async function filesUnder(folder: string): Promise<string[]> {
  const found: string[] = [];
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => compareText(a.name, b.name))) {
    if (found.length > MOST_FILES) break;
    const full = path.join(folder, entry.name);
    if (entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules') {
      found.push(...(await filesUnder(full)));
    } else if (entry.isFile() && EXTENSIONS.includes(path.extname(entry.name).toLowerCase())) {
      found.push(full);
    }
  }
  return found;
}

async function readAll(
  files: readonly string[],
  workingDirectory: string,
): Promise<Outcome<readonly ManifestFile[]>> {
  const read: ManifestFile[] = [];
  const problems: Diagnostic[] = [];
  let total = 0;
  for (const file of files) {
    const shown = displayPath(file, workingDirectory);
    const { size } = await stat(file);
    total += size;
    if (total > MOST_TOTAL) return failure(tooLarge('all files together', total, MOST_TOTAL));
    if (size > MOST_BYTES) problems.push(tooLarge(shown, size, MOST_BYTES));
    else read.push({ shown, text: await readFile(file, 'utf8') });
  }
  return problems.length > 0 ? failure(...problems) : success(read);
}

function tooLarge(what: string, size: number, most: number): Diagnostic {
  return diagnostic('import-too-large', {
    summary: `${what}: ${String(Math.ceil(size / 2 ** 20))} MiB; at most ${String(most / 2 ** 20)} MiB are read.`,
    fix: 'Import a part of it at a time.',
  });
}

function tooMany(folder: string): Diagnostic {
  return diagnostic('import-too-large', {
    summary: `${folder} holds more than ${String(MOST_FILES)} YAML and JSON files.`,
    source: { file: folder },
    fix: 'Name the folder that holds the manifests of one application.',
  });
}
