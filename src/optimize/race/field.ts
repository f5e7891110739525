import type { Offering, Rejection, ResolvedWorkload } from '../../model/index.ts';
import { BoundedLoads } from '../bounds/bounded-loads.ts';
import { BATCH_LIMITS } from '../candidates/batch-limits.ts';
import { generateShapes } from '../candidates/generator.ts';
import { listCostPerHour } from '../candidates/list-price.ts';
import { mixedPipelineShapes } from '../candidates/mixed-pipelines.ts';
import { pruneShapes } from '../candidates/prune.ts';
import type { Shape } from '../candidates/shape.ts';
import type { MeasuringBench } from '../capacity/measure.ts';
import { RacedShape } from './contenders.ts';
import { withoutDominated } from './dominance.ts';

/** Who may race for a workload, and who was ruled out before. */
export interface Field {
  readonly shapes: readonly RacedShape[];
  /** Shapes that run at all, whatever their speed: candidates of the roles of disaggregated plans. */
  readonly runnable: readonly Shape[];
  readonly rejected: readonly Rejection[];
  /** Of the limits that ruled out shapes which run, the least value any of them can have, seconds; by `metric.percentile`. */
  readonly leastPossible: Readonly<Record<string, number>>;
  /** Candidates enumerated, every pair of batch limits counted. */
  readonly enumerated: number;
}

/** Where candidates may come from. */
export interface FieldOptions {
  readonly bench: MeasuringBench;
  readonly offerings: readonly Offering[];
  /** Accelerators that one replica may take per pool id; absent: as many as make sense. */
  readonly reach: Readonly<Record<string, number>>;
  /** What one replica weighs in the objective, > 0; default its list price per hour in micro-dollars. */
  readonly weigh?: (shape: Shape) => number;
  /** Whether candidates that their engine cannot run are looked at too. */
  readonly includesUnexecutable: boolean;
}

/** Enumerates the shapes of a workload and rules out by soundness what cannot run or cannot meet the SLO. */
export function fieldOf(workload: ResolvedWorkload, options: FieldOptions): Field {
  const { bench, offerings, reach } = options;
  const plain = generateShapes(workload, offerings, reach);
  const mixed = options.includesUnexecutable
    ? mixedPipelineShapes(workload, { offerings, reach, coefficients: bench.subject.coefficients })
    : [];
  const generated = { ...plain, shapes: [...plain.shapes, ...mixed] };
  const pruned = pruneShapes(generated.shapes, bench);
  const isExecutable = ({ notExecutable }: (typeof pruned.survivors)[number]): boolean =>
    options.includesUnexecutable || notExecutable === undefined;
  const left = pruned.survivors.filter((shape) => !isExecutable(shape));
  const loads = new BoundedLoads(bench.sample(bench.subject.longest));
  const isOpen = bench.subject.loop !== 'closed';
  const { kept, rejected } = withoutDominated(
    pruned.survivors.filter(isExecutable).map((shape) => {
      return new RacedShape(shape, {
        bench,
        loads: isOpen ? loads.under(bench.limitsFor(shape)) : [],
        price: options.weigh?.(shape) ?? listCostPerHour(shape, offerings),
      });
    }),
  );
  return {
    shapes: kept,
    runnable: pruned.runnable.filter(isExecutable),
    rejected: [
      ...generated.rejected,
      ...pruned.rejected,
      ...rejected,
      ...left.map((shape): Rejection => ({
        candidate: shape.id,
        workload: shape.workload,
        pool: shape.pool,
        reason: 'not-executable',
        detail: shape.notExecutable ?? '',
      })),
    ],
    leastPossible: pruned.leastPossible,
    enumerated: (generated.shapes.length + generated.rejected.length) * BATCH_LIMITS.length,
  };
}
