import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { OBJECTIVES, worldSize } from '../../model/index.ts';
import type { LlmWorkload, Objective, ServingPlan } from '../../model/index.ts';
import { shippedCoefficients } from '../../perf/index.ts';
import { microUsd, requestsPerSecond, seconds } from '../../units/index.ts';
import { shortCrews } from '../testing/crews.ts';
import { scriptedCrew } from '../testing/scripted.ts';
import { p99, smallField } from '../testing/small-field.ts';
import { brokenMerits, objectiveValue, paretoPlans, ranked } from './merits.ts';
import type { SearchLoad, SearchOptions, SearchRequest, SearchResult } from './request.ts';
import { searchPlans } from './search.ts';

const FIELD = smallField({ accelerators: 4 });
const RATE: SearchLoad = { kind: 'rate', rate: requestsPerSecond(30) };
/** Answers are remembered: searches of one load ask much the same. */
const gatherCrew = shortCrews(1000);
const OPTIONS: SearchOptions = { seed: 1, coefficients: shippedCoefficients(), gatherCrew };

function requestOf(facts: Partial<SearchRequest> = {}, workload: Partial<LlmWorkload> = {}): SearchRequest {
  const resolved = FIELD.workload;
  return {
    workload: { ...resolved, workload: { ...resolved.workload, ...workload } },
    offerings: FIELD.offerings,
    accelerators: { h: 4 },
    load: RATE,
    objective: 'cost',
    limits: {},
    modes: ['aggregated'],
    ...facts,
  };
}
const search = (
  facts: Partial<SearchRequest> = {},
  workload: Partial<LlmWorkload> = {},
): Promise<SearchResult> => searchPlans(requestOf(facts, workload), OPTIONS);

const sloOf = (limits: Parameters<typeof p99>[0]): Partial<LlmWorkload> => ({
  slo: { limits: p99(limits), availability: 0.99, tolerates: 'nothing' },
});

/** What holds of every plan of a result. */
function expectSound({ plans, pareto, rejected }: SearchResult, clusterSize: number): void {
  for (const plan of [...plans, ...pareto]) {
    const size = plan.parts.reduce(
      (sum, { candidate, replicas }) => sum + replicas * worldSize(candidate.parallelism),
      0,
    );
    expect(plan.accelerators).toBe(size);
    expect(size).toBeLessThanOrEqual(clusterSize);
    const { latency } = plan.evidence;
    for (const { metric, percentile, limit } of FIELD.subject.limits)
      expect(latency[metric][percentile].value, plan.id).toBeLessThanOrEqual(limit);
    expect(plan.merits.latency).toBe(latency.e2e.p99.value);
    expect(plan.id).toBe(plan.parts.map((part) => `${part.replicas}x${part.candidate.id}`).join(' + '));
  }
  const cuts = plans.map((plan) => plan.parts.map(({ candidate }) => candidate.id).join());
  expect(new Set(cuts).size).toBe(plans.length);
  expect(pareto).toEqual(paretoPlans(pareto));
  const out = new Set(rejected.map(({ candidate }) => candidate));
  for (const cut of cuts) expect(out).not.toContain(cut);
  expect([...out].length).toBe(rejected.length);
}

describe('a search at a rate', () => {
  const found = new Map<Objective, SearchResult>();
  const of = (objective: Objective): SearchResult => found.get(objective)!;
  const best = (objective: Objective): ServingPlan => of(objective).plans[0]!;
  beforeAll(async () => {
    for (const objective of OBJECTIVES) found.set(objective, await search({ objective }));
  });

  it('gives plans within SLO and cluster that carry the rate, each candidate once, in order', () => {
    for (const [objective, result] of found) {
      expectSound(result, 4);
      expect(result.plans.length).toBeGreaterThan(1);
      expect(result.plans).toEqual(ranked(result.plans, objective));
      expect(result.binding).toEqual([]);
      expect(result.proof.isComplete).toBe(true);
      for (const { load, capacity } of result.plans) {
        expect(load).toBeCloseTo(30);
        expect(capacity.high).toBeGreaterThanOrEqual(30);
      }
    }
  });

  it('puts first by each objective no worse a plan than any other objective found', () => {
    for (const objective of OBJECTIVES) {
      const value = objectiveValue(best(objective), objective);
      for (const other of OBJECTIVES)
        expect(value, `${objective} by ${other}`).toBeLessThanOrEqual(
          objectiveValue(best(other), objective) + 1e-9 * Math.abs(value),
        );
    }
    expect(best('latency').merits.latency).toBeLessThan(best('cost').merits.latency);
    expect(best('latency').accelerators).toBeGreaterThan(best('accelerators').accelerators);
  });

  it('shows the plans of least latency and energy beside, and the front of cost, latency and energy', () => {
    const result = of('cost');
    const { pareto, leastLatency, leastEnergy } = result;
    expect(pareto.length).toBeGreaterThan(1);
    expect(pareto[0]!.merits.costPerMonth).toBe(best('cost').merits.costPerMonth);
    for (const plan of [...result.plans, ...pareto]) {
      expect(leastLatency!.merits.latency).toBeLessThanOrEqual(plan.merits.latency);
      expect(leastEnergy!.merits.energyPerOutputToken).toBeLessThanOrEqual(plan.merits.energyPerOutputToken);
    }
  });

  it('proves a bound that no plan beats, and counts who was left out and why', () => {
    for (const objective of ['cost', 'accelerators', 'cost-per-token'] as const) {
      const { proof, plans } = of(objective);
      expect(proof.bound!).toBeGreaterThan(0);
      expect(proof.bound!).toBeLessThanOrEqual(objectiveValue(plans[0]!, objective));
      expect(proof.gap!).toBeCloseTo(1 - proof.bound! / objectiveValue(plans[0]!, objective));
    }
    const { proof, plans } = of('throughput-per-accelerator');
    expect(proof.bound!).toBeGreaterThanOrEqual(plans[0]!.merits.throughputPerAccelerator);
    expect(of('latency').proof.bound).toBeUndefined();
    const { left, enumerated, simulated } = of('cost').proof;
    const total = Object.values(left).reduce((sum, count) => sum + count, 0);
    expect(total).toBe(of('cost').rejected.length);
    expect(simulated).toBeGreaterThan(0);
    expect(enumerated).toBeGreaterThan(simulated);
  });

  it('gives the same result again, to the last figure', async () => {
    const fresh = { ...OPTIONS, gatherCrew: shortCrews(1000) };
    expect(await searchPlans(requestOf(), fresh)).toEqual(of('cost'));
  });

  it('asks for more replicas at a higher rate, and says what would do beyond the cluster', async () => {
    const more = await search({ load: { kind: 'rate', rate: requestsPerSecond(55) } });
    expect(more.plans[0]!.merits.costPerMonth).toBeGreaterThan(best('cost').merits.costPerMonth);
    const beyond = await search({ load: { kind: 'rate', rate: requestsPerSecond(500) } });
    expect(beyond.plans).toEqual([]);
    expect(beyond.binding.map((item) => item.constraint)).toEqual(['accelerators/h']);
    expect(beyond.binding[0]!.relaxation!.change).toMatch(/offer \d+ accelerators, or lower the load to/);
    expect(beyond.rejected.map(({ reason }) => reason)).toContain('limit-exceeded');
    const wanted = Number(/offer (\d+)/.exec(beyond.binding[0]!.relaxation!.change)?.[1]);
    const offered = {
      load: { kind: 'rate', rate: requestsPerSecond(500) },
      accelerators: { h: wanted },
    } as const;
    expect((await search(offered)).plans[0]!.accelerators).toBeLessThanOrEqual(wanted);
  });
});

describe('a search of scripted replicas', () => {
  const uniform = fc.double({ min: 0, max: 1, noNaN: true });

  it('finds the least whole replicas for any demand, as brute force over all sizes says', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(uniform, { minLength: 3, maxLength: 3 }),
        fc.double({ min: 0.1, max: 60, noNaN: true }),
        fc.constantFrom<Objective>('cost', 'accelerators'),
        async (speeds, rate, objective) => {
          // Per accelerator 5 to 15 requests/s, by size.
          const carried = (size: number): number => size * (5 + 10 * speeds[Math.log2(size)]!);
          const crew = scriptedCrew(({ shape }) => carried(worldSize(shape.configuration.parallelism)));
          const { plans } = await searchPlans(
            requestOf({ objective, load: { kind: 'rate', rate: requestsPerSecond(rate) } }),
            { ...OPTIONS, gatherCrew: () => crew },
          );
          const sizes = [1, 2, 4].map((size) => size * Math.ceil(rate / carried(size)));
          const least = Math.min(...sizes);
          expect(plans[0]?.accelerators).toBe(least <= 4 ? least : undefined);
        },
      ),
      { numRuns: 40, seed: 3 },
    );
  });
});

describe('a search of other loads', () => {
  it('serves so many clients, by whole ones per replica', async () => {
    const result = await search({ load: { kind: 'concurrency', clients: 100 } });
    expectSound(result, 4);
    for (const plan of result.plans) {
      const replicas = plan.parts[0]!.replicas;
      expect(plan.load).toBeGreaterThanOrEqual(100);
      expect(plan.load).toBeLessThan(100 + replicas);
      expect(Number.isInteger(plan.load / replicas)).toBe(true);
      expect(plan.evidence.requestRate).toBeLessThan(plan.load);
    }
    expect(result.proof.bound).toBeUndefined();
    const few = await search({ load: { kind: 'concurrency', clients: 1 } });
    expect(few.plans[0]).toMatchObject({ accelerators: 1, load: 1 });
  });

  it('fills the whole cluster where it is asked for the most', async () => {
    const result = await search({ load: { kind: 'most' }, objective: 'throughput-per-accelerator' });
    expectSound(result, 4);
    const [best] = result.plans;
    for (const plan of result.plans) {
      expect(plan.accelerators).toBe(4);
      expect(plan.load).toBeLessThanOrEqual(plan.capacity.high);
      expect(best!.merits.throughputPerAccelerator).toBeGreaterThanOrEqual(
        plan.merits.throughputPerAccelerator,
      );
    }
  });
});

describe('limits beside the SLO', () => {
  it('leave only plans that keep them, and tell of the others by how much not', async () => {
    const free = await search({ objective: 'latency' });
    const cheaper = microUsd(free.plans[0]!.merits.costPerMonth - 1);
    const limits = { costPerMonth: cheaper };
    const result = await search({ objective: 'latency', limits });
    expect(result.plans.length).toBeGreaterThan(0);
    for (const plan of [...result.plans, ...result.pareto]) expect(brokenMerits(plan, limits)).toEqual([]);
    expect(result.plans[0]!.merits.latency).toBeGreaterThan(free.plans[0]!.merits.latency);
    const over = result.rejected.find(({ candidate }) => candidate === free.plans[0]!.id);
    expect(over).toMatchObject({ reason: 'limit-exceeded', detail: expect.stringContaining('USD/month') });
  });

  it('that no plan keeps are named with what the nearest plan has', async () => {
    const result = await search({ limits: { latency: seconds(0.01), costPerMonth: microUsd(1) } });
    expect(result.plans).toEqual([]);
    expect(result.pareto).toEqual([]);
    const [binding] = result.binding;
    expect(binding!.constraint).toMatch(/^limits\/(latency|costPerMonth)/);
    expect(binding!.relaxation!.change).toMatch(/^loosen .*USD\/month/);
    expect(binding!.relaxation!.perMonth).toBeGreaterThan(1);
  });
});

describe('a search without a plan', () => {
  it('names the limit of the SLO that nothing meets; to follow what it says leads to a plan', async () => {
    const load: SearchLoad = { kind: 'rate', rate: requestsPerSecond(0.1) };
    for (const [start, name] of [
      [{ ttft: 0.001, tpot: 40 }, 'ttft'],
      [{ ttft: 1, tpot: 1 }, 'tpot'],
    ] as const) {
      let limits: { ttft: number; tpot: number } = start;
      let result = await search({ load }, sloOf(limits));
      expect(result.plans).toEqual([]);
      // What lone requests need is told first, then what the nearest candidate needs at very low load.
      for (let step = 0; step < 2 && result.plans.length === 0; step++) {
        expect(result.binding[0]!.constraint).toBe(`slo/chat/${name}.p99`);
        const { change } = result.binding[0]!.relaxation!;
        const eased = Number(/to ([\d.]+) ms$/.exec(change)?.[1]);
        limits = { ...limits, [name]: name === 'ttft' ? eased / 1e3 : eased };
        result = await search({ load }, sloOf(limits));
      }
      expect(result.plans.length, name).toBeGreaterThan(0);
    }
  });

  it('names a change with which a model fits that fits nowhere', async () => {
    const large = { ...FIELD.workload.architecture, layers: 320 };
    const architecture = {
      ...large,
      attention: { ...large.attention, full: 320 },
      dense: { ...large.dense, layers: 320 },
      parameters: { total: 70e9, active: 70e9 },
    };
    const request = requestOf({ accelerators: { h: 1 } });
    const { plans, binding, rejected } = await searchPlans(
      { ...request, workload: { ...request.workload, architecture } },
      { ...OPTIONS, gatherCrew: shortCrews(1000) },
    );
    expect(plans).toEqual([]);
    expect(rejected.map(({ reason }) => reason)).toContain('out-of-memory');
    expect(binding).toHaveLength(1);
    expect(binding[0]!.constraint).toBe('hardware/chat');
    expect(binding[0]!.relaxation!.change).toMatch(/parallelism|stages|accelerators/);
  });

  it('needs an accelerator that holds a replica', async () => {
    const result = await search({ accelerators: { h: 0 } });
    expect(result.plans).toEqual([]);
    expect(result.binding).toHaveLength(1);
  });
});

describe('a search whose time runs out', () => {
  it('returns what it found so far and says that it is not complete', async () => {
    let now = 0;
    const options = { ...OPTIONS, timeLimitSeconds: 1, now: () => (now += 0.6) };
    const result = await searchPlans(requestOf(), options);
    expectSound(result, 4);
    expect(result.proof.isComplete).toBe(false);
    expect(result.proof.left['not-measured']).toBeGreaterThan(0);
    expect(result.plans.length).toBeGreaterThan(0);
  });

  it('tells how far it is in shares that never fall', async () => {
    const shares: number[] = [];
    await searchPlans(requestOf(), { ...OPTIONS, onProgress: (event) => shares.push(event.share) });
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)!).toBeLessThanOrEqual(1);
    expect(shares.length).toBeGreaterThan(3);
  });
});
