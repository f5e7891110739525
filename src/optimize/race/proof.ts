import type { Rejection } from '../../model/index.ts';

/** How many candidates were left out for each reason; by reason, sorted. */
export function countReasons(rejected: readonly Rejection[]): Readonly<Record<string, number>> {
  const groups = Map.groupBy(rejected, (rejection) => rejection.reason);
  return Object.fromEntries(
    [...groups]
      .map(([reason, members]) => [reason, members.length] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
