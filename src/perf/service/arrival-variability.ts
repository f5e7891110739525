import type { ServiceCall, ServiceWorkload } from '../../model/index.ts';
import { callGraph, meanRate, streamsOf } from './call-graph.ts';
import { callRates } from './call-graph.ts';

/** How unevenly requests arrive at a service as a whole, and how many replicas share them in an average hour. */
export interface ServiceArrivals {
  /** Variance of the requests in a long time over their mean; 1 for a Poisson stream, the squared CV of gaps for a renewal stream. */
  readonly dispersion: number;
  /** Mean requests per second over the week. */
  readonly meanRate: number;
}

/**
 * The arrivals of every service. Streams are taken as independent and their dispersions averaged by rate; a stream of
 * calls has the dispersion Var(N)/E(N) + E(N)·I of a stream of dispersion I whose every request makes N calls (variance
 * of a random sum). N is the whole number next to `perRequest`, below or above (assumed). What waiting before the calls
 * smooths is left out: over long times it changes nothing, and without it the estimate is safe.
 */
export function serviceArrivals(services: readonly ServiceWorkload[]): ReadonlyMap<string, ServiceArrivals> {
  const rates = callRates(services);
  const sums = new Map(services.map((service) => [service.id, { rate: 0, weighted: 0 }]));
  const add = (id: string, rate: number, dispersion: number): void => {
    const sum = sums.get(id)!;
    sum.rate += rate;
    sum.weighted += rate * dispersion;
  };
  const addCalls = (calls: readonly ServiceCall[], rate: number, dispersion: number): void => {
    for (const call of calls)
      add(call.service, rate * call.perRequest, dispersionOfCalls(call.perRequest, dispersion));
  };
  for (const service of callGraph(services).order) {
    const called = sums.get(service.id)!;
    addCalls(service.calls, called.rate, dispersionOf(called));
    for (const stream of streamsOf(service)) {
      const dispersion = stream.burstiness ** 2;
      addCalls(stream.calls, stream.meanRate, dispersion);
      add(service.id, stream.meanRate, dispersion);
    }
  }
  return new Map(
    [...sums].map(([id, sum]) => [id, { dispersion: dispersionOf(sum), meanRate: meanRate(rates.get(id)!) }]),
  );
}

/** The dispersion of calls made `perRequest` at a time on average by a stream of `dispersion`. */
export function dispersionOfCalls(perRequest: number, dispersion: number): number {
  const share = perRequest - Math.floor(perRequest);
  return (share * (1 - share)) / perRequest + perRequest * dispersion;
}

function dispersionOf(sum: { readonly rate: number; readonly weighted: number }): number {
  return sum.rate > 0 ? sum.weighted / sum.rate : 1;
}
