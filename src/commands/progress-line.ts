import type { EngineMessage } from '../engine/index.ts';
import { TimeLeft, timeLeftPhrase } from './time-left.ts';

type Progress = Extract<EngineMessage, { kind: 'progress' }>;

/** Shortest time between two redraws in milliseconds: faster than the eye needs, slow enough not to flicker. */
const REDRAW_MILLISECONDS = 80;

/** What the line is drawn on: standard error, or a substitute in tests. */
export type ProgressStream = Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write'>;

/** One line of progress that rewrites itself, shown only on an interactive stream. */
export class ProgressLine {
  readonly #stream: ProgressStream;
  readonly #now: () => number;
  readonly #timeLeft = new TimeLeft();
  #drawnAt = -Infinity;
  #isShown = false;

  /** `now`: milliseconds of a monotonic clock. */
  constructor(stream: ProgressStream, now = () => performance.now()) {
    this.#stream = stream;
    this.#now = now;
  }

  /** Shows a message; messages that come too fast are left out, the last of a stage never. */
  show(message: Progress): void {
    if (!this.#stream.isTTY) return;
    const now = this.#now();
    const left = message.share === undefined ? undefined : this.#timeLeft.update(message.share, now / 1000);
    const isLast = message.total > 0 && message.done === message.total;
    if (!isLast && now - this.#drawnAt < REDRAW_MILLISECONDS) return;
    this.#drawnAt = now;
    if (!this.#isShown) process.once('exit', this.#leave);
    this.#isShown = true;
    this.#stream.write(`\r\u001b[2K${lineOf(message, left).slice(0, (this.#stream.columns || 80) - 1)}`);
  }

  /** Removes the line. */
  clear(): void {
    if (!this.#isShown) return;
    this.#stream.write('\r\u001b[2K');
    process.off('exit', this.#leave);
    this.#isShown = false;
  }

  /** An interrupted process leaves no half line to the shell. */
  readonly #leave = (): void => {
    this.clear();
  };
}

/** `race chat 3/41 · 27 % · about 12 s left`, without what is not known. */
function lineOf({ stage, detail, done, total, share }: Progress, left: number | undefined): string {
  const count = total > 0 ? ` ${done}/${total}` : '';
  return [
    `${stage}${detail === '' ? '' : ` ${detail}`}${count}`,
    ...(share === undefined ? [] : [`${Math.floor(100 * share)} %`]),
    ...(left === undefined ? [] : [timeLeftPhrase(left)]),
  ].join(' · ');
}
