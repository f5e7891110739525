import type { Allocation, ConstraintCheck, ResolvedProblem } from '../../model/index.ts';
import { allocationsFor, atMost, replicasIn, roleGroups } from './subject.ts';
import type { Subject } from './subject.ts';

/** Demand of each workload in each window against the planned rates of its replicas; of prefill and decode, the lower. */
export function checkDemand(problem: ResolvedProblem, subject: Subject): readonly ConstraintCheck[] {
  return problem.workloads.flatMap(({ workload, profile }) =>
    subject.windows.map((window) => {
      const demand = Math.max(0, ...window.hours.map((hour) => profile.hourlyRate[hour] ?? 0));
      const rates = roleGroups(allocationsFor(subject, workload.id)).map((own) =>
        own.reduce((sum, item) => sum + replicasIn(item, window.id) * item.plannedRatePerReplica, 0),
      );
      const served = Math.min(...rates);
      return atMost(`demand/${workload.id}/${window.id}`, demand, served, 'requests/s');
    }),
  );
}

/** The largest share of spot in any window, of replicas or of their planned rate, whichever is larger. */
export function checkSpotShare(problem: ResolvedProblem, subject: Subject): readonly ConstraintCheck[] {
  return problem.workloads.map(({ workload }) => {
    const groups = roleGroups(allocationsFor(subject, workload.id));
    const shareOf = (
      own: readonly Allocation[],
      weigh: (item: Allocation) => number,
      window: string,
    ): number => {
      const all = own.reduce((sum, item) => sum + replicasIn(item, window) * weigh(item), 0);
      const spot = own
        .filter((item) => item.capacityType === 'spot')
        .reduce((sum, item) => sum + replicasIn(item, window) * weigh(item), 0);
      return all > 0 ? spot / all : 0;
    };
    const shares = subject.windows.flatMap(({ id }) =>
      groups.flatMap((own) => [
        shareOf(own, () => 1, id),
        shareOf(own, (item) => item.plannedRatePerReplica, id),
      ]),
    );
    return atMost(`spot-share/${workload.id}`, Math.max(0, ...shares), workload.maxSpotShare, 'share');
  });
}

/** Where requests are spread evenly, all replicas (of one role) are of one candidate. */
export function checkRouting(problem: ResolvedProblem, subject: Subject): readonly ConstraintCheck[] {
  return problem.workloads
    .filter(({ workload }) => workload.routing === 'even')
    .map(({ workload }) => {
      const used = roleGroups(allocationsFor(subject, workload.id)).map(
        (own) => new Set(own.map((item) => item.candidate.id)).size,
      );
      return atMost(`routing/${workload.id}`, Math.max(...used), 1, 'candidates');
    });
}

/** Replicas are planned for no more than the lower end of their measured capacity. */
export function checkPlannedRates(_problem: ResolvedProblem, subject: Subject): readonly ConstraintCheck[] {
  return subject.allocations.map((item) => {
    const measured = subject.workloads
      .flatMap((decision) => decision.chosen)
      .find((chosen) => chosen.candidate.id === item.candidate.id);
    const limit = measured?.capacity.rate.low ?? 0;
    return atMost(`planned-rate/${item.id}`, item.plannedRatePerReplica, limit, 'requests/s');
  });
}

/** Simulated percentiles of one replica at its share of the busiest window against the limits. */
export function checkLatency(problem: ResolvedProblem, subject: Subject): readonly ConstraintCheck[] {
  return problem.workloads.flatMap(({ workload }) => {
    const decision = subject.workloads.find((item) => item.workload === workload.id);
    if (decision === undefined) return [];
    return workload.slo.limits.map(({ metric, percentile, limit }) => {
      const reading = decision.operatingPoint.latency[metric][percentile].value;
      return atMost(`slo/${workload.id}/${metric}.${percentile}`, reading, limit, 's');
    });
  });
}
