import type { EvaluatedCandidate } from '../../model/index.ts';
import { linearLaw } from '../../sim/index.ts';
import type { ReplicaLaw, StepTimeModel } from '../../sim/index.ts';

/** Requests at once beyond the mean at capacity: a replica that is given more serves them, but slowly (*assumed*). */
const CROWDING = 4;

/**
 * A planned replica as a queue with slots: decode steps grow linearly from those of one request, by the step-time model, to the
 * mean time per token and the mean batch that its simulation at capacity showed; the first token takes what it took there,
 * in proportion to the prompt.
 * @param isl mean input tokens of the workload's requests
 */
export function plannedLaw(
  { candidate, capacity }: EvaluatedCandidate,
  steps: StepTimeModel,
  isl: number,
): ReplicaLaw {
  const { evidence } = capacity;
  const tpot = evidence.latency.tpot.mean.value;
  const batch = Math.max(1, evidence.meanBatch * steps.dataParallel);
  const alone = Math.min(tpot, steps.stepTime(0, 0, 1, isl));
  return linearLaw({
    slots: Math.max(
      1,
      Math.min(candidate.batch.maxSequences * steps.dataParallel, Math.ceil(CROWDING * batch)),
    ),
    base: 0,
    perInputToken: evidence.latency.ttft.mean.value / Math.max(1, isl),
    step: alone,
    stepPerRequest: batch > 1 ? (tpot - alone) / (batch - 1) : 0,
  });
}
