import type { Accelerator, ComputeType, ModelArchitecture, Precision } from '../model/index.ts';

/**
 * Bytes per stored parameter, scales included. nvfp4: 4 bits and one 8-bit scale per 16 values (0.5625);
 * mxfp4: one 8-bit scale per 32 values (0.53125); int4: groups of 32 to 128 with 16-bit scales, ≈ 0.5625 at group 32
 * (source: OCP Microscaling Formats v1.0 and NVIDIA NVFP4 description, 2025; int4 group size *assumed*).
 * fp8-block: one fp32 scale per 128×128 block, below 0.1 %, left out.
 */
export const BYTES_PER_PARAMETER: Readonly<Record<Precision, number>> = {
  bf16: 2,
  fp8: 1,
  'fp8-block': 1,
  int8: 1,
  int4: 0.5625,
  nvfp4: 0.5625,
  mxfp4: 0.53125,
};

/** Formats below 8 bits, which checkpoints of expert models apply to the routed experts only. */
const FOUR_BIT: readonly Precision[] = ['int4', 'nvfp4', 'mxfp4'];

/** How a matrix product runs on an accelerator: format of the weights and arithmetic of the product. */
export interface Arithmetic {
  /** Weight format, the key of the fitted law. */
  readonly precision: Precision;
  readonly compute: ComputeType;
  /** Dense peak of `compute`, FLOP/s. */
  readonly peak: number;
  readonly bytesPerWeight: number;
  /** Bytes per activation element read by the product. */
  readonly bytesPerActivation: number;
}

/**
 * The arithmetic for weights of `precision` on `accelerator`, or undefined where the format cannot run.
 * Without an fp8 unit, fp8 weights are widened inside a bf16 product (W8A16; vLLM documentation, "FP8 W8A8",
 * section on Ampere: Marlin kernels, 2025); int4 and, below Blackwell, mxfp4 likewise. nvfp4 needs an fp4 unit here.
 * On Blackwell mxfp4 experts run with 8-bit activations (w4a8 kernels), hence at the fp8 peak.
 */
export function arithmeticFor(precision: Precision, accelerator: Accelerator): Arithmetic | undefined {
  const compute = computeType(precision, accelerator);
  const peak = compute === undefined ? undefined : accelerator.peakFlops[compute];
  if (compute === undefined || peak === undefined) return undefined;
  return {
    precision,
    compute,
    peak,
    bytesPerWeight: BYTES_PER_PARAMETER[precision],
    bytesPerActivation: compute === 'bf16' ? 2 : compute === 'fp4' ? BYTES_PER_PARAMETER.nvfp4 : 1,
  };
}

function computeType(precision: Precision, accelerator: Accelerator): ComputeType | undefined {
  const peaks = accelerator.peakFlops;
  switch (precision) {
    case 'bf16':
    case 'int4':
      return 'bf16';
    case 'fp8':
    case 'fp8-block':
      return peaks.fp8 !== undefined
        ? 'fp8'
        : accelerator.vendor.toLowerCase() === 'nvidia'
          ? 'bf16'
          : undefined;
    case 'int8':
      return peaks.int8 !== undefined ? 'int8' : 'bf16';
    case 'nvfp4':
      return peaks.fp4 !== undefined ? 'fp4' : undefined;
    case 'mxfp4':
      return peaks.fp4 !== undefined && peaks.fp8 !== undefined ? 'fp8' : 'bf16';
  }
}

/**
 * Whether KV cache may be kept in `precision`. Formats of 8 bits are widened on load where the hardware has no such
 * unit (vLLM documentation, "Quantized KV cache", 2025); 4-bit caches are not modelled.
 */
export function supportsKvPrecision(precision: Precision): boolean {
  return precision === 'bf16' || precision === 'fp8' || precision === 'int8';
}

/** Which format each part of the model has when a checkpoint of the given weight precision is loaded. */
export interface PartPrecisions {
  readonly attention: Precision;
  /** Dense feed-forward and shared experts. */
  readonly dense: Precision;
  readonly experts: Precision;
}

/**
 * Formats by part. Embeddings, head and router stay bf16 always. 4-bit checkpoints of expert models quantise the
 * routed experts only and keep the rest bf16 (model cards of openai/gpt-oss-120b, nvidia/DeepSeek-R1-FP4 and
 * moonshotai/Kimi-K2.5, 2025 to 2026); dense models quantise every linear layer.
 */
export function partPrecisions(architecture: ModelArchitecture, precision: Precision): PartPrecisions {
  const expertsOnly = architecture.moe !== undefined && FOUR_BIT.includes(precision);
  return {
    attention: expertsOnly ? 'bf16' : precision,
    dense: expertsOnly ? 'bf16' : precision,
    experts: precision,
  };
}
