import type { Evidence, MemoryMap } from '../model/index.ts';
import { seconds } from '../units/index.ts';
import type { Seconds, Watts } from '../units/index.ts';
import type { ReplicaConfiguration } from './configuration.ts';
import { chooseCoefficients } from './coefficients.ts';
import type { OperatorCoefficients } from './coefficients.ts';
import { overheadsOf } from './engine-overheads.ts';
import { replicaMemory } from './memory.ts';
import { replicaPower } from './power.ts';
import type { UtilisationEvidence } from './power.ts';
import { replicaStartup } from './startup.ts';
import { compileSteps } from './step-model.ts';
import type { ReplicaSteps } from './step-model.ts';

/** What the planner knows of one replica. */
export interface ReplicaPerformance {
  /** Step times and engine facts for the simulation. */
  readonly steps: ReplicaSteps;
  readonly memory: MemoryMap;
  /** Mean board power of all accelerators of the replica. */
  power(evidence: UtilisationEvidence): Watts;
  /** From container start until the replica serves; image pull and node start not included. */
  readonly startup: Seconds;
  /** From the last byte of a prompt's KV until a decode replica may schedule the request; of no use to aggregated ones. */
  readonly handover: Seconds;
  readonly evidence: Evidence;
  /** Relative error of predicted latencies at 80 % confidence, half width: 0.2 means ±20 %. */
  readonly modelError: number;
}

/** Performance of a configuration that passed `checkConfiguration`; throws where its precision cannot run. */
export function replicaPerformance(
  c: ReplicaConfiguration,
  coefficients: OperatorCoefficients,
): ReplicaPerformance {
  const { evidence } = chooseCoefficients(c.accelerator, coefficients);
  const bands = coefficients.errorBands;
  return {
    steps: compileSteps(c, coefficients),
    memory: replicaMemory(c),
    power: (load) => replicaPower(c, load, coefficients),
    startup: replicaStartup(c),
    handover: seconds(overheadsOf(c, coefficients).handover),
    evidence,
    modelError: evidence === 'fitted' ? bands.fitted : bands.assumed,
  };
}

/**
 * A lower bound of any decode step: one sequence with an empty cache. No batch decodes faster, so a TPOT limit below
 * it rules the configuration out (with pipeline stages a token passes through all of them).
 */
export function minimumStepTime(c: ReplicaConfiguration, coefficients: OperatorCoefficients): Seconds {
  const { lockstep, pipelineDepth, dataParallel, ...steps } = compileSteps(c, coefficients);
  // The other data-parallel ranks may be idle.
  const least =
    lockstep === undefined
      ? steps.stepTime(0, 0, 1, 1)
      : lockstep.ownTime(0, 0, 1, 1) + lockstep.sharedTime(0, 1 / dataParallel);
  return (least * pipelineDepth) as Seconds;
}
