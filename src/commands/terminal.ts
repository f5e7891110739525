/** What is asked of a stream that may be a terminal. */
export type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>;
/** Environment variables, as of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Cells of a line of a terminal that does not say how many it has. */
const USUAL_COLUMNS = 80;

/**
 * Whether text on a stream gets colours. FORCE_COLOR decides where it is set (empty, `1`, `2`, `3` or `true`: colours, also in
 * pipes; all else: none), as in Node.js 24 (documentation of its command line, read 2026-11); then NO_COLOR, when it is not
 * empty (no-color.org); then whether the stream is a terminal that is not dumb.
 */
export function usesColour(stream: Stream, environment: Environment): boolean {
  const forced = environment['FORCE_COLOR'];
  if (forced !== undefined) return ['', '1', '2', '3', 'true'].includes(forced);
  return isSet(environment['NO_COLOR']) ? false : isSmart(stream, environment);
}

/**
 * Whether somebody watches a stream: progress is drawn there. Not where CI is set (to anything but `false` or `0`), which logs every
 * redraw, nor on a dumb terminal, which cannot take a line back.
 */
export function isWatched(stream: Stream, environment: Environment): boolean {
  const ci = environment['CI'];
  const isCi = isSet(ci) && ci !== 'false' && ci !== '0';
  return isSmart(stream, environment) && !isCi;
}

/** Cells of a line of a terminal; undefined of a file or pipe, where lines are as long as they come. */
export function lineWidth(stream: Stream): number | undefined {
  return stream.isTTY ? stream.columns || USUAL_COLUMNS : undefined;
}

function isSmart(stream: Stream, environment: Environment): boolean {
  return stream.isTTY && environment['TERM'] !== 'dumb';
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
