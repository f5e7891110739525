import type { Interruption } from '../../model/index.ts';

/** No unit counts as down for longer than this share of time, or odds could not be formed. */
const LONGEST = 1 - 1e-9;

/** Capacity that is part of a failure unit. */
export interface UnitPart {
  readonly interruption: Interruption;
  /** From the loss of a node until what replaces it answers, seconds. */
  readonly repairSeconds: number;
}

/**
 * Share of time in which a unit is down: interrupted and not yet replaced, or without capacity where traces tell of that. What a trace tells of is down
 * for m = outage share + outages per hour × repair (hours), at most 1: after each outage a node must start first. Parts known from different traces are
 * out one by one, those of one trace together (the longest counts), so that down = 1 − (1 − interrupted) · Π (1 − m).
 * For losses that come together more often than by chance this is at least the share in which any part is out. Without traces it is `interrupted`.
 * @param interrupted share of time from interruptions alone, 0..1
 */
export function unitDowntime(interrupted: number, parts: readonly UnitPart[]): number {
  const outages = new Map<string, number>();
  for (const { interruption, repairSeconds } of parts) {
    const { outageShare, outagesPerHour = 0, outageProvenance } = interruption;
    if (outageShare === undefined) continue;
    const source = outageProvenance?.source ?? '';
    const share = Math.min(1, outageShare + outagesPerHour * (repairSeconds / 3600));
    outages.set(source, Math.max(outages.get(source) ?? 0, share));
  }
  if (outages.size === 0) return interrupted;
  const up = [...outages.values()].reduce((product, share) => product * (1 - share), 1 - interrupted);
  return Math.min(LONGEST, 1 - up);
}
