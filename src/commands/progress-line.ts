import type { EngineMessage } from '../engine/index.ts';

type Progress = Extract<EngineMessage, { kind: 'progress' }>;

/** Shortest time between two redraws in milliseconds: faster than the eye needs, slow enough not to flicker. */
const REDRAW_MILLISECONDS = 80;

/** One line of progress that rewrites itself, shown only on an interactive stream. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  #drawnAt = 0;
  #isShown = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** Shows a message; messages that come too fast are left out, the last of a stage never. */
  show(message: Progress): void {
    if (!this.#stream.isTTY) return;
    const now = performance.now();
    const isLast = message.total > 0 && message.done === message.total;
    if (!isLast && now - this.#drawnAt < REDRAW_MILLISECONDS) return;
    this.#drawnAt = now;
    this.#isShown = true;
    const count = message.total > 0 ? ` ${message.done}/${message.total}` : '';
    const text = `${message.stage}${message.detail === '' ? '' : ` ${message.detail}`}${count}`;
    this.#stream.write(`\r\u001b[2K${text.slice(0, (this.#stream.columns || 80) - 1)}`);
  }

  /** Removes the line. */
  clear(): void {
    if (this.#isShown) this.#stream.write('\r\u001b[2K');
    this.#isShown = false;
  }
}
