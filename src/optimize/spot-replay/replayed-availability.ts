import type { ReplayedAvailability } from '../../model/index.ts';
import type { AvailabilityTrace } from '../../spot/index.ts';
import { effectiveRuns } from './effective-runs.ts';
import type { EffectiveRuns } from './effective-runs.ts';

/** Replicas of a workload on one offering in one window. */
export interface HeldReplicas {
  readonly offering: string;
  /** Nodes that hold them, ≥ 1; with fewer nodes, replicas are lost in proportion, rounded against the plan. */
  readonly nodes: number;
  readonly replicas: number;
  /** What one replica carries: requests per second, or 1 where replicas are counted. */
  readonly worth: number;
  /** Replicas of every role must carry the load. */
  readonly role: string;
  /** From the return of capacity until a replica answers, seconds. */
  readonly repairSeconds: number;
}

/** One window of a plan. */
export interface HeldWindow {
  readonly held: readonly HeldReplicas[];
  /** Load that each role must carry, in the unit of `worth`. */
  readonly needed: number;
}

type TracesOf = ReadonlyMap<string, readonly AvailabilityTrace[]>;

/** Part of the load that may be missing for rounding. */
const TOLERANCE = 1e-9;

/**
 * Replays traces against planned replicas: share of time in which every role carries the load, over all campaigns of observation in proportion to their length, the
 * lowest over the windows. Offerings without a trace in a campaign are taken to be there. Undefined where no trace tells of what is held.
 */
export function replayedAvailability(
  windows: readonly HeldWindow[],
  tracesOf: TracesOf,
): ReplayedAvailability | undefined {
  const replays = windows
    .filter(({ held, needed }) => needed > 0 && held.length > 0)
    .map((window) => replayWindow(window, tracesOf));
  const worst = replays.filter(({ seconds }) => seconds > 0).sort((a, b) => a.share - b.share)[0];
  if (worst === undefined) return undefined;
  const merged = (of: (replay: WindowReplay) => readonly string[]): readonly string[] =>
    [...new Set(replays.flatMap(of))].sort();
  return {
    share: worst.share,
    hours: worst.seconds / 3600,
    traces: merged(({ traces }) => traces),
    narrow: merged(({ narrow }) => narrow),
  };
}

interface WindowReplay {
  readonly share: number;
  readonly seconds: number;
  readonly traces: readonly string[];
  readonly narrow: readonly string[];
}

function replayWindow({ held, needed }: HeldWindow, tracesOf: TracesOf): WindowReplay {
  const traced = held.flatMap((item) =>
    (tracesOf.get(item.offering) ?? []).map((trace) => ({ item, trace })),
  );
  const campaigns = Map.groupBy(traced, ({ trace }) => trace.campaign ?? trace.id);
  let [seconds, up] = [0, 0];
  for (const parts of campaigns.values()) {
    const length = Math.min(...parts.map(({ trace }) => trace.ticks * trace.tickSeconds));
    seconds += length;
    up += secondsUp({ held, needed }, parts, length);
  }
  return {
    share: seconds > 0 ? up / seconds : 1,
    seconds,
    traces: traced.map(({ trace }) => trace.id),
    narrow: traced.filter(({ item, trace }) => item.nodes > trace.mostNodes).map(({ item }) => item.offering),
  };
}

/** Seconds of a campaign in which the load is carried: the runs of its traces merged, each moment of change looked at once. */
function secondsUp(
  { held, needed }: HeldWindow,
  parts: readonly { readonly item: HeldReplicas; readonly trace: AvailabilityTrace }[],
  length: number,
): number {
  const runs = parts.map(({ item, trace }) => effectiveRuns(trace, item.nodes, item.repairSeconds));
  const roles = [...new Set(held.map(({ role }) => role))];
  const steady = new Map(roles.map((role) => [role, worthOf(held.filter((item) => item.role === role))]));
  for (const { item } of parts) steady.set(item.role, (steady.get(item.role) ?? 0) - worthOf([item]));
  const at = new Int32Array(runs.length);
  const isCarried = (): boolean =>
    roles.every((role) => {
      const left = parts.reduce(
        (sum, { item }, index) => {
          if (item.role !== role) return sum;
          const nodes = runs[index]?.nodes[at[index] ?? 0] ?? 0;
          return sum + Math.floor((item.replicas * nodes) / item.nodes + TOLERANCE) * item.worth;
        },
        steady.get(role) ?? 0,
      );
      return left >= needed * (1 - TOLERANCE);
    });
  let [now, up] = [0, 0];
  while (now < length) {
    const next = Math.min(length, ...runs.map((run, index) => run.start[(at[index] ?? 0) + 1] ?? Infinity));
    if (isCarried()) up += next - now;
    advance(runs, at, next);
    now = next;
  }
  return up;
}

function worthOf(held: readonly HeldReplicas[]): number {
  return held.reduce((sum, { replicas, worth }) => sum + replicas * worth, 0);
}

function advance(runs: readonly EffectiveRuns[], at: Int32Array, now: number): void {
  runs.forEach((run, index) => {
    while ((run.start[(at[index] ?? 0) + 1] ?? Infinity) <= now) at[index] = (at[index] ?? 0) + 1;
  });
}
