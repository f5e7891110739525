import { changeHours, paidHours } from '../../cost/index.ts';
import type { Offering } from '../../model/index.ts';
import { optionsOn } from './placement-problem.ts';
import type { PlacementProblem } from './placement-problem.ts';

/** What decides how long nodes are paid for. */
export type PaidTime = Pick<PlacementProblem, 'windows' | 'workloads'>;

/**
 * Hours per month that a node of an offering is paid for in a window (by id), its coming and going included: a bound that separates by window, exact where busier windows have
 * at least as many nodes of it and all replicas that may run there start equally fast (`paidHours`).
 */
export function hoursPaid({ windows, workloads }: PaidTime): (offering: Offering, window: string) => number {
  const at = new Map(windows.map(({ id }, index) => [id, index]));
  const known = new Map<string, readonly number[]>();
  return (offering, window) => {
    let hours = known.get(offering.id);
    if (hours === undefined) {
      const startups = workloads.flatMap((workload) =>
        optionsOn(workload, offering).map((option) => option.startup),
      );
      const fastest = startups.length === 0 ? 0 : Math.min(...startups);
      hours = paidHours(windows, changeHours(offering.nodeStartup + fastest));
      known.set(offering.id, hours);
    }
    return hours[at.get(window) ?? -1] ?? 0;
  };
}
