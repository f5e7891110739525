import { describe, expect, it } from 'vitest';
import type { Decision, LlmWorkload, Offering, ResolvedProblem } from '../../model/index.ts';
import { shippedCoefficients } from '../../perf/index.ts';
import { optimize } from '../optimize.ts';
import { h100, resolvedProblem } from '../testing/resolved.ts';
import { verifyDecision } from '../verify-decision.ts';
import { limitsOf, longPrompts } from './testing/subject.ts';

const OPTIONS = { seed: 1, coefficients: shippedCoefficients(), effort: 'quick' } as const;
const TEN = 10;
const LOOSE = 100;

function offerings(zones: readonly string[], capacityTypes: readonly ('on-demand' | 'spot')[]): Offering[] {
  return zones.flatMap((zone) =>
    capacityTypes.map((capacityType) =>
      h100({ pool: 'h', zone, capacityType, price: capacityType === 'spot' ? 4 : 12, accelerators: 2 }),
    ),
  );
}

function problem(
  tpot: number,
  facts: Partial<LlmWorkload>,
  offered: readonly Offering[] = offerings(['z1'], ['on-demand']),
): ResolvedProblem {
  const slo = { limits: limitsOf(tpot), availability: 0.99, tolerates: 'nothing' } as const;
  const resolved = resolvedProblem({
    offerings: offered,
    workloads: [{ id: 'chat', profile: longPrompts(30), facts: { slo, ...facts } }],
  });
  return resolved;
}

const rolesOf = ({ allocations }: Decision): readonly string[] => [
  ...new Set(allocations.map(({ candidate }) => candidate.role)),
];

describe('plans of workloads that may be served apart', () => {
  it('place prefill and decode replicas that both carry the demand', async () => {
    const decision = await optimize(problem(TEN, { serving: 'disaggregated' }), OPTIONS);
    expect(decision.status).not.toBe('infeasible');
    expect([...rolesOf(decision)].sort()).toEqual(['decode', 'prefill']);
    expect(decision.allocations.every(({ workload }) => workload === 'chat')).toBe(true);
    const [chat] = decision.workloads;
    expect(chat!.operatingPoint.latency.tpot.p99.value).toBeLessThanOrEqual(TEN / 1000);
    expect(chat!.operatingPoint.latency.ttft.p99.value).toBeLessThanOrEqual(1);
    expect(chat!.availability.achieved).toBeGreaterThanOrEqual(0.99);
    expect(chat!.chosen.map(({ candidate }) => candidate.role).sort()).toEqual(['decode', 'prefill']);
    expect(decision.checks.every(({ holds }) => holds)).toBe(true);
  }, 120_000);

  it('choose roles of any where prompts would delay tokens, and whole replicas where they need not', async () => {
    const tight = await optimize(problem(TEN, { serving: 'any' }), OPTIONS);
    const whole = await optimize(problem(TEN, { serving: 'aggregated' }), OPTIONS);
    expect(rolesOf(tight)).toContain('prefill');
    expect(tight.objectivePerMonth).toBeLessThanOrEqual(0.97 * whole.objectivePerMonth);
    const loose = await optimize(problem(LOOSE, { serving: 'any' }), OPTIONS);
    expect(rolesOf(loose)).toEqual(['aggregated']);
    expect(loose.workloads[0]!.rejected.some(({ candidate }) => candidate.endsWith('-decode'))).toBe(true);
  }, 240_000);

  it('survive the loss of a node and hold spot shares in either role', async () => {
    const slo = { limits: limitsOf(TEN), availability: 0.99, tolerates: 'node' } as const;
    const offered = offerings(['z1', 'z2'], ['on-demand', 'spot']);
    const facts = { serving: 'disaggregated', maxSpotShare: 0.5, slo } as const;
    const decision = await optimize(problem(TEN, facts, offered), OPTIONS);
    expect(decision.status).not.toBe('infeasible');
    for (const name of ['survive/chat', 'spot-share/chat', 'demand/chat', 'availability/chat']) {
      const own = decision.checks.filter(({ constraint }) => constraint.startsWith(name));
      expect(own.length).toBeGreaterThan(0);
      expect(own.every(({ holds }) => holds)).toBe(true);
    }
    const { window } = { window: decision.windows[0]!.id };
    for (const role of ['prefill', 'decode']) {
      const own = decision.allocations.filter(({ candidate }) => candidate.role === role);
      const replicas = (of: typeof own): number =>
        of.reduce(
          (sum, item) => sum + Object.values(item.replicas[window] ?? {}).reduce((a, b) => a + b, 0),
          0,
        );
      expect(replicas(own.filter((item) => item.capacityType === 'spot'))).toBeLessThanOrEqual(
        0.5 * replicas(own),
      );
    }
  }, 240_000);

  it('are told wrong by verification when a role is missing', async () => {
    const resolved = problem(TEN, { serving: 'disaggregated' });
    const decision = await optimize(resolved, OPTIONS);
    const allocations = decision.allocations.filter(({ candidate }) => candidate.role === 'prefill');
    const checks = verifyDecision(resolved, { ...decision, allocations });
    const broken = checks.filter(({ holds }) => !holds).map(({ constraint }) => constraint);
    expect(broken.some((name) => name.startsWith('demand/chat'))).toBe(true);
  }, 120_000);

  it('are infeasible, with the reason, where a role keeps its limits nowhere', async () => {
    const decision = await optimize(problem(1, { serving: 'disaggregated' }), OPTIONS);
    expect(decision.status).toBe('infeasible');
    expect(decision.bindingConstraints).toMatchObject([{ constraint: 'serving/chat' }]);
  }, 120_000);
});
