import { scaleLinear } from 'd3-scale';
import type { ScaleLinear } from 'd3-scale';
import { html } from '../markup/markup.ts';
import type { Content, Markup } from '../markup/markup.ts';
import { folded } from '../markup/table.ts';

/** Room of a chart in user units of its drawing; it is scaled to the width of its column. */
export interface ChartRoom {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The room of most charts: four to three, with room for figures at the left and below. */
export const ROOM: ChartRoom = { width: 460, height: 250, left: 54, right: 14, top: 14, bottom: 38 };

/** One axis: its scale, what it measures, and how its figures read. */
export interface Axis {
  readonly scale: ScaleLinear<number, number>;
  readonly title: string;
  readonly format: (value: number) => string;
  /** Where figures stand; absent: about five round ones. */
  readonly ticks?: readonly number[];
}

/** A drawing with a heading, what it shows in a sentence, and the figures behind it as a table. */
export interface ChartFigure {
  readonly title: string;
  /** What somebody who cannot see the drawing should know. */
  readonly description: string;
  readonly room?: ChartRoom;
  readonly body: Content;
  readonly legend?: Content;
  readonly note?: Content;
  /** How well it is known, as a badge beside the heading. */
  readonly badge?: Markup;
  readonly table: Markup;
}

/** A round domain from zero to a little above the largest value. */
export function fromZero(
  values: readonly number[],
  range: readonly [number, number],
): ScaleLinear<number, number> {
  const top = values.reduce((most, value) => (Number.isFinite(value) && value > most ? value : most), 0);
  return scaleLinear()
    .domain([0, top > 0 ? top * 1.06 : 1])
    .range(range)
    .nice(5);
}

/** A coordinate with one decimal, so that drawings stay small and alike. */
export function px(value: number): string {
  return Number.isFinite(value) ? String(Math.round(value * 10) / 10) : '0';
}

/** Left to right and bottom to top, within the room. */
export function acrossRange(room: ChartRoom): [number, number] {
  return [room.left, room.width - room.right];
}

/** Bottom to top. */
export function upRange(room: ChartRoom): [number, number] {
  return [room.height - room.bottom, room.top];
}

/** Grid lines, figures and the title of the axis across. */
export function axes(room: ChartRoom, across: Axis, up: Axis): Markup {
  const bottom = room.height - room.bottom;
  const right = room.width - room.right;
  const width = right - room.left;
  const rows = (up.ticks ?? up.scale.ticks(5)).map((value) => ({ value, y: up.scale(value) }));
  const columns = (across.ticks ?? across.scale.ticks(6)).map((value) => ({
    value,
    x: px(across.scale(value)),
  }));
  const grid = rows.map(({ y }) => `M${room.left} ${px(y)}h${width}`).join('');
  const ticks = columns.map(({ x }) => `M${x} ${bottom}v4`).join('');
  const heights = rows.map(
    ({ value, y }) => html`<text x="${room.left - 7}" y="${px(y + 4)}">${up.format(value)}</text>`,
  );
  const widths = columns.map(
    ({ value, x }) => html`<text x="${x}" y="${bottom + 16}">${across.format(value)}</text>`,
  );
  return html`<g class="axis" aria-hidden="true"
    ><path class="grid" d="${grid}" /><path class="base" d="M${room.left} ${bottom}h${width}${ticks}" /><g
      class="heights"
      >${heights}<text x="${right}" y="${bottom + 34}">${across.title}</text></g
    ><g class="widths">${widths}</g></g
  >`;
}

/** What the figures up the side of a chart are, above it: a title written sideways is hard to read. */
export function chartFigure(figure: ChartFigure): Markup {
  const { title, description, room = ROOM, body, legend, note, badge, table } = figure;
  const extra = legend === undefined ? undefined : html`<p class="legend">${legend}</p>`;
  const words = note === undefined ? undefined : html`<p class="note">${note}</p>`;
  return html`<figure class="chart">
    <figcaption>${title} ${badge}</figcaption>
    ${extra}<svg
      viewBox="0 0 ${room.width} ${room.height}"
      role="group"
      aria-label="${description}"
      data-rove
    >
      ${body}</svg
    >${words}${folded('Figures', table)}
  </figure>`;
}

/** A mark that can be reached by keyboard and tells its figures; `text` is what it says. */
export function spoken(text: string, mark: Markup): Markup {
  return html`<g role="img" aria-label="${text}" data-tip>${mark}</g>`;
}

/** One entry of a legend: a line or a mark of a series, and its name. */
export function legendEntry(series: string, name: string): Markup {
  return html`<span
    ><svg class="key" viewBox="0 0 24 10" aria-hidden="true"><path class="line ${series}" d="M1 5H23" /></svg
    >${name}</span
  > `;
}
