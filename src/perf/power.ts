import { watts } from '../units/index.ts';
import type { Watts } from '../units/index.ts';
import { stageWork } from './breakdown.ts';
import type { StepBatch, WorkShares } from './breakdown.ts';
import { chooseCoefficients } from './coefficients.ts';
import type { OperatorCoefficients, PowerLaw } from './coefficients.ts';
import { servedLength } from './configuration.ts';
import type { ReplicaConfiguration } from './configuration.ts';
import { pipelineStages, stageRanks } from './pipeline.ts';

/** Load of a replica as a simulation measured it. */
export interface UtilisationEvidence {
  /** Share of time in which a step ran, 0..1; of pipelines in the mean of the stages. */
  readonly busyShare: number;
  /** Mean sequences in a step; absent counts as a full batch. */
  readonly meanBatch?: number;
  /** Mean prompt tokens in a step; absent counts as none. */
  readonly meanPrefillTokens?: number;
}

/** Power of an idle accelerator with a model loaded, over its limit; *assumed* (H100 SXM idles at 70 to 120 W of 700 W). */
const IDLE_SHARE = 0.15;

/**
 * Power shares where neither the accelerator nor its kin were measured; *assumed*, near those fitted on H200.
 */
const ASSUMED_POWER = { idle: 0.3, compute: 0.7, memory: 0.45 } as const;

/**
 * Mean board power of all accelerators of a replica. While a step runs its power follows from the shares of the step in
 * which matrix units and memory would work at full rate (laws fitted on measured kernels of B200, GB200 and H200, on
 * others *assumed* to be the same shares of their limit); otherwise the board idles. The step is one decode step of the
 * mean batch at half of the served length, with the mean prompt tokens. A pipeline stage is busy for longer or shorter than
 * the mean of the stages as its part of that step is. Result in watts, within the boards' limits.
 */
export function replicaPower(
  c: ReplicaConfiguration,
  load: UtilisationEvidence,
  coefficients: OperatorCoefficients,
): Watts {
  const step = typicalStep(c, load);
  const stages = pipelineStages(c);
  const works = stages.map((stage) => stageWork(stage, coefficients, step));
  const mean = works.reduce((sum, work) => sum + work.seconds, 0) / works.length;
  const power = stages.reduce((sum, stage, index) => {
    const work = works[index]!;
    const busy = Math.min(1, Math.max(0, (load.busyShare * work.seconds) / mean));
    const share = boardShare(work, powerLaw(stage.configuration, coefficients), busy);
    return sum + stage.configuration.accelerator.power * share * stageRanks(c);
  }, 0);
  return watts(power);
}

/** Power over the limit of a board that is busy with such work for a share of the time. */
function boardShare(work: WorkShares, law: PowerShares, busyShare: number): number {
  const active = Math.min(1, law.idle + law.compute * work.computeShare + law.memory * work.memoryShare);
  return IDLE_SHARE + (Math.max(IDLE_SHARE, active) - IDLE_SHARE) * busyShare;
}

type PowerShares = Pick<PowerLaw, 'idle' | 'compute' | 'memory'>;

function typicalStep(c: ReplicaConfiguration, load: UtilisationEvidence): StepBatch {
  const decodeSequences = Math.max(1, Math.round(load.meanBatch ?? c.batch.maxSequences));
  const prefillTokens = Math.max(0, Math.round(load.meanPrefillTokens ?? 0));
  return {
    prefillTokens,
    prefillAttended: (prefillTokens * prefillTokens) / 2,
    decodeSequences,
    decodeKvTokens: decodeSequences * Math.min(TYPICAL_CONTEXT, servedLength(c) / 2),
  };
}

/** Longest mean context assumed where only the limit of the length is known, tokens. */
const TYPICAL_CONTEXT = 4096;

/** The accelerator's own power law, else that of the kin its operators are borrowed from, else of any measured one. */
function powerLaw(c: ReplicaConfiguration, coefficients: OperatorCoefficients): PowerShares {
  const { laws } = chooseCoefficients(c.accelerator, coefficients);
  const kin = coefficients.accelerators.find(
    (entry) => entry.power !== undefined && entry.architecture === laws.architecture,
  );
  return laws.power ?? kin?.power ?? ASSUMED_POWER;
}
