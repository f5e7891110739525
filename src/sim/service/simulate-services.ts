import type { ServiceWorkload } from '../../model/index.ts';
import { callRates } from '../../perf/index.ts';
import { randomStream } from '../../random/index.ts';
import type { RandomStream } from '../../random/index.ts';
import { sortedBy } from '../../units/index.ts';
import { EventQueue } from '../fleet/event-queue.ts';
import { summarizeLatency } from '../percentile.ts';
import { ReplicaSet } from './replica-set.ts';
import { RequestFrames } from './request-frames.ts';
import type { EntrySimulation, ServiceSimulation, ServiceSimulationOptions } from './service-options.ts';
import { compileServices, gammaTimes, serviceTimes } from './service-program.ts';
import type { CompiledServices } from './service-program.ts';

/** Events at one time: requests that end come before those that arrive. */
const ENDED = 0;
const ARRIVED = 1;

/**
 * Simulates services that call one another at the rates of one hour of the week, event by event: replicas are queues of
 * c servers, a request's work comes first and its groups of calls after it, and it holds no server while it waits for
 * calls. Numbers of calls that are no whole numbers are the one below or above. Draws from streams `services/…` of the seed.
 * Cost: about a microsecond for every request served.
 * @throws RangeError when a service that receives requests has no replica
 */
export function simulateServices(options: ServiceSimulationOptions): ServiceSimulation {
  const run = new ServiceRun(options);
  while (run.step());
  return run.result();
}

class ServiceRun {
  readonly #options: ServiceSimulationOptions;
  readonly #services: readonly ServiceWorkload[];
  readonly #compiled: CompiledServices;
  readonly #sets: readonly ReplicaSet[];
  readonly #gaps: readonly (() => number)[];
  readonly #counts: RandomStream;
  readonly #events = new EventQueue();
  readonly #frames = new RequestFrames();
  /** Response time of every request from outside and the service it was to, in order of arrival. */
  readonly #responses: Float64Array;
  readonly #entries: Int32Array;
  #arrived = 0;
  #now = 0;
  #lastArrival = 0;

  constructor(options: ServiceSimulationOptions) {
    this.#options = options;
    this.#services = sortedBy(options.services, (service) => service.id);
    this.#compiled = compileServices(this.#services, options.hour);
    this.#sets = replicaSets(this.#services, options);
    this.#counts = randomStream(options.seed, 'services/calls');
    this.#gaps = this.#compiled.streams.map(({ rate, burstiness }, i) =>
      gammaTimes(1 / rate, burstiness, randomStream(options.seed, `services/arrivals/${String(i)}`)),
    );
    this.#responses = new Float64Array(options.requests);
    this.#entries = new Int32Array(options.requests);
    for (const [stream, gap] of this.#gaps.entries()) this.#events.push(gap(), ARRIVED, stream);
  }

  /** Handles one event; false when nothing is left to do. */
  step(): boolean {
    this.#now = this.#events.nextTime;
    if (this.#now === Infinity) return false;
    const kind = this.#events.nextKind;
    const id = this.#events.pop();
    if (kind === ENDED) this.#proceed(id);
    else this.#arrive(id);
    return true;
  }

  #arrive(stream: number): void {
    if (this.#arrived === this.#options.requests) return;
    const { program } = this.#compiled.streams[stream]!;
    const frame = this.#start(program, -1);
    this.#frames.start[frame] = this.#now;
    this.#frames.number[frame] = this.#arrived;
    this.#entries[this.#arrived] = this.#compiled.programs[program]!.service;
    this.#arrived += 1;
    this.#lastArrival = this.#now;
    if (this.#arrived < this.#options.requests) {
      this.#events.push(this.#now + this.#gaps[stream]!(), ARRIVED, stream);
    }
  }

  #start(program: number, parent: number): number {
    const frame = this.#frames.take();
    this.#frames.program[frame] = program;
    this.#frames.parent[frame] = parent;
    const set = this.#sets[this.#compiled.programs[program]!.service]!;
    this.#events.push(set.serve(this.#now), ENDED, frame);
    return frame;
  }

  /** Makes the next calls of a request, or answers whoever waits for it. */
  #proceed(from: number): void {
    const frames = this.#frames;
    let frame = from;
    for (;;) {
      if (this.#call(frame)) return;
      const parent = frames.parent[frame]!;
      if (parent < 0) this.#responses[frames.number[frame]!] = this.#now - frames.start[frame]!;
      frames.release(frame);
      if (parent < 0) return;
      frames.pending[parent]! -= 1;
      if (frames.pending[parent]! > 0) return;
      frame = parent;
    }
  }

  /** Starts the next group in which a call is made; false when none is left. */
  #call(frame: number): boolean {
    const { groups } = this.#compiled.programs[this.#frames.program[frame]!]!;
    while (this.#frames.group[frame]! < groups.length) {
      const group = groups[this.#frames.group[frame]!]!;
      this.#frames.group[frame]! += 1;
      let made = 0;
      for (const { program, count } of group) {
        const whole = Math.floor(count);
        const times = count > whole && this.#counts.uniform() < count - whole ? whole + 1 : whole;
        for (let i = 0; i < times; i++) this.#start(program, frame);
        made += times;
      }
      this.#frames.pending[frame] = made;
      if (made > 0) return true;
    }
    return false;
  }

  result(): ServiceSimulation {
    const span = this.#lastArrival;
    const entries = new Map<string, EntrySimulation>();
    for (const [number, service] of this.#services.entries()) {
      const series = this.#seriesOf(number);
      if (series.length === 0) continue;
      entries.set(service.id, {
        requests: series.length,
        latency: summarizeLatency(series, new Float64Array(series.length)),
      });
    }
    const queues = this.#services
      .map((service, number) => ({ id: service.id, set: this.#sets[number]! }))
      .filter(({ set }) => set.times.servers > 0);
    return {
      entries,
      utilisation: new Map(
        queues.map(({ id, set }) => [
          id,
          span > 0 ? set.busy / (span * set.replicas * set.times.servers) : 0,
        ]),
      ),
      span,
      served: this.#sets.reduce((sum, set) => sum + set.served, 0),
    };
  }

  #seriesOf(service: number): Float64Array {
    const from = Math.floor(this.#arrived * (this.#options.warmupShare ?? 0.1));
    let count = 0;
    for (let i = from; i < this.#arrived; i++) if (this.#entries[i] === service) count++;
    const series = new Float64Array(count);
    let at = 0;
    for (let i = from; i < this.#arrived; i++) {
      if (this.#entries[i] === service) series[at++] = this.#responses[i]!;
    }
    return series;
  }
}

function replicaSets(
  services: readonly ServiceWorkload[],
  options: ServiceSimulationOptions,
): readonly ReplicaSet[] {
  const rates = callRates(services);
  return services.map((service) => {
    const requestRate = rates.get(service.id)![options.hour]!;
    const planned = options.planned.get(service.id) ?? { replicas: 0 };
    if (requestRate > 0 && planned.replicas < 1) {
      throw new RangeError(`Service ${service.id} receives requests and has no replica.`);
    }
    const random = randomStream(options.seed, `services/times/${service.id}`);
    const choice = randomStream(options.seed, `services/balance/${service.id}`);
    const times = serviceTimes({ service, planned, requestRate, random });
    return new ReplicaSet(times, {
      replicas: Math.max(1, planned.replicas),
      balancing: options.balancing ?? 'random',
      choice,
    });
  });
}
