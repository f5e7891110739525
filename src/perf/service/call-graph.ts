import type { RequestClass, ServiceCall, ServiceWorkload } from '../../model/index.ts';
import { HOURS_PER_WEEK, compareText } from '../../units/index.ts';

/** Services that call one another, callers before those that they call. */
export interface CallGraph {
  readonly order: readonly ServiceWorkload[];
  readonly byId: ReadonlyMap<string, ServiceWorkload>;
  /** Services that each service calls, directly or through the calls of a request class, sorted. */
  readonly callees: ReadonlyMap<string, readonly string[]>;
}

/** Requests from outside with the calls that they cause, weighted by how many there are. */
export interface RequestStream {
  readonly calls: readonly ServiceCall[];
  /** Mean requests per second over the week. */
  readonly meanRate: number;
  readonly burstiness: number;
}

/**
 * The call graph of `services`, in an order that depends on their ids alone.
 * @throws RangeError on a cycle or an unknown service, which parsing refuses.
 */
export function callGraph(services: readonly ServiceWorkload[]): CallGraph {
  const byId = new Map(services.map((service) => [service.id, service]));
  const callees = new Map(services.map((service) => [service.id, calleesOf(service)]));
  const order: ServiceWorkload[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (id: string): void => {
    if (state.get(id) === 'done') return;
    const service = byId.get(id);
    if (service === undefined) throw new RangeError(`Service ${id} is called but not declared.`);
    if (state.get(id) === 'open') throw new RangeError(`Service ${id} calls itself through others.`);
    state.set(id, 'open');
    for (const callee of callees.get(id)!) visit(callee);
    state.set(id, 'done');
    order.push(service);
  };
  for (const id of [...byId.keys()].sort(compareText)) visit(id);
  return { order: order.reverse(), byId, callees };
}

/** The calls that requests of a class cause. */
export function callsOf(service: ServiceWorkload, of?: RequestClass): readonly ServiceCall[] {
  return of?.calls ?? service.calls;
}

/** Requests per second of every service in each of the 168 hours of the week, keyed by service: from outside and from callers. */
export function callRates(services: readonly ServiceWorkload[]): ReadonlyMap<string, Float64Array> {
  const { order } = callGraph(services);
  const total = new Map(order.map((service) => [service.id, new Float64Array(HOURS_PER_WEEK)]));
  const add = (rates: ArrayLike<number>, calls: readonly ServiceCall[]): void => {
    for (const call of calls) {
      const target = total.get(call.service)!;
      for (let hour = 0; hour < HOURS_PER_WEEK; hour++) target[hour]! += call.perRequest * rates[hour]!;
    }
  };
  for (const service of order) {
    // All callers come before, so what is there by now are the calls of others.
    const own = total.get(service.id)!;
    add(own, service.calls);
    for (const item of service.requestClasses) {
      add(item.hourlyRate, callsOf(service, item));
      for (let hour = 0; hour < HOURS_PER_WEEK; hour++) own[hour]! += item.hourlyRate[hour]!;
    }
  }
  return total;
}

/** The services that the calls of `id` reach, itself first. */
export function reachOf(graph: CallGraph, id: string): ReadonlySet<string> {
  const reached = new Set([id]);
  for (const item of reached) for (const callee of graph.callees.get(item)!) reached.add(callee);
  return reached;
}

/** Services that depend on one another through calls, each group in the order of the graph. */
export function connectedServices(graph: CallGraph): readonly (readonly ServiceWorkload[])[] {
  const root = new Map<string, string>();
  const find = (id: string): string => {
    let at = id;
    while (root.has(at)) at = root.get(at)!;
    return at;
  };
  for (const [id, callees] of graph.callees) {
    for (const callee of callees) {
      const [left, right] = [find(id), find(callee)];
      if (left !== right) root.set(left, right);
    }
  }
  const groups = new Map<string, ServiceWorkload[]>();
  for (const service of graph.order) {
    const key = find(service.id);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [service]);
    else group.push(service);
  }
  return [...groups.values()];
}

/** Mean rate over the week, requests per second. */
export function meanRate(hourlyRate: ArrayLike<number>): number {
  let sum = 0;
  for (let hour = 0; hour < hourlyRate.length; hour++) sum += hourlyRate[hour]!;
  return hourlyRate.length === 0 ? 0 : sum / hourlyRate.length;
}

/** Largest rate of an hour, requests per second. */
export function peakRate(hourlyRate: ArrayLike<number>): number {
  let peak = 0;
  for (let hour = 0; hour < hourlyRate.length; hour++) peak = Math.max(peak, hourlyRate[hour]!);
  return peak;
}

/** What arrives at a service from outside, one stream per request class; one of rate 0 where there is none. */
export function streamsOf(service: ServiceWorkload): readonly RequestStream[] {
  return service.requestClasses.map((item) => ({
    calls: callsOf(service, item),
    meanRate: meanRate(item.hourlyRate),
    burstiness: item.burstiness,
  }));
}

function calleesOf(service: ServiceWorkload): readonly string[] {
  const lists = [service.calls, ...service.requestClasses.map((item) => callsOf(service, item))];
  return [...new Set(lists.flat().map((call) => call.service))].sort(compareText);
}
