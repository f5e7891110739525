import type { EvaluatedCandidate, Offering, Rejection, ResolvedWorkload } from '../model/index.ts';
import type { OperatorCoefficients } from '../perf/index.ts';
import { generateShapes } from './candidates/generator.ts';
import { BATCH_LIMITS } from './candidates/llm-shapes.ts';
import { pruneShapes } from './candidates/prune.ts';
import type { Shape } from './candidates/shape.ts';
import { EFFORTS, halve } from './capacity/halving.ts';
import type { RoundProgress } from './capacity/halving.ts';
import { MeasuringBench } from './capacity/measure.ts';
import type { Measured } from './capacity/measure.ts';
import { paretoSet } from './capacity/pareto.ts';

/** Requests of the longest runs: at p99 some 160 lie in the tail after warm-up. */
const LONGEST_RUN = 16_000;

/** What is known of one workload before placement. */
export interface WorkloadEvaluation {
  readonly workload: ResolvedWorkload;
  readonly bench: MeasuringBench;
  /** Cheapest per request first; empty when no configuration meets the SLO. */
  readonly finalists: readonly { readonly shape: Shape; readonly evaluated: EvaluatedCandidate }[];
  readonly pareto: readonly EvaluatedCandidate[];
  /** Sorted by candidate id. */
  readonly rejected: readonly Rejection[];
  /** Shapes without capacity, with readings at the lowest rate tried. */
  readonly failed: readonly Measured[];
  /** Least possible decode step in seconds among shapes that a TPOT limit ruled out; absent when none was. */
  readonly fastestRemovedStep?: number;
  /** Candidates enumerated, every combination of batch limits counted. */
  readonly enumerated: number;
}

/** How a workload is evaluated. */
export interface EvaluationOptions {
  readonly seed: number;
  readonly coefficients: OperatorCoefficients;
  readonly effort: 'quick' | 'normal';
  readonly onRound: RoundProgress;
}

/** Enumerates, prunes and measures the ways to run one replica of a workload. */
export async function evaluateWorkload(
  workload: ResolvedWorkload,
  offerings: readonly Offering[],
  options: EvaluationOptions,
): Promise<WorkloadEvaluation> {
  const { id, slo } = workload.workload;
  const generated = generateShapes(workload, offerings);
  const pruned = pruneShapes(generated.shapes, slo.limits, options.coefficients);
  const bench = new MeasuringBench({
    workload: id,
    profile: workload.profile,
    limits: slo.limits,
    seed: options.seed,
    coefficients: options.coefficients,
    longest: LONGEST_RUN,
  });
  const halving = await halve(bench, pruned.survivors, {
    effort: EFFORTS[options.effort],
    offerings,
    onRound: options.onRound,
  });
  const rejected = [...generated.rejected, ...pruned.rejected, ...halving.rejected];
  return {
    workload,
    bench,
    finalists: halving.finalists,
    pareto: paretoSet(halving.finalists.map((item) => item.evaluated)),
    rejected: rejected.sort((a, b) => (a.candidate < b.candidate ? -1 : 1)),
    failed: halving.failed,
    ...(pruned.fastestRemovedStep === undefined ? {} : { fastestRemovedStep: pruned.fastestRemovedStep }),
    enumerated: (generated.shapes.length + generated.rejected.length) * BATCH_LIMITS.length,
  };
}
