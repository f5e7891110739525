import type { EngineName, Precision } from '../model/index.ts';
import type { ReplicaConfiguration } from './configuration.ts';
import type { EngineOverheads } from './engine-overheads.ts';

/** Factors on times of the model; 1 leaves them as they are. All above zero. */
export interface CorrectionFactors {
  /** On the time of a step that holds prompt tokens. */
  readonly prefill: number;
  /** On the time of a step that only decodes. */
  readonly decode: number;
  /** On the time before a request may be scheduled. */
  readonly ingest: number;
}

/** No correction. */
export const NO_CORRECTION: CorrectionFactors = { prefill: 1, decode: 1, ingest: 1 };

/** What a user's own measurements say about one deployment: factors for every configuration that matches all keys. */
export interface DeploymentCorrection {
  /** Catalogue name of the model. */
  readonly model: string;
  /** Catalogue name of the accelerator. */
  readonly accelerator: string;
  readonly engine: EngineName;
  readonly weightPrecision: Precision;
  readonly factors: CorrectionFactors;
}

/**
 * The factors for a configuration: those of the correction that matches its model, accelerator, engine and weight format
 * (names without case, aliases too), or none. At most one can match: a calibration is checked for that when it is loaded.
 */
export function correctionFor(
  c: Pick<ReplicaConfiguration, 'architecture' | 'accelerator' | 'engine' | 'weightPrecision'>,
  corrections: readonly DeploymentCorrection[],
): CorrectionFactors {
  const match = corrections.find(
    (item) =>
      item.engine === c.engine &&
      item.weightPrecision === c.weightPrecision &&
      isNamed(c.architecture, item.model) &&
      isNamed(c.accelerator, item.accelerator),
  );
  return match?.factors ?? NO_CORRECTION;
}

function isNamed(
  record: { readonly name: string; readonly aliases: readonly string[] },
  name: string,
): boolean {
  const wanted = name.toLowerCase();
  return [record.name, ...record.aliases].some((candidate) => candidate.toLowerCase() === wanted);
}

/**
 * Overheads with a correction applied. The decode factor also takes the engine's time per step, layer and sequence, so that
 * a pure decode step becomes exactly that much longer; the time of an output token on its way stays.
 */
export function correctOverheads(overheads: EngineOverheads, factors: CorrectionFactors): EngineOverheads {
  if (factors === NO_CORRECTION) return overheads;
  return {
    ...overheads,
    step: overheads.step * factors.decode,
    perLayer: overheads.perLayer * factors.decode,
    perSequence: overheads.perSequence * factors.decode,
    decodeScale: overheads.decodeScale * factors.decode,
    prefillScale: overheads.prefillScale * factors.prefill,
    ingestBase: overheads.ingestBase * factors.ingest,
    ingestPerToken: overheads.ingestPerToken * factors.ingest,
  };
}
