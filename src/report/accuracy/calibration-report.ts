import { deploymentName } from '../../accuracy/index.ts';
import type { FittedCorrection } from '../../accuracy/index.ts';
import { markdownTable } from '../markdown/markdown.ts';
import { plural } from '../phrases.ts';
import { PLAIN } from '../text/palette.ts';
import type { Palette } from '../text/palette.ts';
import { renderTable } from '../text/table.ts';
import { figureColumn, percentCell } from './accuracy-tables.ts';

/** What a finished calibration shows; the engine's result has this form. */
export interface ShownCalibration {
  readonly file: string;
  readonly rows: { readonly total: number; readonly used: number };
  readonly fitted: readonly FittedCorrection[];
  readonly output?: string;
}

const COLUMNS = [
  { title: 'DEPLOYMENT' },
  ...['ROWS', 'PREFILL ×', 'DECODE ×', 'INGEST ×'].map(figureColumn),
  ...['TPOT BEFORE', 'AFTER', 'UNSEEN', 'TTFT BEFORE', 'AFTER', 'UNSEEN'].map(figureColumn),
  { title: 'KEPT' },
];

/** The corrections of a calibration as text: factors, and mean errors in percent before, after, and on unseen rows. */
export function renderCalibration(calibration: ShownCalibration, palette: Palette = PLAIN): string {
  const title = palette.bold('Corrections and mean error of the prediction in percent');
  return `${title}\n${renderTable(COLUMNS, calibration.fitted.map(cells), palette)}\n\n${closing(calibration)}\n`;
}

/** The corrections of a calibration as Markdown. */
export function renderCalibrationMarkdown(calibration: ShownCalibration): string {
  const table = markdownTable(
    COLUMNS.map((column) => column.title),
    calibration.fitted.map(cells),
  );
  return `# Calibration on ${calibration.file}\n\n${table}\n\n${closing(calibration)}\n`;
}

function cells(item: FittedCorrection): readonly string[] {
  const { factors, before, after, leaveOneOut } = item;
  return [
    deploymentName(item.keys),
    String(item.rows),
    ...[factors.prefill, factors.decode, factors.ingest].map((factor) => factor.toFixed(3)),
    ...[before.tpot, after.tpot, leaveOneOut?.tpot].map((figures) => percentCell(figures?.mapePercent)),
    ...[before.ttft, after.ttft, leaveOneOut?.ttft].map((figures) => percentCell(figures?.mapePercent)),
    item.isHelpful ? 'yes' : 'no',
  ];
}

function closing({ rows, fitted, output }: ShownCalibration): string {
  const kept = fitted.filter((item) => item.isHelpful).length;
  if (kept === 0) {
    const file = output === undefined ? '' : ` ${output} holds none.`;
    return `No correction lowers the error of rows it has not seen (${rows.used} of ${plural(rows.total, 'row')} used).${file}`;
  }
  const where =
    output === undefined
      ? 'Nothing was written; --out writes a file that `calibration` of a stack can name.'
      : `Written to ${output}; name it under \`calibration\` of a stack.`;
  return `${plural(kept, 'correction')} fitted on ${rows.used} of ${plural(rows.total, 'row')}. ${where}`;
}
