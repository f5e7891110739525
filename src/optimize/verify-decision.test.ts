import { beforeAll, describe, expect, it } from 'vitest';
import type { Decision, ResolvedProblem } from '../model/index.ts';
import { shippedCoefficients } from '../perf/index.ts';
import { milliseconds, requestsPerSecond, seconds, usd } from '../units/index.ts';
import { optimize, verifyDecision } from './index.ts';
import { option, offering } from './testing/instances.ts';
import { chatProfile, h100, resolvedProblem } from './testing/resolved.ts';
import { firstFit } from './verify/check-nodes.ts';

const PROBLEM: ResolvedProblem = resolvedProblem({
  offerings: ['z1', 'z2'].flatMap((zone) => [
    h100({ pool: 'h', zone, capacityType: 'on-demand', price: 12, accelerators: 2 }),
    h100({ pool: 'h', zone, capacityType: 'spot', price: 5, accelerators: 2 }),
  ]),
  workloads: [
    {
      id: 'chat',
      profile: chatProfile(60),
      facts: {
        maxSpotShare: 0.5,
        slo: {
          limits: [
            { metric: 'tpot', percentile: 'p99', limit: milliseconds(40) },
            { metric: 'ttft', percentile: 'p99', limit: seconds(1) },
          ],
          availability: 0.999,
          tolerates: 'correlation-group',
        },
      },
    },
  ],
  maxNodes: { h: 20 },
  budgets: [{ id: 'monthly', path: '', team: '', limit: usd(100_000) }],
});

let decision: Decision;
beforeAll(async () => {
  decision = await optimize(PROBLEM, { seed: 1, coefficients: shippedCoefficients(), effort: 'quick' });
});

/** Constraints that no longer hold after a change. */
function broken(change: (decision: Decision) => Decision, problem = PROBLEM): string[] {
  return verifyDecision(problem, change(decision))
    .filter((check) => !check.holds)
    .map((check) => check.constraint);
}

function scaleReplicas(d: Decision, scale: (n: number, zone: string) => number, capacityType = ''): Decision {
  return {
    ...d,
    allocations: d.allocations.map((item) => ({
      ...item,
      replicas:
        capacityType !== '' && item.capacityType !== capacityType
          ? item.replicas
          : Object.fromEntries(
              Object.entries(item.replicas).map(([window, zones]) => [
                window,
                Object.fromEntries(Object.entries(zones).map(([zone, n]) => [zone, scale(n, zone)])),
              ]),
            ),
    })),
  };
}

describe('verifyDecision', () => {
  it('finds nothing wrong with an untouched decision', () => {
    expect(broken((d) => d)).toEqual([]);
  });

  it('notices missing replicas', () => {
    expect(broken((d) => scaleReplicas(d, () => 0))).toEqual(
      expect.arrayContaining(['demand/chat/w0', 'survive/chat/w0', 'availability/chat']),
    );
  });

  it('notices pods without nodes', () => {
    const names = broken((d) => ({ ...d, nodes: [] }));
    expect(names.some((name) => name.startsWith('packing/h/'))).toBe(true);
  });

  it('notices too large a spot share', () => {
    expect(broken((d) => scaleReplicas(d, (n) => 3 * n, 'spot'))).toContain('spot-share/chat');
  });

  it('notices base nodes gathered in one zone', () => {
    const names = broken((d) => ({
      ...d,
      nodes: d.nodes.map((item) =>
        item.zone === 'z1' && item.capacityType === 'on-demand'
          ? { ...item, nodes: Object.fromEntries(Object.entries(item.nodes).map(([w, n]) => [w, n + 3])) }
          : item,
      ),
    }));
    expect(names.some((name) => name.startsWith('zone-spread/'))).toBe(true);
  });

  it('notices unlike replicas behind even routing', () => {
    const even: ResolvedProblem = {
      ...PROBLEM,
      workloads: PROBLEM.workloads.map((item) => ({
        ...item,
        workload: { ...item.workload, routing: 'even' },
      })),
    };
    const mixed = (d: Decision): Decision => ({
      ...d,
      allocations: d.allocations.map((item, index) =>
        index === 0 ? item : { ...item, candidate: { ...item.candidate, id: 'chat/h/other' } },
      ),
    });
    expect(broken(mixed, even)).toContain('routing/chat');
    expect(broken(mixed)).not.toContain('routing/chat');
  });

  it('notices a plan beyond quota or budget', () => {
    const tight: ResolvedProblem = {
      ...PROBLEM,
      problem: {
        ...PROBLEM.problem,
        pools: PROBLEM.problem.pools.map((pool) => ({ ...pool, maxNodes: 1 })),
        budgets: [{ id: 'monthly', path: '', team: '', limit: usd(1) }],
      },
    };
    expect(broken((d) => d, tight)).toEqual(['budget/monthly', 'quota/h']);
  });

  it('notices replicas planned above their measured capacity', () => {
    const names = broken((d) => ({
      ...d,
      allocations: d.allocations.map((item) => ({
        ...item,
        plannedRatePerReplica: requestsPerSecond(item.plannedRatePerReplica * 1.5),
      })),
    }));
    expect(names.filter((name) => name.startsWith('planned-rate/'))).toHaveLength(
      decision.allocations.length,
    );
  });

  it('recomputes the budget to the cent of the stated objective', () => {
    const budget = decision.checks.find((check) => check.constraint === 'budget/monthly');
    expect(budget?.used).toBeCloseTo(decision.objectivePerMonth / 1e6, 2);
  });
});

describe('firstFit', () => {
  const node = offering({ pool: 'a', zone: 'z1', capacityType: 'on-demand', price: 1, accelerators: 8 });
  const pods = (size: number, count: number, nodes = 1): ReturnType<typeof podGroups> =>
    podGroups(size, count, nodes);

  it('packs sizes that divide each other without waste', () => {
    expect(firstFit([...pods(2, 3), ...pods(4, 2), ...pods(1, 2)], node)).toBe(2);
  });

  it('puts the pods of one replica on different nodes', () => {
    expect(firstFit(pods(4, 1, 2), node)).toBe(2);
    expect(firstFit(pods(4, 2, 2), node)).toBe(2);
  });

  it('says that a pod larger than a node fits nowhere', () => {
    expect(firstFit(pods(16, 1), node)).toBe(Infinity);
  });
});

function podGroups(size: number, count: number, nodes: number) {
  const { podGroup } = option({ workload: 'u', pool: 'a', size, rate: 1, nodes }).candidate;
  return Array.from({ length: count }, () => podGroup);
}
