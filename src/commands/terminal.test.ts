import { describe, expect, it } from 'vitest';
import { isWatched, lineWidth, usesColour } from './terminal.ts';

const TERMINAL = { isTTY: true, columns: 120 };
const PIPE = { isTTY: false, columns: 0 };

describe('colours', () => {
  it.each([
    ['a terminal', TERMINAL, {}, true],
    ['a pipe', PIPE, {}, false],
    ['a dumb terminal', TERMINAL, { TERM: 'dumb' }, false],
    ['NO_COLOR', TERMINAL, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR', TERMINAL, { NO_COLOR: '' }, true],
    ['FORCE_COLOR in a pipe', PIPE, { FORCE_COLOR: '1' }, true],
    ['an empty FORCE_COLOR', PIPE, { FORCE_COLOR: '' }, true],
    ['FORCE_COLOR=0', TERMINAL, { FORCE_COLOR: '0' }, false],
    ['FORCE_COLOR against NO_COLOR', PIPE, { FORCE_COLOR: 'true', NO_COLOR: '1' }, true],
    ['FORCE_COLOR on a dumb terminal', TERMINAL, { FORCE_COLOR: '3', TERM: 'dumb' }, true],
  ])('with %s: %#', (_case, stream, environment, expected) => {
    expect(usesColour(stream, environment)).toBe(expected);
  });
});

describe('progress', () => {
  it.each([
    ['a terminal', TERMINAL, {}, true],
    ['a pipe', PIPE, { FORCE_COLOR: '1' }, false],
    ['a dumb terminal', TERMINAL, { TERM: 'dumb' }, false],
    ['CI', TERMINAL, { CI: 'true' }, false],
    ['CI=false', TERMINAL, { CI: 'false' }, true],
    ['NO_COLOR', TERMINAL, { NO_COLOR: '1' }, true],
  ])('on %s: %#', (_case, stream, environment, expected) => {
    expect(isWatched(stream, environment)).toBe(expected);
  });
});

describe('the width of a line', () => {
  it('is that of the terminal, 80 where it does not say, and none of a pipe', () => {
    expect([lineWidth(TERMINAL), lineWidth({ isTTY: true, columns: 0 }), lineWidth(PIPE)]).toEqual([
      120,
      80,
      undefined,
    ]);
  });
});
