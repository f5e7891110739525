import type { PlanDocument } from '../../model/index.ts';
import type { Palette } from '../text/palette.ts';
import { renderTable } from '../text/table.ts';
import type { Column } from '../text/table.ts';
import { cutRows, SHOWN_ROWS } from '../cut-rows.ts';
import type { CutRows } from '../cut-rows.ts';
import { replanLines } from './replan-lines.ts';
import { fillPhrase, NODE_TITLES, nodeRows, SERVICE_TITLES, serviceRows } from './service-rows.ts';

/** Columns that hold words; all others are figures. */
const WORDS: ReadonlySet<string> = new Set(['Service', 'Size', 'Instance type', 'Capacity', 'Zone']);

/** The sections of a plan that tell its services, as title and text; empty texts for a plan of language models alone. */
export function serviceSections(
  plan: PlanDocument,
  palette: Palette,
  most: number = SHOWN_ROWS,
): readonly (readonly [title: string, body: string])[] {
  const nodes = cutTable(NODE_TITLES, cutRows(nodeRows(plan), 'node group', most), palette);
  return [
    [
      'Services (each at its peak)',
      cutTable(SERVICE_TITLES, cutRows(serviceRows(plan), 'service', most), palette),
    ],
    [
      'Nodes that services share (busiest window)',
      [nodes, fillPhrase(plan)].filter((text) => text !== '').join('\n'),
    ],
    ['Changes against the plan before', replanLines(plan).join('\n')],
  ];
}

/** A text table with the line that says what was cut. */
export function cutTable(titles: readonly string[], { rows, more }: CutRows, palette: Palette): string {
  const columns = titles.map((title): Column => ({
    title: title.toUpperCase(),
    align: WORDS.has(title) ? 'left' : 'right',
  }));
  const table = renderTable(columns, rows, { ...palette, indent: 2 });
  return more === '' ? table : `${table}\n${palette.dim(more)}`;
}
