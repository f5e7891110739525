import { worldSize } from '../../model/index.ts';
import type { Objective, ServingPlan } from '../../model/index.ts';
import { listCostPerHour } from '../candidates/list-price.ts';
import type { Shape } from '../candidates/shape.ts';
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

/** What replicas weigh in an objective: money, accelerators, or watts at full power (energy is throughput per watt, nearly). */
export interface SplitWeight {
  readonly ofShape: (shape: Shape) => number;
  readonly ofPlan: (plan: ServingPlan) => number;
}

/** The weight of replicas in the objective of a request. */
export function weightOf({ objective, offerings }: SearchRequest): SplitWeight {
  switch (objective) {
    case 'accelerators':
    case 'throughput-per-accelerator':
      return {
        ofShape: (shape) => worldSize(shape.configuration.parallelism),
        ofPlan: (plan) => plan.accelerators,
      };
    case 'energy':
      return {
        ofShape: ({ configuration }) =>
          worldSize(configuration.parallelism) * configuration.accelerator.power,
        ofPlan: (plan) => plan.merits.power,
      };
    case 'cost':
    case 'cost-per-token':
    case 'latency': {
      const perMonth = 730;
      return {
        ofShape: (shape) => listCostPerHour(shape, offerings),
        ofPlan: (plan) => plan.merits.costPerMonth / perMonth,
      };
    }
  }
}
