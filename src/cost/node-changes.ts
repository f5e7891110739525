/**
 * Nodes that come and go with the hours of the week. A node is ordered ahead of the first hour that needs it and stays for a while after the last one: both are paid for. The
 * manifests keep to the same times (cron triggers start ahead, autoscalers wait before they scale down, Karpenter before it consolidates).
 */
import type { NodeAllocation, NodeChanges, TimeWindow } from '../model/index.ts';
import { HOURS_PER_MONTH, HOURS_PER_WEEK } from '../units/index.ts';

/** A lower need must last at least this long before replicas go, seconds: the default of Kubernetes' autoscaler. */
const SHORTEST_CALM = 300;
/** A node stands empty this long before it goes, seconds; *assumed*: longer than a rollout leaves one empty. */
export const CONSOLIDATE_AFTER = 600;
/** Weeks per month of 730 h. */
const WEEKS_PER_MONTH = HOURS_PER_MONTH / HOURS_PER_WEEK;

/**
 * Seconds for which a lower need must last before replicas go. A replica that takes long to come back (`scaleUpSeconds`) is not
 * sent away for a short calm; Kubernetes allows an hour at most.
 */
export function scaleDownCalm(scaleUpSeconds: number): number {
  return Math.min(3600, Math.max(SHORTEST_CALM, Math.ceil(scaleUpSeconds)));
}

/**
 * Hours that a node is paid for beside the hours that need it, each time it comes and goes: from its order until its replicas answer (`scaleUpSeconds`), and
 * until autoscaler and consolidation let it go. One hour at most: it stays over gaps that are no longer than that.
 */
export function changeHours(scaleUpSeconds: number): number {
  return Math.min(1, (scaleUpSeconds + scaleDownCalm(scaleUpSeconds) + CONSOLIDATE_AFTER) / 3600);
}

/** How often in a week one window follows another, the week being a circle; indices of windows. */
export interface WindowChange {
  readonly from: number;
  readonly to: number;
  readonly perWeek: number;
}

/** All changes between windows, sorted; none where there is one window. */
export function windowChanges(windows: readonly Pick<TimeWindow, 'hours'>[]): readonly WindowChange[] {
  const at = new Array<number>(HOURS_PER_WEEK).fill(-1);
  windows.forEach(({ hours }, index) => {
    for (const hour of hours) at[hour] = index;
  });
  const counts = new Map<number, number>();
  at.forEach((from, hour) => {
    const to = at[(hour + 1) % HOURS_PER_WEEK] ?? -1;
    if (from < 0 || to < 0 || from === to) return;
    const key = from * windows.length + to;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  });
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([key, perWeek]) => ({
      from: Math.floor(key / windows.length),
      to: key % windows.length,
      perWeek,
    }));
}

/**
 * Hours per month that one node of each window is paid for, as a bound that is exact where busier windows (those with a lower index) have at least as many nodes:
 * a start is counted to the busier window and given back to the quieter one before it, which would save it by keeping the node. `perChange` are the hours of one
 * coming and going (`changeHours`), at least 0. With 0 these are the hours of the windows.
 */
export function paidHours(
  windows: readonly Pick<TimeWindow, 'hours'>[],
  perChange: number,
): readonly number[] {
  const hours = windows.map((window) => window.hours.length);
  for (const { from, to, perWeek } of windowChanges(windows)) {
    if (to > from) continue;
    hours[to] = (hours[to] ?? 0) + perChange * perWeek;
    hours[from] = (hours[from] ?? 0) - perChange * perWeek;
  }
  // Never below 0: a window is left at most once per hour of it, and a change takes an hour at most.
  return hours.map((perWeek) => perWeek * WEEKS_PER_MONTH);
}

/** The coming and going of the nodes of one offering; undefined where the same nodes stay all week. `scaleUpSeconds`: node and replica. */
export function nodeChanges(
  nodes: NodeAllocation['nodes'],
  windows: readonly TimeWindow[],
  scaleUpSeconds: number,
): NodeChanges | undefined {
  const count = (window: number): number => nodes[windows[window]?.id ?? ''] ?? 0;
  const startsPerWeek = windowChanges(windows).reduce(
    (sum, { from, to, perWeek }) => sum + perWeek * Math.max(0, count(to) - count(from)),
    0,
  );
  if (startsPerWeek === 0) return undefined;
  return { startsPerWeek, hoursPerMonth: startsPerWeek * changeHours(scaleUpSeconds) * WEEKS_PER_MONTH };
}

/** Node hours per month that are paid for of one offering: those of its windows, and its coming and going. */
export function nodeHoursPerMonth(
  { nodes, changes }: NodeAllocation,
  windows: readonly TimeWindow[],
): number {
  const hours = windows.reduce((sum, { id, hours: own }) => sum + (nodes[id] ?? 0) * own.length, 0);
  return hours * WEEKS_PER_MONTH + (changes?.hoursPerMonth ?? 0);
}

/** The coming and going of nodes of the same offering that are bought apart. */
export function changesTogether(changes: readonly NodeChanges[]): NodeChanges {
  const sum = (of: (item: NodeChanges) => number): number =>
    changes.reduce((total, item) => total + of(item), 0);
  return {
    startsPerWeek: sum((item) => item.startsPerWeek),
    hoursPerMonth: sum((item) => item.hoursPerMonth),
  };
}
