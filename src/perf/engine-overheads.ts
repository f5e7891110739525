import type { EngineName, Provenance } from '../model/index.ts';
import type { OperatorCoefficients } from './coefficients.ts';
import type { ReplicaConfiguration } from './configuration.ts';
import { correctOverheads, correctionFor } from './deployment-correction.ts';

/** Time an engine spends beside the operators. All seconds. */
export interface EngineOverheads {
  readonly engine: EngineName;
  /** Per step: scheduling, sampling, launch. */
  readonly step: number;
  /** Per step and layer: kernels too small to be operators of their own. */
  readonly perLayer: number;
  /** Per step and sequence in it. */
  readonly perSequence: number;
  /** Before a request may be scheduled: base and share per input token. */
  readonly ingestBase: number;
  readonly ingestPerToken: number;
  /** Added to every token on its way out. */
  readonly outputLatency: number;
  /** Factor on the operators' time of a step that holds prompt tokens, and of a pure decode step. */
  readonly prefillScale: number;
  readonly decodeScale: number;
  readonly provenance: Provenance;
}

/**
 * The overheads of a configuration's engine; engines without an entry of their own get those of vLLM. Throws on
 * coefficients that name no engine at all.
 */
export function overheadsOf(c: ReplicaConfiguration, all: OperatorCoefficients): EngineOverheads {
  const entry =
    all.engines.find((candidate) => candidate.engine === c.engine) ??
    all.engines.find((candidate) => candidate.engine === 'vllm') ??
    all.engines[0];
  if (entry === undefined) throw new Error('operator coefficients name no engine');
  return all.corrections === undefined ? entry : correctOverheads(entry, correctionFor(c, all.corrections));
}
