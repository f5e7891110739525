import stringWidth from 'string-width';

/** Stands where text was cut. */
export const ELLIPSIS = '…';

/** Colours and weights of text (SGR sequences of ECMA-48, 5th edition, 8.3.117). They take no room. */
// eslint-disable-next-line no-control-regex
const MARKS = /\u001b\[[\d;:]*m/g;
/** Text without marks in which every character takes one cell. */
const IS_PLAIN = /^[\u0020-\u007e]*$/;
/** All other control characters, which would move the cursor. */
// eslint-disable-next-line no-control-regex
const CONTROLS = /\u001b(?!\[[\d;:]*m)|[\u0000-\u001a\u001c-\u001f\u007f-\u009f]/g;

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * Cells that a terminal takes for one line of text: wide characters (CJK, emoji) two, combining characters and colours none.
 * Characters of ambiguous width count as narrow (Unicode Standard Annex 11, as most terminals do outside East Asia).
 */
export function textWidth(text: string): number {
  return IS_PLAIN.test(text) ? text.length : stringWidth(text);
}

/** Text as one line: breaks and tabs become a blank, other control characters but colours are left out. */
export function oneLine(text: string): string {
  return IS_PLAIN.test(text) ? text : text.replaceAll(/\s*[\r\n\t\v\f]+\s*/g, ' ').replaceAll(CONTROLS, '');
}

/**
 * Text cut to at most `width` cells (≥ 0), with an ellipsis where something was left out. Characters are never halved, and
 * all colour codes stay, so that what follows has the colour it would have had.
 */
export function cutText(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  const room = width - 1;
  let used = 0;
  let isFull = room < 0;
  let cut = '';
  for (const part of withMarks(text)) {
    if (part.isMark) cut += part.text;
    else if (!isFull) {
      const fitting = leading(part.text, room - used);
      cut += fitting;
      used += textWidth(fitting);
      if (fitting.length < part.text.length) {
        isFull = true;
        cut += ELLIPSIS;
      }
    }
  }
  return cut;
}

/** Text in lines of at most `width` cells, broken at blanks, of which runs become one; a longer word has a line of its own. */
export function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ').filter((part) => part !== '')) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (line !== '' && textWidth(longer) > width) {
        lines.push(line);
        line = word;
      } else line = longer;
    }
    lines.push(line);
  }
  return lines;
}

/** Text as it is shown and colour codes, in their order. */
function* withMarks(text: string): Generator<{ readonly isMark: boolean; readonly text: string }> {
  let from = 0;
  for (const mark of text.matchAll(MARKS)) {
    if (mark.index > from) yield { isMark: false, text: text.slice(from, mark.index) };
    yield { isMark: true, text: mark[0] };
    from = mark.index + mark[0].length;
  }
  if (from < text.length) yield { isMark: false, text: text.slice(from) };
}

/** The characters a text begins with that take at most `room` cells. */
function leading(text: string, room: number): string {
  if (IS_PLAIN.test(text)) return text.slice(0, Math.max(0, room));
  let used = 0;
  let end = 0;
  for (const { segment, index } of segmenter.segment(text)) {
    used += textWidth(segment);
    if (used > room) break;
    end = index + segment.length;
  }
  return text.slice(0, end);
}
