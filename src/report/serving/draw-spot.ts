import { renderTable } from '../text/table.ts';
import { chartPage, describedChart, drawChart } from './draw-chart.ts';
import type { ChartForm } from './draw-chart.ts';
import { CHART_STYLE, COLOURS } from './simulation-charts.ts';
import type { ChartSpecification } from './simulation-charts.ts';
import type { SpotSimulationReport } from './spot-report.ts';
import { spotHead, spotSentence, spotTables } from './spot-rows.ts';

const WIDTH = 860;
const STATES = ['on demand', 'spot', 'starting', 'draining'] as const;
const SECONDS_PER_HOUR = 3600;

/**
 * Replays as one file without references to others: replicas by what they do over time, with what the load needs, above reclaims
 * and requests outside the limits. Same reports, same bytes. Loads the chart library when it is called.
 */
export async function drawSpotSimulation(
  reports: readonly SpotSimulationReport[],
  form: ChartForm,
): Promise<string> {
  const description = reports.map(spotSentence).join(' ');
  const specification = {
    ...CHART_STYLE,
    description,
    vconcat: reports.flatMap((report) => [
      replicaPanel(report),
      eventPanel(report, 'reclaimed', 'replicas reclaimed', COLOURS[1]),
      eventPanel(report, 'outside', 'requests outside limits', COLOURS[3]),
    ]),
  };
  const svg = describedChart(await drawChart(specification), 'Replay on spot capacity', description);
  if (form === 'svg') return `${svg}\n`;
  return chartPage({
    title: `Replay of ${reports.map((report) => report.subject).join(', ')} on spot capacity`,
    heading: 'Replay on spot capacity',
    svg,
    sections: reports.map((report) => ({
      title: report.subject,
      sentence: spotSentence(report),
      head: spotHead(report).join('\n'),
      tables: spotTables(report).map((table) => ({
        title: table.title,
        text: renderTable(table.columns, table.rows),
      })),
    })),
  });
}

function hoursAt({ fleet }: SpotSimulationReport, bucket: number): number {
  return ((bucket + 0.5) * fleet.course.bucketSeconds) / SECONDS_PER_HOUR;
}

function replicaPanel(report: SpotSimulationReport): ChartSpecification {
  const { course } = report.fleet;
  const series = [course.onDemandReady, course.spotReady, course.starting, course.draining];
  const values = series.flatMap((column, state) =>
    column.map((replicas, bucket) => ({
      hours: hoursAt(report, bucket),
      replicas,
      state: STATES[state],
      order: state,
    })),
  );
  const x = { field: 'hours', type: 'quantitative', title: 'time in hours' };
  return {
    title: { text: `${report.subject}: replicas over time; the line is what the load needs`, offset: 14 },
    width: WIDTH,
    height: 200,
    layer: [
      {
        data: { values },
        mark: { type: 'area', interpolate: 'step' },
        encoding: {
          x,
          y: { field: 'replicas', type: 'quantitative', title: 'replicas', stack: 'zero' },
          order: { field: 'order', type: 'quantitative' },
          color: {
            field: 'state',
            type: 'nominal',
            scale: { domain: STATES, range: [COLOURS[0], COLOURS[2], COLOURS[4], '#bbbbbb'] },
            legend: { title: null, orient: 'right' },
          },
        },
      },
      {
        data: {
          values: course.needed.map((replicas, bucket) => ({ hours: hoursAt(report, bucket), replicas })),
        },
        mark: { type: 'line', interpolate: 'step', color: '#000000', strokeWidth: 1.5, strokeDash: [5, 3] },
        encoding: { x, y: { field: 'replicas', type: 'quantitative' } },
      },
    ],
  };
}

function eventPanel(
  report: SpotSimulationReport,
  series: 'reclaimed' | 'outside',
  title: string,
  color: string | undefined,
): ChartSpecification {
  const width = report.fleet.course.bucketSeconds / SECONDS_PER_HOUR;
  const values = report.fleet.course[series].map((count, bucket) => ({
    from: bucket * width,
    to: (bucket + 1) * width,
    count,
  }));
  const most = Math.max(1, ...report.fleet.course[series]);
  return {
    width: WIDTH,
    height: 60,
    data: { values },
    mark: { type: 'rect', color },
    encoding: {
      x: { field: 'from', type: 'quantitative', title: 'time in hours' },
      x2: { field: 'to' },
      y: { field: 'count', type: 'quantitative', title: title.split(' '), scale: { domain: [0, most] } },
      y2: { datum: 0 },
    },
  };
}
