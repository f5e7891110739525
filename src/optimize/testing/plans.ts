import type { PlanMerits, ServingPlan } from '../../model/index.ts';
import { joules, microUsd, seconds, watts } from '../../units/index.ts';
import { DEFAULT_BATCH } from '../candidates/batch-limits.ts';
import { candidateOf } from '../candidates/shape.ts';
import { MeasuringBench } from '../capacity/measure.ts';
import { scriptedEvidence } from './scripted.ts';
import { smallField } from './small-field.ts';

const FIELD = smallField({ accelerators: 4 });
const SHAPE = FIELD.shape('bf16-tp1');
const CANDIDATE = candidateOf(SHAPE, DEFAULT_BATCH);
const { memory } = new MeasuringBench(FIELD.subject).performanceOf(SHAPE);

/** A plan of one replica with these merits. For tests only. */
export function planWith(
  id: string,
  merits: Partial<Record<keyof PlanMerits, number>>,
  accelerators = 1,
): ServingPlan {
  return {
    id,
    mode: 'aggregated',
    parts: [{ candidate: { ...CANDIDATE, id }, replicas: 1, memory }],
    accelerators,
    capacity: { value: 10, low: 9, high: 11 },
    limitedBy: 'tpot.p99',
    load: 5,
    evidence: scriptedEvidence(5, 0.02),
    merits: {
      costPerMonth: microUsd(merits.costPerMonth ?? 1e9),
      costPerMillionTokens: microUsd(merits.costPerMillionTokens ?? 1e6),
      throughputPerAccelerator: merits.throughputPerAccelerator ?? 100,
      latency: seconds(merits.latency ?? 2),
      energyPerOutputToken: joules(merits.energyPerOutputToken ?? 1),
      power: watts(merits.power ?? 500),
    },
    performance: { evidence: 'fitted', modelError: 0.1 },
  };
}
