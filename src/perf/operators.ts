import type { ReplicaConfiguration } from './configuration.ts';
import { lawFor } from './coefficients.ts';
import { engineLaws } from './engine-overheads.ts';
import type { OperatorCoefficients } from './coefficients.ts';
import { allGatherTime, allReduceTime, reduceScatterTime, sendTime } from './collectives.ts';
import { expertOperators } from './expert-operators.ts';
import { gemm, link } from './operator-builder.ts';
import type { Builder, TokenOperator } from './operator-builder.ts';
import { rankShare } from './sharding.ts';
import type { Stage } from './pipeline.ts';
import { tokenCorrection, UNCORRECTED, withMeasuredCollectives } from './tables/index.ts';
import { parameterParts } from './parameter-parts.ts';

/** The operators of a step apart from attention itself. */
export interface OperatorSet {
  /** Run for every token of the step; a pipeline stage runs its share of them. */
  readonly layers: readonly TokenOperator[];
  /** Run for every sequence that samples a token. */
  readonly head: readonly TokenOperator[];
  /** Context parallelism: keys and values gathered for the prompt tokens of a step; by all of them. */
  readonly contextGather: readonly TokenOperator[];
  /** Context parallelism: queries spread and partial outputs combined for the decoded tokens of a step. */
  readonly contextCombine: readonly TokenOperator[];
}

/** What a pipeline stage runs: its share of the layers, the head on the last stage, the hand-over to the next on the others. */
export interface StageOperators extends OperatorSet {
  readonly hops: readonly TokenOperator[];
}

/** The operators of a stage; `layers` and those of context parallelism are counted over all layers of the model. */
export function stageOperators(stage: Stage, coefficients: OperatorCoefficients): StageOperators {
  const { head, ...others } = tokenOperators(stage.configuration, coefficients);
  return { ...others, head: stage.isLast ? head : [], hops: stageHops(stage, coefficients) };
}

function stageHops({ configuration: c, next }: Stage, coefficients: OperatorCoefficients): TokenOperator[] {
  if (next === 'none') return [];
  const perToken = (c.architecture.hidden * 2) / c.parallelism.tensorParallel;
  // Tables hold transfers inside a node.
  const measured =
    next === 'node'
      ? tokenCorrection(c, coefficients, { kind: 'send-recv', precision: 'bf16', shape: [2] })
      : UNCORRECTED;
  const time = (bytes: number): number => sendTime(c, bytes, next === 'network') * measured(bytes);
  return [link('send-recv', 1, (m) => time(m * perToken))];
}

/** The token-wise operators of a configuration that passed `checkConfiguration`. */
export function tokenOperators(c: ReplicaConfiguration, coefficients: OperatorCoefficients): OperatorSet {
  const b: Builder = {
    c,
    share: rankShare(c),
    laws: withMeasuredCollectives(engineLaws(c, coefficients), c.accelerator, coefficients),
    measured: (operator) => tokenCorrection(c, coefficients, operator),
  };
  const a = c.architecture;
  const tp = b.share.tensorParallel;
  const layers = [
    ...attentionProducts(b),
    ...denseFeedForward(b),
    ...sharedExperts(b),
    ...expertOperators(b),
    ...elementwise(b),
    ...reductions(b),
  ];
  const head = [gemm(b, { name: 'head', count: 1, n: a.vocabulary / tp, k: a.hidden, precision: 'bf16' })];
  return {
    layers: layers.filter((operator) => operator.count > 0),
    head,
    ...contextOperators(b),
  };
}

/**
 * What ranks of one context-parallel group tell each other in every attention layer. Prefill: each computes its part of
 * the prompt and gathers the others' keys and values. Decode: the cache is cut along the sequence, every rank attends to
 * its part, and the partial outputs with their normalisers are summed (decode context parallelism of vLLM).
 */
function contextOperators(b: Builder): Pick<OperatorSet, 'contextGather' | 'contextCombine'> {
  const { c, share } = b;
  const a = c.architecture;
  const ranks = c.parallelism.contextParallel;
  const layers = a.attention.full + a.attention.window;
  if (ranks <= 1 || layers === 0) return { contextGather: [], contextCombine: [] };
  const cached = ((a.kvElementsPerToken + a.kvWindowElementsPerToken) * share.kvShare * 2) / layers;
  const valueWidth = a.mla === undefined ? a.headDim : a.mla.kvLora;
  const output = share.heads * (valueWidth + 1) * 2;
  return {
    contextGather: [link('kv-gather', layers, (m) => allGatherTime(b.laws, c, { ranks, bytes: m * cached }))],
    contextCombine: [
      link('context-combine', layers, (m) => allReduceTime(b.laws, c, { ranks, bytes: m * output })),
    ],
  };
}

function attentionProducts(b: Builder): TokenOperator[] {
  const a = b.c.architecture;
  const { heads, kvHeads } = b.share;
  const layers = a.attention.full + a.attention.window;
  const precision = b.share.precisions.attention;
  const linear = linearAttentionProducts(b);
  if (a.mla === undefined) {
    const width = heads * a.headDim;
    return [
      gemm(b, {
        name: 'qkv',
        count: layers,
        n: width + 2 * kvHeads * a.headDim,
        k: a.hidden,
        precision: precision,
      }),
      gemm(b, { name: 'attention-output', count: layers, n: a.hidden, k: width, precision: precision }),
      ...linear,
    ];
  }
  const { queryLora, kvLora, nopeDim, ropeDim, valueDim } = a.mla;
  const down = (queryLora > 0 ? queryLora : 0) + kvLora + ropeDim;
  const queryRank = queryLora > 0 ? queryLora : a.hidden;
  return [
    gemm(b, { name: 'mla-down', count: layers, n: down, k: a.hidden, precision: precision }),
    gemm(b, {
      name: 'mla-query',
      count: layers,
      n: heads * (nopeDim + ropeDim),
      k: queryRank,
      precision: precision,
    }),
    ...absorbed(b, layers),
    gemm(b, {
      name: 'attention-output',
      count: layers,
      n: a.hidden,
      k: heads * valueDim,
      precision: precision,
    }),
    ...linear,
  ];
}

/**
 * The products with the latent's up-projection, batched over heads: into the queries' space and out of the values'.
 * Prefill multiplies the same weights once each, hence the same cost.
 */
function absorbed(b: Builder, layers: number): TokenOperator[] {
  const mla = b.c.architecture.mla;
  if (mla === undefined) return [];
  const law = Object.keys(b.laws.mlaAbsorb).length > 0 ? lawFor(b.laws.mlaAbsorb, 'bf16') : undefined;
  const n = b.share.heads * mla.kvLora;
  return [
    gemm(b, { name: 'mla-absorb-query', count: layers, n, k: mla.nopeDim, precision: 'bf16' }, law),
    gemm(b, { name: 'mla-absorb-value', count: layers, n, k: mla.valueDim, precision: 'bf16' }, law),
  ];
}

/**
 * Projections of linear-attention layers, sized so that their parameters are what the model's stated total holds beyond
 * its other parts; split evenly into an input and an output product. *Assumed*: their true shapes are not in the catalogue.
 */
function linearAttentionProducts(b: Builder): TokenOperator[] {
  const a = b.c.architecture;
  const layers = a.attention.linear;
  if (layers === 0) return [];
  const width = parameterParts(a).other / layers / a.hidden / b.share.tensorParallel;
  const precision = b.share.precisions.attention;
  return [
    gemm(b, {
      name: 'linear-attention-input',
      count: layers,
      n: (width * 2) / 3,
      k: a.hidden,
      precision: precision,
    }),
    gemm(b, {
      name: 'linear-attention-output',
      count: layers,
      n: a.hidden,
      k: width / 3,
      precision: precision,
    }),
  ];
}

/**
 * Sums of partial outputs over the tensor-parallel ranks, after attention and after the feed-forward. Around layers that are
 * cut over the data-parallel ranks as well (dense ones by `feedForwardParallel`, routed experts that are not spread whole),
 * the tokens of all are gathered, and the sums scattered back to their ranks; every rank then hands in and gets its
 * part, so that with attention's sum cut in two halves one all-reduce is left.
 */
function reductions(b: Builder): TokenOperator[] {
  const { c, laws } = b;
  const { tensorParallel: tp, gatheredRanks, expertParallel } = b.share;
  const { hidden, layers, dense, moe } = c.architecture;
  const { dataParallel } = c.parallelism;
  const activation = hidden * 2;
  const areExpertsCut = dataParallel > 1 && expertParallel === 1;
  const gathered = (gatheredRanks > 1 ? dense.layers : 0) + (areExpertsCut ? (moe?.layers ?? 0) : 0);
  const count = 2 * layers - gathered;
  const message = (m: number) => ({ ranks: tp * dataParallel, bytes: m * dataParallel * activation });
  const shared = (name: string, time: (m: number) => number): TokenOperator => ({
    ...link(name, gathered, time),
    isShared: true,
  });
  return [
    ...(tp > 1
      ? [link('all-reduce', count, (m) => allReduceTime(laws, c, { ranks: tp, bytes: m * activation }))]
      : []),
    ...(gathered > 0
      ? [
          shared('feed-forward-gather', (m) => allGatherTime(laws, c, message(m))),
          shared('feed-forward-scatter', (m) => reduceScatterTime(laws, c, message(m))),
        ]
      : []),
  ];
}

function denseFeedForward(b: Builder): TokenOperator[] {
  const { denseIntermediate: intermediate, gatheredRanks: ranks } = b.share;
  return feedForward(b, 'dense', { intermediate, ranks, layers: b.c.architecture.dense.layers });
}

function sharedExperts(b: Builder): TokenOperator[] {
  const layers = b.c.architecture.moe?.layers ?? 0;
  return feedForward(b, 'shared', { intermediate: b.share.sharedIntermediate, ranks: 1, layers });
}

function feedForward(
  b: Builder,
  name: string,
  cut: { readonly intermediate: number; readonly ranks: number; readonly layers: number },
): TokenOperator[] {
  const { intermediate, ranks, layers } = cut;
  if (layers === 0 || intermediate === 0) return [];
  const { hidden } = b.c.architecture;
  const precision = b.share.precisions.dense;
  const common = { count: layers, precision, ranks };
  return [
    gemm(b, { ...common, name: `${name}-gate-up`, n: 2 * intermediate, k: hidden }),
    gemm(b, { ...common, name: `${name}-down`, n: hidden, k: intermediate }),
  ];
}

/** Launch of a memory-bound kernel inside a CUDA graph; *assumed*, the floor of the smallest measured kernels is 2.4 µs. */
const KERNEL_FLOOR = 2.5e-6;
/** Share of bandwidth of memory-bound kernels (AIConfigurator systems table, `mem_bw_efficiency`, 2026-08-21). */
const ELEMENTWISE_EFFICIENCY = 0.8;

/** Norms with residual (reads and writes of two activations, twice), rotary embedding with cache write, gated activation. */
function elementwise(b: Builder): TokenOperator[] {
  const a = b.c.architecture;
  const { heads, kvHeads, denseIntermediate, gatheredRanks, sharedIntermediate } = b.share;
  // Of a feed-forward on the tokens of several ranks each computes its part: as much as all of it on its own tokens.
  const width = Math.max(denseIntermediate * gatheredRanks, sharedIntermediate);
  const perToken = 2 * (8 * a.hidden + 2 * (heads + 2 * kvHeads) * a.headDim + 3 * width);
  const rate = b.c.accelerator.memoryBandwidth;
  const kernels = a.moe === undefined ? 4 : 5;
  return [
    {
      name: 'element-wise',
      count: a.layers,
      time: (m) => kernels * KERNEL_FLOOR + (m * perToken) / (rate * ELEMENTWISE_EFFICIENCY),
      computeBound: () => 0,
      memoryBound: (m) => (m * perToken) / rate,
      isLink: false,
      isShared: false,
    },
  ];
}
