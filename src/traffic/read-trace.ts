import { diagnostic, failure, success } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../diagnostics/index.ts';
import { LineSplitter } from './line-splitter.ts';
import { textOf } from './readers/fields.ts';
import { emptyRow } from './readers/reader.ts';
import type { RowParser } from './readers/reader.ts';
import { chooseReader } from './readers/registry.ts';
import { RequestStore } from './request-store.ts';
import type { ReadTraceOptions, Trace } from './trace.ts';

/** How many broken lines are shown one by one; reading stops there when broken lines are not skipped. */
const BROKEN_LINES_SHOWN = 5;
const SECONDS_PER_HOUR = 3600;
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Reads a trace from its bytes (already decompressed) in one pass; memory is about 20 bytes per request, and 4 for
 * each prefix block where the format tells them.
 * The first arrival becomes 0; arrivals that go backward are sorted (`traffic-out-of-order`); requests without output
 * count as failed and are left out (`traffic-failed-requests`); blank lines are passed over.
 * Errors: `traffic-unknown-format`, `traffic-missing-column`, `traffic-broken-line`, `traffic-empty`.
 */
export async function readTrace(
  chunks: AsyncIterable<Uint8Array>,
  options: ReadTraceOptions,
): Promise<Outcome<Trace>> {
  const reading = new Reading(options);
  const splitter = new LineSplitter((bytes, start, end) => reading.line(bytes, start, end));
  for await (const chunk of chunks) {
    if (!splitter.feed(chunk)) return reading.finish();
  }
  splitter.end();
  return reading.finish();
}

/** The state of one reading. */
class Reading {
  readonly #options: ReadTraceOptions;
  readonly #store = new RequestStore();
  readonly #row = emptyRow();
  readonly #problems: Diagnostic[] = [];
  #parser: RowParser | undefined;
  #lineNumber = 0;
  #failedRequests = 0;
  #brokenLines = 0;
  #firstBackwardLine = 0;

  constructor(options: ReadTraceOptions) {
    this.#options = options;
  }

  /** Takes the next line; false when reading on makes no sense. */
  line(bytes: Uint8Array, start: number, end: number): boolean {
    this.#lineNumber++;
    if (isBlank(bytes, start, end)) return true;
    if (this.#parser === undefined) {
      this.#parser = this.#open(textOf(bytes, start, end));
      if (this.#parser === undefined) return false;
      if (this.#parser.hasHeader) return true;
    }
    const row = this.#row;
    const verdict = this.#parser.read(bytes, start, end, row);
    if (verdict === 'request') {
      const { backward } = this.#store;
      this.#store.push(row);
      if (backward === 0 && this.#store.backward > 0) this.#firstBackwardLine = this.#lineNumber;
    } else if (verdict === 'failed') {
      this.#failedRequests++;
    } else {
      return this.#broken(row.problem);
    }
    return true;
  }

  finish(): Outcome<Trace> {
    const isSkipping = this.#options.onBrokenLine === 'skip';
    if (this.#brokenLines > this.#problems.length) this.#problems.push(this.#moreBrokenLines());
    if (this.#problems.some((item) => item.severity === 'error')) return failure(...this.#problems);
    const requests = this.#store.count;
    if (requests === 0) return failure(this.#empty(), ...this.#problems);
    const notes = [...(isSkipping ? this.#problems : []), ...this.#remarks()];
    const { columns, firstArrival } = this.#store.take();
    const epoch = this.#parser?.epoch();
    if (epoch === undefined) return success(columns, notes);
    return success({ ...columns, startHourOfWeek: hourOfWeek(epoch + firstArrival) }, notes);
  }

  #open(text: string): RowParser | undefined {
    const { fileName, format, columns = {} } = this.#options;
    const firstLine = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
    const reader = chooseReader(format, firstLine, { fileName, columns });
    const parser = reader.ok ? reader.value.open(firstLine, { fileName, columns }) : reader;
    if (parser.ok) return parser.value;
    this.#problems.push(...parser.diagnostics);
    return undefined;
  }

  #broken(problem: string): boolean {
    const isSkipping = this.#options.onBrokenLine === 'skip';
    const { fileName } = this.#options;
    this.#brokenLines++;
    if (this.#brokenLines > BROKEN_LINES_SHOWN) return true;
    this.#problems.push(
      diagnostic('traffic-broken-line', {
        summary: `Line ${this.#lineNumber} of ${fileName} cannot be read: ${problem}.`,
        severity: isSkipping ? 'warning' : 'error',
        path: fileName,
        source: { file: fileName, line: this.#lineNumber },
        fix: isSkipping
          ? 'The line was left out; correct it if it matters.'
          : 'Correct or remove the line, or ask for broken lines to be skipped.',
      }),
    );
    return isSkipping || this.#brokenLines < BROKEN_LINES_SHOWN;
  }

  #moreBrokenLines(): Diagnostic {
    const { fileName } = this.#options;
    return diagnostic('traffic-broken-line', {
      summary: `${this.#brokenLines} lines of ${fileName} cannot be read; ${this.#brokenLines - BROKEN_LINES_SHOWN} more were left out.`,
      severity: 'warning',
      path: fileName,
      source: { file: fileName },
    });
  }

  #empty(): Diagnostic {
    const { fileName } = this.#options;
    const failed = this.#failedRequests;
    return diagnostic('traffic-empty', {
      summary: `${fileName} holds no usable request.`,
      detail: `${this.#lineNumber} lines were read; ${failed} held requests without output, ${this.#brokenLines} were broken.`,
      path: fileName,
      source: { file: fileName },
      fix: 'Check that the file is complete and that the output column is the right one.',
    });
  }

  #remarks(): Diagnostic[] {
    const { fileName } = this.#options;
    const remarks: Diagnostic[] = [];
    if (this.#store.backward > 0) {
      remarks.push(
        diagnostic('traffic-out-of-order', {
          summary: `Arrival times of ${fileName} go backward ${this.#store.backward} times, first at line ${this.#firstBackwardLine}; requests were sorted.`,
          path: fileName,
          source: { file: fileName, line: this.#firstBackwardLine },
        }),
      );
    }
    if (this.#failedRequests > 0) {
      const share = (100 * this.#failedRequests) / (this.#failedRequests + this.#store.count);
      remarks.push(
        diagnostic('traffic-failed-requests', {
          summary: `${this.#failedRequests} requests of ${fileName} (${share.toFixed(1)} %) have no output tokens and were left out.`,
          path: fileName,
          source: { file: fileName },
        }),
      );
    }
    return remarks;
  }
}

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let p = start; p < end; p++) {
    const byte = bytes[p];
    if (byte !== 32 && byte !== 9) return false;
  }
  return true;
}

/** Hour of the week (0 = Monday 00:00 UTC, fractional) of a time in seconds since 1970-01-01, a Thursday. */
function hourOfWeek(epochSeconds: number): number {
  const hour = (epochSeconds / SECONDS_PER_HOUR + 3 * 24) % 168;
  return hour < 0 ? hour + 168 : hour;
}
