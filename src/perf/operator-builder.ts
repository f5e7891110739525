import type { Accelerator, Precision } from '../model/index.ts';
import type { ReplicaConfiguration } from './configuration.ts';
import { lawFor } from './coefficients.ts';
import type { AcceleratorCoefficients } from './coefficients.ts';
import { gemmTime } from './laws.ts';
import type { GemmLaw, ProductRates } from './laws.ts';
import { arithmeticFor } from './precision.ts';
import type { RankShare } from './sharding.ts';
import { UNCORRECTED } from './tables/index.ts';
import type { Correction, OperatorShape } from './tables/index.ts';

/** One token-wise operator of the model: its time depends on the tokens of the step only, not on their context. */
export interface TokenOperator {
  readonly name: string;
  /** How often it runs per step in the whole model (all layers). */
  readonly count: number;
  /** Time of one run in seconds for `tokens` tokens of each rank's batch. */
  readonly time: (tokens: number) => number;
  /** Lower bounds from the hardware alone, seconds: arithmetic at peak, and traffic at full bandwidth or link rate. */
  readonly computeBound: (tokens: number) => number;
  readonly memoryBound: (tokens: number) => number;
  readonly isLink: boolean;
  /**
   * Whether it works on the tokens of all data-parallel ranks together: where they differ, its time is that of their mean
   * (a fraction is allowed), while that of the others is each rank's own.
   */
  readonly isShared: boolean;
}

/** What the builders of operators share. */
export interface Builder {
  readonly c: ReplicaConfiguration;
  readonly share: RankShare;
  readonly laws: AcceleratorCoefficients;
  /** Factor on the law of an operator by the tables the user measured. */
  readonly measured: (operator: OperatorShape) => Correction;
}

/** One matrix product of the model: how often it runs, its shape on a rank and the format of its weights. */
export interface Product {
  readonly name: string;
  readonly count: number;
  readonly n: number;
  readonly k: number;
  readonly precision: Precision;
  /** Ranks whose tokens it multiplies; absent: 1, its own. */
  readonly ranks?: number;
}

/** A matrix product by the law of its format, or by a law of its own, which no table corrects. */
export function gemm(b: Builder, product: Product, own?: GemmLaw): TokenOperator {
  const rates = ratesFor(product.precision, b.c.accelerator);
  const law = own ?? lawFor(b.laws.gemm, product.precision);
  const measured =
    own === undefined
      ? b.measured({ kind: 'gemm', precision: product.precision, shape: [product.n, product.k] })
      : UNCORRECTED;
  const ideal = { floor: 0, rows: 0, columns: 0, depth: 0, sharpness: 64 };
  const { ranks = 1 } = product;
  return {
    name: product.name,
    count: product.count,
    time: (m) => gemmTime(law, m * ranks, product, rates) * measured(m * ranks),
    computeBound: (m) => gemmTime({ ...ideal, compute: 1, memory: Infinity }, m * ranks, product, rates),
    memoryBound: (m) => gemmTime({ ...ideal, compute: Infinity, memory: 1 }, m * ranks, product, rates),
    isLink: false,
    isShared: ranks > 1,
  };
}

/** A collective that a rank makes for its own tokens. */
export function link(name: string, count: number, time: (tokens: number) => number): TokenOperator {
  return { name, count, time, computeBound: () => 0, memoryBound: time, isLink: true, isShared: false };
}

/** Arithmetic and bandwidth of a product in a format. Throws on one that `checkConfiguration` refuses. */
export function ratesFor(precision: Precision, accelerator: Accelerator): ProductRates {
  const arithmetic = arithmeticFor(precision, accelerator);
  if (arithmetic === undefined)
    throw new Error(`${accelerator.name} cannot compute ${precision}: check first`);
  return { ...arithmetic, memoryBandwidth: accelerator.memoryBandwidth };
}
