import { scaleLinear } from 'd3-scale';
import { area, curveStepAfter, line } from 'd3-shape';
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

/** Demand by hour of the week below what the replicas planned for the hour serve within the SLO. Empty without hours. */
export function weekChart(hours: readonly HourOfWeek[]): Markup {
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
    body: [axes(ROOM, across, up), drawn(hours, across, up), dayMarks(hours, across)],
    legend: [legendEntry('s1', 'demand'), legendEntry('s2 dashed', 'capacity within the SLO')],
    table: weekTable(hours),
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

/** Both lines as steps: an hour has one rate. */
function drawn(hours: readonly HourOfWeek[], across: Axis, up: Axis): Markup {
  const steps = changes(hours, (item) => item.demand);
  const supply = changes(hours, (item) => finite(item.capacity));
  const x = ([hour]: Step): number => across.scale(hour);
  const y = ([, value]: Step): number => up.scale(value);
  const below = area<Step>().x(x).y0(up.scale(0)).y1(y).digits(1).curve(curveStepAfter)([...steps]);
  const path = line<Step>().x(x).y(y).digits(1).curve(curveStepAfter);
  return html`<path class="band s1" d="${below ?? ''}" /><path
      class="line s1"
      d="${path([...steps]) ?? ''}"
    /><path class="line s2 dashed" d="${path([...supply]) ?? ''}" />`;
}

type Step = readonly [hour: number, value: number];

/** The hours at which a value changes, and the end. */
function changes(hours: readonly HourOfWeek[], valueOf: (item: HourOfWeek) => number): readonly Step[] {
  const steps = hours.flatMap((item, hour): Step[] => {
    const before = hours[hour - 1];
    return before !== undefined && valueOf(before) === valueOf(item) ? [] : [[hour, valueOf(item)]];
  });
  const last = steps.at(-1);
  return last === undefined ? steps : [...steps, [hours.length, last[1]]];
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
    columns: columnsOf(
      ['Demand', ...days.map((day) => day.slice(0, 3))],
      days.map((day) => day.slice(0, 3)),
    ),
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
