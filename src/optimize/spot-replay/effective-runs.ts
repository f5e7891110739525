import type { AvailabilityTrace } from '../../spot/index.ts';

/** Nodes in service over time: from `start[i]` seconds until the next start `nodes[i]` nodes. Starts ascend from 0. */
export interface EffectiveRuns {
  readonly start: Float64Array;
  readonly nodes: Int32Array;
}

/**
 * The nodes of a trace that are in service, at most `planned`: a loss counts at once, a gain `repairSeconds` later, so that at each moment it is the least of the
 * last `repairSeconds`. A trace that shows the most it could show counts as having all planned nodes. The nodes of the first run stand from the start.
 */
export function effectiveRuns(
  trace: AvailabilityTrace,
  planned: number,
  repairSeconds: number,
): EffectiveRuns {
  const { runStart, runNodes, tickSeconds, mostNodes } = trace;
  const start: number[] = [];
  const nodes: number[] = [];
  const level = (run: number): number => {
    const had = runNodes[run] ?? 0;
    return had >= mostNodes ? planned : Math.min(had, planned);
  };
  const push = (at: number, value: number): void => {
    if (nodes.at(-1) === value) return;
    if (start.at(-1) === at) {
      start.pop();
      nodes.pop();
      push(at, value);
      return;
    }
    start.push(at);
    nodes.push(value);
  };
  // Levels of runs that still hold the least down: ascending levels, each until `until`.
  let pending: { level: number; until: number }[] = [];
  for (let run = 0; run < runStart.length; run++) {
    const from = (runStart[run] ?? 0) * tickSeconds;
    const value = level(run);
    // Rises that fall due before this run.
    while (pending.length > 0 && (pending[0]?.until ?? Infinity) <= from) {
      const due = pending.shift()?.until ?? from;
      push(due, pending[0]?.level ?? level(run - 1));
    }
    const until = from + repairSeconds;
    if (run > 0) pending.push({ level: level(run - 1), until });
    pending = pending.filter((item) => item.level < value);
    push(from, pending[0]?.level ?? value);
  }
  const last = level(runStart.length - 1);
  while (pending.length > 0) {
    const due = pending.shift()?.until ?? 0;
    push(due, pending[0]?.level ?? last);
  }
  return { start: Float64Array.from(start), nodes: Int32Array.from(nodes) };
}
