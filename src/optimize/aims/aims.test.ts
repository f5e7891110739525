import { beforeAll, describe, expect, it } from 'vitest';
import type { LlmWorkload, Objective, ResolvedProblem } from '../../model/index.ts';
import { shippedCoefficients } from '../../perf/index.ts';
import { joules, seconds, usd } from '../../units/index.ts';
import { evaluateWorkload } from '../evaluate-workload.ts';
import type { WorkloadEvaluation } from '../evaluate-workload.ts';
import { optimize } from '../optimize.ts';
import { chatProfile, h100, resolvedProblem } from '../testing/resolved.ts';
import { withLatencyLimit } from './latency-limit.ts';
import { narrow, steps } from './narrow.ts';
import type { AimedEvaluation } from './narrow.ts';

const OPTIONS = { seed: 1, coefficients: shippedCoefficients(), effort: 'quick' } as const;
const OFFERINGS = [h100({ pool: 'h', zone: 'z1', capacityType: 'on-demand', price: 12, accelerators: 2 })];
const DEMAND = { offerings: OFFERINGS, peak: 10 };
const LOOSE: LlmWorkload['limits'] = {
  costPerMillionTokens: usd(1e6),
  throughputPerAccelerator: 1e-6,
  energyPerOutputToken: joules(1e6),
};

function chat(facts: Partial<LlmWorkload> = {}): ResolvedProblem {
  return resolvedProblem({
    offerings: OFFERINGS,
    workloads: [{ id: 'chat', profile: chatProfile(10), facts: { precisions: ['bf16', 'fp8'], ...facts } }],
  });
}

let measured: WorkloadEvaluation;

/** The evaluation, as if its workload had these aims. */
function aimed(aims: Pick<LlmWorkload, 'objective' | 'limits'>): AimedEvaluation {
  const { workload } = measured;
  return narrow(
    { ...measured, workload: { ...workload, workload: { ...workload.workload, ...aims } } },
    DEMAND,
  );
}

const idsOf = ({ evaluation }: AimedEvaluation): readonly string[] =>
  evaluation.finalists.map((item) => item.evaluated.candidate.id);

beforeAll(async () => {
  measured = await evaluateWorkload(chat().workloads[0]!, OFFERINGS, {
    ...OPTIONS,
    maxNodes: {},
    isOver: () => false,
    onWave: () => Promise.resolve(),
  });
}, 120_000);

describe('finalists of a workload', () => {
  it('stay as they are, with nothing simulated, where least cost alone is wanted', () => {
    const before = measured.bench.simulations;
    expect(aimed({ objective: 'cost', limits: {} }).evaluation.finalists).toBe(measured.finalists);
    expect(measured.bench.simulations).toBe(before);
    expect(measured.finalists.length).toBeGreaterThan(1);
  });

  it.each<Objective>(['accelerators', 'cost-per-token', 'throughput-per-accelerator', 'latency', 'energy'])(
    'are all kept and stand in the order of %s',
    (objective) => {
      const item = aimed({ objective, limits: {} });
      expect(item.isByCost).toBe(false);
      expect([...idsOf(item)].sort()).toEqual(
        measured.finalists.map(({ evaluated }) => evaluated.candidate.id).sort(),
      );
    },
  );

  it('that carry most per accelerator come first by throughput', () => {
    const [first, ...others] = aimed({ objective: 'throughput-per-accelerator', limits: {} }).evaluation
      .finalists;
    const density = ({ evaluated }: (typeof others)[number]): number =>
      evaluated.capacity.rate.low / evaluated.candidate.podGroup.acceleratorsPerNode;
    for (const other of others) expect(density(first!)).toBeGreaterThanOrEqual(density(other) - 1e-9);
  });

  it('within loose limits are kept by cost', () => {
    const item = aimed({ objective: 'cost', limits: LOOSE });
    expect(item).toMatchObject({ isByCost: true, binding: [] });
    expect(idsOf(item)).toEqual(measured.finalists.map(({ evaluated }) => evaluated.candidate.id));
  });

  it('that break a limit are rejected with what they have, and the others stay', () => {
    const costs = measured.finalists.map(
      ({ evaluated }) => evaluated.listCostPerHour / evaluated.capacity.rate.low,
    );
    expect(Math.max(...costs)).toBeGreaterThan(Math.min(...costs) * 1.01);
    // Bisection for a limit between the cheapest and the dearest: some stay and some go.
    let [low, high] = [0, 1e3];
    for (let step = 0; step < 40; step++) {
      const middle = (low + high) / 2;
      const left = idsOf(aimed({ objective: 'cost', limits: { costPerMillionTokens: usd(middle) } })).length;
      if (left > 0 && left < costs.length) {
        const item = aimed({ objective: 'cost', limits: { costPerMillionTokens: usd(middle) } });
        const gone = item.evaluation.rejected.filter(({ reason }) => reason === 'limit-exceeded');
        expect(gone).toHaveLength(costs.length - left);
        expect(gone[0]?.detail).toContain('USD per million tokens');
        expect(item.binding).toEqual([]);
        return;
      }
      if (left === 0) low = middle;
      else high = middle;
    }
    expect.fail(`no limit separates costs of ${costs.join(', ')}`);
  });

  it('of which none keeps a limit name the nearest value that one of them has', () => {
    const item = aimed({ objective: 'cost', limits: { throughputPerAccelerator: 1e9 } });
    expect(idsOf(item)).toEqual([]);
    expect(item.binding).toMatchObject([
      {
        constraint: 'limits/chat/throughputPerAccelerator',
        relaxation: { change: expect.stringContaining('loosen throughputPerAccelerator of chat to') },
      },
    ]);
  });
});

describe('sets of finalists to place', () => {
  it('grow by one of each workload that is not planned by cost, best first', () => {
    const byCost = aimed({ objective: 'cost', limits: {} });
    const byEnergy = aimed({ objective: 'energy', limits: {} });
    const sets = steps([byCost, byEnergy]);
    expect(sets).toHaveLength(measured.finalists.length);
    expect(sets.map(([first, second]) => [first?.finalists.length, second?.finalists.length])).toEqual(
      sets.map((_, index) => [measured.finalists.length, index + 1]),
    );
    expect(steps([byCost])).toHaveLength(1);
  });
});

describe('a limit on p99 latency', () => {
  const [resolved] = chat({ limits: { latency: seconds(9) } }).workloads;

  it('joins the SLO in its order, and the stricter of two holds', () => {
    expect(withLatencyLimit(resolved!).workload.slo.limits.map(({ metric }) => metric)).toEqual([
      'e2e',
      'tpot',
      'ttft',
    ]);
    const strict = { metric: 'e2e', percentile: 'p99', limit: seconds(5) } as const;
    const withOwn = (limit: typeof strict) => ({
      ...resolved!,
      workload: { ...resolved!.workload, slo: { ...resolved!.workload.slo, limits: [limit] } },
    });
    expect(withLatencyLimit(withOwn(strict)).workload.slo.limits).toEqual([strict]);
    expect(withLatencyLimit(withOwn({ ...strict, limit: seconds(50) })).workload.slo.limits).toEqual([
      { ...strict, limit: 9 },
    ]);
  });

  it('that is absent changes nothing', () => {
    const [plain] = chat().workloads;
    expect(withLatencyLimit(plain!)).toBe(plain);
  });
});

describe('a plan with aims', () => {
  it('holds what its limits are held against, and keeps them', async () => {
    const limits = { ...LOOSE, latency: seconds(60) };
    const decision = await optimize(chat({ limits }), OPTIONS);
    const [workload] = decision.workloads;
    expect(workload?.merits?.latency).toBe(workload?.operatingPoint.latency.e2e.p99.value);
    expect(workload?.merits?.costPerMillionTokens).toBeGreaterThan(0);
    expect(workload?.merits?.throughputPerAccelerator).toBeGreaterThan(0);
    expect(workload?.merits?.energyPerOutputToken).toBeGreaterThan(0);
    expect(decision.checks.map(({ constraint }) => constraint)).toContain('slo/chat/e2e.p99');
  }, 120_000);

  it.each([
    ['energy', 'energyPerOutputToken'],
    ['latency', 'latency'],
  ] as const)(
    'of least %s has no more than the one of least cost, spare replicas included',
    async (objective, merit) => {
      const reached = async (wanted: Objective): Promise<number> => {
        const decision = await optimize(chat({ objective: wanted, limits: LOOSE }), OPTIONS);
        expect(decision.status).toBe('optimal');
        return decision.workloads[0]?.merits?.[merit] ?? NaN;
      };
      expect(await reached(objective)).toBeLessThanOrEqual((await reached('cost')) * (1 + 1e-9));
    },
    240_000,
  );

  it('of fewest accelerators has no more of them than the one of least cost', async () => {
    const accelerators = async (objective: Objective): Promise<number> => {
      const { allocations } = await optimize(chat({ objective }), OPTIONS);
      return allocations.reduce((sum, { replicas, candidate }) => {
        const busiest = Object.values(replicas['w0'] ?? {}).reduce((total, count) => total + count, 0);
        return sum + busiest * candidate.podGroup.nodes * candidate.podGroup.acceleratorsPerNode;
      }, 0);
    };
    expect(await accelerators('accelerators')).toBeLessThanOrEqual(await accelerators('cost'));
  }, 240_000);

  it('that no candidate can keep is infeasible, names the value that would do, and that value does', async () => {
    const decision = await optimize(chat({ limits: { energyPerOutputToken: joules(1e-6) } }), OPTIONS);
    expect(decision.status).toBe('infeasible');
    const [binding] = decision.bindingConstraints;
    expect(binding?.constraint).toBe('limits/chat/energyPerOutputToken');
    const value = Number(/to ([\d.]+) J/.exec(binding?.relaxation?.change ?? '')?.[1]);
    const loosened = { energyPerOutputToken: joules(value * 1.01) };
    const again = await optimize(chat({ limits: loosened }), OPTIONS);
    expect(again.status).toBe('optimal');
  }, 240_000);
});
