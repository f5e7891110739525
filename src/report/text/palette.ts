import { styleText } from 'node:util';

/** Marks words for the eye; the plain palette leaves text as it is. */
export interface Palette {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly caution: (text: string) => string;
}

const same = (text: string): string => text;

/** No colours: for files, pipes and NO_COLOR. */
export const PLAIN: Palette = { bold: same, dim: same, good: same, bad: same, caution: same };

/** ANSI colours for an interactive terminal. Whether to use them is the host's decision. */
export const COLOURED: Palette = {
  bold: (text) => styleText('bold', text, { validateStream: false }),
  dim: (text) => styleText('dim', text, { validateStream: false }),
  good: (text) => styleText('green', text, { validateStream: false }),
  bad: (text) => styleText('red', text, { validateStream: false }),
  caution: (text) => styleText('yellow', text, { validateStream: false }),
};
