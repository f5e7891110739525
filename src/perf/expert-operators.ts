import { lawFor } from './coefficients.ts';
import { expertExchangeTime } from './collectives.ts';
import { expertTime } from './laws.ts';
import { gemm, link, ratesFor } from './operator-builder.ts';
import type { Builder, TokenOperator } from './operator-builder.ts';

/**
 * Load skew of serving over that of the tables' power law with exponent 1.01: half. *Assumed*: real routers are balanced
 * in training; the busiest of 8 ranks then carries about 1.5 to 1.7 times the mean of 8,192 tokens of the DeepSeek shape.
 */
const SERVED_SKEW = 0.5;

/** Router, routed experts and, under attention data parallelism, the exchange of tokens around them; empty without experts. */
export function expertOperators(b: Builder): TokenOperator[] {
  return [...routedExperts(b), ...expertExchange(b)];
}

/** Experts are spread evenly over the ranks, so that they work on the tokens of all of them whoever holds these. */
function routedExperts(b: Builder): TokenOperator[] {
  const { c, share } = b;
  const moe = c.architecture.moe;
  if (moe === undefined) return [];
  const precision = share.precisions.experts;
  const rates = ratesFor(precision, c.accelerator);
  const fitted = lawFor(b.laws.experts, precision);
  const law = { ...fitted, skew: fitted.skew * SERVED_SKEW };
  const shape = {
    hidden: c.architecture.hidden,
    intermediate: share.expertIntermediate,
    experts: moe.experts,
    topK: moe.topK,
    ranks: share.expertParallel,
  };
  const all = c.parallelism.dataParallel;
  const measured = b.measured({
    kind: 'experts',
    precision,
    shape: [shape.hidden, shape.intermediate, shape.experts, shape.topK, shape.ranks],
  });
  const ideal = { ...law, floor: 0, rows: 0, columns: 0, skew: 0, sharpness: 64 };
  const { hidden } = c.architecture;
  return [
    gemm(b, { name: 'router', count: moe.layers, n: moe.experts, k: hidden, precision: 'bf16' }),
    {
      name: 'experts',
      count: moe.layers,
      time: (m) => expertTime(law, m * all, shape, rates) * measured(m * all),
      computeBound: (m) => expertTime({ ...ideal, compute: 1, memory: Infinity }, m * all, shape, rates),
      memoryBound: (m) => expertTime({ ...ideal, compute: Infinity, memory: 1 }, m * all, shape, rates),
      isLink: false,
      isShared: all > 1,
    },
  ];
}

/**
 * Gathered by all (vLLM) tokens take as long as their sum says, however they are spread. Dispatched one by one (DeepEP,
 * all-to-all) they leave through the link of the rank that holds them, so that the busiest rank decides: it sends all of
 * its copies and receives no more than the mean.
 */
function expertExchange(b: Builder): TokenOperator[] {
  const { c, share } = b;
  const count = c.architecture.moe?.layers ?? 0;
  if (c.parallelism.dataParallel === 1 || share.expertParallel === 1) return [];
  const exchange = link('expert-exchange', count, (m) => expertExchangeTime(b.laws, c, m));
  return [{ ...exchange, isShared: c.engine === 'vllm' }];
}
