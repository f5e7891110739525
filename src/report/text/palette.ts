import { styleText } from 'node:util';

/** Marks words for the eye, and says how wide a line is; the plain palette leaves text as it is and as wide as it comes. */
export interface Palette {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly caution: (text: string) => string;
  /** Cells of a line that tables fit into; absent: tables are as wide as they are, nothing in them is cut. */
  readonly width?: number;
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
