import { field, numberField, readRows } from './catalog-sources.ts';
import type { SourceRow } from './catalog-sources.ts';
import { MORE_ALIASES, MORE_CHECKPOINTS } from './catalog-model-names.ts';

/** Weight formats of the source table → precisions; its `mixed_precision` checkpoints are NVFP4 with parts kept wider. */
const PRECISIONS: Readonly<Record<string, string>> = {
  bf16: 'bf16',
  fp8: 'fp8',
  fp8_block: 'fp8-block',
  nvfp4: 'nvfp4',
  mixed_precision: 'nvfp4',
  mxfp4: 'mxfp4',
  'compressed-tensors:int4': 'int4',
  'compressed-tensors:float4': 'nvfp4',
  'modelopt:float4': 'nvfp4',
};

const SOURCE = 'config.json files in ai-dynamo/aiconfigurator 095f58a51c';

/** The model architectures of the source table, sorted by name. */
export function modelRecords(dataFolder: string): unknown[] {
  return readRows(dataFolder, 'models.csv')
    .map(modelOf)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function modelOf(row: SourceRow) {
  const name = field(row, 'model');
  const aliases = field(row, 'aliases')
    .split(' ')
    .filter((alias) => alias !== '');
  const count = (column: string): number => numberField(row, column) ?? 0;
  const published = field(row, 'variants').split('|').map(precisionOf);
  const isApproximate = field(row, 'params_basis') !== 'config';
  return {
    name,
    aliases: [...new Set([...aliases, ...(MORE_ALIASES[name] ?? [])])].sort(),
    kind: field(row, 'kind'),
    layers: count('layers'),
    hidden: count('hidden'),
    heads: count('heads'),
    kvHeads: count('kv_heads'),
    headDim: count('head_dim'),
    vocabulary: count('vocab'),
    tiedEmbeddings: field(row, 'tied_embeddings') === 'yes',
    maxContext: count('max_context'),
    attention: {
      full: count('full_attn_layers'),
      window: count('window_layers'),
      windowTokens: count('window'),
      linear: count('linear_layers'),
    },
    ...mlaOf(count),
    dense: { layers: count('dense_layers'), intermediate: denseIntermediate(count) },
    ...moeOf(count),
    kvElementsPerToken: count('kv_elems_per_token'),
    kvWindowElementsPerToken: count('kv_window_elems_per_token'),
    stateElementsPerSequence: count('state_elems_per_seq'),
    parameters: {
      total: Math.round(count('params_total_b') * 1e9),
      active: Math.round(count('params_active_b') * 1e9),
    },
    checkpoints: [...new Set([...published, ...(MORE_CHECKPOINTS[name] ?? [])])].sort(),
    evidence: 'published',
    source: `${SOURCE}${isApproximate ? '; parameter count approximate' : ''}`,
    date: '2026-08-21',
  };
}

function precisionOf(variant: string): string {
  const precision = PRECISIONS[variant.replace('+kv_fp8', '')];
  if (precision === undefined) throw new Error(`give the weight format ${variant} a precision`);
  return precision;
}

function mlaOf(count: (column: string) => number) {
  if (count('kv_lora') === 0) return {};
  return {
    mla: {
      queryLora: count('q_lora'),
      kvLora: count('kv_lora'),
      nopeDim: count('qk_nope'),
      ropeDim: count('qk_rope'),
      valueDim: count('v_head_dim'),
    },
  };
}

function moeOf(count: (column: string) => number) {
  if (count('moe_layers') === 0) return {};
  return {
    moe: {
      layers: count('moe_layers'),
      experts: count('experts'),
      topK: count('topk'),
      intermediate: count('expert_ffn'),
      sharedIntermediate: count('shared_ffn'),
    },
  };
}

/**
 * Width of the dense layers. Where pruning gave each layer its own width (source says 0), the mean width that the total
 * parameter count implies: (total − embeddings − attention) ÷ (3 × hidden × layers).
 */
function denseIntermediate(count: (column: string) => number): number {
  const width = count('dense_ffn');
  if (width > 0 || count('dense_layers') === 0) return width;
  const hidden = count('hidden');
  const embeddings = 2 * count('vocab') * hidden;
  const attention =
    count('full_attn_layers') * 2 * hidden * count('head_dim') * (count('heads') + count('kv_heads'));
  const left = count('params_total_b') * 1e9 - embeddings - attention;
  return Math.round(left / (3 * hidden * count('dense_layers')));
}
