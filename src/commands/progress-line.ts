import type { EngineMessage } from '../engine/index.ts';
import { cutText, oneLine, textWidth } from '../report/index.ts';
import { TimeLeft, timeLeftPhrase } from './time-left.ts';

type Progress = Extract<EngineMessage, { kind: 'progress' }>;

/** Shortest time between two redraws in milliseconds: faster than the eye needs, slow enough not to flicker. */
const REDRAW_MILLISECONDS = 80;
/** Cells of a line where the terminal does not say. */
const USUAL_COLUMNS = 80;
/** Back to the first cell, line cleared (ECMA-48, 5th edition, 8.3.41: erase in line). */
const CLEAR_LINE = '\r\u001b[2K';

/** What the line is drawn on: standard error, or a substitute in tests. */
export type ProgressStream = Pick<NodeJS.WriteStream, 'columns' | 'write'>;

/** One line of progress that rewrites itself, shown only where somebody watches. The cursor is never hidden. */
export class ProgressLine {
  readonly #stream: ProgressStream;
  readonly #isWatched: boolean;
  readonly #now: () => number;
  readonly #timeLeft = new TimeLeft();
  #drawnAt = -Infinity;
  #isShown = false;

  /** `now`: milliseconds of a monotonic clock. */
  constructor(stream: ProgressStream, isWatched: boolean, now = () => performance.now()) {
    this.#stream = stream;
    this.#isWatched = isWatched;
    this.#now = now;
  }

  /** Shows a message; messages that come too fast are left out, the last of a stage never. */
  show(message: Progress): void {
    if (!this.#isWatched) return;
    const now = this.#now();
    const left = message.share === undefined ? undefined : this.#timeLeft.update(message.share, now / 1000);
    const isLast = message.total > 0 && message.done === message.total;
    if (!isLast && now - this.#drawnAt < REDRAW_MILLISECONDS) return;
    this.#drawnAt = now;
    if (!this.#isShown) process.once('exit', this.#leave);
    this.#isShown = true;
    // The last cell stays free: terminals wrap when it is written.
    const line = progressText(message, left, (this.#stream.columns || USUAL_COLUMNS) - 1);
    this.#stream.write(`${CLEAR_LINE}${line}`);
  }

  /** Removes the line. */
  clear(): void {
    if (!this.#isShown) return;
    this.#stream.write(CLEAR_LINE);
    process.off('exit', this.#leave);
    this.#isShown = false;
  }

  /** An interrupted process leaves no half line to the shell. */
  readonly #leave = (): void => {
    this.clear();
  };
}

/**
 * `race chat 3/41 · 27 % · about 12 s left`, without what is not known, in at most `width` cells: what is being done gives way first,
 * then the count, then the time left; the stage and the share last.
 */
export function progressText(message: Progress, left: number | undefined, width: number): string {
  const { stage, done, total, share } = message;
  const detail = oneLine(message.detail);
  const count = total > 0 ? [`${done}/${total}`] : [];
  const rest = [
    ...(share === undefined ? [] : [`${Math.floor(100 * share)} %`]),
    ...(left === undefined ? [] : [timeLeftPhrase(left)]),
  ];
  const line = (words: readonly string[], facts: readonly string[]): string =>
    [words.filter((word) => word !== '').join(' '), ...facts].join(' · ');
  // What is left of the detail when all else is shown: below this it tells nothing.
  const room = width - textWidth(line([stage, '.', ...count], rest)) + 1;
  const shown = textWidth(detail) <= room ? detail : room >= LEAST_DETAIL ? cutText(detail, room) : '';
  const forms = [line([stage, shown, ...count], rest), line([stage], rest), line([stage], rest.slice(0, 1))];
  return forms.find((text) => textWidth(text) <= width) ?? cutText(stage, Math.max(0, width));
}

/** Cells below which a cut detail is left out. */
const LEAST_DETAIL = 8;
