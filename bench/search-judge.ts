import type { Rejection } from '../src/model/index.ts';
import type { SearchRequest, SearchResult } from '../src/optimize/search/request.ts';
import { Truth } from './search-truth.ts';
import type { TrueCandidate, TruthOptions } from './search-truth.ts';
import { planOf, plansOf } from './search-value.ts';
import type { TruePlan } from './search-value.ts';

/** Reasons by which an analytic bound leaves candidates out: they must never be wrong. */
const ANALYTIC: readonly Rejection['reason'][] = [
  'step-exceeds-tpot',
  'prefill-exceeds-ttft',
  'bound-exceeds-best',
];
/** A candidate left out must be better than the answer by more than this to count as falsely pruned: twice what bisection leaves. */
const PRUNE_TOLERANCE = 0.01;

/** What an exhaustive measurement says of a search. */
export interface Judgement {
  /** Ids of the plan found and of the best there is. */
  readonly found: string;
  readonly best: string;
  /** (value found − least value) / |least value|, both measured exhaustively; Infinity where nothing was found but something serves. */
  readonly regret: number;
  /** The same of these two plans under another seed's requests: what is left when both saw others. */
  readonly regretElsewhere: number;
  /** Candidates left out by an analytic reason that exhaustive measurement finds to serve, or to be better. */
  readonly falsePrunes: readonly string[];
}

/** Holds the answer of a search against every plan: those of the candidates, and `pairs` of prefill and decode replicas. */
export function judge(
  result: SearchResult,
  measured: { readonly candidates: readonly TrueCandidate[]; readonly pairs: readonly TruePlan[] },
  context: { readonly request: SearchRequest; readonly truth: Truth; readonly options: TruthOptions },
): Judgement {
  const { request, truth, options } = context;
  const { candidates, pairs } = measured;
  const plans = [...candidates.flatMap((candidate) => plansOf(candidate, request, truth)), ...pairs];
  const best = leastOf(plans);
  const found =
    pairs.find((plan) => plan.id === result.plans[0]?.id) ??
    foundPlan(result, candidates, { request, truth });
  const elsewhere = new Truth(request, { ...options, seed: options.seed + 1 });
  return {
    found: found?.id ?? 'nothing',
    best: best?.id ?? 'nothing',
    regret: regretOf(found?.value, best?.value),
    regretElsewhere:
      found === undefined || best === undefined || found.id === best.id
        ? 0
        : regretOf(found.again(elsewhere), best.again(elsewhere)),
    falsePrunes: falsePrunes(result, plans, found?.value ?? Infinity),
  };
}

function leastOf(plans: readonly TruePlan[]): TruePlan | undefined {
  return plans.reduce<TruePlan | undefined>(
    (least, plan) => (least === undefined || plan.value < least.value ? plan : least),
    undefined,
  );
}

function regretOf(found: number | undefined, best: number | undefined): number {
  if (best === undefined) return 0;
  return found === undefined ? Infinity : (found - best) / Math.abs(best);
}

/** The answer with the value that exhaustive measurement gives its candidate. */
function foundPlan(
  { plans: [plan] }: SearchResult,
  candidates: readonly TrueCandidate[],
  { request, truth }: { readonly request: SearchRequest; readonly truth: Truth },
): TruePlan | undefined {
  const part = plan?.parts[0];
  const candidate = candidates.find((item) => item.id === part?.candidate.id);
  if (part === undefined || candidate === undefined) return undefined;
  return planOf(candidate, { replicas: part.replicas, request, truth });
}

function falsePrunes(
  { rejected }: SearchResult,
  plans: readonly TruePlan[],
  found: number,
): readonly string[] {
  return rejected
    .filter((rejection) => ANALYTIC.includes(rejection.reason))
    .flatMap((rejection) => {
      const wrong = plans.find(
        (plan) =>
          plan.candidates.some((id) => isOf(id, rejection.candidate)) &&
          (rejection.reason !== 'bound-exceeds-best' ||
            plan.value < found - PRUNE_TOLERANCE * Math.abs(found)),
      );
      return wrong === undefined ? [] : [`${rejection.reason}: ${wrong.id}`];
    });
}

/** Whether a candidate is the one rejected, or one of the shape rejected. */
function isOf(candidate: string, rejected: string): boolean {
  return (
    candidate === rejected ||
    (candidate.startsWith(`${rejected}-b`) && /^-b\d+x\d+$/.test(candidate.slice(rejected.length)))
  );
}
