import { formatNumber, formatPercent } from '../../../units/index.ts';
import { plural } from '../../phrases.ts';
import { px } from '../charts/frame.ts';
import { html } from '../markup/markup.ts';
import type { Markup } from '../markup/markup.ts';
import type { AlikeNodes, OfferingNodes, PlacedPods } from './fleet-model.ts';
import { UNKNOWN_MARK } from './fleet-legend.ts';
import type { PodMark } from './fleet-legend.ts';

/** Width of one accelerator, and height of a node, in pixels. */
const ACCELERATOR = 19;
const HEIGHT = 26;
/** Width of the largest node without accelerators; all such nodes are drawn to one scale. */
const WIDEST = 210;
/** No node is narrower than this, so that it can be pointed at. */
const NARROWEST = 8;
/** A letter needs so much room. */
const LETTER = 11;

/** Pixels per unit of each scale. */
export interface PictureScale {
  readonly accelerators: number;
  readonly cpu: number;
}

/** One scale for all nodes of a plan: the largest node without accelerators fills its width. */
export function pictureScale(nodes: readonly OfferingNodes[]): PictureScale {
  const largest = Math.max(1, ...nodes.filter((item) => item.scale === 'cpu').map((item) => item.room));
  return { accelerators: ACCELERATOR, cpu: WIDEST / largest };
}

/** Nodes that hold the same pods, drawn once with how many there are. */
export function nodePicture(
  group: OfferingNodes,
  nodes: AlikeNodes,
  { scale, marks }: { readonly scale: PictureScale; readonly marks: ReadonlyMap<string, PodMark> },
): Markup {
  const unit = scale[group.scale];
  const width = Math.max(NARROWEST, group.room * unit);
  const words = nodeWords(group, nodes);
  const badge = nodes.count > 1 ? html`<b aria-hidden="true">×${nodes.count}</b>` : undefined;
  const behind =
    nodes.count > 1
      ? html`<rect class="node behind" x="3" y="3.5" width="${px(width)}" height="${HEIGHT}" rx="3" />`
      : undefined;
  return html`<li>
    <svg width="${px(width + 4)}" height="${HEIGHT + 4}" role="img" aria-label="${words}" data-tip>
      ${behind}
      <rect class="node" x=".5" y=".5" width="${px(width)}" height="${HEIGHT}" rx="3" />
      ${podRects(group, nodes, { unit, marks })}</svg
    >${badge}
  </li>`;
}

function podRects(
  group: OfferingNodes,
  nodes: AlikeNodes,
  { unit, marks }: { readonly unit: number; readonly marks: ReadonlyMap<string, PodMark> },
): Markup {
  let x = 1;
  const rects = nodes.pods.flatMap(({ workload, pods, each }) => {
    const mark = marks.get(workload) ?? UNKNOWN_MARK;
    return Array.from({ length: each > 0 ? pods : 0 }, () => {
      const width = each * unit;
      const rect = html`<rect
        class="${mark.colour}"
        x="${px(x + 0.5)}"
        y="2"
        width="${px(Math.max(0.6, width - 1))}"
        height="${HEIGHT - 3}"
      />`;
      const letter =
        width >= LETTER && mark.letter !== ''
          ? html`<text x="${px(x + width / 2)}" y="${HEIGHT / 2 + 4}">${mark.letter}</text>`
          : undefined;
      x += width;
      return html`${rect}${letter}`;
    });
  });
  const cells =
    group.scale === 'accelerators' && group.room > 1
      ? html`<path
          class="cells"
          d="${Array.from({ length: group.room - 1 }, (_, index) => `M${px((index + 1) * unit + 1)} 2v${HEIGHT - 3}`).join('')}"
        />`
      : undefined;
  return html`${cells}${rects}`;
}

/** `12 nodes like this: chat 4 pods; 2 of 8 accelerators free`. */
export function nodeWords(group: OfferingNodes, { count, pods }: AlikeNodes): string {
  const used = pods.reduce((sum, item) => sum + item.pods * item.each, 0);
  const names = pods.map(podWords).join(', ');
  const head = count === 1 ? 'One node like this' : `${plural(count, 'node')} like this`;
  const free =
    group.scale === 'accelerators'
      ? `${formatNumber(group.room - used)} of ${plural(group.room, 'accelerator')} free`
      : `${formatPercent(used / Math.max(group.room, 1))} of ${formatNumber(group.room / 1000)} vCPU asked for`;
  return `${head}: ${names === '' ? 'no pods' : names}; ${free}`;
}

function podWords({ workload, pods }: PlacedPods): string {
  return `${workload} ${plural(pods, 'pod')}`;
}
