import type { CoveredRange, LawDistance } from '../../perf/index.ts';
import { formatNumber, formatPercent } from '../../units/index.ts';
import { renderTable } from '../text/table.ts';

/** An import of measured operator tables as shown. */
export interface OperatorTablesView {
  readonly accelerator: string;
  readonly system: string;
  readonly files: readonly {
    readonly file: string;
    readonly rows: number;
    readonly used: number;
    readonly unused: number;
    readonly broken: number;
    /** Faster than the hardware can be. */
    readonly rejected: number;
  }[];
  /** Files that hold operators which no law describes. */
  readonly ignored: readonly string[];
  readonly operators: readonly {
    readonly operator: string;
    readonly precision: string;
    readonly backend: string;
    readonly samples: number;
    readonly points: number;
    readonly ranges: readonly CoveredRange[];
    /** Distance of the shipped law from the points kept; absent where there is no law. */
    readonly law?: LawDistance;
  }[];
  readonly output?: string;
}

/** Rows read and left out per file, then what each operator covers and how far the shipped law is from it. */
export function renderOperatorTables(view: OperatorTablesView): string {
  const right = (title: string) => ({ title, align: 'right' as const });
  const files = renderTable(
    [{ title: 'FILE' }, right('ROWS'), right('USED'), right('UNUSED'), right('BROKEN'), right('ABOVE PEAK')],
    view.files.map(({ file, rows, used, unused, broken, rejected }) => [
      file,
      ...[rows, used, unused, broken, rejected].map(String),
    ]),
  );
  const operators = renderTable(
    [
      ...[
        { title: 'OPERATOR' },
        { title: 'FORMAT' },
        { title: 'BACKEND' },
        right('SAMPLES'),
        right('POINTS'),
      ],
      ...[right('LAW P10'), right('MEDIAN'), right('P90'), { title: 'RANGE' }],
    ],
    view.operators.map(({ operator, precision, backend, samples, points, law, ranges }) => [
      ...[operator, precision, backend, String(samples), String(points)],
      ...(law === undefined ? ['', 'no law', ''] : [law.p10, law.median, law.p90].map(signed)),
      ranges.map(range).join(', '),
    ]),
  );
  const ignored =
    view.ignored.length === 0
      ? ''
      : `\nNot read, because no law describes these operators: ${view.ignored.join(', ')}.\n`;
  const written = view.output === undefined ? '' : `\nWritten to ${view.output}.\n`;
  return `${view.system} as ${view.accelerator}\n\n${files}\n\n${operators}\n${ignored}${written}`;
}

function signed(share: number): string {
  return `${share > 0 ? '+' : ''}${formatPercent(share, 2)}`;
}

function range({ axis, low, high }: CoveredRange): string {
  return low === high ? `${axis} ${formatNumber(low)}` : `${axis} ${formatNumber(low)}–${formatNumber(high)}`;
}
