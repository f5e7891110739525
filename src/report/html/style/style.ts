import { CHART_STYLE } from './chart-style.ts';
import { PAGE_STYLE } from './page-style.ts';
import { PRINT_STYLE } from './print-style.ts';
import { windowStyle } from './window-style.ts';

/** The whole style of the page, small enough to be in it. */
export const STYLE = compact([PAGE_STYLE, CHART_STYLE, windowStyle(), PRINT_STYLE].join(''));

/** Without comments, indents and line breaks. */
function compact(style: string): string {
  return style
    .replaceAll(/\/\*.*?\*\//gs, '')
    .replaceAll(/\s*\n\s*/g, '')
    .replaceAll(/\s*([{};,])\s*/g, '$1');
}
