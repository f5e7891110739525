import path from 'node:path';
import {
  expandMixes,
  mergeCatalog,
  resolveModels,
  resolveOfferings,
  shippedCatalog,
} from '../catalog/index.ts';
import { failure, hasErrors, success } from '../diagnostics/index.ts';
import type { Outcome } from '../diagnostics/index.ts';
import type {
  Objective,
  PlannedServiceTraffic,
  PlannedTraffic,
  Problem,
  ResolvedProblem,
  ResolvedWorkload,
  Workload,
} from '../model/index.ts';
import { resolveServices } from '../perf/index.ts';
import { sortedBy } from '../units/index.ts';
import { profileStatistics, scaleHourlyRate } from '../traffic/index.ts';
import type { LoadedStack } from './load-stack.ts';
import { longRequestDiagnostics } from './long-requests.ts';
import { progress } from './messages.ts';
import type { EngineHost } from './messages.ts';
import { resolveTraffic } from './resolve-traffic.ts';
import { withSpotRecords } from './spot-records/recorded-risk.ts';

/** Changes to a stack for one run; each is recorded in the plan. */
export interface StackOverrides {
  /** Trace file, relative to the working directory, that replaces the traffic of every workload. */
  readonly trace?: string;
  readonly seed?: number;
  /** Replaces the objective of every workload. */
  readonly objective?: Objective;
  /** Replaces the confidence of every workload, above 0.5 and below 1. */
  readonly confidence?: number;
}

/**
 * Joins a loaded stack with the catalogue and its traffic. All problems of all parts are reported together.
 * Errors: `catalog-*`, `traffic-*` and `spot-map-unknown`.
 */
export async function resolveStack(
  stack: LoadedStack,
  overrides: StackOverrides,
  host: EngineHost,
): Promise<Outcome<ResolvedProblem>> {
  const declared = withServiceRates(withOverrides(stack.problem, overrides, host));
  progress(host, 'catalog', 'joining pools with offerings');
  const catalog = mergeCatalog(shippedCatalog(), declared.catalog);
  if (!catalog.ok) return catalog;
  const expanded = expandMixes(declared, catalog.value);
  const problem = expanded.ok ? expanded.value : declared;
  const offerings = resolveOfferings(problem, catalog.value);
  const models = resolveModels(problem, catalog.value);
  const traffic = await Promise.all(
    problem.workloads.map((workload) => resolveTraffic(workload, stack.folder, host)),
  );
  const services = resolveServices(problem.services);
  const known = offerings.ok ? withSpotRecords(offerings.value, stack.spot) : offerings;
  const outcomes = [catalog, expanded, offerings, models, services, ...traffic];
  const diagnostics = [...outcomes, ...(offerings.ok ? [known] : [])].flatMap(
    (outcome) => outcome.diagnostics,
  );
  if (!expanded.ok || !known.ok || !models.ok || !services.ok) return failure(...diagnostics);
  const workloads = problem.workloads.flatMap((workload, index): ResolvedWorkload[] => {
    const resolved = traffic[index];
    const architecture = models.value.get(workload.id);
    return resolved?.ok === true && architecture !== undefined
      ? [{ workload, architecture, ...resolved.value }]
      : [];
  });
  const long = workloads.flatMap(longRequestDiagnostics);
  return workloads.length === problem.workloads.length && !hasErrors(long)
    ? success({ problem, offerings: known.value, workloads, services: services.value }, [
        ...diagnostics,
        ...long,
      ])
    : failure(...diagnostics, ...long);
}

function withOverrides(problem: Problem, overrides: StackOverrides, host: EngineHost): Problem {
  const { trace, seed, objective, confidence } = overrides;
  const aims = {
    ...(objective === undefined ? {} : { objective }),
    ...(confidence === undefined ? {} : { confidence }),
  };
  const traffic = (workload: Workload): Pick<Workload, 'traffic'> | undefined =>
    trace === undefined
      ? undefined
      : {
          traffic: {
            source: 'trace',
            file: path.resolve(host.workingDirectory, trace),
            format: 'auto',
            scaling: workload.traffic.source === 'trace' ? workload.traffic.scaling : {},
          },
        };
  return {
    ...problem,
    seed: seed ?? problem.seed,
    ...aims,
    workloads: problem.workloads.map((workload) => ({ ...workload, ...aims, ...traffic(workload) })),
  };
}

/** A problem whose services have the rates by hour with the changes that were declared, by the rule of language models. */
export function withServiceRates(problem: Problem): Problem {
  return {
    ...problem,
    services: problem.services.map((service) => ({
      ...service,
      requestClasses: service.requestClasses.map(({ scaling, ...item }) => ({
        ...item,
        hourlyRate: scaleHourlyRate(item.hourlyRate, scaling ?? {}),
      })),
    })),
  };
}

/** The traffic of every workload in the figures a plan records, sorted by workload. */
export function plannedTraffic(resolved: ResolvedProblem): readonly PlannedTraffic[] {
  const rows = resolved.workloads.map(({ workload, profile }): PlannedTraffic => {
    const statistics = profileStatistics(profile);
    return {
      workload: workload.id,
      profile: profile.name,
      source: profile.provenance.source,
      meanRate: statistics.meanRate,
      peakRate: statistics.peakRate,
      burstiness: profile.arrivals.cv,
      prefixHitRate: profile.prefix.hitRate,
      isl: statistics.isl,
      osl: statistics.osl,
    };
  });
  return sortedBy(rows, (row) => row.workload);
}

/** The requests that reach every service in the figures a plan records, sorted by workload; undefined where no service is declared. */
export function plannedServiceTraffic(
  resolved: ResolvedProblem,
): readonly PlannedServiceTraffic[] | undefined {
  if (resolved.services.length === 0) return undefined;
  const rows = resolved.services.map(({ workload, hourlyRate }): PlannedServiceTraffic => ({
    workload: workload.id,
    ...ratesOf(hourlyRate),
    classes: workload.requestClasses.map((item) => ({
      id: item.id,
      ...ratesOf(item.hourlyRate),
      burstiness: item.burstiness,
    })),
  }));
  return sortedBy(rows, (row) => row.workload);
}

function ratesOf(hourlyRate: readonly number[]): { readonly meanRate: number; readonly peakRate: number } {
  const sum = hourlyRate.reduce((total, rate) => total + rate, 0);
  return { meanRate: sum / Math.max(1, hourlyRate.length), peakRate: Math.max(0, ...hourlyRate) };
}
