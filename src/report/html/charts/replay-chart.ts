import { scaleLinear } from 'd3-scale';
import { area, curveStepAfter, line } from 'd3-shape';
import { formatDuration, formatNumber, formatPercent } from '../../../units/index.ts';
import { plural, ratePhrase } from '../../phrases.ts';
import { html } from '../markup/markup.ts';
import type { Markup } from '../markup/markup.ts';
import { columnsOf, htmlTable } from '../markup/table.ts';
import type { ReplayTimeline } from '../report-document.ts';
import { acrossRange, axes, chartFigure, fromZero, legendEntry, px, spoken, upRange } from './frame.ts';
import type { Axis, ChartRoom } from './frame.ts';
import { timeTicks, timeWords } from './time-ticks.ts';
import { thinned } from './thinned.ts';

type ReplayStep = ReplayTimeline['steps'][number];
type ReplayEvent = ReplayTimeline['events'][number];

/** Replicas above, share of requests within the SLO below. */
const REPLICAS: ChartRoom = { width: 940, height: 210, left: 54, right: 14, top: 14, bottom: 38 };
const ATTAINMENT: ChartRoom = { width: 940, height: 130, left: 54, right: 14, top: 10, bottom: 38 };

/** Rows of tables before they are cut. */
const SHOWN_EVENTS = 60;
const SHOWN_STEPS = 48;
/** Events drawn one by one; more are drawn as the first ones. */
const DRAWN_EVENTS = 200;

/** The outcome of a replay in a sentence. */
export function replaySentence({ source, attainment, events }: ReplayTimeline): string {
  const losses = events.filter(isLoss);
  const replicas = losses.reduce((sum, event) => sum + event.replicas, 0);
  return `Replay of ${source}: ${formatPercent(attainment)} of requests within every limit of the SLO, ${plural(losses.length, 'loss', 'losses')} of capacity with ${plural(replicas, 'replica')}.`;
}

/** What became of the plan over time: replicas that serve and that start, lost capacity, and requests within the SLO. */
export function replayChart(replay: ReplayTimeline): Markup {
  const { steps } = replay;
  const [first, second] = steps;
  if (first === undefined) return html``;
  const width = second === undefined ? 1 : second.at - first.at;
  const end = (steps.at(-1)?.at ?? 0) + width;
  const across: Axis = {
    scale: scaleLinear([first.at, end], acrossRange(REPLICAS)),
    title: 'time since the start of the replay',
    format: timeWords,
    ticks: timeTicks(end - first.at).map((at) => first.at + at),
  };
  return html`${chartFigure({
    title: 'Replay: replicas over time',
    room: REPLICAS,
    description: replaySentence(replay),
    body: replicaBody(replay, across, end),
    legend: [
      legendEntry('s1', 'serving'),
      legendEntry('s3 dashed', 'starting'),
      html`<span><span class="lost-key" aria-hidden="true">▼</span> capacity lost</span>`,
    ],
    note: replaySentence(replay),
    table: html`${stepTable(steps)}${eventTable(replay.events)}`,
  })}${attainmentFigure(replay, across)}`;
}

function isLoss({ kind }: ReplayEvent): boolean {
  return kind === 'reclaim' || kind === 'node-loss';
}

function replicaBody({ steps, events }: ReplayTimeline, across: Axis, end: number): Markup {
  const up: Axis = {
    scale: fromZero(
      steps.flatMap((item) => [item.readyReplicas, item.startingReplicas]),
      upRange(REPLICAS),
    ),
    title: 'replicas',
    format: (value) => formatNumber(value, 3),
  };
  const path = (valueOf: (step: ReplayStep) => number): string => {
    const points = stepPoints(steps, valueOf, end);
    const draw = line<readonly [number, number]>()
      .x(([at]) => across.scale(at))
      .y(([, value]) => up.scale(value))
      .digits(1)
      .curve(curveStepAfter);
    return draw([...points]) ?? '';
  };
  return html`${axes(REPLICAS, across, up)}<path
      class="line s3 dashed"
      d="${path((item) => item.startingReplicas)}"
    /><path class="line s1" d="${path((item) => item.readyReplicas)}" />${events
      .filter(isLoss)
      .slice(0, DRAWN_EVENTS)
      .map((event) => lossMark(event, across))}`;
}

/** Where a value changes, and the end. */
function stepPoints(
  steps: readonly ReplayStep[],
  valueOf: (step: ReplayStep) => number,
  end: number,
): readonly (readonly [number, number])[] {
  const points = steps.flatMap((step, index): (readonly [number, number])[] => {
    const before = steps[index - 1];
    return before !== undefined && valueOf(before) === valueOf(step) ? [] : [[step.at, valueOf(step)]];
  });
  const last = points.at(-1);
  return last === undefined ? points : [...points, [end, last[1]]];
}

function lossMark(event: ReplayEvent, across: Axis): Markup {
  const x = px(across.scale(event.at));
  return spoken(
    eventPhrase(event),
    html`<path class="lost-line" d="M${x} ${REPLICAS.top}V${REPLICAS.height - REPLICAS.bottom}" /><path
        class="lost"
        d="M${x} ${REPLICAS.top + 9}l-5.5-9h11Z"
      />`,
  );
}

const EVENT_WORDS: Readonly<Record<ReplayEvent['kind'], string>> = {
  reclaim: 'reclaimed',
  'node-loss': 'lost with their node',
  start: 'started',
  ready: 'serving',
};

function eventPhrase(event: ReplayEvent): string {
  return `${formatDuration(event.at)}: ${plural(event.replicas, 'replica')} ${EVENT_WORDS[event.kind] ?? event.kind} in ${event.place}`;
}

function attainmentFigure({ steps }: ReplayTimeline, across: Axis): Markup {
  const known = steps.flatMap(({ at, attainment }) => (attainment === undefined ? [] : [{ at, attainment }]));
  if (known.length < 2) return html``;
  const lowest = known.reduce((worst, item) => (item.attainment < worst.attainment ? item : worst));
  // Shares near one are what matters: the axis starts a little below the worst.
  const floor = Math.max(0, Math.min(0.9, Math.floor(lowest.attainment * 10) / 10));
  const scale = scaleLinear([floor, 1], upRange(ATTAINMENT));
  const up: Axis = {
    scale,
    title: 'within SLO',
    format: (value) => formatPercent(value),
    ticks: scale.ticks(3),
  };
  const shown = thinned(known, (item) => [across.scale(item.at), scale(item.attainment)]);
  const shape = area<(typeof known)[number]>()
    .x((item) => across.scale(item.at))
    .y0(scale(floor))
    .y1((item) => scale(item.attainment))
    .digits(1);
  return chartFigure({
    title: 'Replay: requests within the SLO',
    room: ATTAINMENT,
    description: `Share of requests within the SLO over time; lowest ${formatPercent(lowest.attainment)} at ${formatDuration(lowest.at)}.`,
    body: html`${axes(ATTAINMENT, across, up)}<path class="band s1" d="${shape([...shown]) ?? ''}" /><path
        class="line s1"
        d="${shape.lineY1()([...shown]) ?? ''}"
      />${spoken(`Lowest: ${formatPercent(lowest.attainment)} at ${formatDuration(lowest.at)}`, html`<circle class="point s1" cx="${px(across.scale(lowest.at))}" cy="${px(scale(lowest.attainment))}" r="4" />`)}`,
    table: html``,
  });
}

/** Every so many steps, so that the table stays readable; losses are in their own table. */
function stepTable(steps: readonly ReplayStep[]): Markup {
  const every = Math.ceil(steps.length / SHOWN_STEPS);
  return htmlTable({
    caption: 'Replicas and requests over the replay',
    columns: columnsOf(
      ['At', 'Serving', 'Starting', 'Requests/s', 'Within SLO'],
      ['Serving', 'Starting', 'Requests/s', 'Within SLO'],
    ),
    rows: steps
      .filter((_, index) => index % every === 0)
      .map((item) => [
        item.at === 0 ? '0 s' : formatDuration(item.at),
        formatNumber(item.readyReplicas),
        formatNumber(item.startingReplicas),
        ratePhrase(item.arrivals),
        item.attainment === undefined ? '–' : formatPercent(item.attainment),
      ]),
    more: every > 1 ? `every ${every}th step of ${steps.length}` : '',
  });
}

function eventTable(events: readonly ReplayEvent[]): Markup {
  const losses = events.filter(isLoss);
  return htmlTable({
    caption: 'Capacity lost in the replay',
    columns: columnsOf(['At', 'What', 'Where', 'Replicas'], ['Replicas']),
    rows: losses
      .slice(0, SHOWN_EVENTS)
      .map((event) => [
        formatDuration(event.at),
        EVENT_WORDS[event.kind] ?? event.kind,
        event.place,
        event.replicas,
      ]),
    more: losses.length > SHOWN_EVENTS ? `… and ${losses.length - SHOWN_EVENTS} more` : '',
  });
}
