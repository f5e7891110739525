import { diagnostic, hasErrors } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import type { ServiceEvidence, ServiceShape, ServiceWorkload } from '../../model/index.ts';
import { formatDuration, requestsPerSecond, sortedBy } from '../../units/index.ts';
import { serviceArrivals } from './arrival-variability.ts';
import { callGraph, callRates, connectedServices, peakRate, reachOf } from './call-graph.ts';
import type { CallGraph } from './call-graph.ts';
import { LimitCheck, hasLimits } from './choices.ts';
import type { Choice, Choices } from './choices.ts';
import { responsePercentiles } from './entry-percentiles.ts';
import { latencyPercentiles } from './latency-percentiles.ts';
import { replicaOptions, uselessService } from './replica-options.ts';
import type { ReplicaOption } from './replica-options.ts';
import { fastestChoices, largestRateWithin, splitLimits } from './split-limits.ts';
import type { SplitService } from './split-limits.ts';
import { visitsOf } from './visits.ts';

/**
 * The sizes of replica that each service may be planned with, keyed by service, each with the largest rate of one replica such
 * that the limits of all callers from outside hold. The limits are split over the services of a call graph once, for the sizes that cost
 * least (see `splitLimits`); other sizes share what is left, so that limits also hold, to first order, when several
 * services take another size at once. `serviceResponse` tells the response time of what was chosen in the end.
 *
 * Replicas share requests as behind a Kubernetes Service: each is a queue of its own. That wastes what one queue for all
 * would save, so it is the safe side.
 *
 * Errors: `perf-service-no-capacity`, `perf-service-slo`; notes: `perf-service-unknown-time`.
 * @throws RangeError on a cycle of calls, which parsing refuses.
 */
export function serviceShapes(
  services: readonly ServiceWorkload[],
): Outcome<ReadonlyMap<string, readonly ServiceShape[]>> {
  const graph = callGraph(services);
  const options = replicaOptions(graph, serviceArrivals(services));
  const rates = callRates(services);
  const diagnostics: Diagnostic[] = [...unknownTimes(graph)];
  const shapes = new Map<string, readonly ServiceShape[]>();
  for (const group of connectedServices(graph)) {
    const useless = group.filter((service) =>
      options.get(service.id)!.every((item) => item.largestRate <= 0),
    );
    diagnostics.push(...useless.map(uselessService));
    if (useless.length > 0) continue;
    const visits = visitsOf(graph, group);
    const split = group.map((service): SplitService => ({
      id: service.id,
      options: options.get(service.id)!.filter((item) => item.largestRate > 0),
      peakRate: peakRate(rates.get(service.id)!),
      leastReplicas: service.replicas.min,
      visits: Math.min(1, visits.get(service.id)!),
    }));
    const check = new LimitCheck(graph, group);
    const choices = splitLimits(split, check);
    if (choices === undefined) diagnostics.push(...missedLimits(graph, split));
    else for (const [id, list] of shapesUnder(split, choices, check)) shapes.set(id, list);
  }
  return hasErrors(diagnostics)
    ? { ok: false, diagnostics }
    : { ok: true, value: new Map(sortedBy(shapes, ([id]) => id)), diagnostics };
}

/**
 * All sizes of every service. What the choices leave of the shares that may be late is dealt out in turn: the sizes of a
 * service may use up an even part of what is left, with the services before it at the worst of their sizes.
 */
function shapesUnder(
  split: readonly SplitService[],
  choices: Choices,
  check: LimitCheck,
): ReadonlyMap<string, readonly ServiceShape[]> {
  check.set(choices);
  let remaining = split.filter(({ options }) => options.length > 1).length;
  return new Map(
    split.map(({ id, options }) => {
      const chosen = choices.get(id)!;
      const all = options.flatMap((option): readonly Choice[] => {
        if (option === chosen.option) return [chosen];
        const rate = largestRateWithin(option, check, { part: 1 / remaining });
        return rate === undefined ? [] : [{ option, rate }];
      });
      if (all.length > 1 && check.concerns(id)) {
        const spares = all.map((choice) => check.spareWith(id, choice));
        check.set([[id, all[spares.indexOf(Math.min(...spares))]!]]);
      }
      if (options.length > 1) remaining -= 1;
      return [id, distinctIds(all.map(shapeOf))];
    }),
  );
}

function shapeOf({ option, rate }: Choice): ServiceShape {
  const { service, model } = option;
  const { cpuMillicores, memory } = model.resources;
  const mebibytes = Math.ceil(memory / 2 ** 20);
  return {
    id: `${service.id}/${String(cpuMillicores)}m-${String(mebibytes)}Mi`,
    workload: service.id,
    resources: model.resources,
    servers: model.servers,
    ratePerReplica: requestsPerSecond(rate),
    ...(service.performance.source === 'fixed' ? {} : { evidence: ownEvidence(option, rate) }),
    startup: service.startup,
  };
}

/** What a replica shows at a rate, without the services that it calls. */
function ownEvidence(option: ReplicaOption, rate: number): ServiceEvidence {
  const reading = option.readAt(rate);
  return {
    requestRate: requestsPerSecond(rate),
    utilisation: reading.utilisation,
    latency: latencyPercentiles((grid) => reading.masses(grid), reading.meanTime),
    provenance: option.model.provenance,
  };
}

/** Sizes that ask for the same CPU and memory are told apart by a number. */
function distinctIds(shapes: readonly ServiceShape[]): readonly ServiceShape[] {
  const seen = new Map<string, number>();
  return shapes.map((shape) => {
    const count = (seen.get(shape.id) ?? 0) + 1;
    seen.set(shape.id, count);
    return count === 1 ? shape : { ...shape, id: `${shape.id}-${String(count)}` };
  });
}

/** One problem for every limit that fails without load, naming the service that takes the most. */
function missedLimits(graph: CallGraph, split: readonly SplitService[]): readonly Diagnostic[] {
  const fastest = fastestChoices(split);
  const own = (id: string) => {
    const { option, rate } = fastest.get(id)!;
    return option.readAt(Number.isFinite(rate) ? rate : 0);
  };
  const entries = split.map(({ options }) => options[0]!.service).filter(hasLimits);
  const found = entries.flatMap((entry) => {
    const percentiles = responsePercentiles(graph, entry, own);
    const most = sortedBy(reachOf(graph, entry.id), (id) => id)
      .map((id) => ({ id, time: own(id).meanTime }))
      .reduce((a, b) => (b.time > a.time ? b : a));
    return entry.slo.limits
      .filter(({ percentile, limit }) => (percentiles[percentile] ?? Infinity) > limit * (1 - 1e-3))
      .map(({ percentile, limit }) =>
        diagnostic('perf-service-slo', {
          summary: `Service "${entry.id}" promises ${percentile} within ${formatDuration(limit)} and takes ${durationOf(percentiles[percentile])} even when its replicas are nearly idle.`,
          detail: `Calls to other services count. Most of it is service "${most.id}": ${formatDuration(most.time)} on average.`,
          path: `${entry.path}/slo`,
          fix: `Raise the limit, offer "${most.id}" a size with more CPU, or make its requests cheaper.`,
        }),
      );
  });
  if (found.length > 0) return found;
  // The grid of the check is coarser than that of the percentiles: a limit that is met by a hair counts as missed.
  return entries.slice(0, 1).map((entry) =>
    diagnostic('perf-service-slo', {
      summary: `The limits of service "${entry.id}" are met without load by less than a rounding error.`,
      path: `${entry.path}/slo`,
      fix: 'Raise the limit by one percent.',
    }),
  );
}

function durationOf(time: number | undefined): string {
  return time === undefined ? 'longer than can be told' : formatDuration(time);
}

/** A note for every service without known times that somebody with limits waits for. */
function unknownTimes(graph: CallGraph): readonly Diagnostic[] {
  const waitedFor = new Set(graph.order.filter(hasLimits).flatMap((entry) => [...reachOf(graph, entry.id)]));
  return sortedBy(graph.order, (service) => service.id)
    .filter((service) => service.performance.source === 'fixed' && waitedFor.has(service.id))
    .map((service) =>
      diagnostic('perf-service-unknown-time', {
        summary: `The time of service "${service.id}" is not known; it counts as none in the limits of its callers.`,
        path: `${service.path}/performance`,
        fix: 'Give its CPU seconds per request, or measurements.',
      }),
    );
}
