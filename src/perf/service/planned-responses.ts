import type { Provenance, ServiceWorkload } from '../../model/index.ts';
import { serviceArrivals } from './arrival-variability.ts';
import type { ServiceArrivals } from './arrival-variability.ts';
import { callGraph, reachOf } from './call-graph.ts';
import type { CallGraph } from './call-graph.ts';
import { responseTimes } from './entry-percentiles.ts';
import { timesByShare } from './latency-percentiles.ts';
import type { TimesByShare } from './latency-percentiles.ts';
import type { ReplicaReading } from './replica-model.ts';
import { plannedReading } from './service-response.ts';
import type { PlannedReading, PlannedService } from './service-response.ts';

/**
 * The response times of planned services as whole distributions, by the model of `serviceResponse`, and what becomes of them when
 * the replicas of one service get another rate while all others stay as planned.
 */
export class PlannedResponses {
  readonly #graph: CallGraph;
  readonly #planned: ReadonlyMap<string, PlannedService>;
  readonly #arrivals: ReadonlyMap<string, ServiceArrivals>;
  readonly #readings = new Map<string, PlannedReading>();

  /** @param planned holds every service. @throws RangeError as `serviceResponse`. */
  constructor(services: readonly ServiceWorkload[], planned: ReadonlyMap<string, PlannedService>) {
    this.#graph = callGraph(services);
    this.#planned = planned;
    this.#arrivals = serviceArrivals(services);
    for (const { id } of services) this.#readings.set(id, this.#reading(id));
  }

  /** What is known of the speed of a service, and how. */
  provenanceOf(id: string): Provenance {
    return this.#readings.get(id)!.model.provenance;
  }

  /**
   * Times seen by callers from outside, calls included; of one class of requests or, without, of all mixed by their mean rates.
   * Undefined where a replica of any service reached is overloaded.
   */
  fromOutside(id: string, requestClass?: string): TimesByShare | undefined {
    return this.#response(this.#entry(id, requestClass), (reached) => this.#readings.get(reached)?.reading);
  }

  /**
   * Times when each replica of a service gets `rate` requests per second: those seen from outside, calls included, where it is called
   * from there; otherwise its own alone. Undefined where it would be overloaded, or nothing was measured.
   */
  atRate(id: string, rate: number): TimesByShare | undefined {
    const { replicas, shape } = this.#planned.get(id)!;
    const count = Math.max(1, replicas);
    const { reading } = this.#reading(id, { shape, replicas: count, requestRate: rate * count });
    if (reading === undefined) return undefined;
    const entry = this.#entry(id);
    return entry.requestClasses.length === 0
      ? timesByShare((grid) => reading.masses(grid), reading.meanTime)
      : this.#response(entry, (reached) => (reached === id ? reading : this.#readings.get(reached)?.reading));
  }

  #response(
    entry: ServiceWorkload,
    own: (id: string) => ReplicaReading | undefined,
  ): TimesByShare | undefined {
    const isLoaded = [...reachOf(this.#graph, entry.id)].every((id) => own(id) !== undefined);
    return isLoaded ? responseTimes(this.#graph, entry, (id) => own(id)!) : undefined;
  }

  #entry(id: string, requestClass?: string): ServiceWorkload {
    const entry = this.#graph.byId.get(id)!;
    return requestClass === undefined
      ? entry
      : { ...entry, requestClasses: entry.requestClasses.filter((item) => item.id === requestClass) };
  }

  #reading(id: string, planned = this.#planned.get(id)): PlannedReading {
    if (planned === undefined) throw new RangeError(`No replicas are planned for service ${id}.`);
    return plannedReading(this.#graph.byId.get(id)!, planned, this.#arrivals.get(id)!.dispersion);
  }
}
