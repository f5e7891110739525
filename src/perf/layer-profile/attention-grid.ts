import { PiecewiseLinear } from './piecewise-linear.ts';

/** One measured attention kernel: a prompt chunk and equally long decodes in one batch. */
export interface AttentionSample {
  /** New prompt tokens; 0 for pure decode. */
  readonly prefillChunk: number;
  /** Tokens of the prompt cached before the chunk. */
  readonly kvPrefill: number;
  /** Sequences that decode; 0 for pure prefill. */
  readonly decodes: number;
  /** Cached tokens of each of them. */
  readonly kvDecode: number;
  readonly seconds: number;
}

/** Values of one axis and what lies below each: the next axis, or a function of the last one. */
interface Axis<Below> {
  readonly keys: readonly number[];
  readonly below: readonly Below[];
}

type Decodes = Axis<PiecewiseLinear>;
type Before = Axis<Decodes>;

/**
 * Attention time of one layer over prompt chunk × KV before it × decodes × KV per decode. Linear between measured
 * values along each axis; beyond the top of an axis with the slope of its last two values, never below the value there; below the
 * bottom constant. The grid may be ragged: each value has its own axes below it.
 */
export class AttentionGrid {
  readonly #chunks: Axis<Before>;

  /** @param samples at least one */
  constructor(samples: readonly AttentionSample[]) {
    if (samples.length === 0) throw new RangeError('an attention grid needs a sample');
    this.#chunks = axis(
      samples,
      (s) => s.prefillChunk,
      (ofChunk) =>
        axis(
          ofChunk,
          (s) => s.kvPrefill,
          (ofBefore) =>
            axis(
              ofBefore,
              (s) => s.decodes,
              (ofDecodes) => new PiecewiseLinear(ofDecodes.map((s) => [s.kvDecode, s.seconds])),
            ),
        ),
    );
  }

  /** Seconds of one layer's attention for `decodes` sequences of `kvDecode` cached tokens each beside one prompt chunk. */
  at(prefillChunk: number, kvPrefill: number, decodes: number, kvDecode: number): number {
    return read(this.#chunks, prefillChunk, (before) =>
      read(before, kvPrefill, (of) => read(of, decodes, (leaf) => leaf.at(kvDecode))),
    );
  }

  /** Σ of the pure decode times of `steps` steps, the first with `kvDecode` tokens per sequence, each with one more. */
  decodeRun(decodes: number, kvDecode: number, steps: number): number {
    return read(this.#chunks, 0, (before) =>
      read(before, 0, (of) => read(of, decodes, (leaf) => leaf.sum(kvDecode, steps))),
    );
  }
}

function axis<Below>(
  samples: readonly AttentionSample[],
  key: (sample: AttentionSample) => number,
  below: (samples: readonly AttentionSample[]) => Below,
): Axis<Below> {
  const groups = [...Map.groupBy(samples, key)].sort(([a], [b]) => a - b);
  return { keys: groups.map(([value]) => value), below: groups.map(([, group]) => below(group)) };
}

/** Linear interpolation along one axis between what `value` gives for the two nearest keys. */
function read<Below>(along: Axis<Below>, x: number, value: (below: Below) => number): number {
  const { keys, below } = along;
  const last = keys.length - 1;
  let i = 0;
  while (i < last && keys[i + 1]! <= x) i++;
  const from = Math.min(i, Math.max(0, last - 1));
  const low = value(below[from]!);
  if (last === 0 || x <= keys[from]!) return low;
  const high = value(below[from + 1]!);
  const weight = (x - keys[from]!) / (keys[from + 1]! - keys[from]!);
  // Noise between the top two values must not make work beyond them cheaper.
  return weight > 1 ? high + Math.max(0, high - low) * (weight - 1) : low + (high - low) * weight;
}
