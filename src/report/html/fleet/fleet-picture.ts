import type { PlanDocument } from '../../../model/index.ts';
import { busiestWindow } from '../../../plan/index.ts';
import { compareText, formatUsd } from '../../../units/index.ts';
import { fillPhrase } from '../../services/service-rows.ts';
import { plural } from '../../phrases.ts';
import { hourSpans } from '../charts/hour-spans.ts';
import { html } from '../markup/markup.ts';
import type { Markup } from '../markup/markup.ts';
import { columnsOf, folded, htmlTable } from '../markup/table.ts';
import { CAPACITY_ORDER, fleetOf } from './fleet-model.ts';
import type { OfferingNodes } from './fleet-model.ts';
import { fleetLegend, podMarks } from './fleet-legend.ts';
import type { PodMark } from './fleet-legend.ts';
import { nodePicture, nodeWords, pictureScale } from './node-picture.ts';
import type { PictureScale } from './node-picture.ts';

/** Windows that can be chosen; each has a rule in the style. */
export const SHOWN_WINDOWS = 12;
/** Kinds of node drawn per window; the rest is counted, so that a report of a large fleet stays small. */
const SHOWN_KINDS = 120;
/** Rows of the table behind the picture. */
const SHOWN_ROWS = 200;

/** Pools by zones and capacity types, every node to scale with its pods, for each window of the week. */
export function fleetPicture(plan: PlanDocument): Markup {
  const busiest = busiestWindow(plan.decision);
  if (busiest === undefined) return html`<p>Nothing is planned to run.</p>`;
  const windows = [busiest, ...plan.decision.windows.filter((item) => item.id !== busiest.id)].slice(
    0,
    SHOWN_WINDOWS,
  );
  const fleets = windows.map((window) => fleetOf(plan, window.id));
  const marks = podMarks(plan);
  const scale = pictureScale(fleets.flat());
  const choices = windows.map(
    (window, index) =>
      html`<label
        ><input
          type="radio"
          name="window"
          value="${index}"
          ${index === 0 ? html` checked` : undefined}
        /><span
          >${window.id}<small>${index === 0 ? 'busiest, ' : ''}${window.hours.length} h</small></span
        ></label
      >`,
  );
  const views = windows.map((window, index) => {
    const fleet = fleets[index] ?? [];
    return html`<div class="window" data-window="${index}">
      <p class="note"><b>${window.id}</b>: ${hourSpans(window.hours)} UTC. ${fleetSentence(fleet)}</p>
      ${fleetGrid(fleet, { scale, marks })}
    </div>`;
  });
  const fill = fillPhrase(plan);
  return html`<div class="fleet">
    <fieldset class="windows">
      <legend>Hours of the week</legend>
      ${choices}
    </fieldset>
    ${fleetLegend(marks)}
    <div data-rove>${views}</div>
    ${fill === '' ? undefined : html`<p class="note">${fill}</p>`}
    <p class="note">
      Nodes are drawn to scale: by accelerators where they have any, else by vCPU. Pods of language models are
      drawn on the first node with room; the plan proves that they fit, not which node they take.
    </p>
    ${folded('Nodes as a table', nodeTable(fleets[0] ?? [], busiest.id))}
  </div>`;
}

function fleetSentence(fleet: readonly OfferingNodes[]): string {
  const nodes = fleet
    .flatMap((item) => item.nodes.map((group) => group.count))
    .reduce((sum, count) => sum + count, 0);
  const accelerators = fleet
    .filter((item) => item.scale === 'accelerators')
    .reduce((sum, item) => sum + item.room * item.nodes.reduce((all, group) => all + group.count, 0), 0);
  const left = fleet.reduce((sum, item) => sum + item.left, 0);
  return `${plural(nodes, 'node')}${accelerators > 0 ? ` with ${plural(accelerators, 'accelerator')}` : ''}${left > 0 ? `; ${plural(left, 'pod')} not drawn` : ''}.`;
}

/** One row per pool and capacity type, one column per zone. */
function fleetGrid(
  fleet: readonly OfferingNodes[],
  drawing: { readonly scale: PictureScale; readonly marks: ReadonlyMap<string, PodMark> },
): Markup {
  const zones = [...new Set(fleet.map((item) => item.offering.zone))].sort(compareText);
  const rows = Map.groupBy(fleet, ({ offering }) => `${offering.pool} ${offering.capacityType}`);
  const budget = { left: SHOWN_KINDS };
  const sorted = [...rows.values()].sort(byPool);
  const body = sorted.map((items) => {
    const [first] = items;
    if (first === undefined) return html``;
    const { pool, instanceType, capacityType, accelerator, price } = first.offering;
    const what =
      accelerator === undefined
        ? instanceType.name
        : `${instanceType.name}, ${first.room} × ${accelerator.name}`;
    const cells = zones.map((zone) => {
      const own = items.filter((item) => item.offering.zone === zone);
      return html`<td data-zone="${zone}">${own.map((item) => nodeList(item, budget, drawing))}</td>`;
    });
    return html`<tr>
      <th scope="row">
        <b>${pool}</b>
        <span class="capacity ${CAPACITY_ORDER.includes(capacityType) ? capacityType : ''}"
          >${capacityType}</span
        ><small>${what}, ${formatUsd(price, 4)} USD/h</small>
      </th>
      ${cells}
    </tr>`;
  });
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Nodes by pool and zone"><table class="fleet-grid"><caption class="vh">Nodes by pool, capacity type and zone</caption><thead><tr><th scope="col">Pool${zones.map((zone) => html`<th scope="col">${zone}</th>`)}<tbody>${body}</table></div>`;
}

function byPool(a: readonly OfferingNodes[], b: readonly OfferingNodes[]): number {
  const [x, y] = [a[0]?.offering, b[0]?.offering];
  if (x === undefined || y === undefined) return 0;
  return (
    compareText(x.pool, y.pool) ||
    CAPACITY_ORDER.indexOf(x.capacityType) - CAPACITY_ORDER.indexOf(y.capacityType)
  );
}

function nodeList(
  group: OfferingNodes,
  budget: { left: number },
  drawing: { readonly scale: PictureScale; readonly marks: ReadonlyMap<string, PodMark> },
): Markup {
  const shown = group.nodes.slice(0, Math.max(0, budget.left));
  budget.left -= shown.length;
  const rest = group.nodes.slice(shown.length).reduce((sum, item) => sum + item.count, 0);
  const more = rest > 0 ? html`<li class="more">and ${plural(rest, 'more node')}</li>` : undefined;
  return html`<ul class="nodes">
    ${shown.map((nodes) => nodePicture(group, nodes, drawing))}${more}
  </ul>`;
}

function nodeTable(fleet: readonly OfferingNodes[], window: string): Markup {
  const rows = fleet.flatMap((group) =>
    group.nodes.map((nodes) => [
      group.offering.id,
      group.offering.instanceType.name,
      nodes.count,
      nodeWords(group, nodes),
    ]),
  );
  return htmlTable({
    caption: `Nodes in window ${window}`,
    columns: columnsOf(['Offering', 'Instance type', 'Nodes', 'Each holds'], ['Nodes']),
    rows: rows.slice(0, SHOWN_ROWS),
    more: rows.length > SHOWN_ROWS ? `… and ${rows.length - SHOWN_ROWS} more (all in plan.json)` : '',
  });
}
