import type { Accelerator, Precision } from '../../model/index.ts';
import { NO_PARALLELISM } from '../../model/index.ts';
import { gigabytesPerSecond } from '../../units/index.ts';
import type { AcceleratorCoefficients, ByPrecision } from '../coefficients.ts';
import { lawFor } from '../coefficients.ts';
import { allGatherTime, allReduceTime, allToAllTime, reduceScatterTime, sendTime } from '../collectives.ts';
import { expertTime, gemmTime } from '../laws.ts';
import type { DecodeAttentionLaw, PrefillAttentionLaw } from '../laws.ts';
import { arithmeticFor, BYTES_PER_PARAMETER } from '../precision.ts';
import type { OperatorKind } from './operator-sample.ts';

/** Time of an operator by its shape and size (`OPERATOR_AXES`), in parts: what does not grow with the size, and what does. */
export interface LawTime {
  readonly fixed: number;
  readonly growing: number;
}

/** Evaluates a law at a shape and a size; seconds. */
export type LawAt = (shape: readonly number[], size: number) => LawTime;

/** Widths of the only latent attention that tables hold (DeepSeek-V3 config.json: 512 + 64 latent, 128 + 64 and 128 head). */
const LATENT = { cached: 512 + 64, prefill: 128 + 64 + 128, decode: 2 * 512 + 64 };

/**
 * The fitted law of an operator kind on an accelerator, as single calls of it run. Undefined where there is none: the
 * accelerator cannot compute the format, or no table of that kind was fitted.
 */
export function operatorLaw(
  kind: OperatorKind,
  precision: Precision,
  place: { readonly accelerator: Accelerator; readonly laws: AcceleratorCoefficients },
): LawAt | undefined {
  const { accelerator, laws } = place;
  const arithmetic = arithmeticFor(precision, accelerator);
  const rates = arithmetic && { ...arithmetic, memoryBandwidth: accelerator.memoryBandwidth };
  switch (kind) {
    case 'gemm': {
      if (rates === undefined) return undefined;
      const law = lawFor(laws.gemm, precision);
      return ([n = 0, k = 0], m) => split(law.floor, gemmTime(law, m, { n, k }, rates));
    }
    case 'experts': {
      if (rates === undefined || Object.keys(laws.experts).length === 0) return undefined;
      const law = lawFor(laws.experts, precision);
      return ([hidden = 0, intermediate = 0, experts = 1, topK = 1, ranks = 1], tokens) =>
        split(law.floor, expertTime(law, tokens, { hidden, intermediate, experts, topK, ranks }, rates));
    }
    case 'prefill-attention':
      return prefillLaw(
        lawOf(laws.prefillAttention, precision),
        place,
        ([heads = 1, , dim = 1, batch = 1, cached = 0]) => ({
          ...{ heads, batch, cached },
          width: 2 * dim,
        }),
      );
    case 'mla-prefill':
      return prefillLaw(lawOf(laws.mlaPrefill, precision), place, ([heads = 1, batch = 1, cached = 0]) => ({
        ...{ heads, batch, cached },
        width: LATENT.prefill,
      }));
    case 'decode-attention':
      return decodeLaw(
        lawOf(laws.decodeAttention, precision),
        place,
        ([heads = 1, kvHeads = 1, dim = 1, batch = 1]) => ({
          ...{ heads, kvHeads, batch, width: 2 * dim },
          bytes: 2 * kvHeads * dim * BYTES_PER_PARAMETER[precision],
        }),
      );
    case 'mla-decode':
      return decodeLaw(lawOf(laws.mlaDecode, precision), place, ([heads = 1, batch = 1]) => ({
        ...{ heads, kvHeads: 1, batch, width: LATENT.decode },
        bytes: LATENT.cached * BYTES_PER_PARAMETER[precision],
      }));
    case 'all-reduce':
      return ([ranks = 2], bytes) =>
        split(0, allReduceTime(laws, oneNode(accelerator, ranks), { ranks, bytes }));
    case 'all-gather':
      return ([ranks = 2], bytes) =>
        split(0, allGatherTime(laws, oneNode(accelerator, ranks), { ranks, bytes }));
    case 'reduce-scatter':
      return ([ranks = 2], bytes) =>
        split(0, reduceScatterTime(laws, oneNode(accelerator, ranks), { ranks, bytes }));
    case 'all-to-all':
      return ([ranks = 2], bytes) => split(0, allToAllTime(laws, oneNode(accelerator, ranks), bytes));
    case 'send-recv':
      return ([ranks = 2], bytes) => split(0, sendTime(oneNode(accelerator, ranks), bytes, false));
  }
}

/** Seconds of a law at a shape and a size. */
export function lawSeconds(law: LawAt, shape: readonly number[], size: number): number {
  const { fixed, growing } = law(shape, size);
  return fixed + growing;
}

function split(fixed: number, total: number): LawTime {
  return { fixed, growing: total - fixed };
}

function lawOf<Law>(table: ByPrecision<Law>, precision: Precision): Law | undefined {
  return Object.keys(table).length === 0 ? undefined : lawFor(table, precision);
}

function oneNode(accelerator: Accelerator, ranks: number) {
  return {
    accelerator,
    acceleratorsPerNode: ranks,
    interNodeBandwidth: gigabytesPerSecond(0),
    parallelism: { ...NO_PARALLELISM, expertParallel: ranks },
  };
}

type Place = { readonly accelerator: Accelerator; readonly laws: AcceleratorCoefficients };

function peakOf({ accelerator, laws }: Place): number {
  return arithmeticFor('bf16', accelerator)?.peak ?? laws.bf16Peak;
}

interface PrefillShape {
  readonly heads: number;
  readonly batch: number;
  readonly cached: number;
  readonly width: number;
}

/** Formula of `prefillAttentionTime` for a batch of equal chunks: a causal chunk attends to half of itself. */
function prefillLaw(
  law: PrefillAttentionLaw | undefined,
  place: Place,
  read: (shape: readonly number[]) => PrefillShape,
): LawAt | undefined {
  if (law === undefined) return undefined;
  const rate = peakOf(place) * law.compute;
  return (shape, tokens) => {
    const { heads, batch, cached, width } = read(shape);
    const queries = heads * batch * tokens;
    const keys = cached + tokens / 2;
    return {
      fixed: law.floor,
      growing: (2 * (queries + law.queries) * (keys + law.keys) * (width + law.softmax)) / rate,
    };
  };
}

interface DecodeShape {
  readonly heads: number;
  readonly kvHeads: number;
  readonly batch: number;
  readonly width: number;
  /** Of one cached token. */
  readonly bytes: number;
}

/** Formula of `decodeAttentionTime` for a batch of sequences of one length. */
function decodeLaw(
  law: DecodeAttentionLaw | undefined,
  place: Place,
  read: (shape: readonly number[]) => DecodeShape,
): LawAt | undefined {
  if (law === undefined) return undefined;
  const memory = place.accelerator.memoryBandwidth * law.memory;
  const compute = peakOf(place) * law.compute;
  return (shape, context) => {
    const { heads, kvHeads, batch, width, bytes } = read(shape);
    const cached = batch * context;
    return {
      fixed: law.floor + law.perSequence * batch * kvHeads,
      growing: Math.hypot((cached * bytes) / memory, (2 * cached * heads * width) / compute),
    };
  };
}
