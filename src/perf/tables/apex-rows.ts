import type { Precision } from '../../model/index.ts';
import { cell, readingOf, textCell, timeCell } from './table-cells.ts';
import type { OperatorKind, RowReading, TableRow } from './operator-sample.ts';

/** Microseconds per second. */
const MICROSECONDS = 1e6;
/** Bytes of the layout's `kb`. */
const KIBIBYTE = 1024;

/** A file of the CSV layout: required columns, the column that holds the clock, and how one row reads. */
export interface ApexTable {
  readonly columns: readonly string[];
  /** Columns that hold a clock in MHz, 0 for the default clock; rows at lowered clocks are left out. */
  readonly clock: string;
  readonly read: (row: TableRow) => RowReading;
}

const FORMATS: Readonly<Record<string, Precision>> = { half: 'bf16', bfloat16: 'bf16', float8: 'fp8' };
const COLLECTIVE_COLUMNS = ['num_nodes', 'num_gpus_per_node', 'dtype', 'size(kb)', 'time(us)'];

/**
 * Files by name without the clock and `.csv`: `profile/comp/<gpu>/gemm_0.csv`, `profile/comm/<gpu>/all_reduce.csv`.
 * In this layout a product is (m × k)·(k × n) with m outputs and n tokens. Bidirectional attention (`bimha`) is not
 * read: no model here runs it. Source: microsoft/apex_plus, comp_profile.py and comm_profile.py, commit d96aa5f.
 */
export const APEX_TABLES: Readonly<Record<string, ApexTable>> = {
  gemm: {
    columns: ['dtype', 'm', 'k', 'n', 'time(us)'],
    clock: 'graph_clk_freq',
    read: (row) =>
      typed(row, (precision) => ({
        sample: {
          kind: 'gemm',
          precision,
          shape: [cell(row, 'm'), cell(row, 'k')],
          size: cell(row, 'n'),
          seconds: timeCell(row, 'time(us)', MICROSECONDS),
          backend: 'apex',
        },
      })),
  },
  mha: {
    columns: ['dtype', 'num_heads', 'head_size', 'batch_size', 'seq_len', 'time(us)'],
    clock: 'graph_clk_freq',
    read: (row) =>
      typed(row, (precision) => ({
        sample: {
          kind: 'prefill-attention',
          precision,
          shape: [
            ...[cell(row, 'num_heads'), cell(row, 'num_heads'), cell(row, 'head_size')],
            ...[cell(row, 'batch_size'), 0],
          ],
          size: cell(row, 'seq_len'),
          seconds: timeCell(row, 'time(us)', MICROSECONDS),
          backend: 'apex',
        },
      })),
  },
  all_reduce: collective('all-reduce'),
  all_gather: collective('all-gather'),
  reduce_scatter: collective('reduce-scatter'),
  alltoall: collective('all-to-all'),
  sendrecv: collective('send-recv'),
};

function collective(kind: OperatorKind): ApexTable {
  return {
    columns: COLLECTIVE_COLUMNS,
    clock: 'gpu_freq',
    read: (row) => {
      if (cell(row, 'num_nodes') > 1) return { unused: 'collectives across nodes' };
      const size = cell(row, 'size(kb)', 0);
      if (size === 0) return { unused: 'messages below 1 KiB, whose size the layout rounds to zero' };
      // A message of one size takes the same time in half and in float; both are kept, and averaged.
      return {
        sample: {
          kind,
          precision: 'bf16',
          shape: [cell(row, 'num_gpus_per_node', 2)],
          size: size * KIBIBYTE,
          seconds: timeCell(row, 'time(us)', MICROSECONDS),
          backend: 'apex',
        },
      };
    },
  };
}

function typed(row: TableRow, read: (precision: Precision) => RowReading): RowReading {
  const precision = FORMATS[textCell(row, 'dtype')];
  return precision === undefined ? { unused: 'another format' } : read(precision);
}

/** Reads one row of a file of the layout; broken cells become a `broken` reading. */
export function readApexRow(table: ApexTable, row: TableRow): RowReading {
  return readingOf(() => table.read(row));
}
