import type { Evidence, MemoryMap } from '../model/index.ts';
import type { StepBatch } from './breakdown.ts';
import { seconds } from '../units/index.ts';
import type { Seconds, Watts } from '../units/index.ts';
import type { ReplicaConfiguration } from './configuration.ts';
import { chooseCoefficients } from './coefficients.ts';
import type { OperatorCoefficients } from './coefficients.ts';
import { overheadsOf } from './engine-overheads.ts';
import { replicaMemory } from './memory.ts';
import { acceleratorKinds } from './pipeline.ts';
import { passTime } from './pipeline-steps.ts';
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
  /** That of the least known accelerator. */
  readonly evidence: Evidence;
  /** Relative error of predicted latencies at 80 % confidence, half width: 0.2 means ±20 %. */
  readonly modelError: number;
}

/** Performance of a configuration that passed `checkConfiguration`; throws where its precision cannot run. */
export function replicaPerformance(
  c: ReplicaConfiguration,
  coefficients: OperatorCoefficients,
): ReplicaPerformance {
  const isFitted = acceleratorKinds(c).every(
    (accelerator) => chooseCoefficients(accelerator, coefficients).evidence === 'fitted',
  );
  const bands = coefficients.errorBands;
  return {
    steps: compileSteps(c, coefficients),
    memory: replicaMemory(c),
    power: (load) => replicaPower(c, load, coefficients),
    startup: replicaStartup(c),
    handover: seconds(overheadsOf(c, coefficients).handover),
    evidence: isFitted ? 'fitted' : 'assumed',
    modelError: isFitted ? bands.fitted : bands.assumed,
  };
}

const ONE_SEQUENCE: StepBatch = {
  prefillTokens: 0,
  prefillAttended: 0,
  decodeSequences: 1,
  decodeKvTokens: 1,
};

/**
 * A lower bound of any decode step: one sequence with an empty cache. No batch decodes faster, so a TPOT limit below
 * it rules the configuration out. With pipeline stages a token passes through all of them; data-parallel ranks may be idle.
 */
export function minimumStepTime(c: ReplicaConfiguration, coefficients: OperatorCoefficients): Seconds {
  return passTime(compileSteps(c, coefficients), ONE_SEQUENCE);
}
