import type { Accelerator, EngineName, Evidence, Precision, Provenance } from '../model/index.ts';
import type { DeploymentCorrection } from './deployment-correction.ts';
import type { MeasuredTables } from './tables/index.ts';
import type { EngineOverheads } from './engine-overheads.ts';
import type {
  CollectiveLaw,
  DecodeAttentionLaw,
  ExchangeLaw,
  ExpertLaw,
  GemmLaw,
  LinearDecodeLaw,
  LinearPrefillLaw,
  PrefillAttentionLaw,
} from './laws.ts';

/** Relative residuals of a fit on shape groups it never saw, predicted / measured − 1, and what it was fitted on. */
export interface FitQuality {
  readonly rows: number;
  /** Rows left out because they beat the device's own peak. */
  readonly rejected: number;
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
  /** The engine whose kernels were measured; absent where the table names none. */
  readonly engine?: EngineName;
}

/** A law with its residuals. */
export type Fitted<Law> = Law & { readonly quality: FitQuality };

/** A table of laws by format; formats that were not measured are absent. */
export type ByPrecision<Law> = Readonly<Partial<Record<Precision, Fitted<Law>>>>;

/** Tables of laws that may differ by engine. */
export interface EngineLaws {
  readonly gemm: ByPrecision<GemmLaw>;
  readonly prefillAttention: ByPrecision<PrefillAttentionLaw>;
  readonly decodeAttention: ByPrecision<DecodeAttentionLaw>;
  /** The same over a sliding window; empty where none was measured. */
  readonly windowPrefill: ByPrecision<PrefillAttentionLaw>;
  readonly windowDecode: ByPrecision<DecodeAttentionLaw>;
  readonly mlaPrefill: ByPrecision<PrefillAttentionLaw>;
  readonly mlaDecode: ByPrecision<DecodeAttentionLaw>;
  readonly experts: ByPrecision<ExpertLaw>;
  /** The engine's own all-reduce inside a node, by ascending ranks. */
  readonly allReduce: readonly Fitted<CollectiveLaw>[];
}

/** Fitted operator laws of one accelerator. */
export interface AcceleratorCoefficients extends EngineLaws {
  /** Catalogue name of the accelerator measured. */
  readonly accelerator: string;
  readonly vendor: string;
  readonly architecture: string;
  /** Memory bandwidth (bytes/s) and dense bf16 peak (FLOP/s) that the shares refer to. */
  readonly memoryBandwidth: number;
  readonly bf16Peak: number;
  /** Bandwidth of its link inside the node, bytes/s per direction. */
  readonly linkBandwidth: number;
  readonly provenance: Provenance;
  /** Batched products of the absorbed MLA projections. */
  readonly mlaAbsorb: ByPrecision<GemmLaw>;
  /** Recurrent kernels of linear attention (Gated DeltaNet); absent where not measured. */
  readonly linearPrefill?: Fitted<LinearPrefillLaw>;
  readonly linearDecode?: Fitted<LinearDecodeLaw>;
  /** Collectives of the communication library by ascending ranks; messages are the whole buffer of a rank. */
  readonly allGather: readonly Fitted<CollectiveLaw>[];
  readonly reduceScatter: readonly Fitted<CollectiveLaw>[];
  readonly allToAll: readonly Fitted<CollectiveLaw>[];
  /** Dispatch and combine of tokens to experts (DeepEP) among eight ranks of a node; absent where not measured. */
  readonly exchange?: {
    readonly lowLatency: Fitted<ExchangeLaw>;
    readonly highThroughput: Fitted<ExchangeLaw>;
  };
  /** Power by utilisation; absent where not measured. */
  readonly power?: PowerLaw;
  /** Laws of engines that differ from those above by 3 % or more; formats of a table that are absent do not. */
  readonly engines?: Readonly<Partial<Record<EngineName, Partial<EngineLaws>>>>;
}

/**
 * Board power as shares of the limit: at rest, and added in proportion to the share of time in which the matrix units
 * or the memory work at full rate; never above the limit.
 */
export interface PowerLaw {
  readonly idle: number;
  readonly compute: number;
  readonly memory: number;
  readonly quality: FitQuality;
}

/** Relative error at 80 % confidence (half width) by how the accelerator is known. */
export interface ErrorBands {
  readonly fitted: number;
  readonly assumed: number;
  readonly provenance: Provenance;
}

/** Everything the performance model was fitted with: a plain JSON value, hashed into plans. */
export interface OperatorCoefficients {
  readonly accelerators: readonly AcceleratorCoefficients[];
  readonly engines: readonly EngineOverheads[];
  readonly errorBands: ErrorBands;
  /** Corrections fitted on the user's own measurements; absent: none. */
  readonly corrections?: readonly DeploymentCorrection[];
  /** Measured operator tables the user brought, which win over the laws of their accelerators; absent: none. */
  readonly tables?: readonly MeasuredTables[];
}

/** Coefficients to use for an accelerator, and how well they are known. */
export interface ChosenCoefficients {
  readonly laws: AcceleratorCoefficients;
  readonly evidence: Evidence;
}

/**
 * The laws of an accelerator: its own where it was measured (by name or alias), else those of the one that is nearest
 * in bandwidth and peak (log distance), preferring the same architecture, then the same vendor; these count as `assumed`. The shares of
 * peak and bandwidth carry over to the other card's peak and bandwidth; floors stay. With `engine` its own laws
 * stand in front of the common ones, format by format.
 */
export function chooseCoefficients(
  accelerator: Accelerator,
  all: OperatorCoefficients,
  engine?: EngineName,
): ChosenCoefficients {
  const chosen = nearest(accelerator, all);
  const own = engine === undefined ? undefined : ownLaws(chosen.laws, engine);
  if (own === undefined || engine === undefined) return chosen;
  const known = overlays.get(chosen.laws) ?? new Map<EngineName, AcceleratorCoefficients>();
  overlays.set(chosen.laws, known);
  const laws = known.get(engine) ?? overlaid(chosen.laws, own);
  known.set(engine, laws);
  return { ...chosen, laws };
}

/**
 * What an engine runs in its own way. SGLang serves experts on Blackwell with the kernels of TensorRT-LLM
 * (`--moe-runner-backend flashinfer_trtllm`; SGLang documentation, 2026), so it takes that engine's laws where its own
 * were not measured.
 */
function ownLaws(laws: AcceleratorCoefficients, engine: EngineName): Partial<EngineLaws> | undefined {
  const own = laws.engines?.[engine];
  const lent =
    engine === 'sglang' && laws.architecture === 'blackwell' ? laws.engines?.['tensorrt-llm'] : undefined;
  return lent?.experts === undefined ? own : { ...own, experts: { ...lent.experts, ...own?.experts } };
}

/** Laws with an engine's own in front, by the laws they come from: configurations ask for the same few over and over. */
const overlays = new WeakMap<AcceleratorCoefficients, Map<EngineName, AcceleratorCoefficients>>();

function overlaid(laws: AcceleratorCoefficients, own: Partial<EngineLaws>): AcceleratorCoefficients {
  return {
    ...laws,
    gemm: { ...laws.gemm, ...own.gemm },
    prefillAttention: { ...laws.prefillAttention, ...own.prefillAttention },
    decodeAttention: { ...laws.decodeAttention, ...own.decodeAttention },
    windowPrefill: { ...laws.windowPrefill, ...own.windowPrefill },
    windowDecode: { ...laws.windowDecode, ...own.windowDecode },
    mlaPrefill: { ...laws.mlaPrefill, ...own.mlaPrefill },
    mlaDecode: { ...laws.mlaDecode, ...own.mlaDecode },
    experts: { ...laws.experts, ...own.experts },
    allReduce: own.allReduce ?? laws.allReduce,
  };
}

function nearest(accelerator: Accelerator, all: OperatorCoefficients): ChosenCoefficients {
  const names = [accelerator.name, ...accelerator.aliases].map((name) => name.toLowerCase());
  const own = all.accelerators.find((entry) => names.includes(entry.accelerator));
  if (own !== undefined) return { laws: own, evidence: 'fitted' };
  const kin = [
    all.accelerators.filter((entry) => entry.architecture === accelerator.architecture.toLowerCase()),
    all.accelerators.filter((entry) => entry.vendor === accelerator.vendor.toLowerCase()),
    all.accelerators,
  ];
  const pool = kin.find((entries) => entries.length > 0) ?? [];
  const [first, ...rest] = pool;
  if (first === undefined) throw new Error('operator coefficients name no accelerator');
  const laws = rest.reduce(
    (best, entry) => (distance(accelerator, entry) < distance(accelerator, best) ? entry : best),
    first,
  );
  return { laws, evidence: 'assumed' };
}

function distance(accelerator: Accelerator, entry: AcceleratorCoefficients): number {
  const peak = accelerator.peakFlops.bf16 ?? accelerator.peakFlops.fp8 ?? entry.bf16Peak;
  return (
    Math.abs(Math.log(accelerator.memoryBandwidth / entry.memoryBandwidth)) +
    Math.abs(Math.log(peak / entry.bf16Peak))
  );
}

/** Formats whose law stands in for one that was not measured, nearest first. */
const STAND_INS: Readonly<Record<Precision, readonly Precision[]>> = {
  bf16: ['bf16'],
  fp8: ['fp8', 'fp8-block', 'int8', 'bf16'],
  'fp8-block': ['fp8-block', 'fp8', 'bf16'],
  int8: ['int8', 'fp8', 'fp8-block', 'bf16'],
  int4: ['int4', 'mxfp4', 'bf16'],
  nvfp4: ['nvfp4', 'fp8-block', 'fp8', 'bf16'],
  mxfp4: ['mxfp4', 'nvfp4', 'int4', 'fp8-block', 'bf16'],
};

/** The law for a format, or that of its nearest measured stand-in. Throws on a table that holds none: broken coefficients. */
export function lawFor<Law>(table: ByPrecision<Law>, precision: Precision): Law {
  for (const candidate of STAND_INS[precision]) {
    const law = table[candidate];
    if (law !== undefined) return law;
  }
  const any = Object.values(table)[0];
  if (any === undefined) throw new Error(`no operator law for ${precision}`);
  return any;
}
