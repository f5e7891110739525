import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import type { BenchAnswer } from '../../optimize/index.ts';
import { exactJson, fromExactJson } from './exact-json.ts';

/** What tells a file of measurements from other files. */
export const JOURNAL_FORMAT = 'plimsoll-measurements';
/**
 * Version of the format: a header line, then one line `{"key": 64 hex digits, "answer": …}` per answer. Raised when a
 * line means something else; programs refuse versions they do not know.
 */
export const JOURNAL_VERSION = 1;

const NEWLINE = 0x0a;

/** What a file of measurements holds. */
export interface JournalContents {
  readonly answers: ReadonlyMap<string, BenchAnswer>;
  /** Bytes up to the end of the last whole line; 0 when not even the header is there. */
  readonly length: number;
}

/** The first line of a new file. */
export function writeHeader(): string {
  return `${exactJson({ format: JOURNAL_FORMAT, version: JOURNAL_VERSION })}\n`;
}

/** The line of an answer; an absent value stays absent. */
export function writeLine(key: string, answer: BenchAnswer): string {
  return `${exactJson({ key, answer })}\n`;
}

/**
 * Reads the bytes of a file of measurements. Empty bytes, or a header that was cut off, are a file without answers.
 * Errors: `engine-resume-invalid`, `engine-resume-version`. Lines that are broken or cut off are left out; their number is told by the
 * warning `engine-resume-damaged`.
 */
export function readJournal(bytes: Uint8Array, shown: string): Outcome<JournalContents> {
  const length = bytes.lastIndexOf(NEWLINE) + 1;
  const torn = new TextDecoder().decode(bytes.subarray(length));
  const [header, ...lines] = new TextDecoder().decode(bytes.subarray(0, length)).split('\n').slice(0, -1);
  if (header === undefined && writeHeader().startsWith(torn))
    return success({ answers: new Map(), length: 0 });
  const problem = headerProblem(header ?? torn, shown);
  if (problem !== undefined) return problem;
  const answers = new Map<string, BenchAnswer>();
  let broken = torn === '' ? 0 : 1;
  for (const line of lines) {
    const entry = entryOf(line);
    if (entry === undefined) broken++;
    else answers.set(entry.key, entry.answer);
  }
  return success({ answers, length }, broken === 0 ? [] : [damaged(shown, broken)]);
}

function parsed(line: string): unknown {
  try {
    return fromExactJson(line);
  } catch {
    return undefined;
  }
}

function headerProblem(line: string, shown: string): ReturnType<typeof failure> | undefined {
  const header = parsed(line) as { readonly format?: unknown; readonly version?: unknown } | null | undefined;
  if (header?.format !== JOURNAL_FORMAT) {
    return failure(
      diagnostic('engine-resume-invalid', {
        summary: `${shown} is no file of measurements; it was left as it is.`,
        source: { file: shown, line: 1 },
        fix: 'Name a new file, or one that an earlier search wrote.',
      }),
    );
  }
  if (header.version === JOURNAL_VERSION) return undefined;
  return failure(
    diagnostic('engine-resume-version', {
      summary: `${shown} has version ${JSON.stringify(header.version)}; this program reads version ${JOURNAL_VERSION}.`,
      source: { file: shown, line: 1 },
      fix: 'Name a new file.',
    }),
  );
}

function entryOf(line: string): { readonly key: string; readonly answer: BenchAnswer } | undefined {
  const entry = parsed(line) as
    { readonly key?: unknown; readonly answer?: Readonly<Record<string, unknown>> | null } | null | undefined;
  const { key, answer } = entry ?? {};
  if (typeof key !== 'string' || !/^[0-9a-f]{64}$/.test(key)) return undefined;
  if (typeof answer?.['simulations'] !== 'number' || typeof answer['requests'] !== 'number') return undefined;
  return { key, answer: { value: undefined, ...answer } as unknown as BenchAnswer };
}

function damaged(shown: string, broken: number): ReturnType<typeof diagnostic> {
  return diagnostic('engine-resume-damaged', {
    summary: `${broken === 1 ? 'One line' : `${broken} lines`} of ${shown} could not be read.`,
    detail: 'An interrupted process leaves its last line unfinished. What is missing is measured again.',
    source: { file: shown },
  });
}
