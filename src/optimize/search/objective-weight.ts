import { worldSize } from '../../model/index.ts';
import type { Objective, ServingPlan } from '../../model/index.ts';
import { listCostPerHour } from '../candidates/list-price.ts';
import type { Shape } from '../candidates/shape.ts';
import type { MeasuringBench } from '../capacity/measure.ts';
import type { RaceUnits } from '../race/reasons.ts';
import { profileStatistics } from '../../traffic/index.ts';
import { HOURS_PER_MONTH } from '../../units/index.ts';
import type { SplitAim } from '../disaggregation/context.ts';
import type { SearchLoad, SearchRequest } from './request.ts';

/** What the search of prefill/decode splits aims at for an objective. */
export function aimOf(objective: Objective, load: SearchLoad): SplitAim {
  switch (objective) {
    case 'cost':
    case 'accelerators':
      return load.kind === 'most' ? 'most' : 'least';
    case 'latency':
      return load.kind === 'most' ? 'most' : 'fastest';
    case 'cost-per-token':
    case 'throughput-per-accelerator':
    case 'energy':
      return 'densest';
  }
}

/** That aim, and the densest splits where a limit asks for work per money or accelerator. */
export function aimsOf({ objective, load, limits }: SearchRequest): readonly SplitAim[] {
  const isByWork = limits.costPerMillionTokens !== undefined || limits.throughputPerAccelerator !== undefined;
  return [...new Set([aimOf(objective, load), ...(isByWork ? (['densest'] as const) : [])])];
}

/** What replicas weigh in an objective: money, accelerators, or watts (energy is throughput per watt, nearly). */
export interface ObjectiveWeight {
  readonly unit: RaceUnits['cost'];
  /** One replica; watts are those of a busy one. */
  readonly ofReplica: (shape: Shape, bench: MeasuringBench) => number;
  /** In the same terms; undefined where a plan does not tell: its power is that at its load, not of busy replicas. */
  readonly ofPlan: (plan: ServingPlan) => number | undefined;
}

/** The weight of replicas in the objective of a request. */
export function weightOf({ objective, offerings }: SearchRequest): ObjectiveWeight {
  switch (objective) {
    case 'accelerators':
    case 'throughput-per-accelerator':
      return {
        unit: 'accelerators',
        ofReplica: ({ configuration }) => worldSize(configuration.parallelism),
        ofPlan: (plan) => plan.accelerators,
      };
    case 'energy':
      return { unit: 'watts', ofReplica: busyPower, ofPlan: () => undefined };
    case 'cost':
    case 'cost-per-token':
    case 'latency':
      return {
        unit: 'money',
        ofReplica: (shape) => listCostPerHour(shape, offerings),
        ofPlan: (plan) => plan.merits.costPerMonth / HOURS_PER_MONTH,
      };
  }
}

/** Sequences of a busy batch by which power is compared; at most what limits and cache hold (*assumed*). */
const BUSY_SEQUENCES = 128;

/** Board power of a replica that never idles, watts. */
function busyPower(shape: Shape, bench: MeasuringBench): number {
  const performance = bench.performanceOf(shape);
  const { kvBlocks, blockTokens } = performance.steps;
  const { isl, osl } = profileStatistics(bench.subject.profile);
  const room = (kvBlocks * blockTokens) / Math.max(1, isl.mean + osl.mean / 2);
  const meanBatch = Math.max(1, Math.min(BUSY_SEQUENCES, room));
  return Math.max(1, performance.power({ busyShare: 1, meanBatch }));
}
