import type { AttentionGrid } from './attention-grid.ts';
import type { ExpertGrid } from './expert-grid.ts';
import type { PiecewiseLinear } from './piecewise-linear.ts';

/** Measured times of the layers of one model on one accelerator at one tensor parallel size, per rank, seconds. */
export interface LayerProfile {
  /** By layer name: time over the tokens of a step. */
  readonly dense: ReadonlyMap<string, PiecewiseLinear>;
  /** By layer name: time over the sequences that get a token in the step (head, sampling). */
  readonly perSequence: ReadonlyMap<string, PiecewiseLinear>;
  /** By kernel name (`attention` where the table names none). */
  readonly attention: ReadonlyMap<string, AttentionGrid>;
  /** Routed experts; absent for dense models. */
  readonly experts?: ExpertGrid;
}

/** Layers that run once per step, not once per layer. */
const ONCE: ReadonlySet<string> = new Set(['embedding', 'final_layernorm']);
/** Layers of the dense feed-forward, absent where a layer has routed experts instead. */
const DENSE_FEED_FORWARD: ReadonlySet<string> = new Set(['gate_up_proj', 'act_fn', 'down_proj']);
/** Layers that run twice per layer: the norm before attention and the one before the feed-forward. */
const TWICE: ReadonlySet<string> = new Set(['layernorm']);

/** How often a dense entry runs in a step of a model with these layers. Names: profiler of LLMServingSim, 2026-04 (MIT). */
export function runsPerStep(
  layer: string,
  model: { readonly layers: number; readonly denseLayers: number },
): number {
  if (ONCE.has(layer)) return 1;
  if (DENSE_FEED_FORWARD.has(layer)) return model.denseLayers;
  return TWICE.has(layer) ? 2 * model.layers : model.layers;
}
