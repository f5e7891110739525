const NEW_LINE = 10;
const CARRIAGE_RETURN = 13;
/** Longest line kept whole, bytes. A longer one is handed over in pieces, which no reader accepts. */
const LONGEST_LINE = 16 * 2 ** 20;

/** Takes one line, `bytes[start, end)` without its line end; false ends the reading. */
export type LineHandler = (bytes: Uint8Array, start: number, end: number) => boolean;

/**
 * Cuts chunks of bytes into lines (LF or CRLF) without making strings. Bytes handed to the handler are valid only during
 * the call; the rest of a chunk after its last line end is copied, so the caller may reuse the chunk.
 */
export class LineSplitter {
  readonly #onLine: LineHandler;
  #rest: Uint8Array[] = [];
  #restLength = 0;

  constructor(onLine: LineHandler) {
    this.#onLine = onLine;
  }

  /** Hands over the lines that end in this chunk; false when the handler ended the reading. */
  feed(chunk: Uint8Array): boolean {
    let start = 0;
    if (this.#restLength > 0) {
      const end = chunk.indexOf(NEW_LINE);
      this.#keep(chunk, 0, end < 0 ? chunk.length : end);
      if (end < 0) return this.#restLength < LONGEST_LINE || this.end();
      if (!this.end()) return false;
      start = end + 1;
    }
    for (;;) {
      const end = chunk.indexOf(NEW_LINE, start);
      if (end < 0) break;
      if (!this.#hand(chunk, start, end)) return false;
      start = end + 1;
    }
    this.#keep(chunk, start, chunk.length);
    return true;
  }

  /** Hands over what follows the last line end, if anything. */
  end(): boolean {
    if (this.#restLength === 0) return true;
    const line = this.#rest.length === 1 ? this.#rest[0] : join(this.#rest, this.#restLength);
    this.#rest = [];
    this.#restLength = 0;
    return line === undefined || this.#hand(line, 0, line.length);
  }

  #hand(bytes: Uint8Array, start: number, end: number): boolean {
    const hasReturn = end > start && bytes[end - 1] === CARRIAGE_RETURN;
    return this.#onLine(bytes, start, hasReturn ? end - 1 : end);
  }

  #keep(chunk: Uint8Array, start: number, end: number): void {
    if (end <= start) return;
    this.#rest.push(chunk.slice(start, end));
    this.#restLength += end - start;
  }
}

function join(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
