import type { DisaggregationContext, SplitEffort } from './context.ts';
import { wavesOf } from './context.ts';
import type { FleetReading } from './fleet-tasks.ts';
import { balancedSplits, neighboursOf, partsOf, splitId, weightOf } from './splits.ts';
import type { PooledRate, RolePair, Split } from './splits.ts';
import type { CountedCrew } from '../capacity/counted-crew.ts';

/** A split simulated as a whole, and how good it is. */
export interface ScoredSplit {
  readonly split: Split;
  readonly reading: FleetReading;
  /** Largest load that passes, or the demand where only that was simulated; 0 when none does. */
  readonly load: number;
  /** Less is better; Infinity when the demand is not carried. */
  readonly score: number;
}

/** Splits simulated first, and those whose neighbours are simulated too. */
const STARTS = 8;
const CLIMBERS = 2;
/** Rounds of looking at neighbours. */
const MOST_ROUNDS = 6;

/** What a climb needs. */
export interface Climb {
  readonly context: DisaggregationContext;
  readonly crew: CountedCrew;
  readonly effort: SplitEffort;
  /** Load that must be carried, in the unit of the subject's loop; 0: none. */
  readonly demand: number;
  readonly rateOf: PooledRate;
  /** Load of the fleet at a rate: the rate itself, or the clients that keep it up. */
  readonly loadAt: (pair: RolePair, rate: number) => number;
}

/** What a climb found: everything simulated, best first, and how many splits there were. */
export interface ClimbResult {
  readonly scored: readonly ScoredSplit[];
  readonly splits: number;
}

/**
 * The best splits of all pairs for an aim other than `least`: the balanced splits of every pair are put in the order of their
 * estimates, the first are simulated, and the best of those are improved replica by replica until none of their
 * neighbours is better.
 */
export async function climb(pairs: readonly RolePair[], climb: Climb): Promise<ClimbResult> {
  const { context, rateOf } = climb;
  const drafts = pairs
    .flatMap((pair) => balancedSplits(pair, context.accelerators, rateOf))
    .map((split) => ({ split, estimate: estimateOf(split, climb) }))
    .sort((a, b) => a.estimate - b.estimate || (splitId(a.split) < splitId(b.split) ? -1 : 1));
  const known = new Map<string, ScoredSplit>();
  const starts = firstOfPairs(drafts.map(({ split }) => split));
  await score(starts, known, climb);
  for (let round = 0; round < MOST_ROUNDS && context.isPast?.() !== true; round++) {
    const best = ranked(known).slice(0, CLIMBERS);
    const next = best
      .flatMap(({ split }) => neighboursOf(split, context.accelerators))
      .filter((split) => !known.has(splitId(split)));
    if (next.length === 0) break;
    await score(next, known, climb);
    context.onProgress?.(round + 1, MOST_ROUNDS);
    if (ranked(known)[0] === best[0]) break;
  }
  return { scored: ranked(known), splits: drafts.length };
}

/** The first splits in order, at most two of one pair before others had a turn. */
function firstOfPairs(splits: readonly Split[]): readonly Split[] {
  const taken = new Map<string, number>();
  const few = splits.filter((split) => {
    const pair = splitId({ ...split, prefillReplicas: 1, decodeReplicas: 1 });
    const count = taken.get(pair) ?? 0;
    taken.set(pair, count + 1);
    return count < 2;
  });
  return few.slice(0, STARTS);
}

function ranked(known: ReadonlyMap<string, ScoredSplit>): readonly ScoredSplit[] {
  return [...known.values()]
    .filter(({ score }) => score < Infinity)
    .sort((a, b) => a.score - b.score || (splitId(a.split) < splitId(b.split) ? -1 : 1));
}

/** What a split may come to by the rates of its roles; less is better. Splits that do not carry the demand come last. */
function estimateOf(split: Split, { context, rateOf, demand, loadAt }: Climb): number {
  const rates = [rateOf(split.prefill, split.prefillReplicas), rateOf(split.decode, split.decodeReplicas)];
  const load = loadAt(split, Math.min(...rates));
  const lacking = load < demand ? 1e6 * (demand / load) : 0;
  switch (context.aim) {
    case 'most':
      return -load + weightOf(split) * 1e-12;
    case 'fastest': {
      // Latency falls with the room that the busier role has left.
      const rate = demand > 0 ? (demand / load) * Math.min(...rates) : 0;
      return lacking + Math.max(...rates.map((most) => rate / most)) + latencyOf(split);
    }
    case 'least':
    case 'densest':
      return lacking + weightOf(split) / load;
  }
}

/** Mean end-to-end latency at the rates at which the roles were measured, seconds. */
function latencyOf({ prefill, decode }: RolePair): number {
  return prefill.reading.evidence.latency.ttft.mean.value + decode.reading.evidence.latency.e2e.mean.value;
}

async function score(splits: readonly Split[], known: Map<string, ScoredSplit>, climb: Climb): Promise<void> {
  const { context, crew, effort, demand, rateOf, loadAt } = climb;
  const { count, tolerance } = effort.middle;
  for (const wave of wavesOf(splits)) {
    if (context.aim === 'fastest') {
      const answers = await crew.run(
        wave.map((split) => ({
          method: 'read-fleet' as const,
          args: { parts: partsOf(split), count, load: demand },
        })),
      );
      wave.forEach((split, i) => {
        const reading = answers[i]!.value;
        const isKept = reading.value <= 1;
        const score = isKept ? reading.evidence.latency.e2e.p99.value : Infinity;
        known.set(splitId(split), { split, reading, load: isKept ? demand : 0, score });
      });
      continue;
    }
    const start = (split: Split): number =>
      loadAt(
        split,
        Math.min(rateOf(split.prefill, split.prefillReplicas), rateOf(split.decode, split.decodeReplicas)),
      );
    const answers = await crew.run(
      wave.map((split) => ({
        method: 'find-fleet' as const,
        args: { parts: partsOf(split), count, tolerance, start: start(split) },
      })),
    );
    wave.forEach((split, i) => {
      const { load, reading } = answers[i]!.value;
      known.set(splitId(split), { split, reading, load, score: scoreOf(split, load, climb) });
    });
  }
}

function scoreOf(split: Split, load: number, { context, demand }: Climb): number {
  if (load <= 0 || load < demand) return Infinity;
  return context.aim === 'most' ? 1 / load : weightOf(split) / load;
}
