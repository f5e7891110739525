import type { EvaluatedCandidate, Offering, Rejection, ResolvedWorkload } from '../model/index.ts';
import type { OperatorCoefficients } from '../perf/index.ts';
import { listCostPerHour } from './candidates/list-price.ts';
import type { Shape } from './candidates/shape.ts';
import { CountedCrew } from './capacity/counted-crew.ts';
import type { MeasuringWork } from './capacity/counted-crew.ts';
import { crewOf } from './capacity/crew.ts';
import type { GatherCrew, MeasuringCrew } from './capacity/crew.ts';
import { MeasuringBench, evaluated } from './capacity/measure.ts';
import type { BenchSubject, Measured } from './capacity/measure.ts';
import { paretoSet } from './capacity/pareto.ts';
import type { LatencySafety } from './capacity/safety.ts';
import type { RoleEvaluation } from './disaggregation/evaluate-roles.ts';
import { EFFORTS } from './race/effort.ts';
import { fieldOf } from './race/field.ts';
import { race } from './race/race.ts';
import { withoutCapacity } from './race/reasons.ts';

/** Requests of the longest runs: at p99 some 160 lie in the tail after warm-up. */
export const LONGEST_RUN = 16_000;

/** What is known of one workload before placement. */
export interface WorkloadEvaluation {
  readonly workload: ResolvedWorkload;
  readonly bench: MeasuringBench;
  /** Shapes that run at all, whatever their speed. */
  readonly runnable: readonly Shape[];
  /** Cheapest per request first; empty when no configuration meets the SLO. Of a workload served apart those of both roles. */
  readonly finalists: readonly { readonly shape: Shape; readonly evaluated: EvaluatedCandidate }[];
  readonly pareto: readonly EvaluatedCandidate[];
  /** Sorted by candidate id. */
  readonly rejected: readonly Rejection[];
  /** Shapes without capacity, with readings at the lowest rate tried. */
  readonly failed: readonly Measured[];
  /** Of the limits that ruled out shapes which run, the least value any of them can have, seconds; by `metric.percentile`. */
  readonly leastPossible: Readonly<Record<string, number>>;
  /** Candidates enumerated, every combination of batch limits counted. */
  readonly enumerated: number;
  /** Candidates simulated, simulations and requests. */
  readonly work: MeasuringWork;
  /** False when the time ran out before every candidate was measured or ruled out. */
  readonly isComplete: boolean;
  /** Present when prompts and tokens are served apart. */
  readonly roles?: RoleEvaluation;
}

/** How a workload is evaluated. */
export interface EvaluationOptions {
  readonly seed: number;
  readonly coefficients: OperatorCoefficients;
  readonly effort: 'quick' | 'normal';
  /** Default: this thread. */
  readonly gatherCrew?: GatherCrew;
  /** By how much latencies may exceed their predictions; absent: predictions are trusted. */
  readonly safety?: LatencySafety;
  /** Most nodes per pool id; absent or infinite: unlimited. */
  readonly maxNodes: Readonly<Record<string, number>>;
  /** Whether the time is up. */
  isOver(): boolean;
  /** Told before each wave of simulations; `share` of the measuring that is done, 0..1. */
  onWave(stage: 'race' | 'measure', share: number): Promise<void>;
}

/** Enumerates, prunes and measures the ways to run one replica of a workload. */
export async function evaluateWorkload(
  workload: ResolvedWorkload,
  offerings: readonly Offering[],
  options: EvaluationOptions,
): Promise<WorkloadEvaluation> {
  const { id, slo } = workload.workload;
  const subject: BenchSubject = {
    workload: id,
    profile: workload.profile,
    limits: slo.limits,
    seed: options.seed,
    coefficients: options.coefficients,
    longest: LONGEST_RUN,
    ...(options.safety === undefined ? {} : { safety: options.safety }),
  };
  const bench = new MeasuringBench(subject);
  const crew = new CountedCrew(options.gatherCrew?.(subject) ?? crewOf(bench));
  try {
    const field = fieldOf(workload, {
      bench,
      offerings,
      reach: reachOf(offerings, options.maxNodes),
      includesUnexecutable: false,
    });
    const raced = await race(field.shapes, {
      crew,
      effort: EFFORTS[options.effort],
      longest: LONGEST_RUN,
      unit: { load: 'requests/s', cost: 'money' },
      demand: Math.max(...workload.profile.hourlyRate),
      isOver: () => options.isOver(),
      onWave: (stage, share) => options.onWave(stage, share),
    });
    const { finalists, lost } = await measureFinalists(raced.finalists, { bench, crew, offerings });
    const rejected = [...field.rejected, ...raced.rejected, ...lost.map(withoutCapacity)];
    return {
      workload,
      bench,
      runnable: field.runnable,
      finalists,
      pareto: paretoSet(finalists.map((item) => item.evaluated)),
      rejected: rejected.sort((a, b) => (a.candidate < b.candidate ? -1 : 1)),
      failed: [...raced.failed, ...lost],
      leastPossible: field.leastPossible,
      enumerated: field.enumerated,
      work: crew.work,
      isComplete: raced.isComplete,
    };
  } finally {
    await crew.close();
  }
}

/** Accelerators that one replica may take per pool id. */
function reachOf(
  offerings: readonly Offering[],
  maxNodes: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    offerings.map(({ pool, instanceType }) => [
      pool,
      (maxNodes[pool] ?? Infinity) * (instanceType.accelerator?.count ?? 0),
    ]),
  );
}

/** The capacities of finalists with their intervals, cheapest per request first, and those that have none. */
export async function measureFinalists(
  finalists: readonly Measured[],
  context: {
    readonly bench: MeasuringBench;
    readonly crew: MeasuringCrew;
    readonly offerings: readonly Offering[];
  },
): Promise<{
  readonly finalists: WorkloadEvaluation['finalists'];
  readonly lost: readonly Measured[];
}> {
  const { bench, crew, offerings } = context;
  const answers = await crew.run(
    finalists.map(({ shape, batch, rate, fails }) => {
      const args = { shape, batch, count: LONGEST_RUN, start: rate };
      return { method: 'capacity', args: fails === undefined ? args : { ...args, fails } } as const;
    }),
  );
  const measured: { shape: Shape; evaluated: EvaluatedCandidate }[] = [];
  const lost: Measured[] = [];
  for (const [index, item] of finalists.entries()) {
    const capacity = answers[index]?.value;
    if (capacity === undefined) lost.push(item);
    else {
      const price = listCostPerHour(item.shape, offerings);
      measured.push({ shape: item.shape, evaluated: evaluated(bench, item, capacity, price) });
    }
  }
  const perRequest = (item: EvaluatedCandidate): number => item.listCostPerHour / item.capacity.rate.low;
  measured.sort((a, b) => perRequest(a.evaluated) - perRequest(b.evaluated));
  return { finalists: measured, lost };
}
