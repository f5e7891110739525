import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  EIGHT_BILLION,
  constantSteps,
  linearSteps,
  randomRequests,
  requestColumns,
} from '../../../test/support/engine-fixtures.ts';
import type { RequestColumns } from '../../model/index.ts';
import { seconds } from '../../units/index.ts';
import type { EngineSettings } from '../engine-options.ts';
import { simulateClosedLoop, simulateEngine } from '../engine-simulation.ts';
import type { StepTimeModel } from '../step-time-model.ts';
import type { FleetSimulation, FleetSimulationOptions, ReplicaPool } from './fleet-options.ts';
import type { RoutingPolicy } from './router.ts';
import { simulateFleet, simulateFleetClosedLoop } from './simulate-fleet.ts';

const LIMITS = { maxBatchedTokens: 512, maxSequences: 16 };
const SETTINGS: EngineSettings = { limits: LIMITS, prefixCache: false };

function aggregated(replicas: readonly StepTimeModel[], settings: Partial<EngineSettings> = {}): ReplicaPool {
  return { name: 'pool', role: 'aggregated', ...SETTINGS, ...settings, replicas };
}

function fleetOf(options: Partial<FleetSimulationOptions>): FleetSimulation {
  return simulateFleet({
    pools: [aggregated([constantSteps(0.01)])],
    requests: requestColumns([]),
    limitsOfSlo: [],
    warmupShare: 0,
    ...options,
  });
}

/** Requests under light to heavy load, lengths and burstiness of all kinds. */
const someRequests = fc
  .record({
    seed: fc.nat(),
    count: fc.integer({ min: 1, max: 120 }),
    rate: fc.double({ min: 0.5, max: 60, noNaN: true }),
    cv: fc.constantFrom(0.5, 1, 3),
    isl: fc.integer({ min: 1, max: 900 }),
    osl: fc.integer({ min: 1, max: 90 }),
    lengthCv: fc.constantFrom(0, 1),
  })
  .map(randomRequests);

/** Prefix blocks of 32 tokens that many prompts share. */
function withPrefixes(requests: RequestColumns, families: number): RequestColumns {
  const offsets = [0];
  const ids: number[] = [];
  for (const [id, isl] of requests.isl.entries()) {
    for (let block = 0; block < Math.floor(isl / 32); block++) ids.push((id % families) * 1000 + block);
    offsets.push(ids.length);
  }
  const prefixBlocks = { blockTokens: 32, offsets: Int32Array.from(offsets), ids: Int32Array.from(ids) };
  return { ...requests, prefixBlocks };
}

const served = ({ perRequest }: FleetSimulation): number => perRequest.e2e.filter((time) => time > 0).length;

function tokensOf({ timeline, makespan }: FleetSimulation): number {
  return timeline.pools.reduce((total, { outputTokensPerSecond }) => {
    outputTokensPerSecond.forEach((rate, i) => {
      const from = i * timeline.bucketSeconds;
      total += rate * (Math.min(makespan, from + timeline.bucketSeconds) - from);
    });
    return total;
  }, 0);
}

describe('a fleet of one replica', () => {
  const settings = fc.record({
    asyncScheduling: fc.boolean(),
    dataParallel: fc.constantFrom(1, 2),
    pipelineDepth: fc.constantFrom(1, 2),
    kvBlocks: fc.constantFrom(200, 100_000),
    policy: fc.constantFrom(
      'round-robin',
      'least-loaded',
      'prefix-aware',
    ) satisfies fc.Arbitrary<RoutingPolicy>,
  });

  it('shows what simulateEngine shows, whatever the engine and the policy', () => {
    fc.assert(
      fc.property(someRequests, settings, fc.boolean(), (plain, options, isShared) => {
        const { asyncScheduling, policy, ...facts } = options;
        const ingest = { base: seconds(0.01), perInputToken: seconds(1e-6) };
        const steps = linearSteps(EIGHT_BILLION, { ...facts, ingest, outputLatency: seconds(0.001) });
        const requests = isShared ? withPrefixes(plain, 5) : plain;
        const engine = { ...SETTINGS, prefixCache: isShared, asyncScheduling, maxModelLength: 3000 };
        const limitsOfSlo = [{ metric: 'ttft', percentile: 'p90', limit: seconds(0.2) }] as const;
        const alone = simulateEngine({ ...engine, steps, requests, limitsOfSlo });
        const fleet = simulateFleet({
          pools: [aggregated([steps], engine)],
          routing: { policy },
          requests,
          limitsOfSlo,
        });
        expect(fleet.perRequest).toMatchObject({ ...alone.perRequest });
        expect(fleet.evidence.latency).toEqual(alone.evidence.latency);
        expect(fleet.evidence.goodputShare).toBe(alone.evidence.goodputShare);
        expect(fleet.evidence.isStationary).toBe(alone.evidence.isStationary);
        expect(fleet.evidence.preemptions).toBe(alone.evidence.preemptions);
        expect(fleet.evidence.peakKvShare).toBe(alone.evidence.peakKvShare);
        expect([fleet.steps, fleet.rejected]).toEqual([alone.steps, alone.rejected]);
        // An asynchronous engine runs one step more than it needs.
        if (!asyncScheduling) expect(fleet.makespan).toBeCloseTo(alone.makespan, 9);
      }),
      { numRuns: 150 },
    );
  });

  it('shows what simulateClosedLoop shows', () => {
    fc.assert(
      fc.property(someRequests, fc.integer({ min: 1, max: 30 }), (requests, concurrency) => {
        const ingest = { base: seconds(0.01), perInputToken: seconds(1e-6) };
        const steps = linearSteps(EIGHT_BILLION, { kvBlocks: 300, ingest, outputLatency: seconds(0.001) });
        const alone = simulateClosedLoop({ ...SETTINGS, steps, requests, concurrency, limitsOfSlo: [] });
        const pools = [aggregated([steps])];
        const fleet = simulateFleetClosedLoop({ pools, requests, concurrency, limitsOfSlo: [] });
        expect(fleet.perRequest).toMatchObject({ ...alone.perRequest });
        expect(fleet.evidence.requestRate).toBeCloseTo(alone.evidence.requestRate, 9);
      }),
    );
  });
});

describe('a fleet of several replicas', () => {
  it('serves every request once, makes every token once, and repeats itself', () => {
    fc.assert(
      fc.property(
        someRequests,
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom<RoutingPolicy>('round-robin', 'least-loaded', 'prefix-aware'),
        (plain, count, policy) => {
          const requests = withPrefixes(plain, 3);
          const replicas = Array.from({ length: count }, (_, i) =>
            linearSteps({ ...EIGHT_BILLION, base: 0.005 * (i + 1) }, { kvBlocks: 250 }),
          );
          const options = {
            pools: [aggregated(replicas, { prefixCache: true })],
            routing: { policy },
            requests,
          };
          const fleet = fleetOf(options);
          const tokens = requests.osl.reduce(
            (sum, osl, id) => sum + (fleet.perRequest.e2e[id]! > 0 ? osl : 0),
            0,
          );
          expect(served(fleet) + fleet.rejected).toBe(requests.isl.length);
          expect(tokensOf(fleet)).toBeCloseTo(tokens, 5);
          expect(fleet.pools[0]!.requests).toBe(served(fleet));
          expect(fleet.perRequest.replica.every((replica) => replica >= -1 && replica < count)).toBe(true);
          expect(fleetOf(options)).toEqual(fleet);
        },
      ),
    );
  });

  it('serves twins alike when they take turns at equal replicas', () => {
    fc.assert(
      fc.property(someRequests, (requests) => {
        const twice = <Column extends Int32Array | Float64Array>(column: Column): Column =>
          column.map((_, i) => column[i >> 1]!) as Column;
        const doubled = (column: Int32Array): Int32Array => twice(Int32Array.of(...column, ...column));
        const twins: RequestColumns = {
          arrival: twice(Float64Array.of(...requests.arrival, ...requests.arrival)),
          isl: doubled(requests.isl),
          osl: doubled(requests.osl),
          cachedTokens: doubled(requests.cachedTokens),
        };
        const steps = linearSteps(EIGHT_BILLION, { kvBlocks: 400 });
        const fleet = fleetOf({
          pools: [aggregated([steps, steps])],
          routing: { policy: 'round-robin' },
          requests: twins,
        });
        const { e2e, replica } = fleet.perRequest;
        for (let id = 0; id < e2e.length; id += 2) {
          expect(e2e[id + 1]).toBe(e2e[id]);
          if (e2e[id]! > 0) expect([replica[id], replica[id + 1]]).toEqual([0, 1]);
        }
      }),
    );
  });

  it('sends more to the faster replica when the least loaded is chosen', () => {
    const requests = randomRequests({
      seed: 1,
      count: 2000,
      rate: 40,
      cv: 1,
      isl: 300,
      osl: 60,
      lengthCv: 0.5,
    });
    const fleet = fleetOf({ pools: [aggregated([constantSteps(0.01), constantSteps(0.03)])], requests });
    const [fast, slow] = fleet.pools[0]!.replicas;
    expect(fast!.requests).toBeGreaterThan(1.5 * slow!.requests);
  });

  it('finds more prefixes when it looks for them than in turn', () => {
    const plain = randomRequests({ seed: 2, count: 3000, rate: 12, cv: 1, isl: 600, osl: 20, lengthCv: 0.3 });
    const requests = withPrefixes(plain, 50);
    const replicas = Array.from({ length: 4 }, () => linearSteps(EIGHT_BILLION, { kvBlocks: 1000 }));
    const hitRate = (policy: RoutingPolicy): number =>
      fleetOf({ pools: [aggregated(replicas, { prefixCache: true })], routing: { policy }, requests })
        .pools[0]!.prefixHitRate;
    // 50 families of about 38 blocks do not fit one replica's 1000, but a quarter of them does.
    expect(hitRate('prefix-aware')).toBeGreaterThan(1.3 * hitRate('round-robin'));
  });

  it('rejects what no replica can hold and gives what only one can hold to that one', () => {
    const requests = requestColumns([
      [0, 100, 4],
      [0, 3000, 4],
      [0, 9000, 4],
    ]);
    const small = constantSteps(0.01, { kvBlocks: 20 });
    const large = constantSteps(0.01, { kvBlocks: 300 });
    const fleet = fleetOf({ pools: [aggregated([small, large])], requests });
    expect([...fleet.perRequest.replica]).toEqual([0, 1, -1]);
    expect(fleet.rejected).toBe(1);
    expect(fleet.perRequest.e2e[2]).toBeNaN();
  });

  it('refuses pools that do not make a fleet', () => {
    const pool = aggregated([constantSteps(0.01)]);
    const wrong: readonly (readonly ReplicaPool[])[] = [
      [],
      [{ ...pool, replicas: [] }],
      [pool, pool],
      [{ ...pool, role: 'prefill' }],
      [pool, { ...pool, name: 'p', role: 'prefill' }, { ...pool, name: 'd', role: 'decode' }],
      [
        { ...pool, name: 'p', role: 'prefill' },
        { ...pool, name: 'd', role: 'decode' },
      ],
    ];
    for (const pools of wrong) expect(() => fleetOf({ pools })).toThrow(RangeError);
  });
});
