import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import type { ServiceCall, ServiceWorkload } from '../../model/index.ts';
import type { ServiceArrivals } from './arrival-variability.ts';
import type { CallGraph } from './call-graph.ts';
import { callsOf } from './call-graph.ts';
import { groupsOf } from './entry-response.ts';
import { fixedReplica } from './fixed-replica.ts';
import { measuredReplica } from './measured-replica.ts';
import { queueingReplica } from './queueing-replica.ts';
import type { ReplicaModel, ReplicaReading } from './replica-model.ts';

/** One size of replica of one service among the others of the problem. */
export interface ReplicaOption {
  readonly service: ServiceWorkload;
  readonly model: ReplicaModel;
  /** Largest rate that utilisation, measurements and memory allow, limits on response times aside; 0 when none. */
  readonly largestRate: number;
  /** What a replica shows at a rate up to that, when as many replicas share the arrivals as an average hour needs. */
  readAt(rate: number): ReplicaReading;
}

/** Steps of the search for the rate at which memory runs out. */
const MEMORY_STEPS = 40;

/** The models of all sizes of a service. */
export function replicaModels(service: ServiceWorkload): readonly ReplicaModel[] {
  const { performance } = service;
  switch (performance.source) {
    case 'queueing':
      return performance.sizes.map((size) => queueingReplica(performance, size));
    case 'measured':
      return [measuredReplica(performance)];
    case 'fixed':
      return [fixedReplica(performance)];
  }
}

/** The sizes of every service with the largest rate of each, keyed by service. Those of rate 0 are kept. */
export function replicaOptions(
  graph: CallGraph,
  arrivals: ReadonlyMap<string, ServiceArrivals>,
): ReadonlyMap<string, readonly ReplicaOption[]> {
  const longest = new Map<string, number>();
  const options = new Map<string, readonly ReplicaOption[]>();
  for (const service of [...graph.order].reverse()) {
    const classes = service.requestClasses.map((item) => callsOf(service, item));
    const callSeconds = Math.max(
      ...[service.calls, ...classes].map((calls) => secondsOfCalls(calls, longest)),
    );
    const own = replicaModels(service).map((model) =>
      optionOf({ service, model, arrivals: arrivals.get(service.id)!, callSeconds }),
    );
    options.set(service.id, own);
    const times = own
      .filter((option) => option.largestRate > 0)
      .map((option) => option.readAt(option.largestRate).meanTime);
    longest.set(service.id, callSeconds + Math.max(0, ...times));
  }
  return options;
}

/** The problem that no size of a service can work at any rate. */
export function uselessService(service: ServiceWorkload): Diagnostic {
  const isMeasured = service.performance.source === 'measured';
  return diagnostic('perf-service-no-capacity', {
    summary: isMeasured
      ? `No row of the measurements of service "${service.id}" is within its limits.`
      : `No size of service "${service.id}" has the memory or CPU for a single request.`,
    detail: isMeasured
      ? 'A row counts when at most 1 % of its requests failed and its CPU and memory are within those of the replica.'
      : 'The memory of an idle replica and that per request are held against the limit (or the request where there is none).',
    path: `${service.path}/performance`,
    fix: isMeasured
      ? 'Measure at a lower rate, or state the resources with which it was measured.'
      : 'Offer a larger size.',
  });
}

interface OptionFacts {
  readonly service: ServiceWorkload;
  readonly model: ReplicaModel;
  readonly arrivals: ServiceArrivals;
  readonly callSeconds: number;
}

function optionOf({ service, model, arrivals, callSeconds }: OptionFacts): ReplicaOption {
  const readingAt = (rate: number): ReplicaReading | undefined => {
    const replicas = Math.max(service.replicas.min, rate > 0 ? Math.ceil(arrivals.meanRate / rate) : 1);
    const { dispersion } = arrivals;
    return model.at({ rate, arrivals: { dispersion, share: 1 / Math.max(1, replicas) }, callSeconds });
  };
  const holds = (rate: number): boolean => {
    const reading = readingAt(rate);
    return reading !== undefined && reading.memory <= model.memoryLimit;
  };
  return {
    service,
    model,
    largestRate: largestHolding(model.largestRate, holds),
    readAt: (rate) => {
      const reading = readingAt(rate);
      if (reading === undefined) throw new RangeError(`Service ${service.id} is read beyond its capacity.`);
      return reading;
    },
  };
}

/** The largest rate up to `limit` that holds, to a part in 2^40 of it; 0 when none does. An unlimited one is not tried. */
function largestHolding(limit: number, holds: (rate: number) => boolean): number {
  if (limit === Infinity || limit <= 0 || holds(limit)) return limit;
  let [low, high] = [0, limit];
  for (let step = 0; step < MEMORY_STEPS; step++) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** Mean seconds that calls take, safely: those called at their largest rates; of calls made k times the mean of the longest of k exponential times. */
function secondsOfCalls(calls: readonly ServiceCall[], longest: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const group of groupsOf(calls)) {
    sum += Math.max(
      ...group.map(
        (call) => Math.min(1, call.perRequest) * harmonic(call.perRequest) * longest.get(call.service)!,
      ),
    );
  }
  return sum;
}

function harmonic(count: number): number {
  let sum = 1;
  for (let k = 2; k <= Math.min(1000, Math.ceil(count)); k++) sum += 1 / k;
  return sum;
}
