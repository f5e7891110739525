import type { PlanDocument } from '../../../model/index.ts';
import { compareText } from '../../../units/index.ts';
import { html } from '../markup/markup.ts';
import type { Markup } from '../markup/markup.ts';

/** Colours that stay apart for everybody (Okabe and Ito, 2008, without black and yellow); the letter is the second sign. */
const COLOURS = 6;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** How the pods of a workload are marked: a colour class, and a letter for the dearest ones. */
export interface PodMark {
  readonly colour: string;
  readonly letter: string;
}

/** Marks by workload: the dearest have colours and letters of their own, all others share one. */
export function podMarks(plan: PlanDocument): ReadonlyMap<string, PodMark> {
  const placed = new Set([
    ...plan.decision.allocations.map((item) => item.workload),
    ...(plan.decision.serviceAllocations ?? []).map((item) => item.workload),
  ]);
  const cost = new Map(plan.cost.workloads.map((item) => [item.workload, item.perMonth as number]));
  const dearest = [...placed].sort((a, b) => (cost.get(b) ?? 0) - (cost.get(a) ?? 0) || compareText(a, b));
  return new Map(
    dearest.map((workload, index) => [
      workload,
      index < LETTERS.length
        ? { colour: index < COLOURS ? `c${index + 1}` : 'c0', letter: LETTERS[index] ?? '' }
        : { colour: 'c0', letter: '' },
    ]),
  );
}

/** The mark of a workload that is not among the placed ones. */
export const UNKNOWN_MARK: PodMark = { colour: 'c0', letter: '' };

/** What the letters and colours stand for. */
export function fleetLegend(marks: ReadonlyMap<string, PodMark>): Markup {
  const named = [...marks].filter(([, mark]) => mark.letter !== '');
  const others = marks.size - named.length;
  const rest =
    others > 0
      ? html`<li><span class="swatch c0"></span>${others} others (names in the table)</li>`
      : undefined;
  return html`<ul class="pods-legend">
    ${named.map(([workload, { colour, letter }]) => html`<li><span class="swatch ${colour}">${letter}</span><bdi>${workload}</bdi></li>`)}${rest}
    <li><span class="swatch free"></span>free</li>
  </ul>`;
}
