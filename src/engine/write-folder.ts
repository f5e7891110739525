import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { diagnostic, failure, success } from '../diagnostics/index.ts';
import type { Outcome } from '../diagnostics/index.ts';
import { errorMessage, systemErrorCode } from './files.ts';

/** The file operations that writing needs; tests replace them to fail at a chosen moment. */
export interface FileOperations {
  readonly mkdir: (folder: string) => Promise<void>;
  readonly mkdtemp: (prefix: string) => Promise<string>;
  readonly writeFile: (file: string, text: string) => Promise<void>;
  readonly rename: (from: string, to: string) => Promise<void>;
  readonly remove: (target: string) => Promise<void>;
}

const NODE_FILES: FileOperations = {
  mkdir: makeFolder,
  mkdtemp: (prefix) => mkdtemp(prefix),
  writeFile: (file, text) => writeFile(file, text, { encoding: 'utf8', flush: true }),
  rename: (from, to) => rename(from, to),
  remove: (target) => rm(target, { recursive: true, force: true }),
};

/**
 * Makes a folder and those above it. Node's own `recursive` never comes back where a file system refuses new folders with ENOENT, as /proc
 * does (Node 24.21, tried 2026-11-22): it takes that for a missing parent again and again.
 */
async function makeFolder(folder: string): Promise<void> {
  const isMissing = await mkdir(folder).then(
    () => false,
    async (error: unknown) => {
      if (systemErrorCode(error) === 'ENOENT' && path.dirname(folder) !== folder) return true;
      if (systemErrorCode(error) !== 'EEXIST' || !(await stat(folder)).isDirectory()) throw error;
      return false;
    },
  );
  if (!isMissing) return;
  await makeFolder(path.dirname(folder));
  await mkdir(folder).catch((error: unknown) => {
    if (systemErrorCode(error) !== 'EEXIST') throw error;
  });
}

/** Text files by path below the folder, with forward slashes. */
export type FolderContents = ReadonlyMap<string, string>;

/**
 * Writes files so that the folder always holds either all old or all new ones: everything is written aside first
 * (a full disk is met there), then each top-level entry named in `contents` is swapped by renames; a failed swap is undone.
 * Entries of the folder that `contents` does not name stay untouched; a named sub-folder is replaced whole.
 * Errors: `plan-write-failed`, with the earlier files left whole.
 */
export async function writeFolder(
  folder: string,
  contents: FolderContents,
  { shown, files = NODE_FILES }: { readonly shown: string; readonly files?: FileOperations },
): Promise<Outcome<undefined>> {
  let staging: string | undefined;
  try {
    await files.mkdir(folder);
    staging = await files.mkdtemp(path.join(folder, '.writing-'));
    await stage(path.join(staging, 'new'), contents, files);
    await swap(folder, staging, { names: topLevelNames(contents), files });
    return success(undefined);
  } catch (error) {
    return failure(writeFailed(error, shown));
  } finally {
    if (staging !== undefined) await files.remove(staging).catch(() => undefined);
  }
}

async function stage(staging: string, contents: FolderContents, files: FileOperations): Promise<void> {
  for (const [name, text] of contents) {
    const target = path.join(staging, ...name.split('/'));
    await files.mkdir(path.dirname(target));
    await files.writeFile(target, text);
  }
}

interface Swap {
  readonly names: readonly string[];
  readonly files: FileOperations;
}

async function swap(folder: string, staging: string, { names, files }: Swap): Promise<void> {
  await files.mkdir(path.join(staging, 'old'));
  const undo: (() => Promise<void>)[] = [];
  try {
    for (const name of names) {
      const target = path.join(folder, name);
      const old = path.join(staging, 'old', name);
      if (await renameIfPresent(target, old, files)) undo.push(() => files.rename(old, target));
      await files.rename(path.join(staging, 'new', name), target);
      undo.push(() => files.rename(target, path.join(staging, 'new', name)));
    }
  } catch (error) {
    for (const step of undo.reverse()) await step();
    throw error;
  }
}

async function renameIfPresent(from: string, to: string, files: FileOperations): Promise<boolean> {
  try {
    await files.rename(from, to);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

function topLevelNames(contents: FolderContents): readonly string[] {
  return [...new Set([...contents.keys()].map((name) => name.split('/')[0] ?? name))].sort();
}

function writeFailed(error: unknown, shown: string): ReturnType<typeof diagnostic> {
  const isFull = systemErrorCode(error) === 'ENOSPC' || systemErrorCode(error) === 'EDQUOT';
  return diagnostic('plan-write-failed', {
    summary: `${shown} could not be written: ${isFull ? 'the disk is full' : errorMessage(error)}.`,
    detail: 'Earlier files were left as they were.',
    source: { file: shown },
    fix: isFull
      ? 'Free some space and run the command again.'
      : 'Check that the folder can be written to and run the command again.',
  });
}
