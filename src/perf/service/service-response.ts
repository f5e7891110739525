import type { Provenance, ServiceEvidence, ServiceShape, ServiceWorkload } from '../../model/index.ts';
import { requestsPerSecond, sortedBy } from '../../units/index.ts';
import { serviceArrivals } from './arrival-variability.ts';
import { callGraph, reachOf } from './call-graph.ts';
import { responsePercentiles } from './entry-percentiles.ts';
import type { ReplicaModel, ReplicaReading } from './replica-model.ts';
import { replicaModels } from './replica-options.ts';

/** Replicas of one service as planned, and what reaches them all together. */
export interface PlannedService {
  readonly shape: ServiceShape;
  readonly replicas: number;
  /** Requests per second at all replicas together, those of callers included. */
  readonly requestRate: number;
}

/** The evidence of every entry names its weakest part: one assumed time makes the sum assumed. */
const STRENGTHS = ['measured', 'fitted', 'published', 'assumed'] as const;

/**
 * Response times seen by callers from outside, calls included, of every service that has such callers, keyed by service;
 * `planned` holds every service of the problem. `requestRate` is that of all requests at the entry, `utilisation` the largest of
 * all services reached. When a replica of one of them would be overloaded, or runs beyond what was measured, utilisation is
 * at least 1 or as measured last, and there are no percentiles.
 */
export function serviceResponse(
  services: readonly ServiceWorkload[],
  planned: ReadonlyMap<string, PlannedService>,
): ReadonlyMap<string, ServiceEvidence> {
  const graph = callGraph(services);
  const arrivals = serviceArrivals(services);
  const readings = new Map<string, PlannedReading>();
  for (const service of services) {
    const plan = planned.get(service.id);
    if (plan === undefined) throw new RangeError(`No replicas are planned for service ${service.id}.`);
    readings.set(service.id, plannedReading(service, plan, arrivals.get(service.id)!.dispersion));
  }
  const entries = sortedBy(services, (service) => service.id).filter(
    (item) => item.requestClasses.length > 0,
  );
  return new Map(
    entries.map((entry) => {
      const reached = [...reachOf(graph, entry.id)].map((id) => readings.get(id)!);
      const isLoaded = reached.every((item) => item.reading !== undefined);
      return [
        entry.id,
        {
          requestRate: requestsPerSecond(planned.get(entry.id)!.requestRate),
          utilisation: Math.max(...reached.map((item) => item.utilisation)),
          latency: isLoaded ? responsePercentiles(graph, entry, (id) => readings.get(id)!.reading!) : {},
          provenance: weakest(reached.map((item) => item.model.provenance)),
        },
      ];
    }),
  );
}

/** A service as planned: its model, and what one replica shows; undefined where it is overloaded. */
export interface PlannedReading {
  readonly model: ReplicaModel;
  readonly reading: ReplicaReading | undefined;
  readonly utilisation: number;
}

/** What one of the planned replicas shows when arrivals have this dispersion. */
export function plannedReading(
  service: ServiceWorkload,
  plan: PlannedService,
  dispersion: number,
): PlannedReading {
  const model = modelOf(service, plan.shape);
  const rate = plan.requestRate / Math.max(1, plan.replicas);
  const reading =
    plan.replicas < 1 && plan.requestRate > 0
      ? undefined
      : model.at({ rate, arrivals: { dispersion, share: 1 / Math.max(1, plan.replicas) }, callSeconds: 0 });
  const utilisation = reading?.utilisation ?? Math.max(1, rate / Math.max(1e-9, model.largestRate));
  return { model, reading, utilisation };
}

/** The model of the size that a shape has. */
function modelOf(service: ServiceWorkload, shape: ServiceShape): ReplicaModel {
  const same = replicaModels(service).find(
    (model) =>
      model.servers === shape.servers &&
      model.resources.cpuMillicores === shape.resources.cpuMillicores &&
      model.resources.memory === shape.resources.memory &&
      model.resources.cpuLimitMillicores === shape.resources.cpuLimitMillicores &&
      model.resources.memoryLimit === shape.resources.memoryLimit,
  );
  if (same === undefined) throw new RangeError(`Service ${service.id} has no size like that of ${shape.id}.`);
  return same;
}

function weakest(provenances: readonly Provenance[]): Provenance {
  const rank = (item: Provenance): number => STRENGTHS.indexOf(item.evidence);
  return provenances.reduce((a, b) => (rank(b) > rank(a) ? b : a));
}
