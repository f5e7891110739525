import type { DisaggregationContext, SplitEffort } from './context.ts';
import { WAVE } from './context.ts';
import type { FleetReading } from './fleet-tasks.ts';
import { isOffered, partsOf, splitId, weightOf } from './splits.ts';
import type { Split } from './splits.ts';
import type { CountedCrew } from '../capacity/counted-crew.ts';

/** A split that was simulated as a whole. */
export interface TriedSplit {
  readonly split: Split;
  readonly reading: FleetReading;
}

/** Splits simulated at the demand, and how many were left when the search stopped. */
export interface FleetTrials {
  /** Those that keep the limits, lightest first. */
  readonly passing: readonly TriedSplit[];
  readonly tried: number;
  readonly left: number;
  /** Lightest split that was not tried because a lighter plan was known; absent when none was. */
  readonly outweighed?: Split;
}

/** Splits simulated at most (*assumed* to be enough: the first dozens decide). */
const MOST_TRIALS = 96;
/** Splits up to so much heavier than the lightest that passes are tried, to give alternatives. */
const NEAR = 1.05;
/** Splits up to so much heavier than the best plan known are tried. */
export const NEAR_KNOWN = 1.25;
/** Of splits in one wave; small, since most of the first pass. */
const TRIALS_PER_WAVE = WAVE / 2;

/**
 * Simulates splits at the demand from the lightest on. One that breaks a limit of its prompts is tried with one more prefill
 * replica, of its decoding with one more decode replica, else with either; in closed loops, whose rate is a guess, one that
 * passes is tried with one fewer, too. Ends once nothing near the lightest that passes is left.
 */
export async function tryLightest(
  starts: readonly Split[],
  context: DisaggregationContext,
  options: {
    readonly crew: CountedCrew;
    readonly effort: SplitEffort;
    readonly load: number;
    readonly top: number;
  },
): Promise<FleetTrials> {
  const queue = new SplitQueue(context);
  starts.forEach((split) => queue.add(split));
  const passing: TriedSplit[] = [];
  let tried = 0;
  const limit = (): number => {
    const lightest = Math.min(...passing.map(({ split }) => weightOf(split)));
    const known = (context.toBeat ?? Infinity) * NEAR_KNOWN;
    return Math.min(known, passing.length >= options.top ? lightest : lightest * NEAR);
  };
  while (tried < MOST_TRIALS && context.isPast?.() !== true) {
    const wave = queue.take(TRIALS_PER_WAVE, limit());
    if (wave.length === 0) break;
    const answers = await options.crew.run(
      wave.map((split) => ({
        method: 'read-fleet' as const,
        args: { parts: partsOf(split), count: options.effort.middle.count, load: options.load },
      })),
    );
    tried += wave.length;
    wave.forEach((split, i) => {
      const reading = answers[i]!.value;
      if (reading.value <= 1) passing.push({ split, reading });
      const isGuess = context.load.kind === 'concurrency';
      const next = reading.value > 1 ? enlarged(split, reading.limit) : isGuess ? reduced(split) : [];
      next.forEach((item) => queue.add(item));
    });
    context.onProgress?.(tried, tried + queue.lighterThan(limit()));
  }
  const outweighed = queue.first;
  passing.sort(
    (a, b) => weightOf(a.split) - weightOf(b.split) || (splitId(a.split) < splitId(b.split) ? -1 : 1),
  );
  return { passing, tried, left: queue.size, ...(outweighed === undefined ? {} : { outweighed }) };
}

/** What may mend a split that breaks `limit`: one more replica of the role that answers for it, or of either. */
export function enlarged(split: Split, limit: string): readonly Split[] {
  const more = { ...split, prefillReplicas: split.prefillReplicas + 1 };
  const larger = { ...split, decodeReplicas: split.decodeReplicas + 1 };
  if (limit.startsWith('ttft')) return [more];
  return limit.startsWith('tpot') ? [larger] : [more, larger];
}

function reduced(split: Split): readonly Split[] {
  return [
    { ...split, prefillReplicas: split.prefillReplicas - 1 },
    { ...split, decodeReplicas: split.decodeReplicas - 1 },
  ].filter((item) => item.prefillReplicas >= 1 && item.decodeReplicas >= 1);
}

/** Splits that are offered, each taken once, lightest first. */
export class SplitQueue {
  readonly #context: DisaggregationContext;
  readonly #known = new Set<string>();
  #waiting: Split[] = [];

  constructor(context: DisaggregationContext) {
    this.#context = context;
  }

  get size(): number {
    return this.#waiting.length;
  }

  get first(): Split | undefined {
    return this.#waiting[0];
  }

  add(split: Split): void {
    const id = splitId(split);
    if (this.#known.has(id) || !isOffered(split, this.#context.accelerators)) return;
    this.#known.add(id);
    this.#waiting.push(split);
    this.#waiting.sort((a, b) => weightOf(a) - weightOf(b) || (splitId(a) < splitId(b) ? -1 : 1));
  }

  lighterThan(weight: number): number {
    return this.#waiting.filter((split) => weightOf(split) <= weight).length;
  }

  take(count: number, weight: number): readonly Split[] {
    const taken = this.#waiting.slice(0, count).filter((split) => weightOf(split) <= weight);
    this.#waiting = this.#waiting.slice(taken.length);
    return taken;
  }
}
