import type { Objective } from '../../model/index.ts';
import { requestsPerSecond } from '../../units/index.ts';
import type { BenchSubject } from '../capacity/measure.ts';
import { LONGEST_RUN } from '../evaluate-workload.ts';
import type { SearchOptions, SearchRequest } from './request.ts';

/** The objective per unit of work where the load is as much as the cluster carries: all plans then take about all of it. */
export function effectiveObjective({ objective, load }: SearchRequest): Objective {
  if (load.kind !== 'most') return objective;
  return objective === 'cost'
    ? 'cost-per-token'
    : objective === 'accelerators'
      ? 'throughput-per-accelerator'
      : objective;
}

/** What a request is measured by. */
export function subjectOf(request: SearchRequest, options: SearchOptions): BenchSubject {
  const { workload, load } = request;
  const profile =
    load.kind === 'rate'
      ? {
          ...workload.profile,
          hourlyRate: workload.profile.hourlyRate.map(() => requestsPerSecond(load.rate)),
        }
      : workload.profile;
  return {
    workload: workload.workload.id,
    profile,
    limits: workload.workload.slo.limits,
    seed: options.seed,
    coefficients: options.coefficients,
    longest: LONGEST_RUN,
    loop: load.kind === 'concurrency' ? 'closed' : 'open',
    ...(options.safety === undefined ? {} : { safety: options.safety }),
  };
}
