import type { EngineName, Provenance } from '../model/index.ts';
import { chooseCoefficients } from './coefficients.ts';
import type { AcceleratorCoefficients, ByPrecision, OperatorCoefficients } from './coefficients.ts';
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
  /**
   * Factor on the floors of products, attention and experts: kernels measured one by one show launch and tail that
   * overlap when a CUDA graph plays them back to back.
   */
  readonly floorScale: number;
  /** Factor on the collectives of the laws: engines fuse them with what follows, or overlap them. */
  readonly linkScale: number;
  /** Decode steps that pass between the arrival of a request and the step that takes it up, beside the step in flight. */
  readonly admissionSteps: number;
  /** From the last byte of a prompt's KV until the decode side may schedule the request: proxy, handshake, queues. */
  readonly handover: number;
  readonly provenance: Provenance;
}

/**
 * The overheads of a configuration: those of its engine (engines without an entry of their own get those of vLLM), with
 * the user's correction for the deployment, if any. Throws on coefficients that name no engine at all.
 */
export function overheadsOf(c: ReplicaConfiguration, all: OperatorCoefficients): EngineOverheads {
  const entry =
    all.engines.find((candidate) => candidate.engine === c.engine) ??
    all.engines.find((candidate) => candidate.engine === 'vllm') ??
    all.engines[0];
  if (entry === undefined) throw new Error('operator coefficients name no engine');
  return correctOverheads(entry, correctionFor(c, all.corrections ?? []));
}

/** Laws as an engine runs them by the laws they come from, then by its scales: configurations ask for the same few. */
const scaledLaws = new WeakMap<AcceleratorCoefficients, Map<string, AcceleratorCoefficients>>();

/** The operator laws of a configuration's accelerator as its engine runs them: with its `floorScale` and `linkScale`. */
export function engineLaws(c: ReplicaConfiguration, all: OperatorCoefficients): AcceleratorCoefficients {
  const { laws } = chooseCoefficients(c.accelerator, all, c.engine);
  const { floorScale, linkScale } = overheadsOf(c, all);
  if (floorScale === 1 && linkScale === 1) return laws;
  const known = scaledLaws.get(laws) ?? new Map<string, AcceleratorCoefficients>();
  scaledLaws.set(laws, known);
  const key = `${floorScale}|${linkScale}`;
  const scaled = known.get(key) ?? { ...withScaledFloors(laws, floorScale), ...scaledLinks(laws, linkScale) };
  known.set(key, scaled);
  return scaled;
}

function withScaledFloors(laws: AcceleratorCoefficients, scale: number): AcceleratorCoefficients {
  const scaled = <Law extends { readonly floor: number }>(table: ByPrecision<Law>): ByPrecision<Law> =>
    Object.fromEntries(
      Object.entries(table).map(([precision, law]) => [precision, { ...law, floor: law.floor * scale }]),
    );
  return {
    ...laws,
    gemm: scaled(laws.gemm),
    prefillAttention: scaled(laws.prefillAttention),
    decodeAttention: scaled(laws.decodeAttention),
    windowPrefill: scaled(laws.windowPrefill),
    windowDecode: scaled(laws.windowDecode),
    mlaPrefill: scaled(laws.mlaPrefill),
    mlaDecode: scaled(laws.mlaDecode),
    mlaAbsorb: scaled(laws.mlaAbsorb),
    experts: scaled(laws.experts),
  };
}

type LinkTables = Pick<AcceleratorCoefficients, 'allReduce' | 'allGather' | 'reduceScatter' | 'allToAll'>;

function scaledLinks(laws: AcceleratorCoefficients, scale: number): LinkTables {
  const scaled = (table: LinkTables['allReduce']): LinkTables['allReduce'] =>
    table.map((law) => ({
      ...law,
      knots: law.knots.map(([bytes, seconds]) => [bytes, seconds * scale] as const),
    }));
  return {
    allReduce: scaled(laws.allReduce),
    allGather: scaled(laws.allGather),
    reduceScatter: scaled(laws.reduceScatter),
    allToAll: scaled(laws.allToAll),
  };
}

/**
 * Time of token-wise work in a step with `prompt` prompt tokens among `tokens`: the decode factor on all of it, and the rest
 * of the prefill factor on what the prompt alone takes beyond a single token, so that a few uncached tokens do not make a
 * decode step a prefill. Grows in both counts as `work` does. Seconds.
 */
export function scaledWork(
  overheads: Pick<EngineOverheads, 'prefillScale' | 'decodeScale'>,
  work: (tokens: number) => number,
  tokens: number,
  prompt: number,
): number {
  const { prefillScale, decodeScale } = overheads;
  const all = decodeScale * work(tokens);
  if (prompt <= 1 || prefillScale <= decodeScale) return all;
  return all + (prefillScale - decodeScale) * (work(prompt) - work(1));
}
