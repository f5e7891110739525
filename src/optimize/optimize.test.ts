import { describe, expect, it } from 'vitest';
import type { Decision, RequestColumns, ResolvedProblem } from '../model/index.ts';
import { shippedCoefficients } from '../perf/index.ts';
import { sampleRequests } from '../traffic/index.ts';
import { randomStream } from '../random/index.ts';
import { milliseconds, seconds, usd } from '../units/index.ts';
import { optimize } from './index.ts';
import type { OptimizeOptions, ProgressEvent } from './index.ts';
import { chatProfile, h100, resolvedProblem } from './testing/resolved.ts';

const OPTIONS: OptimizeOptions = { seed: 1, coefficients: shippedCoefficients(), effort: 'quick' };

const ZONES = ['z1', 'z2'];
const OFFERINGS = ZONES.flatMap((zone) => [
  h100({ pool: 'h', zone, capacityType: 'on-demand', price: 12, accelerators: 2 }),
  h100({ pool: 'h', zone, capacityType: 'spot', price: 5, accelerators: 2 }),
]);

function chat(rate: number | ((hour: number) => number), facts = {}): ResolvedProblem {
  return resolvedProblem({
    offerings: OFFERINGS,
    workloads: [{ id: 'chat', profile: chatProfile(rate), facts }],
  });
}

describe('optimize', () => {
  it('decides a small problem to optimality, and every constraint holds when recomputed', async () => {
    const events: ProgressEvent[] = [];
    const problem = chat((hour) => (hour % 24 < 12 ? 40 : 8), {
      maxSpotShare: 0.5,
      slo: {
        limits: [
          { metric: 'tpot', percentile: 'p99', limit: milliseconds(40) },
          { metric: 'ttft', percentile: 'p99', limit: seconds(1) },
        ],
        availability: 0.999,
        tolerates: 'correlation-group',
      },
    });
    const decision = await optimize(problem, { ...OPTIONS, onProgress: (event) => events.push(event) });
    expect(decision.status).toBe('optimal');
    expect(decision.gap).toBe(0);
    expect(decision.checks.filter((check) => !check.holds)).toEqual([]);
    expect(decision.checks.map((check) => check.constraint)).toEqual(
      expect.arrayContaining([
        'demand/chat/w0',
        'survive/chat/w0',
        'spot-share/chat',
        'availability/chat',
        'slo/chat/ttft.p99',
      ]),
    );
    expect(new Set(events.map((event) => event.stage))).toEqual(
      new Set(['race', 'measure', 'place', 'price', 'verify']),
    );
    const [workload] = decision.workloads;
    expect(workload?.operatingPoint.goodputShare).toBeGreaterThan(0.98);
    expect(workload?.pareto.length).toBeGreaterThan(0);
    for (const { capacity } of workload?.chosen ?? []) {
      expect(capacity.rate.low).toBeLessThanOrEqual(capacity.rate.value);
      expect(capacity.rate.high).toBeGreaterThanOrEqual(capacity.rate.value);
      expect(capacity.evidence.requests).toBeGreaterThanOrEqual(14_000);
    }
    const spot = decision.constraintPrices.find((price) => price.constraint === 'spot-share/chat');
    expect(spot?.perMonth).toBeGreaterThan(0);
    expect(decision.allocations.map((item) => item.tier).sort()).toEqual(['base', 'surge']);
  });

  it('gives the same bytes twice, and for permuted input', async () => {
    const problem = chat(20, { maxSpotShare: 0.5 });
    const first = JSON.stringify(await optimize(problem, OPTIONS));
    expect(JSON.stringify(await optimize(problem, OPTIONS))).toBe(first);
    const permuted: ResolvedProblem = {
      ...problem,
      offerings: [...problem.offerings].reverse(),
      problem: { ...problem.problem, pools: [...problem.problem.pools].reverse() },
    };
    expect(JSON.stringify(await optimize(permuted, OPTIONS))).toBe(first);
  });

  it('costs no less with more demand', async () => {
    const costs: number[] = [];
    for (const rate of [5, 60, 240]) costs.push((await optimize(chat(rate), OPTIONS)).objectivePerMonth);
    expect([...costs].sort((a, b) => a - b)).toEqual(costs);
    expect(costs[2]).toBeGreaterThan(costs[0] ?? Infinity);
  });

  it('names the SLO limit that no configuration meets, and how far it must be loosened', async () => {
    const decision = await optimize(
      chat(5, {
        slo: {
          limits: [{ metric: 'ttft', percentile: 'p99', limit: milliseconds(2) }],
          availability: 0.99,
          tolerates: 'nothing',
        },
      }),
      OPTIONS,
    );
    expect(decision.status).toBe('infeasible');
    expect(decision.bindingConstraints.map((item) => item.constraint)).toEqual(['slo/chat/ttft.p99']);
    expect(decision.bindingConstraints[0]?.relaxation?.change).toMatch(
      /^loosen ttft\.p99 of chat to [\d.]+ m?s$/,
    );
    expect(decision.workloads[0]?.pareto).toEqual([]);
    expect(decision.workloads[0]?.rejected.some((item) => item.reason === 'prefill-exceeds-ttft')).toBe(true);
  });

  it('rejects by a step time above the TPOT limit with both figures', async () => {
    const decision = await optimize(
      chat(5, {
        slo: {
          limits: [{ metric: 'tpot', percentile: 'p99', limit: milliseconds(0.5) }],
          availability: 0.99,
          tolerates: 'nothing',
        },
      }),
      OPTIONS,
    );
    const [first] = decision.workloads[0]?.rejected ?? [];
    expect(first?.reason).toBe('step-exceeds-tpot');
    expect(first?.detail).toMatch(/at least .*ms, the TPOT limit is 500 µs/);
    expect(decision.bindingConstraints).toEqual([
      expect.objectContaining({
        constraint: 'slo/chat/tpot.p99',
        relaxation: { change: expect.stringMatching(/^loosen tpot.p99 of chat to /) },
      }),
    ]);
  });

  it('names a budget that is too small and the budget that would do', async () => {
    const free = await optimize(chat(20), OPTIONS);
    const problem = chat(20);
    const limited: ResolvedProblem = {
      ...problem,
      problem: { ...problem.problem, budgets: [{ id: 'monthly', path: '', team: '', limit: usd(100) }] },
    };
    const decision = await optimize(limited, OPTIONS);
    expect(decision.status).toBe('infeasible');
    expect(decision.bindingConstraints).toHaveLength(1);
    const [binding] = decision.bindingConstraints;
    expect(binding?.constraint).toBe('budget/monthly');
    expect(binding?.relaxation?.perMonth).toBe(free.objectivePerMonth);
  });

  it('replays a trace at the share of one replica', async () => {
    const profile = chatProfile(30);
    const trace: RequestColumns = sampleRequests(profile, {
      requestRate: 30,
      count: 30_000,
      stream: randomStream(5, 'trace'),
    });
    const problem = chat(30);
    const decision = await optimize(
      { ...problem, workloads: problem.workloads.map((item) => ({ ...item, trace })) },
      OPTIONS,
    );
    const [workload] = decision.workloads;
    const replicas = decision.allocations
      .flatMap((item) => Object.values(item.replicas.w0 ?? {}))
      .reduce((sum, count) => sum + count, 0);
    expect(workload?.replay?.requestRate).toBeCloseTo(30 / replicas, 0);
    expect(workload?.replay?.goodputShare).toBeGreaterThan(0.9);
  });

  it('leaves optional work out once its time is up, and still answers', async () => {
    let clock = 0;
    const decision: Decision = await optimize(chat(20), {
      ...OPTIONS,
      timeLimitSeconds: 1,
      now: () => (clock += 10),
    });
    expect(decision.status).toBe('optimal');
    expect(decision.constraintPrices).toEqual([]);
  });
});
