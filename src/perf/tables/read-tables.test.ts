import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { H100 } from '../testing/configurations.ts';
import { GPU_OPS_TABLES, readGpuOpsRow } from './gpu-ops-rows.ts';
import { beatsPeak } from './peak-check.ts';
import { readApexTable, readGpuOpsTable } from './read-tables.ts';

const data = process.env['PLIMSOLL_DATA'] ?? '../shared/data';
const gpuOps = path.join(data, 'gpu-ops', 'h100_sxm', 'nccl.parquet');

describe('apex_plus files', () => {
  it('products swap rows and tokens: m is the output width, n the tokens', () => {
    const { samples } = readApexTable(
      { shown: 'gemm_0.csv', table: 'gemm' },
      'gpu,dtype,m,k,n,time(us)\nX,half,4096,2048,16,20\n',
    );
    expect(samples).toEqual([
      { kind: 'gemm', precision: 'bf16', shape: [4096, 2048], size: 16, seconds: 20e-6, backend: 'apex' },
    ]);
  });

  it('collective sizes are KiB; sizes rounded to zero and messages across nodes are of no use', () => {
    const reading = readApexTable(
      { shown: 'all_reduce.csv', table: 'all_reduce' },
      'gpu,num_nodes,num_gpus_per_node,dtype,size(kb),time(us)\nX,1,4,half,0,9\nX,1,4,half,3,11\nX,2,4,half,3,40\n',
    );
    expect(reading).toMatchObject({ rows: 3, unused: 2, broken: 0 });
    expect(reading.samples).toMatchObject([{ kind: 'all-reduce', shape: [4], size: 3072 }]);
    expect(reading.samples[0]?.seconds).toBeCloseTo(11e-6, 12);
  });

  it('a broken row names file, line and column; the rest is read', () => {
    const reading = readApexTable(
      { shown: 'mha_0.csv', table: 'mha' },
      'dtype,num_heads,head_size,batch_size,seq_len,time(us)\nhalf,8,128,1,512,30\nhalf,eight,128,1,512,30\nhalf,8,128,1,512,0\nhalf,8,128,1,,30\n',
    );
    expect(reading).toMatchObject({ rows: 4, broken: 3 });
    expect(reading.samples).toHaveLength(1);
    expect(reading.diagnostics.map(({ code, path: at, source }) => [code, at, source?.line])).toEqual([
      ['perf-table-row-invalid', 'num_heads', 3],
      ['perf-table-row-invalid', 'time(us)', 4],
      ['perf-table-row-invalid', 'seq_len', 5],
    ]);
  });

  it('many broken rows are counted, not listed', () => {
    const rows = Array.from({ length: 30 }, () => 'half,1,1,1,-5').join('\n');
    const reading = readApexTable({ shown: 'g.csv', table: 'gemm' }, `dtype,m,k,n,time(us)\n${rows}\n`);
    expect(reading.broken).toBe(30);
    expect(reading.diagnostics).toHaveLength(11);
    expect(reading.diagnostics.at(-1)?.summary).toContain('20 more');
  });

  it('a file without a column is left out with one diagnostic', () => {
    const reading = readApexTable({ shown: 'g.csv', table: 'gemm' }, 'dtype,m,k,time(us)\nhalf,1,1,1\n');
    expect(reading.diagnostics.map(({ code }) => code)).toEqual(['perf-table-column-missing']);
    expect(reading.diagnostics[0]?.summary).toContain(' n;');
  });

  it('rows at lowered clocks are of no use', () => {
    const text =
      'dtype,m,k,n,time(us),graph_clk_freq\nhalf,64,64,1,5,1980\nhalf,64,64,1,9,810\nhalf,64,64,2,5,1980\n';
    const reading = readApexTable({ shown: 'g.csv', table: 'gemm' }, text);
    expect(reading).toMatchObject({ rows: 3, unused: 1 });
    expect(reading.samples.map(({ seconds }) => seconds)).toEqual([5e-6, 5e-6]);
  });

  it('an unfinished quotation is a diagnostic', () => {
    const reading = readApexTable({ shown: 'g.csv', table: 'gemm' }, 'dtype,m,k,n,time(us)\n"half,1,1,1,1\n');
    expect(reading.diagnostics.map(({ code }) => code)).toEqual(['perf-table-unreadable']);
  });
});

describe('parquet tables', () => {
  const attention = {
    ...{ backend: 'vllm', batch_size: 2, isl: 1, step: 99, num_heads: 8, num_key_value_heads: 2 },
    ...{ head_dim: 128, kv_cache_dtype: 'fp8', window_size: 0, latency_ms: 0.02 },
  };

  it('decode attention counts the new token among the context', () => {
    const reading = readGpuOpsRow(GPU_OPS_TABLES['generation_attention']!, attention, false);
    expect(reading).toEqual({
      sample: {
        ...{ kind: 'decode-attention', precision: 'fp8', shape: [8, 2, 128, 2], size: 100 },
        ...{ seconds: 0.02e-3, backend: 'vllm' },
      },
    });
  });

  it('windows are of no use, an empty cell is broken', () => {
    const table = GPU_OPS_TABLES['generation_attention']!;
    expect(readGpuOpsRow(table, { ...attention, window_size: 128 }, false)).toHaveProperty('unused');
    expect(readGpuOpsRow(table, { ...attention, num_heads: null }, false)).toEqual({
      broken: { column: 'num_heads', reason: 'is empty' },
    });
  });

  it('experts are cut by tensor parallelism; mxfp4 kernels go with the hardware', () => {
    const row = {
      ...{ backend: 'vllm', kernel_source: 'x', moe_dtype: 'w4a16_mxfp4', num_tokens: 8, hidden_size: 2880 },
      ...{ inter_size: 2880, topk: 4, num_experts: 128, moe_tp_size: 2, moe_ep_size: 4 },
      ...{ distribution: 'power_law_1.01', latency_ms: 0.1 },
    };
    expect(readGpuOpsRow(GPU_OPS_TABLES['moe']!, row, false)).toMatchObject({
      sample: { precision: 'mxfp4', shape: [2880, 1440, 128, 4, 4], size: 8 },
    });
    expect(readGpuOpsRow(GPU_OPS_TABLES['moe']!, row, true)).toHaveProperty('unused');
  });

  it('a file that is no parquet is a diagnostic', async () => {
    const bytes = new TextEncoder().encode('not a parquet file').buffer;
    const reading = await readGpuOpsTable({ shown: 'gemm.parquet', table: 'gemm' }, bytes, false);
    expect(reading.samples).toEqual([]);
    expect(reading.diagnostics.map(({ code }) => code)).toEqual(['perf-table-unreadable']);
  });

  it.skipIf(!existsSync(gpuOps))('reads the NCCL table of H100: half precision only', async () => {
    const file = readFileSync(gpuOps);
    const content = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength);
    const reading = await readGpuOpsTable({ shown: 'nccl.parquet', table: 'nccl' }, content, false);
    expect(reading.rows).toBe(504);
    expect(reading.unused).toBe(252);
    expect(new Set(reading.samples.map(({ kind }) => kind))).toEqual(
      new Set(['all-reduce', 'all-gather', 'reduce-scatter', 'all-to-all']),
    );
  });
});

describe('rows above the peak', () => {
  const gemm = { kind: 'gemm', precision: 'bf16', shape: [8192, 8192], size: 8192, backend: 'x' } as const;
  const least = (2 * 8192 ** 3) / (H100.peakFlops.bf16 ?? NaN);

  it('a product at the peak is kept, one 10 % faster is not', () => {
    expect(beatsPeak({ ...gemm, seconds: least }, H100)).toBe(false);
    expect(beatsPeak({ ...gemm, seconds: least / 1.1 }, H100)).toBe(true);
  });

  it('a cache that fits into L2 may be read faster than memory', () => {
    const decode = { kind: 'decode-attention', precision: 'bf16', backend: 'x', seconds: 1e-9 } as const;
    expect(beatsPeak({ ...decode, shape: [8, 1, 128, 1], size: 1024 }, H100)).toBe(false);
    expect(beatsPeak({ ...decode, shape: [8, 8, 128, 64], size: 65_536 }, H100)).toBe(true);
  });
});
