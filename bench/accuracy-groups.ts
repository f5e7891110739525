import type { Measurement, PredictedMeasurement } from '../src/accuracy/index.ts';
import { renderTable } from '../src/report/index.ts';

/** Groups shown: those that add most to the mean error of TPOT. */
const SHOWN = 8;
/** A row that took so many times its predicted TTFT counts as slow. */
const SLOW = 3;

interface Row {
  readonly group: string;
  /** Predicted over measured. */
  readonly ttft: number;
  readonly tpot: number;
}

/** What limits the errors: which groups add most to the means, and how much of them no group-wide factor can take away. */
export function limitsText(predicted: readonly PredictedMeasurement[]): string {
  const rows = predicted.flatMap(({ measurement: m, prediction: p }): readonly Row[] =>
    p.ok ? [{ group: groupOf(m), ttft: p.ttftMs / m.ttftMs, tpot: p.tpotMs / m.tpotMs }] : [],
  );
  const groups = [...Map.groupBy(rows, ({ group }) => group)];
  const points = (own: readonly Row[], metric: 'ttft' | 'tpot'): number =>
    (100 * own.reduce((sum, row) => sum + Math.abs(row[metric] - 1), 0)) / rows.length;
  const table = renderTable(
    [{ title: 'GROUP' }, right('ROWS'), right('POINTS OF TPOT'), right('POINTS OF TTFT')],
    groups
      .map(([group, own]) => ({ group, own, tpot: points(own, 'tpot'), ttft: points(own, 'ttft') }))
      .sort((a, b) => b.tpot - a.tpot)
      .slice(0, SHOWN)
      .map(({ group, own, tpot, ttft }) => [group, String(own.length), tpot.toFixed(2), ttft.toFixed(2)]),
  );
  const oracle = (metric: 'ttft' | 'tpot'): string => {
    const errors = groups.flatMap(([, own]) => {
      const middle = median(own.map((row) => row[metric]));
      return own.map((row) => Math.abs(row[metric] / middle - 1));
    });
    return ((100 * errors.reduce((sum, error) => sum + error, 0)) / errors.length).toFixed(1);
  };
  const slow = rows.filter(({ ttft }) => ttft < 1 / SLOW).length;
  return [
    table,
    `every group corrected by its own median, which no prediction knows: TPOT ${oracle('tpot')} %, TTFT ${oracle('ttft')} %`,
    `rows whose TTFT was more than ${SLOW} times the prediction: ${slow}`,
  ].join('\n');
}

function groupOf(m: Measurement): string {
  return `${m.model} ${m.system} ${m.engine} ${m.precision}`;
}

function right(title: string): { readonly title: string; readonly align: 'right' } {
  return { title, align: 'right' };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? NaN) + (sorted[sorted.length >> 1] ?? NaN)) / 2;
}
