import type { AvailabilityEvidence } from '../../model/index.ts';
import { formatAvailability, formatNumber, formatPercent } from '../../units/index.ts';
import { plural, ratePhrase } from '../phrases.ts';
import { renderTable } from './table.ts';
import type { TableView } from './table.ts';

/** Scenarios shown; all are in plan.json. */
const SHOWN = 8;

/** What became of the plan when traces were replayed; empty without traces. */
function replayLine({ replayedAvailability }: AvailabilityEvidence): string {
  if (replayedAvailability === undefined) return '';
  const { share, hours, traces, narrow } = replayedAvailability;
  const remark =
    narrow.length === 0 ? '' : `; of ${narrow.join(', ')} more nodes are planned than the traces could show`;
  return `replay of ${plural(traces.length, 'availability trace')}: enough replicas ${formatAvailability(share)} of ${formatNumber(hours, 4)} h${remark}`;
}

/** The target, what is achieved, and the likeliest scenarios. */
export function availabilityLines(availability: AvailabilityEvidence, view: TableView = {}): string {
  const head = `target ${formatAvailability(availability.target)}, achieved at least ${formatAvailability(availability.achieved)} over ${plural(availability.scenarios.length, 'scenario')}`;
  const rows = availability.scenarios
    .toSorted((a, b) => b.probability - a.probability)
    .slice(0, SHOWN)
    .map((item) => [
      item.failed,
      formatPercent(item.probability, 3),
      ratePhrase(item.remainingRate),
      item.meetsDemand ? 'yes' : 'no',
    ]);
  const table = renderTable(
    [
      { title: 'DOWN' },
      { title: 'SHARE OF TIME', align: 'right' },
      { title: 'STILL SERVED', align: 'right' },
      { title: 'DEMAND MET' },
    ],
    rows,
    view,
  );
  return [head, replayLine(availability), table].filter((line) => line !== '').join('\n');
}
