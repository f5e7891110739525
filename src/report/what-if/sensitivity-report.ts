import type { MicroUsd } from '../../units/index.ts';
import type { VariantOutcome, VariantPlan } from './what-if-report.ts';

/** What would change the answer for one workload. */
export interface SensitivityReport {
  readonly workload: string;
  readonly stack: string;
  /** The plan that the others are compared with. */
  readonly base: VariantPlan;
  readonly factors: readonly SensitivityFactor[];
  readonly breakEvens: readonly BreakEven[];
  /** What could not be varied, and why. */
  readonly remarks: readonly string[];
}

/** One thing that may be otherwise than declared, by a share. */
export interface SensitivityFactor {
  readonly kind: 'price' | 'traffic' | 'slo';
  /** −0.2 for 20 % less. */
  readonly share: number;
  /** The variant as `whatif` would be asked for it. */
  readonly outcome: VariantOutcome;
  /** How the workload itself would run otherwise, in words; empty where it would not. */
  readonly differences: readonly string[];
}

/** The price of a pool at which another choice becomes as good. */
export interface BreakEven {
  readonly pool: string;
  /** Times today's prices, list and spot alike. */
  readonly factor: number;
  /** What runs beyond it, in words. */
  readonly rival: string;
  /** What the rival costs per month at today's prices. */
  readonly rivalPerMonth: MicroUsd;
  /** `planned`: plans made at that price have the same cost; `linear`: where the costs of the two plans cross, not planned there. */
  readonly method: 'planned' | 'linear';
}
