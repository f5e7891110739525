import { curveMonotoneX, line } from 'd3-shape';
import { formatDuration, formatPercent } from '../../../units/index.ts';
import { evidenceBadge } from '../markup/badges.ts';
import { html } from '../markup/markup.ts';
import type { Markup } from '../markup/markup.ts';
import { columnsOf, htmlTable } from '../markup/table.ts';
import type { LatencyDistribution } from '../report-document.ts';
import { acrossRange, axes, chartFigure, fromZero, px, ROOM, spoken, upRange } from './frame.ts';
import type { Axis } from './frame.ts';
import { LATENCY_NAMES } from './latency-names.ts';
import { thinned } from './thinned.ts';

/** Height of a line of text in a drawing. */
const LINE = 16;

/** The distribution of one latency against the limits of its SLO: the share of requests that is served within a time. In brief without its table. */
export function latencyChart(latency: LatencyDistribution, isBrief = false): Markup {
  const title = latencyTitle(latency);
  const across = timeAxis(latency);
  const up: Axis = {
    scale: fromZero([], upRange(ROOM)),
    title: 'requests served within',
    format: (share) => formatPercent(share),
    ticks: [0, 0.25, 0.5, 0.75, 1],
  };
  return chartFigure({
    title,
    description: description(latency, title),
    body: [
      axes(ROOM, across, up),
      limitLines(latency, across),
      curve(latency, across, up),
      percentileMarks(latency, across, up),
    ],
    badge: evidenceBadge(latency.evidence),
    table: isBrief ? html`` : percentileTable(latency, title),
  });
}

function latencyTitle({ metric, requestClass }: LatencyDistribution): string {
  const name = LATENCY_NAMES[metric] ?? metric;
  return requestClass === undefined ? name : `${name}, ${requestClass}`;
}

/** To the last limit or percentile; the curve's tail beyond it is cut, so that one slow request does not flatten the picture. */
function timeAxis({ cdf, percentiles, limits }: LatencyDistribution): Axis {
  const told = [
    ...limits.map((item) => item.seconds),
    ...percentiles.map((item) => item.high ?? item.seconds),
  ];
  const last = cdf.at(-1)?.seconds;
  const values = told.length > 0 || last === undefined ? told : [last];
  return {
    scale: fromZero(values, acrossRange(ROOM)),
    title: 'time',
    format: (value) => (value === 0 ? '0' : formatDuration(value)),
  };
}

function curve({ cdf, percentiles }: LatencyDistribution, across: Axis, up: Axis): Markup {
  const [, end = Infinity] = across.scale.domain();
  const points =
    cdf.length > 0
      ? cdf
      : percentiles.map(({ percentile, seconds }) => ({ seconds, share: percentile / 100 }));
  const shown = thinned(
    points.filter((point) => point.seconds <= end),
    (point) => [across.scale(point.seconds), up.scale(point.share)],
  );
  const path = line<(typeof points)[number]>()
    .x((point) => across.scale(point.seconds))
    .y((point) => up.scale(point.share))
    .digits(1)
    .curve(curveMonotoneX)([...shown]);
  // Between percentiles alone nothing is known; their line is dashed.
  const series = cdf.length > 0 ? 's1' : 's1 guess';
  return path === null || shown.length < 2 ? html`` : html`<path class="line ${series}" d="${path}" />`;
}

function limitLines({ limits }: LatencyDistribution, across: Axis): Markup {
  const bottom = ROOM.height - ROOM.bottom;
  return html`${limits.map((limit, index) => {
    const x = across.scale(limit.seconds);
    const words = `p${limit.percentile} ≤ ${formatDuration(limit.seconds)}`;
    // Beside its line on the side with room; limits near each other stand below each other.
    const isLeft = x > ROOM.width / 2;
    const y = ROOM.top + 100 + index * LINE;
    return html`<path class="limit" d="M${px(x)} ${ROOM.top}V${bottom}" /><text
        class="limit-text${isLeft ? '' : ' start'}"
        x="${px(isLeft ? x - 5 : x + 5)}"
        y="${y}"
        >${words}</text
      >`;
  })}`;
}

function percentileMarks({ percentiles, limits }: LatencyDistribution, across: Axis, up: Axis): Markup {
  return html`${percentiles.map((item) => {
    const [x, y] = [px(across.scale(item.seconds)), px(up.scale(item.percentile / 100))];
    const limit = limits.find((other) => other.percentile === item.percentile);
    const isBroken = limit !== undefined && item.seconds > limit.seconds;
    const range =
      item.low === undefined || item.high === undefined
        ? undefined
        : html`<path
            class="interval"
            d="M${px(across.scale(item.low))} ${y}H${px(across.scale(item.high))}"
          />`;
    return spoken(
      percentilePhrase(item, limit?.seconds),
      html`${range}<circle class="point s1${isBroken ? ' broken' : ''}" cx="${x}" cy="${y}" r="4" />`,
    );
  })}`;
}

function percentilePhrase(
  item: LatencyDistribution['percentiles'][number],
  limit: number | undefined,
): string {
  const range =
    item.low === undefined || item.high === undefined
      ? ''
      : ` (${formatDuration(item.low)} to ${formatDuration(item.high)})`;
  const against = limit === undefined ? '' : `; limit ${formatDuration(limit)}`;
  return `p${item.percentile} ${formatDuration(item.seconds)}${range}${against}`;
}

function description(latency: LatencyDistribution, title: string): string {
  const words = latency.percentiles.map((item) =>
    percentilePhrase(item, latency.limits.find((limit) => limit.percentile === item.percentile)?.seconds),
  );
  return `${title}, share of requests by time. ${words.join('. ')}.`;
}

function percentileTable({ percentiles, limits }: LatencyDistribution, title: string): Markup {
  return htmlTable({
    caption: `${title} by percentile`,
    columns: columnsOf(['Percentile', 'Predicted', 'Interval', 'Limit'], ['Predicted', 'Interval', 'Limit']),
    rows: percentiles.map((item) => {
      const limit = limits.find((other) => other.percentile === item.percentile);
      return [
        `p${item.percentile}`,
        formatDuration(item.seconds),
        item.low === undefined || item.high === undefined
          ? '–'
          : `${formatDuration(item.low)} – ${formatDuration(item.high)}`,
        limit === undefined ? '–' : formatDuration(limit.seconds),
      ];
    }),
  });
}
