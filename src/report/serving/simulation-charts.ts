import type { LatencyMetric } from '../../model/index.ts';
import { formatDuration } from '../../units/index.ts';
import { LATENCY_METRICS, LATENCY_TITLES } from './figures.ts';
import type { SimulationReport } from './simulation-report.ts';
import { simulationSentence } from './simulation-rows.ts';

/** A view or a composition of views in Vega-Lite's terms; checked by its compiler, not here. */
export type ChartSpecification = Readonly<Record<string, unknown>>;

/** Eight colours that stay apart with every kind of colour-blindness, black last (Okabe and Ito, 2008). */
export const COLOURS = [
  '#0072B2',
  '#D55E00',
  '#009E73',
  '#CC79A7',
  '#E69F00',
  '#56B4E9',
  '#F0E442',
  '#000000',
];
const DASHES = [
  [1, 0],
  [6, 3],
  [2, 2],
  [8, 2, 2, 2],
  [4, 4],
  [10, 3],
  [1, 3],
  [12, 2],
];
const PANEL_WIDTH = 300;
const PANEL_HEIGHT = 180;
const GREY = '#555555';

/** What all charts share. */
export const CHART_STYLE = {
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  background: 'white',
  config: {
    font: 'Helvetica, Arial, sans-serif',
    axis: { gridColor: '#e5e5e5', labelFontSize: 11, titleFontSize: 11, titleFontWeight: 'normal' },
    title: { anchor: 'start', fontSize: 13 },
  },
} as const;

/** The charts of simulations: per workload a row of latency distributions above the course of the run. */
export function simulationCharts(reports: readonly SimulationReport[]): ChartSpecification {
  return {
    ...CHART_STYLE,
    description: reports.map(simulationSentence).join(' '),
    vconcat: reports.flatMap((report) => [
      {
        title: { text: `${report.subject}: share of requests within a latency`, offset: 18 },
        hconcat: LATENCY_METRICS.map((metric) => distributionPanel(report, metric)),
      },
      {
        title: { text: `${report.subject}: course of the run`, offset: 18 },
        resolve: { scale: { color: 'independent', strokeDash: 'independent' } },
        hconcat: [
          coursePanel(report, 'running', 'requests running'),
          coursePanel(report, 'waiting', 'requests waiting'),
          coursePanel(report, 'kvShare', 'KV cache in use', '.3~p'),
        ],
      },
    ]),
  };
}

/** The cumulative distribution of one latency with the limits of the SLO as rules. */
function distributionPanel(
  { distribution, limits }: SimulationReport,
  metric: LatencyMetric,
): ChartSpecification {
  const values = distribution[metric];
  const rows = values.map((seconds, index) => ({ seconds, share: index / Math.max(1, values.length - 1) }));
  const own = limits.filter((limit) => limit.metric === metric);
  const title = LATENCY_TITLES[metric];
  return {
    description: `${title}: cumulative distribution${own.map((item) => `; limit of ${item.percentile} at ${formatDuration(item.limit)}`).join('')}.`,
    width: PANEL_WIDTH,
    height: PANEL_HEIGHT,
    layer: [
      {
        data: { values: rows },
        mark: { type: 'line', interpolate: 'step-before', color: COLOURS[0], strokeWidth: 2 },
        encoding: {
          x: { field: 'seconds', type: 'quantitative', title: `${title} in seconds`, scale: scaleOf(rows) },
          y: {
            field: 'share',
            type: 'quantitative',
            title: 'share of requests',
            axis: { format: '.0%' },
            scale: { domain: [0, 1] },
          },
        },
      },
      ...(own.length === 0 ? [] : limitLayers(own.map((item) => limitRow(item)))),
    ],
  };
}

/** From zero on; without data some domain, since an empty one has no ends. */
function scaleOf(rows: readonly unknown[]): ChartSpecification {
  return rows.length === 0 ? { domain: [0, 1] } : { zero: true };
}

interface LimitRow {
  readonly seconds: number;
  readonly label: string;
  readonly share: number;
}

function limitRow(item: SimulationReport['limits'][number]): LimitRow {
  return {
    seconds: item.limit,
    label: `${item.percentile} ≤ ${formatDuration(item.limit)}`,
    share: Number(item.percentile.slice(1)) / 100,
  };
}

function limitLayers(values: readonly LimitRow[]): readonly ChartSpecification[] {
  const x = { field: 'seconds', type: 'quantitative' };
  return [
    {
      data: { values },
      mark: { type: 'rule', color: COLOURS[1], strokeDash: [4, 3], strokeWidth: 1.5 },
      encoding: { x },
    },
    {
      data: { values },
      mark: {
        type: 'text',
        align: 'right',
        dx: -4,
        dy: 10,
        baseline: 'top',
        color: COLOURS[1],
        fontSize: 11,
      },
      encoding: { x, y: { field: 'share', type: 'quantitative' }, text: { field: 'label', type: 'nominal' } },
    },
  ];
}

/** One series of all pools over time. */
function coursePanel(
  { timeline }: SimulationReport,
  series: 'running' | 'waiting' | 'kvShare',
  title: string,
  format = ',~r',
): ChartSpecification {
  const values = timeline.pools.flatMap((pool) =>
    pool[series].map((value, bucket) => ({
      pool: pool.pool,
      seconds: (bucket + 0.5) * timeline.bucketSeconds,
      value,
    })),
  );
  const names = timeline.pools.map(({ pool }) => pool);
  const isLegendNeeded = names.length > 1;
  const namedScale = (range: readonly unknown[]): ChartSpecification => ({
    domain: names,
    range: names.map((_, index) => range[index % range.length]),
  });
  const legend = isLegendNeeded && series === 'kvShare' ? { title: 'pool', labelColor: GREY } : null;
  return {
    description: `${title} over time.`,
    width: PANEL_WIDTH,
    height: PANEL_HEIGHT,
    data: { values },
    mark: { type: 'line', interpolate: 'monotone', strokeWidth: 1.5 },
    encoding: {
      x: { field: 'seconds', type: 'quantitative', title: 'time in seconds', scale: scaleOf(values) },
      y: { field: 'value', type: 'quantitative', title, axis: { format }, scale: scaleOf(values) },
      color: { field: 'pool', type: 'nominal', scale: namedScale(COLOURS), legend },
      strokeDash: { field: 'pool', type: 'nominal', scale: namedScale(DASHES), legend },
    },
  };
}
