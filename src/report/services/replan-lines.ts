import type { PlanDocument, ReplanWindow } from '../../model/index.ts';
import { formatBytes, formatDuration } from '../../units/index.ts';
import { plural } from '../phrases.ts';

/** What a plan changes against the plan that it was made from, one line per window; none where it was made without one. */
export function replanLines(plan: PlanDocument): readonly string[] {
  const { replan } = plan.decision;
  if (replan === undefined) return [];
  const how = replan.isFromScratch
    ? `Planned anew: ${replan.reason ?? ''}.`
    : replan.changed.length === 0
      ? 'No service had to be placed anew.'
      : `Placed anew: ${plural(replan.changed.length, 'service')}.`;
  return [how, ...replan.windows.map(windowLine)];
}

function windowLine({ window, pods, nodes, movedMemory, liveTraffic, restartSeconds }: ReplanWindow): string {
  const moves =
    pods.moved === 0
      ? ''
      : `; moved pods start anew within ${formatDuration(restartSeconds)} each (${formatBytes(movedMemory)} of memory; ${formatBytes(liveTraffic)} to send if moved live)`;
  return `${window}: pods ${pods.kept} kept, ${pods.moved} moved, ${pods.added} added, ${pods.removed} removed; nodes ${nodes.kept} kept, ${nodes.added} added, ${nodes.removed} removed${moves}.`;
}
