import { area, line } from 'd3-shape';
import { formatDuration, formatNumber } from '../../../units/index.ts';
import { ratePhrase } from '../../phrases.ts';
import { evidenceBadge } from '../markup/badges.ts';
import { html } from '../markup/markup.ts';
import type { Markup } from '../markup/markup.ts';
import { columnsOf, htmlTable } from '../markup/table.ts';
import type { CapacityCurve } from '../report-document.ts';
import { acrossRange, axes, chartFigure, fromZero, px, ROOM, spoken, upRange } from './frame.ts';
import type { Axis } from './frame.ts';
import { thinned } from './thinned.ts';

type CurvePoint = CapacityCurve['points'][number];

/** How latency grows with load on one replica, where it is used, and where its SLO ends. In brief without its points. */
export function capacityChart(curve: CapacityCurve, isBrief = false): Markup {
  const across: Axis = {
    scale: fromZero(
      [...curve.points.map((item) => item.rate), curve.operatingRate, curve.plannedRate],
      acrossRange(ROOM),
    ),
    title: 'requests per second of one replica',
    format: (value) => formatNumber(value, 3),
  };
  const up: Axis = {
    scale: fromZero(highs(curve), upRange(ROOM)),
    title: curve.metric,
    format: (value) => (value === 0 ? '0' : formatDuration(value)),
  };
  const name = `${curve.metric} p${curve.percentile}`;
  return chartFigure({
    title: `${name} by load of one replica`,
    description: `${name} of one replica by its load. Used at ${ratePhrase(curve.operatingRate)} in the busiest window, planned for at most ${ratePhrase(curve.plannedRate)}${curve.limit === undefined ? '' : `, limit ${formatDuration(curve.limit)}`}.`,
    body: [
      axes(ROOM, across, up),
      limitLine(curve, up),
      plannedLine(curve, across),
      lines(curve, across, up),
      isBrief ? undefined : pointMarks(curve, { across, up, name }),
      operatingMark(curve, across, up),
    ],
    badge: evidenceBadge(curve.evidence),
    table: isBrief ? html`` : pointTable(curve, name),
  });
}

/** Up to twice the limit: beyond saturation latency only grows with the length of the test. */
function highs({ points, limit }: CapacityCurve): readonly number[] {
  const values = points.map((item) => item.high ?? item.seconds);
  return limit === undefined ? values : [limit, ...values.map((value) => Math.min(value, 2 * limit))];
}

function pointTable({ points }: CapacityCurve, name: string): Markup {
  return htmlTable({
    caption: `${name} by load of one replica`,
    columns: columnsOf(['Requests/s', name, 'Interval'], ['Requests/s', name, 'Interval']),
    rows: points.map((item) => [
      formatNumber(item.rate, 3),
      formatDuration(item.seconds),
      intervalPhrase(item),
    ]),
  });
}

function intervalPhrase({ low, high }: CurvePoint): string {
  return low === undefined || high === undefined ? '–' : `${formatDuration(low)} – ${formatDuration(high)}`;
}

function lines(curve: CapacityCurve, across: Axis, up: Axis): Markup {
  const [, top = Infinity] = up.scale.domain();
  const height = (value: number): number => up.scale(Math.min(value, top));
  const shown = thinned(curve.points, (item) => [across.scale(item.rate), height(item.seconds)]);
  const path = line<CurvePoint>()
    .x((item) => across.scale(item.rate))
    .y((item) => height(item.seconds))
    .digits(1)([...shown]);
  const known = curve.points.filter((item) => item.low !== undefined && item.high !== undefined);
  const band = area<CurvePoint>()
    .x((item) => across.scale(item.rate))
    .y0((item) => height(item.low ?? item.seconds))
    .y1((item) => height(item.high ?? item.seconds))
    .digits(1)(known);
  return html`${band === null || known.length < 2 ? undefined : html`<path class="band s1" d="${band}" />`}${path === null ? undefined : html`<path class="line s1" d="${path}" />`}`;
}

function limitLine({ limit }: CapacityCurve, up: Axis): Markup {
  if (limit === undefined) return html``;
  const y = up.scale(limit);
  return html`<path class="limit" d="M${ROOM.left} ${px(y)}H${ROOM.width - ROOM.right}" /><text
      class="limit-text start"
      x="${ROOM.left + 6}"
      y="${px(y - 5)}"
      >limit ${formatDuration(limit)}</text
    >`;
}

function plannedLine({ plannedRate }: CapacityCurve, across: Axis): Markup {
  const x = px(across.scale(plannedRate));
  return html`<path class="planned" d="M${x} ${ROOM.top}V${ROOM.height - ROOM.bottom}" />`;
}

/** Curves of many points are told by their table. */
const SPOKEN_POINTS = 16;

function pointMarks(
  { points }: CapacityCurve,
  { across, up, name }: { readonly across: Axis; readonly up: Axis; readonly name: string },
): Markup {
  const [, top = Infinity] = up.scale.domain();
  if (points.length > SPOKEN_POINTS) return html``;
  return html`${points
    .filter((item) => item.seconds <= top)
    .map((item) =>
      spoken(
        `${ratePhrase(item.rate)}: ${name} ${formatDuration(item.seconds)}${item.low === undefined ? '' : ` (${intervalPhrase(item)})`}`,
        html`<circle
          class="point s1 small"
          cx="${px(across.scale(item.rate))}"
          cy="${px(up.scale(item.seconds))}"
          r="2.5"
        />`,
      ),
    )}`;
}

/** Latency at the operating rate, between the points beside it. */
function operatingMark(curve: CapacityCurve, across: Axis, up: Axis): Markup {
  const { operatingRate, points } = curve;
  const after = points.find((item) => item.rate >= operatingRate) ?? points.at(-1);
  const before = points.findLast((item) => item.rate <= operatingRate) ?? points[0];
  if (after === undefined || before === undefined) return html``;
  const width = after.rate - before.rate;
  const part = width > 0 ? (operatingRate - before.rate) / width : 0;
  const seconds = before.seconds + part * (after.seconds - before.seconds);
  const [, top = seconds] = up.scale.domain();
  const [x, y] = [across.scale(operatingRate), up.scale(Math.min(seconds, top))];
  return spoken(
    `Busiest window: ${ratePhrase(operatingRate)} per replica, planned for at most ${ratePhrase(curve.plannedRate)}`,
    html`<path class="operating" d="M${px(x)} ${px(y - 7)}l7 7l-7 7l-7-7Z" />`,
  );
}
