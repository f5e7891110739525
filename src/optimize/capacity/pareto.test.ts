import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvaluatedCandidate } from '../../model/index.ts';
import { joules } from '../../units/index.ts';
import { DEFAULT_BATCH } from '../candidates/batch-limits.ts';
import { scriptedEvidence } from '../testing/scripted.ts';
import { smallField } from '../testing/small-field.ts';
import { MeasuringBench, evaluated } from './measure.ts';
import { paretoSet } from './pareto.ts';

const FIELD = smallField();
const SHAPE = FIELD.shape('bf16-tp1');
const BENCH = new MeasuringBench(FIELD.subject);

interface Merits {
  readonly cost: number;
  readonly latency: number;
  readonly energy: number;
}

function candidateWith(id: string, { cost, latency, energy }: Merits): EvaluatedCandidate {
  const capacity = {
    rate: { value: 1, low: 1, high: 1 },
    limitedBy: 'tpot.p99',
    evidence: scriptedEvidence(1, latency),
  };
  const base = evaluated(BENCH, { shape: SHAPE, batch: DEFAULT_BATCH }, capacity, cost);
  return { ...base, candidate: { ...base.candidate, id }, energyPerOutputToken: joules(energy) };
}

const meritsOf = (item: EvaluatedCandidate): readonly number[] => [
  item.listCostPerHour / item.capacity.rate.low,
  item.capacity.evidence.latency.e2e.p99.value,
  item.energyPerOutputToken,
];
const covers = (a: EvaluatedCandidate, b: EvaluatedCandidate): boolean =>
  meritsOf(a).every((value, index) => value <= meritsOf(b)[index]!);

describe('paretoSet', () => {
  it('holds the candidates that no other covers, one of each set of equals, by rising cost', () => {
    const small = fc.integer({ min: 1, max: 3 });
    const some = fc.array(fc.record({ cost: small, latency: small, energy: small }), { maxLength: 20 });
    fc.assert(
      fc.property(some, (merits) => {
        const items = merits.map((item, index) => candidateWith(`c${index}`, item));
        const kept = paretoSet(items);
        const costs = kept.map((item) => meritsOf(item)[0]!);
        expect(costs).toEqual([...costs].sort((a, b) => a - b));
        for (const item of items) expect(kept.some((other) => covers(other, item))).toBe(true);
        for (const item of kept) expect(kept.filter((other) => covers(other, item))).toEqual([item]);
      }),
    );
  });
});
