import { latencySafety } from '../../accuracy/index.ts';
import type { LatencySafety, ServingPlan } from '../../model/index.ts';
import type {
  GatherCrew,
  SearchLoad,
  SearchOptions,
  SearchProgress,
  SearchRequest,
  SearchResult,
} from '../../optimize/index.ts';
import { requestsPerSecond } from '../../units/index.ts';
import { ttftShareOf } from '../certainties.ts';
import { progress } from '../messages.ts';
import type { EngineHost } from '../messages.ts';
import type { ResolvedSearch } from './resolve-search.ts';

/** Finds the plans of a request: the search of the optimizer. */
export type SearchPlans = (request: SearchRequest, options: SearchOptions) => Promise<SearchResult>;

/** What searches run on. */
export interface SearchMeans {
  readonly searchPlans: SearchPlans;
  /** Default: this thread. */
  readonly gatherCrew?: GatherCrew;
}

/** What was found, and what was found trusting predictions where a confidence was asked for. */
export interface FoundPlans {
  readonly result: SearchResult;
  readonly safety?: LatencySafety;
  /** The best plan that trusts predictions; absent where there is none or its search was not run. */
  readonly trusting?: ServingPlan;
}

/** Part of the time limit that the search without safety may take. */
const TRUSTING_SHARE = 0.4;

/**
 * Searches the plans that keep the SLO: at the stated confidence, or by predictions as they are. With a confidence the plans that
 * trust predictions are searched first: they tell how end-to-end latency is made up, and what the safety costs.
 */
export async function runSearch(
  search: ResolvedSearch,
  means: SearchMeans,
  host: EngineHost,
): Promise<FoundPlans> {
  const { options } = search;
  const request = requestOf(search);
  const run = (part: SearchPart): Promise<SearchResult> =>
    means.searchPlans(request, searchOptions({ search, means, host, part }));
  if (options.confidence === undefined) {
    return { result: await run({ from: 0, share: 1, timeShare: 1, top: options.top }) };
  }
  const before = await run({ from: 0, share: TRUSTING_SHARE, timeShare: TRUSTING_SHARE, top: 1 });
  const [trusting] = before.plans;
  if (trusting === undefined) return { result: before };
  const safety = latencySafety({
    level: options.confidence,
    engines: options.engines ?? ['vllm'],
    bands: search.context.coefficients.errorBands,
    metrics: [
      ...options.limits.map((item) => item.metric),
      ...(options.objectiveLimits?.latency === undefined ? [] : (['e2e'] as const)),
    ],
    ttftShare: ttftShareOf(trusting.evidence.latency),
  });
  const rest = 1 - TRUSTING_SHARE;
  const result = await run({
    from: TRUSTING_SHARE,
    share: rest,
    timeShare: rest,
    top: options.top,
    safety,
  });
  return { result, safety, trusting };
}

/** One search of those that a question takes. */
interface SearchPart {
  /** Where its progress begins within the whole, and its share of it, 0..1. */
  readonly from: number;
  readonly share: number;
  /** Part of the time limit, 0..1. */
  readonly timeShare: number;
  readonly top: number | undefined;
  readonly safety?: LatencySafety;
}

/** What the plans must carry on which accelerators. */
export function requestOf({ options, facts, problem, workload }: ResolvedSearch): SearchRequest {
  const serving = options.serving ?? 'any';
  return {
    workload,
    offerings: problem.offerings,
    accelerators: Object.fromEntries(facts.pools.map((pool) => [pool.id, pool.accelerators])),
    load: loadOf(options),
    objective: facts.objective,
    limits: options.objectiveLimits ?? {},
    modes: serving === 'any' ? ['aggregated', 'disaggregated'] : [serving],
  };
}

function loadOf({ requestRate, clients }: ResolvedSearch['options']): SearchLoad {
  if (requestRate !== undefined) return { kind: 'rate', rate: requestsPerSecond(requestRate) };
  return clients === undefined ? { kind: 'most' } : { kind: 'concurrency', clients };
}

function searchOptions({
  search,
  means,
  host,
  part,
}: {
  readonly search: ResolvedSearch;
  readonly means: SearchMeans;
  readonly host: EngineHost;
  readonly part: SearchPart;
}): SearchOptions {
  const { options, context } = search;
  const limit = options.timeLimitSeconds;
  return {
    seed: options.seed ?? 1,
    coefficients: context.coefficients,
    ...(means.gatherCrew === undefined ? {} : { gatherCrew: means.gatherCrew }),
    ...(part.safety === undefined ? {} : { safety: part.safety }),
    ...(options.includesUnexecutable === undefined
      ? {}
      : { includesUnexecutable: options.includesUnexecutable }),
    ...(part.top === undefined ? {} : { top: part.top }),
    ...(limit === undefined ? {} : { timeLimitSeconds: limit * part.timeShare }),
    now: () => host.elapsedSeconds(),
    onProgress: (event) => tell(event, part, host),
  };
}

function tell({ stage, best, done, total, share }: SearchProgress, part: SearchPart, host: EngineHost): void {
  const detail = best === undefined ? '' : `best so far ${best}`;
  progress(host, stage, detail, [done, total, part.from + part.share * share]);
}
