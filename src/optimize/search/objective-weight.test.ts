import { describe, expect, it } from 'vitest';
import { OBJECTIVES } from '../../model/index.ts';
import { HOURS_PER_MONTH, requestsPerSecond } from '../../units/index.ts';
import { MeasuringBench } from '../capacity/measure.ts';
import { planWith } from '../testing/plans.ts';
import { smallField } from '../testing/small-field.ts';
import { aimOf, weightOf } from './objective-weight.ts';
import type { SearchRequest } from './request.ts';

const FIELD = smallField({ accelerators: 4 });
const BENCH = new MeasuringBench(FIELD.subject);
const request: SearchRequest = {
  workload: FIELD.workload,
  offerings: FIELD.offerings,
  accelerators: { h: 4 },
  load: { kind: 'most' },
  objective: 'cost',
  limits: {},
  modes: ['aggregated'],
};

describe('aimOf', () => {
  it('seeks the least replicas for a demand, the fastest for latency, the densest where output counts', () => {
    const rate = { kind: 'rate', rate: requestsPerSecond(5) } as const;
    const aims = OBJECTIVES.map((objective) => aimOf(objective, rate));
    expect(aims).toEqual(['least', 'least', 'densest', 'densest', 'fastest', 'densest']);
    expect(aimOf('cost', { kind: 'most' })).toBe('most');
    expect(aimOf('accelerators', { kind: 'concurrency', clients: 3 })).toBe('least');
  });
});

describe('weightOf', () => {
  const [one, pair] = [FIELD.shape('bf16-tp1'), FIELD.shape('bf16-tp2')];

  it('is above zero and rises with the size of a replica, whatever the objective', () => {
    for (const objective of OBJECTIVES) {
      const { ofReplica } = weightOf({ ...request, objective });
      expect(ofReplica(one, BENCH), objective).toBeGreaterThan(0);
      expect(ofReplica(pair, BENCH), objective).toBeGreaterThan(ofReplica(one, BENCH));
    }
  });

  it('is money per hour, accelerators or watts of busy replicas, which a plan does not tell', () => {
    const weights = OBJECTIVES.map((objective) => weightOf({ ...request, objective }));
    expect(weights.map(({ unit }) => unit)).toEqual([
      'money',
      'accelerators',
      'money',
      'accelerators',
      'money',
      'watts',
    ]);
    const plan = planWith('plan', { costPerMonth: 4e6 * HOURS_PER_MONTH, power: 900 }, 2);
    expect(weights.map(({ ofPlan }) => ofPlan(plan))).toEqual([4e6, 2, 4e6, 2, 4e6, undefined]);
    expect(weights[0]!.ofReplica(pair, BENCH)).toBe(4e6);
    expect(weights[1]!.ofReplica(pair, BENCH)).toBe(2);
    expect(weights[5]!.ofReplica(pair, BENCH)).toBeLessThanOrEqual(2 * 700);
  });
});
