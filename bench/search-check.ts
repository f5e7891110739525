import type { SearchRequest, SearchResult } from '../src/optimize/search/request.ts';
import { objectiveValue } from '../src/optimize/search/merits.ts';
import { pairPlansBelow } from './search-truth-pairs.ts';
import type { Truth, TrueCandidate, TruthOptions } from './search-truth.ts';
import { meanTokens } from './search-request.ts';
import { plansOf, pricePerAccelerator, valueOf } from './search-value.ts';

/** A plan that beats the answer of a search by more than is allowed. */
export interface BetterPlan {
  readonly plan: string;
  /** (value found − its value) / |its value|. */
  readonly regret: number;
}

/**
 * Candidates that beat the answer of a search by more than `allowed` (a share): each is simulated whole at the load at which it would, and
 * only those that pass are measured further. What this does not find, exhaustive measurement finds at most `allowed` better.
 */
export function betterPlans(
  result: SearchResult,
  context: {
    readonly request: SearchRequest;
    readonly truth: Truth;
    readonly options: TruthOptions;
    readonly allowed: number;
  },
): readonly BetterPlan[] {
  const { request, truth, options, allowed } = context;
  const [found] = result.plans;
  const value = found === undefined ? Infinity : objectiveValue(found, request.objective);
  const target = Number.isFinite(value) ? value - allowed * Math.abs(value) : Infinity;
  const aggregated = truth.enumerate().flatMap((facts) => {
    if (!mayBeat({ ...facts, capacity: 0 }, { target, request, truth })) return [];
    return plansOf(truth.measureOne(facts.shape, facts.batch), request, truth);
  });
  return [...aggregated, ...pairPlansBelow(target, { request, truth, options })]
    .filter((plan) => plan.value < target)
    .map((plan) => ({ plan: plan.id, regret: (value - plan.value) / Math.abs(plan.value) }));
}

/** Share of a guessed capacity that counts as hardly any load. */
const LIGHT_SHARE = 0.01;

/**
 * Candidates that an analytic bound calls unable to keep the SLO at any load, although a whole run at hardly any load keeps it.
 */
export function falselyImpossible({ rejected }: SearchResult, truth: Truth): readonly string[] {
  const impossible = new Set(
    rejected
      .filter(({ reason }) => reason === 'step-exceeds-tpot' || reason === 'prefill-exceeds-ttft')
      .map(({ candidate }) => candidate),
  );
  return truth
    .enumerate()
    .filter(({ id, shape }) => impossible.has(shape.id) || impossible.has(id))
    .filter((facts) => {
      const guess = truth.bench.guessedLoad(facts.shape, facts.batch);
      return truth.read(facts, Math.max(LIGHT_SHARE * guess, Number.MIN_VALUE)).value <= 1;
    })
    .map(({ id }) => id);
}

/** Whether a candidate keeps the limits at the load at which it would have the value; decided by whole runs. */
function mayBeat(
  candidate: TrueCandidate,
  {
    target,
    request,
    truth,
  }: { readonly target: number; readonly request: SearchRequest; readonly truth: Truth },
): boolean {
  const { size, shape } = candidate;
  const most = Math.floor((request.accelerators[shape.pool] ?? 0) / size);
  const demand = request.load.kind === 'rate' ? request.load.rate : Infinity;
  const perHour = pricePerAccelerator(candidate, request) * size;
  const { isl, osl } = meanTokens(truth.bench.subject.profile);
  const passesAt = (load: number): boolean => truth.read(candidate, load).high <= 1;
  const keepsDemand = (replicas: number): boolean => replicas >= 1 && passesAt(demand / replicas);
  switch (request.objective) {
    case 'cost':
    case 'accelerators': {
      const each = request.objective === 'cost' ? perHour * 730 : size;
      return keepsDemand(Math.min(most, Math.floor(target / each)));
    }
    case 'cost-per-token':
      if (request.load.kind === 'concurrency') return true;
      return passesAt(((perHour / target) * 1e6) / ((isl + osl) * 3600));
    case 'throughput-per-accelerator':
      return passesAt((-target * size) / osl);
    case 'latency':
    case 'energy':
      return Array.from({ length: most }, (_, index) => index + 1).some((replicas) => {
        const value = valueOf(candidate, { replicas, request, truth });
        return value !== undefined && value < target;
      });
  }
}
