import { describe, expect, it } from 'vitest';
import { EVALUATED, EVIDENCE, sampleParts } from '../../test/support/sample-plan.ts';
import type { Decision, LlmWorkload, ResolvedProblem } from '../model/index.ts';
import { shippedCoefficients } from '../perf/index.ts';
import { microUsd, seconds } from '../units/index.ts';
import { decideWithConfidence, safetyByWorkload, safetyErrors } from './confidence.ts';
import type { SafetyByWorkload } from './confidence.ts';

const coefficients = shippedCoefficients();
const LIMITS: LlmWorkload['slo']['limits'] = [
  { metric: 'tpot', percentile: 'p99', limit: seconds(0.06) },
  { metric: 'ttft', percentile: 'p99', limit: seconds(1.5) },
];

/** A problem of one workload, of which the decision only looks at these facts. */
function problemOf(facts: Partial<LlmWorkload>): ResolvedProblem {
  const workload = {
    id: 'chat',
    engines: ['vllm'],
    slo: { limits: LIMITS, availability: 0.99, tolerates: 'nothing' },
    limits: {},
    ...facts,
  } as unknown as LlmWorkload;
  return { workloads: [{ workload }] } as unknown as ResolvedProblem;
}

/** A decider whose plans cost 1,000 USD times the TTFT factor, and do not exist beyond a factor. */
function decider(largestFactor: number) {
  const asked: { readonly safety: SafetyByWorkload; readonly share: number }[] = [];
  const decide = (_: ResolvedProblem, safety: SafetyByWorkload, share: number): Promise<Decision> => {
    asked.push({ safety, share });
    const factor = safety['chat']?.factors['vllm/fitted']?.ttft ?? 1;
    return Promise.resolve({
      ...sampleParts().decision,
      checks: [],
      status: factor > largestFactor ? 'infeasible' : 'optimal',
      objectivePerMonth: microUsd(1e9 * factor),
    });
  };
  return { asked, coefficients, isTimed: false, decide };
}

describe('planning at a confidence', () => {
  it('decides once, in all the time there is, where none is asked for', async () => {
    const run = decider(Infinity);
    const decision = await decideWithConfidence(problemOf({}), run);
    expect(run.asked).toEqual([{ safety: {}, share: 1 }]);
    expect(decision.workloads[0]).not.toHaveProperty('confidence');
  });

  it('tells what the safety is and what it costs beside the plan that trusts predictions', async () => {
    const run = decider(Infinity);
    const decision = await decideWithConfidence(problemOf({ confidence: 0.9 }), run);
    expect(run.asked.map(({ share }) => share)).toEqual([0.5, 0.5]);
    const evidence = decision.workloads[0]?.confidence;
    expect(evidence?.level).toBe(0.9);
    expect(evidence?.factors.ttft).toBeGreaterThan(1);
    expect(evidence?.costWithout).toBe(1e9);
    expect(evidence?.extraCost).toBe(decision.objectivePerMonth - 1e9);
    expect(evidence?.extraCost).toBeGreaterThan(0);
  });

  it('blends the end-to-end factor as the plan without safety was made up', async () => {
    const decision = await decideWithConfidence(problemOf({ confidence: 0.9 }), decider(Infinity));
    const share = EVIDENCE.latency.ttft.mean.value / EVIDENCE.latency.e2e.mean.value;
    const { ttft, tpot, e2e } = decision.workloads[0]!.confidence!.factors;
    expect(e2e).toBeCloseTo(share * ttft + (1 - share) * tpot, 9);
  });

  it('says that there is no plan, without trying lower confidences, where predictions allow none', async () => {
    const run = decider(0.5);
    expect((await decideWithConfidence(problemOf({ confidence: 0.9 }), run)).status).toBe('infeasible');
    expect(run.asked).toHaveLength(1);
  });

  it('names the highest confidence at which there is a plan, and its cost', async () => {
    const at80 = safetyByWorkload(problemOf({ confidence: 0.8 }), coefficients)['chat']!.factors[
      'vllm/fitted'
    ]!;
    const decision = await decideWithConfidence(problemOf({ confidence: 0.9 }), decider(at80.ttft));
    expect(decision.status).toBe('infeasible');
    expect(decision.bindingConstraints.at(-1)).toMatchObject({
      constraint: 'confidence/chat',
      relaxation: {
        change: 'lower the confidence of chat to 80 %',
        perMonth: microUsd(1e9 * at80.ttft),
      },
    });
  });

  it('proposes to drop the confidence where no lower one helps or the time is limited', async () => {
    const run = decider(1);
    const decision = await decideWithConfidence(problemOf({ confidence: 0.9 }), run);
    const dropped = { change: 'drop the confidence of chat', perMonth: 1e9 };
    expect(decision.bindingConstraints.at(-1)?.relaxation).toEqual(dropped);
    const timed = { ...decider(1), isTimed: true };
    const cut = await decideWithConfidence(problemOf({ confidence: 0.9 }), timed);
    expect(cut.bindingConstraints.at(-1)?.relaxation).toEqual(dropped);
    expect(timed.asked).toHaveLength(2);
  });
});

describe('errors that a plan rests on', () => {
  it('do not change with the confidence asked for, and are none without one', () => {
    const at = (confidence: number) => safetyErrors(problemOf({ confidence }), coefficients);
    expect(at(0.7)).toEqual(at(0.95));
    expect(at(0.7)).toBeDefined();
    expect(safetyErrors(problemOf({}), coefficients)).toBeUndefined();
  });
});

describe('safety of a workload', () => {
  it('is none where no confidence is asked for', () => {
    expect(safetyByWorkload(problemOf({}), coefficients)).toEqual({});
  });

  it('covers each allowed engine, and needs less where one latency is limited', () => {
    const both = safetyByWorkload(problemOf({ confidence: 0.9, engines: ['vllm', 'sglang'] }), coefficients);
    expect(Object.keys(both['chat']!.factors)).toContain('sglang/assumed');
    const slo = { limits: LIMITS.slice(0, 1), availability: 0.99, tolerates: 'nothing' } as const;
    const one = safetyByWorkload(problemOf({ confidence: 0.9, slo }), coefficients);
    expect(one['chat']!.factors['vllm/fitted']!.tpot).toBeLessThan(
      both['chat']!.factors['vllm/fitted']!.tpot,
    );
    const latency = safetyByWorkload(
      problemOf({ confidence: 0.9, slo, limits: { latency: seconds(20) } }),
      coefficients,
    );
    expect(latency['chat']!.factors['vllm/fitted']!.tpot).toBe(both['chat']!.factors['vllm/fitted']!.tpot);
  });

  it('of a candidate that was rated by another engine is that of the chosen one', async () => {
    expect(EVALUATED.candidate.engine).toBe('vllm');
    const decision = await decideWithConfidence(
      problemOf({ confidence: 0.9, engines: ['sglang', 'vllm'] }),
      decider(Infinity),
    );
    const factors = safetyByWorkload(problemOf({ confidence: 0.9 }), coefficients)['chat']!.factors;
    expect(decision.workloads[0]?.confidence?.factors.ttft).toBe(factors['vllm/fitted']!.ttft);
  });
});
