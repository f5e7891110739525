import type { Precision } from '../../model/index.ts';
import { cell, readingOf, textCell, timeCell } from './table-cells.ts';
import type { OperatorKind, OperatorSample, RowReading, TableRow } from './operator-sample.ts';

/** Milliseconds per second. */
const MILLISECONDS = 1e3;
/** Bytes per element of a collective's message (bfloat16 and half). */
const ELEMENT_BYTES = 2;

/** A table of the parquet layout: the columns it must have and how one row reads. */
export interface GpuOpsTable {
  readonly columns: readonly string[];
  /** `hasFp4`: whether the accelerator multiplies 4-bit formats, which decides the mxfp4 kernel that runs. */
  readonly read: (row: TableRow, hasFp4: boolean) => RowReading;
}

const GEMM_FORMATS: Readonly<Record<string, Precision>> = {
  bfloat16: 'bf16',
  fp8: 'fp8',
  fp8_block: 'fp8-block',
  nvfp4: 'nvfp4',
  int4_wo: 'int4',
  sq: 'int8',
};
const CACHE_FORMATS: Readonly<Record<string, Precision>> = { bfloat16: 'bf16', fp8: 'fp8' };
const COLLECTIVES: Readonly<Record<string, OperatorKind>> = {
  all_reduce: 'all-reduce',
  all_gather: 'all-gather',
  reduce_scatter: 'reduce-scatter',
  alltoall: 'all-to-all',
};

/** Load skew of the expert rows that are read, the one the shipped laws are fitted on. */
const DISTRIBUTION = 'power_law_1.01';

/** Tables by file name without `.parquet`. Columns and units: README of the operator tables, 2026-08-21. */
export const GPU_OPS_TABLES: Readonly<Record<string, GpuOpsTable>> = {
  gemm: {
    columns: ['backend', 'gemm_dtype', 'm', 'n', 'k', 'latency_ms'],
    read: (row) =>
      withFormat(GEMM_FORMATS, textCell(row, 'gemm_dtype'), (precision) =>
        sample(row, {
          kind: 'gemm',
          precision,
          shape: ['n', 'k'].map((c) => cell(row, c)),
          size: cell(row, 'm'),
        }),
      ),
  },
  moe: {
    columns: [
      ...['backend', 'kernel_source', 'moe_dtype', 'num_tokens', 'hidden_size', 'inter_size', 'topk'],
      ...['num_experts', 'moe_tp_size', 'moe_ep_size', 'distribution', 'latency_ms'],
    ],
    read: (row, hasFp4) => {
      if (textCell(row, 'distribution') !== DISTRIBUTION) return { unused: 'another load distribution' };
      if (textCell(row, 'kernel_source').includes('nongated')) return { unused: 'experts without a gate' };
      const formats = { ...GEMM_FORMATS, [hasFp4 ? 'w4a8_mxfp4_mxfp8' : 'w4a16_mxfp4']: 'mxfp4' as const };
      return withFormat(formats, textCell(row, 'moe_dtype'), (precision) =>
        sample(row, {
          kind: 'experts',
          precision,
          shape: [
            cell(row, 'hidden_size'),
            cell(row, 'inter_size') / cell(row, 'moe_tp_size'),
            cell(row, 'num_experts'),
            cell(row, 'topk'),
            cell(row, 'moe_ep_size'),
          ],
          size: cell(row, 'num_tokens'),
        }),
      );
    },
  },
  context_attention: attention('prefill-attention', [
    'num_heads',
    'num_key_value_heads',
    'head_dim',
    'batch_size',
  ]),
  generation_attention: attention('decode-attention', [
    'num_heads',
    'num_key_value_heads',
    'head_dim',
    'batch_size',
  ]),
  mla_attention_context: attention('mla-prefill', ['num_heads', 'batch_size']),
  mla_attention_generation: attention('mla-decode', ['num_heads', 'batch_size']),
  allreduce: {
    columns: ['backend', 'num_gpus', 'message_size', 'latency_ms', 'allreduce_impl'],
    read: (row) => {
      const suffix = textCell(row, 'allreduce_impl').includes('eager') ? '-eager' : '';
      return sample(row, {
        ...collective(row, 'all-reduce'),
        backend: `${textCell(row, 'backend')}${suffix}`,
      });
    },
  },
  nccl: {
    columns: ['backend', 'op_name', 'nccl_dtype', 'num_gpus', 'message_size', 'latency_ms'],
    read: (row) => {
      const kind = COLLECTIVES[textCell(row, 'op_name')];
      if (kind === undefined) return { unused: 'another collective' };
      if (textCell(row, 'nccl_dtype') !== 'half') return { unused: 'another format' };
      return sample(row, collective(row, kind));
    },
  },
};

function attention(kind: OperatorKind, shape: readonly string[]): GpuOpsTable {
  const isPrefill = kind === 'prefill-attention' || kind === 'mla-prefill';
  return {
    columns: ['backend', ...shape, 'isl', 'step', 'kv_cache_dtype', 'latency_ms'],
    read: (row) => {
      const window = row['window_size'];
      if (typeof window === 'number' && window > 0) return { unused: 'attention within a window' };
      return withFormat(CACHE_FORMATS, textCell(row, 'kv_cache_dtype'), (precision) => {
        const step = cell(row, 'step', 0);
        const fixed = shape.map((column) => cell(row, column));
        return sample(row, {
          kind,
          precision,
          shape: isPrefill ? [...fixed, step] : fixed,
          size: isPrefill ? cell(row, 'isl') : cell(row, 'isl') + step,
        });
      });
    },
  };
}

function collective(row: TableRow, kind: OperatorKind) {
  return {
    kind,
    precision: 'bf16' as const,
    shape: [cell(row, 'num_gpus', 2)],
    size: cell(row, 'message_size') * ELEMENT_BYTES,
  };
}

function withFormat(
  formats: Readonly<Record<string, Precision>>,
  name: string,
  read: (precision: Precision) => RowReading,
): RowReading {
  const precision = formats[name];
  return precision === undefined ? { unused: 'another format' } : read(precision);
}

function sample(
  row: TableRow,
  facts: Omit<OperatorSample, 'seconds' | 'backend'> & { readonly backend?: string },
): RowReading {
  return {
    sample: {
      ...facts,
      backend: facts.backend ?? textCell(row, 'backend'),
      seconds: timeCell(row, 'latency_ms', MILLISECONDS),
    },
  };
}

/** Reads one row of a table named as in the layout; broken cells become a `broken` reading. */
export function readGpuOpsRow(table: GpuOpsTable, row: TableRow, hasFp4: boolean): RowReading {
  return readingOf(() => table.read(row, hasFp4));
}
