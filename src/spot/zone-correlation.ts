import type { AvailabilityTrace } from './availability-trace.ts';
import type { Estimate } from './trace-statistics.ts';

const Z_95 = 1.959964;
/** Correlation from which two offerings are suggested as one group (assumed). */
const LEAST_CORRELATION = 0.3;

/** Losses of capacity that each of a pair must have shown before the pair is linked (assumed): few coincide by chance. */
const LEAST_LOSSES = 5;

/** How far two offerings of one campaign were without capacity at the same times. */
export interface TraceCorrelation {
  readonly first: string;
  readonly second: string;
  /** Phi coefficient of "has capacity" over the ticks both observed, -1..1; undefined where one of them never changed. */
  readonly phi?: Estimate;
  /** Ticks that independent samples would need to tell as much. */
  readonly effectiveTicks: number;
}

/** A suggestion for correlation groups. */
export interface CorrelationGroups {
  readonly pairs: readonly TraceCorrelation[];
  /** Ids of traces that fall together, each group and the list sorted; a trace that goes with no other is alone. */
  readonly groups: readonly (readonly string[])[];
}

/**
 * Correlation of each pair of traces that share a campaign and a tick, for `nodes` nodes at once, and groups of those that fall
 * together: linked where phi ≥ 0.3 (assumed), its 95 % interval lies above 0 and both lost capacity at least five times (assumed).
 */
export function correlationGroups(traces: readonly AvailabilityTrace[], nodes = 1): CorrelationGroups {
  const sorted = [...traces].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const group = sorted.map((_, index) => index);
  const pairs: TraceCorrelation[] = [];
  sorted.forEach((first, i) => {
    sorted.slice(i + 1).forEach((second, offset) => {
      if (first.campaign === undefined || first.campaign !== second.campaign) return;
      if (first.tickSeconds !== second.tickSeconds) return;
      const pair = correlation(first, second, nodes);
      pairs.push(pair);
      if (pair.phi === undefined || pair.phi.value < LEAST_CORRELATION || pair.phi.low <= 0) return;
      if (Math.min(losses(first, nodes), losses(second, nodes)) < LEAST_LOSSES) return;
      const [from, to] = [group[i + 1 + offset], group[i] ?? i];
      group.forEach((member, index) => {
        if (member === from) group[index] = to;
      });
    });
  });
  const members = new Map<number, string[]>();
  sorted.forEach(({ id }, index) => {
    const key = group[index] ?? index;
    members.set(key, [...(members.get(key) ?? []), id]);
  });
  return { pairs, groups: [...members.values()] };
}

/** How often the nodes were there and then not. */
function losses({ runNodes }: AvailabilityTrace, nodes: number): number {
  return runNodes.reduce(
    (sum, now, run) => sum + (now < nodes && (runNodes[run - 1] ?? 0) >= nodes ? 1 : 0),
    0,
  );
}

/** Counts over the ticks of one pair. */
interface JointCounts {
  ticks: number;
  first: number;
  second: number;
  both: number;
}

function correlation(a: AvailabilityTrace, b: AvailabilityTrace, nodes: number): TraceCorrelation {
  const ticks = Math.min(a.ticks, b.ticks);
  const [upA, upB] = [upTicks(a, nodes, ticks), upTicks(b, nodes, ticks)];
  const counts: JointCounts = { ticks, first: 0, second: 0, both: 0 };
  for (let tick = 0; tick < ticks; tick++) {
    const [x, y] = [upA[tick] ?? 0, upB[tick] ?? 0];
    counts.first += x;
    counts.second += y;
    counts.both += x & y;
  }
  const value = phiOf(counts);
  if (value === undefined) return { first: a.id, second: b.id, effectiveTicks: 0 };
  // Capacity now says much about capacity a tick later, so n ticks tell as much as fewer independent ones
  // (Bartlett 1935; Pyper and Peterman 1998, equation 1 cut after the first lag as a geometric series).
  const persistence = laggedPhi(upA) * laggedPhi(upB);
  const effectiveTicks = Math.max(4, (ticks * (1 - persistence)) / (1 + persistence));
  return { first: a.id, second: b.id, phi: fisherInterval(value, effectiveTicks), effectiveTicks };
}

/** 1 for each of the first `ticks` ticks with at least `nodes` nodes. */
function upTicks(trace: AvailabilityTrace, nodes: number, ticks: number): Uint8Array {
  const up = new Uint8Array(ticks);
  trace.runStart.forEach((start, run) => {
    if ((trace.runNodes[run] ?? 0) >= nodes) up.fill(1, start, trace.runStart[run + 1] ?? trace.ticks);
  });
  return up;
}

function phiOf({ ticks, first, second, both }: JointCounts): number | undefined {
  const variance = first * (ticks - first) * second * (ticks - second);
  return variance === 0 ? undefined : (both * ticks - first * second) / Math.sqrt(variance);
}

/** Correlation of a series with itself one tick later; 0 when it never changes. */
function laggedPhi(up: Uint8Array): number {
  const counts: JointCounts = { ticks: up.length - 1, first: 0, second: 0, both: 0 };
  for (let tick = 0; tick < counts.ticks; tick++) {
    const [x, y] = [up[tick] ?? 0, up[tick + 1] ?? 0];
    counts.first += x;
    counts.second += y;
    counts.both += x & y;
  }
  return Math.max(0, phiOf(counts) ?? 0);
}

/** 95 % interval of a correlation from `samples` independent samples (Fisher's z transform). */
function fisherInterval(value: number, samples: number): Estimate {
  const z = Math.atanh(Math.max(-1 + 1e-12, Math.min(1 - 1e-12, value)));
  const width = Z_95 / Math.sqrt(Math.max(1, samples - 3));
  return { value, low: Math.tanh(z - width), high: Math.tanh(z + width) };
}
