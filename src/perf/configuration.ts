import type {
  Accelerator,
  BatchLimits,
  EngineName,
  InstanceType,
  ModelArchitecture,
  Parallelism,
  Precision,
} from '../model/index.ts';
import type { BytesPerSecond } from '../units/index.ts';

/** Everything that decides how fast one replica runs: model, accelerator, cut, engine, formats and limits. */
export interface ReplicaConfiguration {
  readonly architecture: ModelArchitecture;
  readonly accelerator: Accelerator;
  readonly parallelism: Parallelism;
  /** Accelerators of one node, ≥ 1; ranks beyond it talk over the network. */
  readonly acceleratorsPerNode: number;
  /** Accelerators of one host where fast links reach beyond it (a rack); absent: those of the node. */
  readonly acceleratorsPerHost?: number;
  /** Network between nodes per accelerator and direction; zero when unknown (25 GB/s is then assumed). */
  readonly interNodeBandwidth: BytesPerSecond;
  readonly engine: EngineName;
  readonly weightPrecision: Precision;
  readonly kvPrecision: Precision;
  readonly batch: BatchLimits;
  /** Longest sequence served in tokens; 0 means the model's own limit. */
  readonly maxModelLength: number;
  /** Share of the accelerator's memory that the engine may take, 0..1; absent: 0.9, the engines' default. */
  readonly memoryShare?: number;
  /**
   * Stages in pipeline order, as many as `parallelism.pipelineParallel`, where they differ in hardware or layers; layers sum to
   * those of the model. Absent: all alike, layers spread as `evenLayers` does. `accelerator` is then that of the first stage.
   */
  readonly stages?: readonly StageConfiguration[];
  /** Speculative decoding; absent: none. */
  readonly speculative?: SpeculativeDecoding;
}

/** What one stage of an uneven pipeline has of its own. */
export interface StageConfiguration {
  readonly accelerator: Accelerator;
  /** Transformer layers, ≥ 1. */
  readonly layers: number;
  /** How far fast links and one host reach from it; absent: as of the replica. */
  readonly reach?: NodeReach;
}

/** Draft tokens that the model verifies together; acceptance is given, not predicted. */
export interface SpeculativeDecoding {
  /** Tokens drafted per step, ≥ 1. */
  readonly draftTokens: number;
  /** Probability that a drafted token is accepted given those before it were, 0..1. */
  readonly acceptance: number;
  /** Time of drafting one token as a share of a decode step of the target model; an own MTP head is about 0.05 (assumed). */
  readonly draftCost: number;
}

/** How far fast links and one host reach. */
export type NodeReach = Pick<ReplicaConfiguration, 'acceleratorsPerNode' | 'acceleratorsPerHost'>;

/** How far fast links and one host of an instance type reach; one accelerator where it holds none. */
export function nodeReach({ accelerator }: Pick<InstanceType, 'accelerator'>): NodeReach {
  const count = accelerator?.count ?? 1;
  const domain = accelerator?.linkDomain ?? count;
  return { acceleratorsPerNode: domain, ...(domain > count ? { acceleratorsPerHost: count } : {}) };
}

/** The longest sequence the replica must hold, tokens. */
export function servedLength(c: ReplicaConfiguration): number {
  return c.maxModelLength > 0 ? c.maxModelLength : c.architecture.maxContext;
}

/** Tokens per sequence that one decode step computes: 1, or the drafted ones and the one that follows. */
export function verifiedTokens(speculative: SpeculativeDecoding | undefined): number {
  return speculative === undefined ? 1 : speculative.draftTokens + 1;
}

/**
 * Expected tokens per verify step with γ drafted tokens of acceptance a: (1 − a^(γ+1)) / (1 − a), γ + 1 where all are
 * accepted (Leviathan, Kalman and Matias, "Fast Inference from Transformers via Speculative Decoding", 2023). 1 without.
 */
export function expectedTokens(speculative: SpeculativeDecoding | undefined): number {
  if (speculative === undefined) return 1;
  const { draftTokens, acceptance } = speculative;
  return acceptance >= 1 ? draftTokens + 1 : (1 - acceptance ** (draftTokens + 1)) / (1 - acceptance);
}
