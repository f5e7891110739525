import type { ErrorFigures } from '../../accuracy/index.ts';
import type { Column } from '../text/table.ts';

/** A table of either form: text or Markdown. */
export interface ReportTable {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

/** A column of figures. */
export function figureColumn(title: string): Column {
  return { title, align: 'right' };
}

/** A percentage with one decimal; `–` where there is none. */
export function percentCell(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : value.toFixed(1);
}

/** Mean, median and bias of one latency. */
export function errorCells(figures: ErrorFigures): readonly string[] {
  return [
    percentCell(figures.mapePercent),
    percentCell(figures.medianPercent),
    percentCell(figures.biasPercent),
  ];
}
