import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COLOURED } from './palette.ts';
import { anyText } from './testing/any-text.ts';
import { cutText, ELLIPSIS, oneLine, textWidth, wrapText } from './text-width.ts';

describe('the width of text', () => {
  it.each([
    ['', 0],
    ['chat', 4],
    ['東京', 4],
    ['é', 1],
    ['e\u0301', 1],
    ['👩‍👩‍👧‍👦', 2],
    ['🇩🇪', 2],
    [COLOURED.bad('no'), 2],
    ['≤ 300 ms – 1 × 2 …', 18],
  ])('of %j is %d cells', (text, width) => {
    expect(textWidth(text)).toBe(width);
  });
});

describe('text cut to a width', () => {
  it('ends with an ellipsis where something is left out, and is whole where it fits', () => {
    expect(cutText('meta-llama', 10)).toBe('meta-llama');
    expect(cutText('meta-llama', 9)).toBe('meta-lla…');
    expect([cutText('meta', 1), cutText('meta', 0), cutText('', 0)]).toEqual(['…', '', '']);
  });

  it('never halves a wide character or one of several parts', () => {
    expect(cutText('東京', 3)).toBe('東…');
    expect(cutText('東京', 2)).toBe('…');
    expect(cutText('a👩‍👩‍👧‍👦b', 3)).toBe('a…');
    expect(cutText('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301…');
  });

  it('keeps the codes that end a colour', () => {
    expect(cutText(`${COLOURED.bad('mandatory')}x`, 4)).toBe(`${COLOURED.bad('man…')}`);
  });

  it('is never wider than asked for, and begins as the text does', () => {
    fc.assert(
      fc.property(anyText, fc.nat(30), (text, width) => {
        const cut = cutText(text, width);
        expect(textWidth(cut)).toBeLessThanOrEqual(width);
        // eslint-disable-next-line no-control-regex
        const plain = (styled: string): string => styled.replaceAll(/\u001b\[\d+m/g, '');
        if (textWidth(text) <= width) expect(cut).toBe(text);
        else expect(plain(text).startsWith(plain(cut).replace(new RegExp(`${ELLIPSIS}$`), ''))).toBe(true);
      }),
    );
  });
});

describe('text as one line', () => {
  it('has no breaks and nothing that moves the cursor, but keeps colours', () => {
    expect(oneLine('a\r\n b\tc\u001b[2Jd\u0007\u009b31m')).toBe('a b c[2Jd31m');
    expect(oneLine(COLOURED.good('met'))).toBe(COLOURED.good('met'));
  });
});

describe('wrapped text', () => {
  it('is broken at blanks, words stay whole', () => {
    expect(wrapText('The chosen plan costs less', 10)).toEqual(['The chosen', 'plan costs', 'less']);
    expect(wrapText('a meta-llama/Llama-3.1-70B b', 8)).toEqual(['a', 'meta-llama/Llama-3.1-70B', 'b']);
    expect(wrapText('one\n\ntwo', 80)).toEqual(['one', '', 'two']);
  });

  it('holds the same words in the same order', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 40 }), (text, width) => {
        const lines = wrapText(text, width);
        const words = (line: string): readonly string[] => line.split(' ').filter((word) => word !== '');
        expect(lines.flatMap(words)).toEqual(words(text));
        for (const line of lines) {
          if (words(line).length > 1) expect(textWidth(line)).toBeLessThanOrEqual(width);
        }
      }),
    );
  });
});
