import { scaleLinear } from 'd3-scale';
import { formatNumber } from '../../../units/index.ts';
import { ratePhrase } from '../../phrases.ts';
import { html } from '../markup/markup.ts';
import type { Markup } from '../markup/markup.ts';
import { columnsOf, htmlTable } from '../markup/table.ts';
import type { HourOfWeek } from '../report-document.ts';
import { acrossRange, axes, chartFigure, fromZero, legendEntry, px, ROOM, spoken, upRange } from './frame.ts';
import type { Axis } from './frame.ts';
import { hourSpans } from './hour-spans.ts';

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
const HOURS_OF_DAY = 24;

/** Demand by hour of the week below what the replicas planned for the hour serve within the SLO. Empty without hours; in brief the line of the drawing alone. */
export function weekChart(hours: readonly HourOfWeek[], isBrief = false): Markup {
  if (hours.length === 0) return html``;
  const across: Axis = {
    scale: scaleLinear([0, hours.length], acrossRange(ROOM)),
    title: 'hour of the week, UTC',
    format: (hour) => DAYS[Math.floor(hour / HOURS_OF_DAY)]?.slice(0, 3) ?? '',
    ticks: DAYS.map((_, day) => day * HOURS_OF_DAY + HOURS_OF_DAY / 2),
  };
  const up: Axis = {
    scale: fromZero(
      hours.flatMap(({ demand, capacity }) => [demand, finite(capacity)]),
      upRange(ROOM),
    ),
    title: 'requests/s',
    format: (value) => formatNumber(value, 3),
  };
  const peak = Math.max(...hours.map((hour) => hour.demand));
  const tightest = tightestHour(hours);
  return chartFigure({
    title: 'Demand and capacity by hour of the week (requests/s)',
    description: `Demand peaks at ${ratePhrase(peak)}; the hour with least room is ${hourName(tightest.hour)} with ${ratePhrase(tightest.demand)} of ${ratePhrase(tightest.capacity)}.`,
    body: [axes(ROOM, across, up), drawn(hours, across, up), isBrief ? undefined : dayMarks(hours, across)],
    legend: [legendEntry('s1', 'demand'), legendEntry('s2 dashed', 'capacity within the SLO')],
    table: isBrief ? html`` : weekTable(hours),
  });
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

/** `Tuesday 16:00`. */
function hourName(hour: number): string {
  return `${DAYS[Math.floor(hour / HOURS_OF_DAY)] ?? ''} ${String(hour % HOURS_OF_DAY).padStart(2, '0')}:00`;
}

function tightestHour(hours: readonly HourOfWeek[]): HourOfWeek & { readonly hour: number } {
  const room = ({ demand, capacity }: HourOfWeek): number => (demand > 0 ? capacity / demand : Infinity);
  return hours
    .map((item, hour) => ({ ...item, hour }))
    .reduce((worst, item) => (room(item) < room(worst) ? item : worst));
}

/** Both lines as steps: an hour has one rate. One unit across is an hour, so that their paths are short. */
function drawn(hours: readonly HourOfWeek[], across: Axis, up: Axis): Markup {
  const bottom = up.scale(0);
  const demand = stepPath(hours.map((item) => up.scale(item.demand)));
  const capacity = stepPath(hours.map((item) => up.scale(finite(item.capacity))));
  const width = across.scale(1) - across.scale(0);
  return html`<g class="week" transform="translate(${px(across.scale(0))}) scale(${width.toFixed(4)} 1)"
    ><path class="line s1 filled" d="M0 ${px(bottom)}V${demand}V${px(bottom)}" /><path
      class="line s2 dashed"
      d="M0 ${capacity}"
  /></g>`;
}

/** Heights of hours as a path from the first: `12.3h2v-4h1`; equal hours are one step. Rounding does not add up. */
function stepPath(heights: readonly number[]): string {
  const places = heights.map((height) => Math.round(height * 10));
  let path = String((places[0] ?? 0) / 10);
  let run = 0;
  for (const [hour, place] of places.entries()) {
    run += 1;
    const next = places[hour + 1];
    if (next === place) continue;
    path += next === undefined ? `h${run}` : `h${run}v${(next - place) / 10}`;
    run = 0;
  }
  return path;
}

/** One column per day that tells the day's peak. */
function dayMarks(hours: readonly HourOfWeek[], across: Axis): Markup {
  const height = ROOM.height - ROOM.top - ROOM.bottom;
  return html`${DAYS.flatMap((day, index) => {
    const own = hours.slice(index * HOURS_OF_DAY, (index + 1) * HOURS_OF_DAY);
    if (own.length === 0) return [];
    const tight = tightestHour(own);
    const peak = Math.max(...own.map((item) => item.demand));
    const x = across.scale(index * HOURS_OF_DAY);
    const width = across.scale(index * HOURS_OF_DAY + own.length) - x;
    const words = `${day}: demand up to ${ratePhrase(peak)}; least room at ${String(tight.hour).padStart(2, '0')}:00, ${ratePhrase(tight.demand)} of ${ratePhrase(tight.capacity)}`;
    return [
      spoken(
        words,
        html`<path class="hit" d="M${px(x)} ${ROOM.top}h${px(width)}v${height}h-${px(width)}Z" />`,
      ),
    ];
  })}`;
}

/** Demand by hour in rows and day in columns, then capacity with the hours that have it. */
function weekTable(hours: readonly HourOfWeek[]): Markup {
  const days = DAYS.filter((_, day) => day * HOURS_OF_DAY < hours.length);
  const demand = htmlTable({
    caption: 'Demand in requests per second by hour (UTC) and day',
    columns: columnsOf(['Demand', ...days.map((day) => day.slice(0, 3))]),
    rows: Array.from({ length: Math.min(HOURS_OF_DAY, hours.length) }, (_, hour) => [
      `${String(hour).padStart(2, '0')}`,
      ...days.map((_day, day) => formatNumber(hours[day * HOURS_OF_DAY + hour]?.demand ?? NaN, 3)),
    ]),
  });
  const supplies = Map.groupBy(hours.keys(), (hour) => hours[hour]?.capacity ?? 0);
  const capacity = htmlTable({
    caption: 'Capacity within the SLO by hours of the week (UTC)',
    columns: columnsOf(['Capacity', 'Hours']),
    rows: [...supplies]
      .sort(([a], [b]) => b - a)
      .map(([rate, own]) => [Number.isFinite(rate) ? ratePhrase(rate) : 'no limit known', hourSpans(own)]),
  });
  return html`${demand}${capacity}`;
}
