import { parse, View } from 'vega';
import { compile } from 'vega-lite';
import type { TopLevelSpec } from 'vega-lite';
import type { PredictedMeasurement } from '../src/accuracy/index.ts';

/** Shares of the rows at which an error curve is drawn. */
const SHARES = Array.from({ length: 51 }, (_, i) => i / 50);
const LARGEST_PERCENT = 200;

/** One program's rows. */
export interface PlottedProgram {
  readonly name: string;
  readonly rows: readonly PredictedMeasurement[];
}

/**
 * The residuals of several programs as an SVG: for TTFT and TPOT, what share of the rows errs by at most how much. Errors above
 * 200 % are drawn at 200 %. Holds quantiles alone, no row.
 */
export async function errorCurves(programs: readonly PlottedProgram[]): Promise<string> {
  const values = programs.flatMap(({ name, rows }) =>
    (['ttftMs', 'tpotMs'] as const).flatMap((metric) => {
      const errors = rows
        .flatMap(({ measurement, prediction }) =>
          prediction.ok ? [Math.abs(prediction[metric] / measurement[metric] - 1) * 100] : [],
        )
        .sort((a, b) => a - b);
      return SHARES.map((share) => ({
        program: name,
        metric: metric === 'ttftMs' ? 'time to first token' : 'time per output token',
        share: Math.round(share * 100),
        error: Math.min(LARGEST_PERCENT, errors[Math.floor(share * (errors.length - 1))] ?? NaN),
      }));
    }),
  );
  const specification: TopLevelSpec = {
    background: 'white',
    description: 'Share of measured rows whose prediction errs by at most so much, by program',
    data: { values },
    facet: { column: { field: 'metric', type: 'nominal', title: null } },
    spec: {
      width: 340,
      height: 260,
      mark: { type: 'line', interpolate: 'monotone' },
      encoding: {
        x: {
          field: 'error',
          type: 'quantitative',
          title: 'relative error at most, %',
          scale: { type: 'symlog', constant: 5, domain: [0, LARGEST_PERCENT] },
          axis: { values: [0, 2, 5, 10, 20, 50, 100, 200] },
        },
        y: { field: 'share', type: 'quantitative', title: 'rows, %' },
        order: { field: 'share', type: 'quantitative' },
        color: {
          field: 'program',
          type: 'nominal',
          title: null,
          legend: { labelLimit: 300 },
          scale: { range: ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#000000'] },
          sort: programs.map(({ name }) => name),
        },
        strokeDash: { field: 'program', type: 'nominal', sort: programs.map(({ name }) => name) },
      },
    },
  };
  const view = new View(parse(compile(specification).spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return `${svg}\n`;
}
