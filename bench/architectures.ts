import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { Accelerator, ModelArchitecture, Precision } from '../src/model/index.ts';
import type { Bytes, BytesPerSecond, FlopsPerSecond, Watts } from '../src/units/index.ts';

type Record_ = Readonly<Record<string, string>>;

/** Reads a CSV file with a header line. */
export function readRecords(file: string): readonly Record_[] {
  return parse<Record_>(readFileSync(file, 'utf8'), { columns: true });
}

/** The architectures of `models.csv` by name and alias. */
export function readArchitectures(file: string): ReadonlyMap<string, ModelArchitecture> {
  const entries = readRecords(file).flatMap((row) => {
    const architecture = architectureOf(row);
    return [architecture.name, ...architecture.aliases].map((name) => [name, architecture] as const);
  });
  return new Map(entries);
}

function architectureOf(row: Record_): ModelArchitecture {
  const n = (column: string): number => Number(row[column] ?? 0);
  const kvLora = n('kv_lora');
  return {
    name: row['model'] ?? '',
    aliases: (row['aliases'] ?? '').split(' ').filter((alias) => alias !== ''),
    kind: row['kind'] === 'moe' ? 'moe' : 'dense',
    layers: n('layers'),
    hidden: n('hidden'),
    heads: n('heads'),
    kvHeads: n('kv_heads'),
    headDim: n('head_dim'),
    vocabulary: n('vocab'),
    tiedEmbeddings: row['tied_embeddings'] === 'yes',
    maxContext: n('max_context'),
    attention: {
      full: n('full_attn_layers'),
      window: n('window_layers'),
      windowTokens: n('window'),
      linear: n('linear_layers'),
    },
    ...(kvLora > 0
      ? {
          mla: {
            queryLora: n('q_lora'),
            kvLora,
            nopeDim: n('qk_nope'),
            ropeDim: n('qk_rope'),
            valueDim: n('v_head_dim'),
          },
        }
      : {}),
    dense: { layers: n('dense_layers'), intermediate: n('dense_ffn') },
    ...(n('experts') > 0
      ? {
          moe: {
            layers: n('moe_layers'),
            experts: n('experts'),
            topK: n('topk'),
            intermediate: n('expert_ffn'),
            sharedIntermediate: n('shared_ffn'),
          },
        }
      : {}),
    kvElementsPerToken: n('kv_elems_per_token'),
    kvWindowElementsPerToken: n('kv_window_elems_per_token'),
    stateElementsPerSequence: n('state_elems_per_seq'),
    parameters: { total: n('params_total_b') * 1e9, active: n('params_active_b') * 1e9 },
    checkpoints: ['bf16'] as readonly Precision[],
    provenance: { evidence: 'published', source: 'models.csv' },
  };
}

/** Catalogue name and micro-architecture by system of `systems.csv`. */
const NAMES: Readonly<Record<string, readonly [name: string, architecture: string]>> = {
  a100_sxm: ['a100-80gb-sxm', 'ampere'],
  b200_sxm: ['b200', 'blackwell'],
  b300_sxm: ['b300', 'blackwell'],
  gb200: ['gb200', 'blackwell'],
  gb300: ['gb300', 'blackwell'],
  h100_sxm: ['h100-sxm', 'hopper'],
  h200_sxm: ['h200-sxm', 'hopper'],
  l40s: ['l40s', 'ada'],
  rtx_pro_6000_server: ['rtx-pro-6000', 'blackwell'],
};

/** One measured system as an accelerator with its node. */
export interface System {
  readonly accelerator: Accelerator;
  readonly acceleratorsPerNode: number;
  readonly interNodeBandwidth: BytesPerSecond;
}

/** The systems of `systems.csv` by name. */
export function readSystems(file: string): ReadonlyMap<string, System> {
  return new Map(readRecords(file).map((row) => [row['system'] ?? '', systemOf(row)]));
}

function systemOf(row: Record_): System {
  const [name, architecture] = NAMES[row['system'] ?? ''] ?? [
    row['system'] ?? '',
    (row['arch'] ?? '').toLowerCase(),
  ];
  const peak = (column: string): FlopsPerSecond | undefined =>
    Number(row[column] ?? 0) > 0 ? ((Number(row[column]) * 1e12) as FlopsPerSecond) : undefined;
  const peaks = {
    bf16: peak('bf16_tflops'),
    fp8: peak('fp8_tflops'),
    int8: peak('int8_tops'),
    fp4: peak('fp4_tflops'),
  };
  return {
    accelerator: {
      name,
      aliases: [],
      vendor: name === 'b60' ? 'intel' : 'nvidia',
      architecture,
      memory: (Number(row['mem_gib']) * 2 ** 30) as Bytes,
      memoryBandwidth: (Number(row['mem_bw_gbs']) * 1e9) as BytesPerSecond,
      peakFlops: Object.fromEntries(Object.entries(peaks).filter(([, value]) => value !== undefined)),
      power: Number(row['power_w']) as Watts,
      link: {
        kind: row['intra_node_link'] ?? '',
        bandwidth: (Number(row['intra_node_gbs']) * 1e9) as BytesPerSecond,
      },
      resourceName: 'nvidia.com/gpu',
      provenance: { evidence: 'published', source: 'systems.csv' },
    },
    acceleratorsPerNode: Math.max(Number(row['gpus_per_rack'] ?? 0), Number(row['gpus_per_node'] ?? 8)),
    interNodeBandwidth: (Number(row['inter_node_gbs']) * 1e9) as BytesPerSecond,
  };
}
