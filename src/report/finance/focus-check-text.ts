import type { FocusCheck, FocusFinding } from '../../cost/index.ts';
import { oneLine } from '../text/text-width.ts';
import { plural } from '../phrases.ts';
import { PLAIN } from '../text/palette.ts';
import type { Palette } from '../text/palette.ts';

/** Places shown of each broken rule before the rest is left to --full. */
const SHOWN_PLACES = 5;

/** What a check of a FOCUS file found, by rule, each with its places; the verdict last. All places where `isFull`. */
export function renderFocusCheck(
  check: FocusCheck & { readonly file: string },
  palette: Palette = PLAIN,
  isFull = false,
): string {
  const { version, rows, columns, errors, warnings, findings, file } = check;
  const rules = [...Map.groupBy(findings, ({ rule, says }) => `${rule}\n${says}`).values()];
  const size = `${plural(rows, 'row')} and ${plural(columns, 'column')}`;
  const verdict =
    errors === 0
      ? palette.good(`${file} follows the column rules of FOCUS ${version}`)
      : palette.bad(`${file} breaks column rules of FOCUS ${version}: ${plural(errors, 'error')}`);
  const also = warnings === 0 ? '' : `, ${plural(warnings, 'warning')}`;
  return [...rules.map((own) => ruleText(own, palette, isFull)), `${verdict}${also} (${size}).`]
    .join('\n')
    .concat('\n');
}

function ruleText(findings: readonly FocusFinding[], palette: Palette, isFull: boolean): string {
  const [first] = findings;
  if (first === undefined) return '';
  const mark = first.severity === 'error' ? palette.bad('error') : palette.caution('warning');
  const places = findings.filter(({ row }) => row !== undefined);
  const shown = isFull ? places : places.slice(0, SHOWN_PLACES);
  const left = places.length - shown.length;
  return [
    `${mark} ${first.rule}: ${first.says}${first.fix === undefined ? '' : `. ${first.fix}`}`,
    ...shown.map(({ row, column, value }) =>
      oneLine(
        `  row ${String(row)}, ${column === '' ? 'whole row' : column}: ${value === undefined ? '(null)' : JSON.stringify(value)}`,
      ),
    ),
    ...(left > 0 ? [`  … and ${plural(left, 'more row')} (--full shows all)`] : []),
  ].join('\n');
}
