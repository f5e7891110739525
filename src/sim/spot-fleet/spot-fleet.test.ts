import { describe, expect, it } from 'vitest';
import { randomStream } from '../../random/index.ts';
import type { AvailabilityTrace } from '../../spot/index.ts';
import { seconds, usdPerHour } from '../../units/index.ts';
import { linearLaw, onDemandOnly, plannedFleet, requestsOnce, simulateSpotFleet } from './index.ts';
import type { FleetOffering, FleetPolicy, FleetView, SpotFleetOptions } from './index.ts';

const LAW = linearLaw({ slots: 4, base: 0.1, perInputToken: 1e-3, step: 0.05, stepPerRequest: 0.01 });

function trace(id: string, runs: readonly (readonly [number, number])[], ticks: number): AvailabilityTrace {
  return {
    id,
    zone: id,
    instanceType: 'x',
    kind: 'probe',
    tickSeconds: 60,
    ticks,
    runStart: Int32Array.from(runs, ([start]) => start),
    runNodes: Int32Array.from(runs, ([, nodes]) => nodes),
    mostNodes: Math.max(...runs.map(([, nodes]) => nodes)),
    provenance: { evidence: 'measured', source: 'test' },
  };
}

function offering(id: string, own: Partial<FleetOffering> = {}): FleetOffering {
  return {
    id,
    zone: id,
    capacityType: own.trace === undefined ? 'on-demand' : 'spot',
    price: usdPerHour(own.trace === undefined ? 3 : 1),
    nodesPerReplica: 1,
    nodeStartup: seconds(60),
    replicaStartup: seconds(60),
    notice: seconds(120),
    law: LAW,
    ...own,
  };
}

/** Requests from 300 s on, `rate` per second, lengths drawn. */
function requests(count: number, rate: number, seed = 1): SpotFleetOptions['requests'] {
  const random = randomStream(seed, 'test');
  let now = 300;
  const arrival = new Float64Array(count).map(() => (now += random.exponential() / rate));
  return requestsOnce({
    arrival,
    isl: new Int32Array(count).map(() => 1 + random.integer(900)),
    osl: new Int32Array(count).map(() => 1 + random.integer(200)),
    cachedTokens: new Int32Array(count),
  });
}

/** A random trace, and what a policy that asks at random sees of the fleet. */
function randomRun(seed: number): { options: SpotFleetOptions; views: FleetView[] } {
  const random = randomStream(seed, 'traces');
  const runs = (): [number, number][] =>
    Array.from({ length: 12 }, (_, i): [number, number] => [5 * i, random.integer(4)]);
  const views: FleetView[] = [];
  const policy: FleetPolicy = {
    name: 'random',
    ...(seed % 2 === 0 ? { drainSeconds: 15 } : {}),
    decide(view) {
      views.push({ ...view, offerings: view.offerings.map((item) => ({ ...item })) });
      return view.offerings.map((_, index) => ({ offering: index, change: random.integer(4) - 1 }));
    },
  };
  return {
    views,
    options: {
      offerings: [
        offering('a', { trace: trace('a', runs(), 60) }),
        offering('b', { trace: trace('b', runs(), 60), notice: seconds(seed % 3 === 0 ? 0 : 30) }),
        offering('c'),
      ],
      requests: requests(2000, 0.7, seed),
      policy,
      seconds: 3600,
      seed,
    },
  };
}

describe('a fleet under availability traces', () => {
  it('answers or gives up every request once, whatever the policy does', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const { options } = randomRun(seed);
      const { requests: fate } = simulateSpotFleet(options);
      expect(fate.served + fate.timedOut).toBe(fate.arrived);
      expect(fate.withinLimits).toBeLessThanOrEqual(fate.served);
      expect(fate.arrived).toBeGreaterThan(1000);
    }
  });

  it('tells the course of requests and replicas by bucket so that it adds up to what became of them all', () => {
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    for (let seed = 1; seed <= 12; seed++) {
      const { course, requests: fate, offerings } = simulateSpotFleet(randomRun(seed).options);
      expect(sum(course.arrived)).toBe(fate.arrived);
      expect(sum(course.outside)).toBe(fate.arrived - fate.withinLimits);
      for (const [bucket, outside] of course.outside.entries())
        expect(outside).toBeLessThanOrEqual(course.arrived[bucket]!);
      for (const use of offerings) {
        const happened = (kind: string): number =>
          sum(
            course.events
              .filter((item) => item.offering === use.id && item.kind === kind)
              .map((item) => item.replicas),
          );
        expect([happened('launched'), happened('reclaimed')]).toEqual([use.launched, use.reclaimed]);
        expect(happened('ready')).toBeLessThanOrEqual(use.launched);
      }
      const buckets = course.events.map((item) => item.bucket);
      expect(buckets).toEqual(buckets.toSorted((a, b) => a - b));
    }
  });

  it('never holds more than what is available, replicas on notice apart', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const { options, views } = randomRun(seed);
      simulateSpotFleet({ ...options, grace: 0 });
      for (const view of views) {
        for (const [index, item] of options.offerings.entries()) {
          const { trace: own } = item;
          if (own === undefined) continue;
          const run = own.runStart.findLastIndex((start) => start * own.tickSeconds <= view.now);
          const seen = view.offerings[index]!;
          expect(seen.ready + seen.starting).toBeLessThanOrEqual(own.runNodes[run]!);
        }
      }
    }
  });

  it('repeats exactly', () => {
    const [first, second] = [randomRun(5), randomRun(5)].map(({ options }) => simulateSpotFleet(options));
    expect(first).toEqual(second);
  });

  it('adds up its cost from replica hours', () => {
    for (let seed = 1; seed <= 4; seed++) {
      const report = simulateSpotFleet(randomRun(seed).options);
      const hours = report.offerings.map(({ replicaHours }, index) => replicaHours * [1, 1, 3][index]!);
      expect(report.cost / 1e6).toBeCloseTo(
        hours.reduce((sum, value) => sum + value, 0),
        5,
      );
      expect(report.spotCost + report.onDemandCost).toBe(report.cost);
      expect(report.spotHours).toBeGreaterThan(0);
      const { course } = report;
      const inCourse = [course.spotReady, course.onDemandReady, course.starting, course.draining].reduce(
        (sum, column) => sum + column.reduce((total, value) => total + value, 0),
        0,
      );
      const all = report.spotHours + report.onDemandHours;
      expect((inCourse * course.bucketSeconds) / 3600).toBeCloseTo(all, 2);
    }
  });

  it('loses nothing on demand', () => {
    const report = simulateSpotFleet({
      offerings: [offering('a')],
      requests: requests(1500, 0.5),
      policy: onDemandOnly({ ratePerReplica: 0.3, initial: 2 }),
      seconds: 3600,
      needed: () => 2,
    });
    expect(report.requests).toMatchObject({ timedOut: 0, retried: 0 });
    expect(report.attainment).toBe(1);
    expect(report.offerings[0]).toMatchObject({ reclaimed: 0, refused: 0 });
    // Two replicas from second 120 on.
    expect(report.fullCapacityShare).toBeCloseTo(1 - 120 / 3600, 6);
  });

  it('begins requests again elsewhere when their replica goes without notice', () => {
    const options = (retries: boolean): SpotFleetOptions => ({
      offerings: [
        offering('a', {
          trace: trace(
            'a',
            [
              [0, 1],
              [10, 0],
            ],
            60,
          ),
          notice: seconds(0),
        }),
        offering('b'),
      ],
      requests: requests(300, 1),
      policy: plannedFleet([
        { offerings: [0], desired: () => [1] },
        { offerings: [1], desired: () => [1] },
      ]),
      seconds: 1200,
      retries,
    });
    const again = simulateSpotFleet(options(true));
    expect(again.offerings[0]).toMatchObject({ reclaimed: 1, drained: 0 });
    expect(again.requests.retried).toBeGreaterThan(0);
    const lost = simulateSpotFleet(options(false));
    expect(lost.requests.retried).toBe(0);
    expect(lost.requests.timedOut).toBeGreaterThanOrEqual(again.requests.retried);
  });

  it('drains a replica within its notice', () => {
    const report = simulateSpotFleet({
      offerings: [
        offering('a', {
          trace: trace(
            'a',
            [
              [0, 1],
              [10, 0],
            ],
            60,
          ),
        }),
        offering('b'),
      ],
      requests: requests(300, 0.3),
      policy: plannedFleet([
        { offerings: [0], desired: () => [1] },
        { offerings: [1], desired: () => [1] },
      ]),
      seconds: 1200,
    });
    expect(report.offerings[0]).toMatchObject({ reclaimed: 1, drained: 1 });
    expect(report.requests).toMatchObject({ timedOut: 0, retried: 0 });
  });

  it('replaces what it lost in another zone of the same allocation after the start-up', () => {
    const report = simulateSpotFleet({
      offerings: [
        offering('a', {
          trace: trace(
            'a',
            [
              [0, 1],
              [10, 0],
            ],
            60,
          ),
        }),
        offering('b', { trace: trace('b', [[0, 1]], 60) }),
      ],
      requests: requests(10, 0.3),
      policy: plannedFleet([{ offerings: [0, 1], desired: () => [1, 0] }]),
      seconds: 3600,
    });
    expect(report.offerings[1]).toMatchObject({ launched: 1, reclaimed: 0 });
    expect(report.replaced).toBe(1);
    // Notice, a refused try in the own zone, the next tick elsewhere, and two minutes of start-up.
    expect(report.replacementSeconds).toBeGreaterThanOrEqual(120);
    expect(report.replacementSeconds).toBeLessThanOrEqual(180);
  });

  it('serves requests that can still be in time first when it is told to', () => {
    const overloaded = (order: 'arrival' | 'deadline'): SpotFleetOptions => ({
      offerings: [offering('a')],
      requests: requests(3000, 1.1),
      policy: plannedFleet([{ offerings: [0], desired: () => [1] }]),
      seconds: 3600,
      limits: { ttft: 4 },
      order,
    });
    const [plain, deadline] = (['arrival', 'deadline'] as const).map((order) =>
      simulateSpotFleet(overloaded(order)),
    );
    expect(deadline!.attainment).toBeGreaterThan(plain!.attainment + 0.2);
    expect(deadline!.requests.served + deadline!.requests.timedOut).toBe(deadline!.requests.arrived);
  });
});
