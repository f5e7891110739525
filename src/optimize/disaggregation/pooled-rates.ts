import type { CountedCrew } from '../capacity/counted-crew.ts';
import type { DisaggregationContext, SplitEffort } from './context.ts';
import { wavesOf } from './context.ts';
import type { MeasuredRole } from './race-roles.ts';
import { optionId } from './role-options.ts';
import { leastReplicas } from './splits.ts';
import type { PooledRate } from './splits.ts';

/** Replicas of the second measurement of a role. */
const POOLED = 4;

/**
 * How the rate of a role grows with its replicas. A router that looks at loads lets n replicas carry more than n times
 * one: r(n) / n goes from r(1) towards its limit as 1 − 1/√n (queues of n servers vary by 1/√n as much; *assumed* between the two
 * points measured). Only for the order of trials: fleets decide.
 */
export async function pooledRates(
  roles: readonly MeasuredRole[],
  context: DisaggregationContext,
  { crew, effort }: { readonly crew: CountedCrew; readonly effort: SplitEffort },
): Promise<PooledRate> {
  const gains = new Map<string, number>();
  const { count, tolerance } = effort.screen;
  const several = roles.filter(
    ({ option, size }) => (context.accelerators[option.shape.pool] ?? 0) >= size * POOLED,
  );
  for (const wave of wavesOf(several)) {
    const answers = await crew.run(
      wave.map(({ option, rate }) => ({
        method: 'find-role' as const,
        args: { option, replicas: POOLED, count, tolerance, start: rate * POOLED },
      })),
    );
    wave.forEach(({ option, rate }, i) => {
      const each = answers[i]!.value.load / POOLED;
      gains.set(optionId(option), Math.max(0, each - rate) / (1 - 1 / Math.sqrt(POOLED)));
    });
  }
  return ({ option, rate }, replicas) =>
    replicas * (rate + (gains.get(optionId(option)) ?? 0) * (1 - 1 / Math.sqrt(replicas)));
}

/** What is known of the number of replicas that a role option needs. */
interface Bracket {
  next: number;
  fails: number;
  passes: number;
}

/**
 * The least replicas of each role option that carry `rate` beside an ample other side: no plan that carries it has fewer. From
 * the estimate downwards while runs pass, upwards while they fail, all options at once. `most` where not even so many do.
 */
export async function leastOfRoles(
  roles: readonly MeasuredRole[],
  rate: number,
  {
    crew,
    effort,
    rateOf,
    most,
  }: {
    readonly crew: CountedCrew;
    readonly effort: SplitEffort;
    readonly rateOf: PooledRate;
    readonly most: (role: MeasuredRole) => number;
  },
): Promise<ReadonlyMap<MeasuredRole, number>> {
  const bounds = new Map<MeasuredRole, Bracket>(
    roles.map((role) => {
      const estimate = leastReplicas((n) => rateOf(role, n) >= rate, most(role));
      return [role, { next: estimate, fails: 0, passes: Infinity }];
    }),
  );
  const open = (): readonly MeasuredRole[] =>
    roles.filter((role) => {
      const { fails, passes } = bounds.get(role)!;
      return passes - fails > 1 && fails < most(role);
    });
  for (let left = open(); left.length > 0; left = open()) {
    for (const wave of wavesOf(left)) {
      const answers = await crew.run(
        wave.map((role) => ({
          method: 'read-role' as const,
          args: {
            option: role.option,
            replicas: bounds.get(role)!.next,
            count: effort.screen.count,
            load: rate,
          },
        })),
      );
      wave.forEach((role, i) => {
        const bound = bounds.get(role)!;
        if (answers[i]!.value.value <= 1) bound.passes = bound.next;
        else bound.fails = bound.next;
        bound.next = bound.passes < Infinity ? bound.passes - 1 : bound.fails + 1;
      });
    }
  }
  return new Map(roles.map((role) => [role, Math.min(bounds.get(role)!.passes, most(role))]));
}
