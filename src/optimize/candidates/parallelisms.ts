import { NO_PARALLELISM, worldSize } from '../../model/index.ts';
import type { ModelArchitecture, Parallelism } from '../../model/index.ts';

/** The hardware that cuts are laid out on. */
export interface CutHardware {
  /** Accelerators of one node. */
  readonly perNode: number;
  /** Accelerators that reach each other over the fast link: those of the node, or more. */
  readonly domain: number;
  /** Accelerators of one replica at most. */
  readonly most: number;
}

/** Tensor parallelism crosses the fast link at most this many times over: 16 over two nodes of 8 is in use, 32 is not (*assumed*). */
const TENSOR_DOMAINS = 2;
/** Pipeline stages tried. */
const STAGES: readonly number[] = [1, 2, 3, 4, 6, 8, 12, 16];
/** Ranks that share one sequence. */
const CONTEXT_RANKS: readonly number[] = [2, 4, 8];
/** Tokens from which on sharing one sequence over ranks is looked at (*assumed*: below, attention is a small part of prefill). */
export const LONG_CONTEXT = 32_768;

/**
 * Every cut of a model over the ranks of one replica that symmetry leaves: tensor × data (powers of two) × pipeline ranks,
 * routed experts cut by all of a stage's ranks or whole on them, context parallelism for long prompts, and attention data
 * parallel inside tensor-parallel layers of dense models. Layers repeat, so all of them are cut alike; replicas side by side
 * are no cut. Sorted by size, then in the order made.
 */
export function parallelisms(
  architecture: ModelArchitecture,
  hardware: CutHardware,
  facts: { readonly longestInput: number },
): readonly Parallelism[] {
  const cuts: Parallelism[] = [];
  const isMoe = architecture.moe !== undefined;
  for (const tensorParallel of powersOfTwo(Math.min(TENSOR_DOMAINS * hardware.domain, hardware.most))) {
    for (const pipelineParallel of STAGES) {
      const base = { ...NO_PARALLELISM, tensorParallel, pipelineParallel };
      if (worldSize(base) > hardware.most) break;
      cuts.push(base);
      if (isMoe && tensorParallel > 1) cuts.push({ ...base, expertParallel: tensorParallel });
      for (const dataParallel of powersOfTwo(hardware.most / worldSize(base)).slice(1)) {
        const ranks = tensorParallel * dataParallel;
        if (isMoe) {
          cuts.push({ ...base, dataParallel, expertParallel: ranks });
          cuts.push({ ...base, dataParallel });
        } else if (ranks <= hardware.domain) {
          cuts.push({ ...base, dataParallel, feedForwardParallel: ranks });
        }
      }
      if (facts.longestInput < LONG_CONTEXT || pipelineParallel > 1) continue;
      for (const contextParallel of CONTEXT_RANKS) cuts.push({ ...base, contextParallel });
    }
  }
  return cuts.filter((cut) => worldSize(cut) <= hardware.most).sort((a, b) => worldSize(a) - worldSize(b));
}

function powersOfTwo(most: number): readonly number[] {
  const sizes: number[] = [];
  for (let size = 1; size <= most; size *= 2) sizes.push(size);
  return sizes;
}
