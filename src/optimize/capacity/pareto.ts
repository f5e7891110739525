import type { EvaluatedCandidate } from '../../model/index.ts';

/** What candidates are compared by; less is better in each. */
interface Merits {
  /** Micro-dollars per hour at list price per request/s of planned rate. */
  readonly cost: number;
  /** p99 end-to-end latency at capacity, seconds. */
  readonly latency: number;
  /** Joules per output token. */
  readonly energy: number;
}

function meritsOf(item: EvaluatedCandidate): Merits {
  return {
    cost: item.listCostPerHour / item.capacity.rate.low,
    latency: item.capacity.evidence.latency.e2e.p99.value,
    energy: item.energyPerOutputToken,
  };
}

/**
 * Candidates that no other beats or equals in cost per request, p99 latency and energy alike; sorted by cost, then id.
 * Of equal ones the first by id stays.
 */
export function paretoSet(candidates: readonly EvaluatedCandidate[]): readonly EvaluatedCandidate[] {
  const sorted = candidates
    .map((item) => ({ item, merits: meritsOf(item) }))
    // Of equal cost the quickest first, then the most frugal: no later one may beat an earlier one.
    .sort(
      (a, b) =>
        a.merits.cost - b.merits.cost ||
        a.merits.latency - b.merits.latency ||
        a.merits.energy - b.merits.energy ||
        (a.item.candidate.id < b.item.candidate.id ? -1 : 1),
    );
  const kept: typeof sorted = [];
  for (const next of sorted) {
    const isBeaten = kept.some(
      ({ merits }) => merits.latency <= next.merits.latency && merits.energy <= next.merits.energy,
    );
    if (!isBeaten) kept.push(next);
  }
  return kept.map(({ item }) => item);
}
