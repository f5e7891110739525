import { appendFileSync, closeSync, fstatSync, ftruncateSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import type { BenchAnswer } from '../../optimize/index.ts';
import { displayPath, errorMessage, systemErrorCode } from '../files.ts';
import { readJournal, writeHeader, writeLine } from './journal-format.ts';

/**
 * Answers kept in a file, so that an interrupted search can go on where it was. Lines are appended in one piece as answers
 * come; a process that ends at any moment leaves at most one line unfinished, which the next one cuts off.
 */
export class Journal {
  readonly #known: Map<string, BenchAnswer>;
  readonly #file: number;
  readonly #shown: string;
  #warnings: readonly Diagnostic[] = [];
  #isOpen = true;

  constructor(known: ReadonlyMap<string, BenchAnswer>, file: number, shown: string) {
    this.#known = new Map(known);
    this.#file = file;
    this.#shown = shown;
  }

  /** Answers known. */
  get size(): number {
    return this.#known.size;
  }

  /** The answer of a key; undefined when there is none yet. */
  find(key: string): BenchAnswer | undefined {
    return this.#known.get(key);
  }

  /**
   * Keeps an answer. Should the file take no more (a full disk), the search goes on, and `warnings` says so once.
   */
  add(key: string, answer: BenchAnswer): void {
    this.#known.set(key, answer);
    if (!this.#isOpen) return;
    try {
      appendFileSync(this.#file, writeLine(key, answer));
    } catch (error) {
      this.close();
      this.#warnings = [writeStopped(this.#shown, error)];
    }
  }

  /** What went wrong while answers were kept. */
  get warnings(): readonly Diagnostic[] {
    return this.#warnings;
  }

  /** Lets go of the file. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#file);
  }
}

/**
 * Opens a journal, a new one where the file does not exist or is empty. Relative paths start from `workingDirectory`.
 * Errors: `engine-resume-invalid` for a file of another kind, `engine-resume-version`, `engine-resume-unwritable`. Broken
 * lines are left out with the warning `engine-resume-damaged`.
 */
export function openJournal(file: string, workingDirectory: string): Outcome<Journal> {
  const shown = displayPath(file, workingDirectory);
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path.resolve(workingDirectory, file), 'a+');
    if (!fstatSync(descriptor).isFile())
      throw Object.assign(new Error('it is no regular file'), { code: 'EINVAL' });
    const bytes = readFileSync(descriptor);
    const read = readJournal(bytes, shown);
    if (!read.ok) {
      closeSync(descriptor);
      return read;
    }
    const { answers, length } = read.value;
    if (length < bytes.length) ftruncateSync(descriptor, length);
    if (length === 0) appendFileSync(descriptor, writeHeader());
    return success(new Journal(answers, descriptor, shown), read.diagnostics);
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    if (descriptor !== undefined) closeSync(descriptor);
    return failure(unwritable(shown, error));
  }
}

function unwritable(shown: string, error: unknown): Diagnostic {
  return diagnostic('engine-resume-unwritable', {
    summary: `${shown} cannot be opened to keep measurements: ${errorMessage(error)}.`,
    source: { file: shown },
    fix: 'Name a file in a folder that exists and can be written to.',
  });
}

function writeStopped(shown: string, error: unknown): Diagnostic {
  return diagnostic('engine-resume-unwritable', {
    severity: 'warning',
    summary: `${shown} took no more measurements: ${errorMessage(error)}.`,
    detail: 'The answer is not affected; what was written before is whole.',
    source: { file: shown },
    fix: 'Free some space before the next search.',
  });
}
