import type { ServiceCall, ServiceWorkload } from '../../model/index.ts';
import { measuredTimes, replicaQueue } from '../../perf/index.ts';
import type { RandomStream } from '../../random/index.ts';
import type { ServiceTimes } from './replica-set.ts';
import type { SimulatedReplicas } from './service-options.ts';

/** What one request does: groups of calls one after the other, each call as (service number, mean count). */
export interface ServiceProgram {
  /** Number of the service that it is a request to. */
  readonly service: number;
  readonly groups: readonly (readonly { readonly program: number; readonly count: number }[])[];
}

/** A stream of requests from outside. */
export interface ArrivalStream {
  readonly program: number;
  readonly rate: number;
  readonly burstiness: number;
}

/** Services compiled for a run: programs 0 … services − 1 are those of requests from other services, later ones those of classes. */
export interface CompiledServices {
  readonly programs: readonly ServiceProgram[];
  readonly streams: readonly ArrivalStream[];
}

/** Compiles calls and classes of `services` for the rates of one hour of the week. */
export function compileServices(services: readonly ServiceWorkload[], hour: number): CompiledServices {
  const numbers = new Map(services.map((service, number) => [service.id, number]));
  const programOf = (service: number, calls: readonly ServiceCall[]): ServiceProgram => {
    const ranks = [...new Set(calls.map((call) => call.group))].sort((a, b) => a - b);
    return {
      service,
      groups: ranks.map((rank) =>
        calls
          .filter((call) => call.group === rank)
          .map((call) => ({ program: numbers.get(call.service)!, count: call.perRequest })),
      ),
    };
  };
  const programs = services.map((service, number) => programOf(number, service.calls));
  const streams: ArrivalStream[] = [];
  for (const [number, service] of services.entries()) {
    for (const item of service.requestClasses) {
      const rate = item.hourlyRate[hour]!;
      if (rate <= 0) continue;
      if (item.calls !== undefined) programs.push(programOf(number, item.calls));
      const program = item.calls === undefined ? number : programs.length - 1;
      streams.push({ program, rate, burstiness: item.burstiness });
    }
  }
  return { programs, streams };
}

/** Facts about one service from which its times are drawn. */
export interface TimesFacts {
  readonly service: ServiceWorkload;
  readonly planned: SimulatedReplicas;
  /** Requests per second at all replicas together. */
  readonly requestRate: number;
  readonly random: RandomStream;
}

/** How long requests to a service take: gamma-distributed work, the measured distribution at its rate, or no time. */
export function serviceTimes({ service, planned, requestRate, random }: TimesFacts): ServiceTimes {
  const { performance } = service;
  switch (performance.source) {
    case 'queueing': {
      const queue = replicaQueue(performance, planned.size ?? performance.sizes[0]!);
      const draw = gammaTimes(queue.serviceTime, performance.variability, random);
      return { servers: queue.servers, draw, idle: performance.idleSeconds };
    }
    case 'measured': {
      const timeAt = measuredTimes(performance, requestRate / Math.max(1, planned.replicas));
      return { servers: 0, draw: () => timeAt(random.uniform()), idle: 0 };
    }
    case 'fixed':
      return { servers: 0, draw: () => 0, idle: 0 };
  }
}

/** Draws of a gamma distribution of this mean and coefficient of variation. */
export function gammaTimes(mean: number, variability: number, random: RandomStream): () => number {
  if (variability === 0) return () => mean;
  if (variability === 1) return () => mean * random.exponential();
  const shape = 1 / variability ** 2;
  return () => (mean / shape) * random.gamma(shape);
}
