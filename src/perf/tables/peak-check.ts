import type { Accelerator } from '../../model/index.ts';
import { arithmeticFor, BYTES_PER_PARAMETER } from '../precision.ts';
import type { OperatorSample } from './operator-sample.ts';

/** Times below the hardware's limit by more than this are measurement faults; the margin covers boosted clocks. */
const TOLERANCE = 1.05;
/** Collectives may beat the nominal link by in-network reduction; *assumed*, as in `calibrate:operators`. */
const LINK_MARGIN = 1.5;
/** Smaller caches may be read from the L2 cache; the largest here is 126 MB (B200; NVIDIA, 2025). */
const CACHE_RESIDENT = 2 ** 28;

/** Whether a sample is faster than arithmetic at the dense peak, memory or links of the accelerator allow. */
export function beatsPeak(sample: OperatorSample, accelerator: Accelerator): boolean {
  return limitSeconds(sample, accelerator) > sample.seconds * TOLERANCE;
}

/** The least time that the hardware needs, seconds. Zero where a peak is unknown. */
function limitSeconds({ kind, precision, shape, size }: OperatorSample, accelerator: Accelerator): number {
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = shape;
  const peak = arithmeticFor(precision, accelerator)?.peak ?? Infinity;
  const attention = accelerator.peakFlops.fp8 ?? accelerator.peakFlops.bf16 ?? Infinity;
  const link = accelerator.link.bandwidth * LINK_MARGIN;
  switch (kind) {
    case 'gemm':
      return (2 * size * a * b) / peak;
    case 'experts':
      return (6 * size * d * a * b) / e / peak;
    case 'prefill-attention':
      return (2 * a * d * size * (e + size / 2) * 2 * c) / attention;
    case 'mla-prefill':
      return (2 * a * b * size * (c + size / 2) * (128 + 64 + 128)) / attention;
    case 'decode-attention': {
      const bytes = d * size * 2 * b * c * BYTES_PER_PARAMETER[precision];
      return bytes > CACHE_RESIDENT ? bytes / accelerator.memoryBandwidth : 0;
    }
    case 'mla-decode': {
      const bytes = b * size * (512 + 64) * BYTES_PER_PARAMETER[precision];
      const arithmetic = (2 * b * size * a * (2 * 512 + 64)) / attention;
      return Math.max(arithmetic, bytes > CACHE_RESIDENT ? bytes / accelerator.memoryBandwidth : 0);
    }
    case 'all-reduce':
      return (2 * size * (a - 1)) / a / link;
    case 'all-gather':
    case 'reduce-scatter':
    case 'all-to-all':
      return (size * (a - 1)) / a / link;
    case 'send-recv':
      return size / link;
  }
}
