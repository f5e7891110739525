import type { Precision } from '../../model/index.ts';

/** Operators that measured tables may hold. */
export const OPERATOR_KINDS = [
  'gemm',
  'experts',
  'prefill-attention',
  'decode-attention',
  'mla-prefill',
  'mla-decode',
  'all-reduce',
  'all-gather',
  'reduce-scatter',
  'all-to-all',
  'send-recv',
] as const;
export type OperatorKind = (typeof OPERATOR_KINDS)[number];

/** What the numbers of a kind mean: the fixed part of the shape, in this order, and the size along which times grow. */
export interface OperatorAxes {
  readonly shape: readonly string[];
  readonly size: string;
}

const COLLECTIVE: OperatorAxes = { shape: ['ranks'], size: 'bytes' };

/**
 * Axes by kind. All counts are per rank: heads and KV heads after tensor parallelism, `intermediate` of an expert's
 * shard. `cached` is the number of tokens before the new ones, `context` all cached tokens of one sequence. `bytes` of
 * a collective are those of one rank's whole message, which for an all-gather is its output and for a reduce-scatter its input.
 */
export const OPERATOR_AXES: Readonly<Record<OperatorKind, OperatorAxes>> = {
  gemm: { shape: ['n', 'k'], size: 'm' },
  experts: { shape: ['hidden', 'intermediate', 'experts', 'topK', 'ranks'], size: 'tokens' },
  'prefill-attention': { shape: ['heads', 'kvHeads', 'headDim', 'batch', 'cached'], size: 'newTokens' },
  'decode-attention': { shape: ['heads', 'kvHeads', 'headDim', 'batch'], size: 'context' },
  'mla-prefill': { shape: ['heads', 'batch', 'cached'], size: 'newTokens' },
  'mla-decode': { shape: ['heads', 'batch'], size: 'context' },
  'all-reduce': COLLECTIVE,
  'all-gather': COLLECTIVE,
  'reduce-scatter': COLLECTIVE,
  'all-to-all': COLLECTIVE,
  'send-recv': COLLECTIVE,
};

/** One measured call of one operator on one accelerator (collectives: the whole call). */
export interface OperatorSample {
  readonly kind: OperatorKind;
  /** Format of the weights; of the cache for attention; bf16 for collectives, whose size is in bytes. */
  readonly precision: Precision;
  /** Values of `OPERATOR_AXES[kind].shape`, in that order. */
  readonly shape: readonly number[];
  /** Value of `OPERATOR_AXES[kind].size`, > 0. */
  readonly size: number;
  readonly seconds: number;
  /** Program whose kernel was measured: `vllm`, `nccl`; several backends of one operator are never mixed. */
  readonly backend: string;
}

/** What a reader makes of one row: a sample, a row of no use here (another format, another kernel), or a broken one. */
export type RowReading =
  | { readonly sample: OperatorSample }
  | { readonly unused: string }
  | { readonly broken: { readonly column: string; readonly reason: string } };

/** A row of any table: numbers or texts by column name. */
export type TableRow = Readonly<Record<string, unknown>>;
