import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import { diagnostic, failure, success } from '../diagnostics/index.ts';
import type { DiagnosticCode, Outcome } from '../diagnostics/index.ts';

/** The code of a system error (`ENOENT`), or undefined for another exception. */
export function systemErrorCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** The sentence of an exception of any type. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The path as shown to people: relative to the working directory where it lies inside, with forward slashes. */
export function displayPath(file: string, workingDirectory: string): string {
  const relative = path.relative(workingDirectory, path.resolve(workingDirectory, file));
  return (relative.startsWith('..') ? path.resolve(workingDirectory, file) : relative)
    .split(path.sep)
    .join('/');
}

/**
 * Reads a text file.
 * Errors: `missingCode` (default `engine-file-not-found`) when it does not exist, `engine-file-unreadable` otherwise.
 */
export async function readTextFile(
  file: string,
  shown: string,
  missingCode: DiagnosticCode = 'engine-file-not-found',
): Promise<Outcome<string>> {
  try {
    return success(await readFile(file, 'utf8'));
  } catch (error) {
    return failure(unreadable(error, shown, missingCode));
  }
}

/**
 * Opens a file as a stream of bytes, decompressed when its name ends in `.gz`.
 * Errors as `readTextFile`; a read error or a damaged archive later rejects the iteration with the system error.
 */
export async function openByteStream(
  file: string,
  shown: string,
): Promise<Outcome<AsyncIterable<Uint8Array>>> {
  try {
    const facts = await stat(file);
    if (facts.isDirectory()) {
      return failure(
        diagnostic('engine-file-unreadable', {
          summary: `${shown} is a folder, not a file.`,
          source: { file: shown },
        }),
      );
    }
  } catch (error) {
    return failure(unreadable(error, shown, 'engine-file-not-found'));
  }
  const raw = createReadStream(file, { highWaterMark: 1 << 18 });
  if (!file.endsWith('.gz')) return success(raw);
  const unzipped = createGunzip({ chunkSize: 1 << 18 });
  raw.on('error', (error) => unzipped.destroy(error));
  return success(raw.pipe(unzipped));
}

/** The diagnostic for a file that could not be read. */
export function unreadable(
  error: unknown,
  shown: string,
  missingCode: DiagnosticCode,
): ReturnType<typeof diagnostic> {
  const code = systemErrorCode(error);
  if (code === 'EISDIR' || code === 'ENOTDIR') {
    return diagnostic('engine-file-unreadable', {
      summary: `${shown} is a ${code === 'EISDIR' ? 'folder, not a file' : 'file, not a folder'}.`,
      source: { file: shown },
      fix: 'Check the path; relative paths start from the working directory.',
    });
  }
  return code === 'ENOENT'
    ? diagnostic(missingCode, {
        summary: `${shown} does not exist.`,
        source: { file: shown },
        fix: 'Check the path; relative paths start from the working directory.',
      })
    : diagnostic('engine-file-unreadable', {
        summary: `${shown} cannot be read: ${errorMessage(error)}.`,
        source: { file: shown },
      });
}
