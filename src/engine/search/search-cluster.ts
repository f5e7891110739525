import { DiagnosticError, diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import { searchPlans } from '../../optimize/index.ts';
import type { SearchReport } from '../../report/index.ts';
import { formatNumber } from '../../units/index.ts';
import { gatherCrewFor } from '../measuring/gather-crew.ts';
import type { MeasuringOptions } from '../measuring/gather-crew.ts';
import type { EngineHost } from '../messages.ts';
import { infeasibleSearch } from './infeasible-search.ts';
import { resolveSearch } from './resolve-search.ts';
import type { ResolvedSearch } from './resolve-search.ts';
import { runSearch } from './run-search.ts';
import type { FoundPlans, SearchMeans } from './run-search.ts';
import type { SearchClusterOptions } from './search-options.ts';
import { searchReport } from './search-report.ts';

/** A finished search: what people read, and what plans are made of. */
export interface SearchedCluster {
  readonly report: SearchReport;
  readonly search: ResolvedSearch;
  readonly found: FoundPlans;
}

/** What a search is asked for and how it is run. */
export type SearchClusterRequest = SearchClusterOptions & MeasuringOptions;

/**
 * Searches the best ways to serve one model on one cluster with threads and a journal as the options say. Nothing is written
 * beside the journal. Errors and warnings: those of `searchBy` and `gatherCrewFor`.
 */
export async function searchCluster(
  options: SearchClusterRequest,
  host: EngineHost,
): Promise<Outcome<SearchedCluster>> {
  const crew = gatherCrewFor(options, host);
  if (!crew.ok) return crew;
  let closed: readonly Diagnostic[] = [];
  const searched = await searchBy(options, { searchPlans, gatherCrew: crew.value.gatherCrew }, host).finally(
    async () => {
      closed = await crew.value.close();
    },
  );
  return { ...searched, diagnostics: [...crew.diagnostics, ...searched.diagnostics, ...closed] };
}

/**
 * Searches the best ways to serve one model on one cluster by the means given. Nothing is written.
 * Errors: those of `resolveSearch`; `optimize-no-candidate` or `optimize-infeasible` with the binding limits and the nearest
 * change that gives a plan. Warning `optimize-time-limit` when the time ran out before all was looked at.
 */
export async function searchBy(
  options: SearchClusterOptions,
  means: SearchMeans,
  host: EngineHost,
): Promise<Outcome<SearchedCluster>> {
  const search = await resolveSearch(options, host);
  if (!search.ok) return search;
  const found = await running(search.value, means, host);
  if (!found.ok) return failure(...search.diagnostics, ...found.diagnostics);
  const { result } = found.value;
  if (result.plans.length === 0) {
    return failure(...search.diagnostics, ...infeasibleSearch(result, search.value));
  }
  return success(
    { report: searchReport(search.value, found.value), search: search.value, found: found.value },
    [...search.diagnostics, ...cutShort(found.value, options)],
  );
}

async function running(
  search: ResolvedSearch,
  means: SearchMeans,
  host: EngineHost,
): Promise<Outcome<FoundPlans>> {
  try {
    return success(await runSearch(search, means, host));
  } catch (error) {
    if (error instanceof DiagnosticError) return failure(...error.diagnostics);
    throw error;
  }
}

function cutShort({ result }: FoundPlans, { timeLimitSeconds }: SearchClusterOptions): readonly Diagnostic[] {
  if (result.proof.isComplete || timeLimitSeconds === undefined) return [];
  const missed = result.proof.left['not-measured'] ?? 0;
  return [
    diagnostic('optimize-time-limit', {
      summary: `The search stopped at its limit of ${formatNumber(timeLimitSeconds)} s${missed === 0 ? '' : ` with ${missed} candidates not looked at to the end`}: the plans are the best until then.`,
      path: '--budget',
      fix: 'Raise --budget, or continue where this search stopped with --resume FILE.',
    }),
  ];
}
