import type { PodSet } from '../pod-set.ts';

/**
 * Short names of pod sets within one object, where their own would be too long: the role (`worker` for whole replicas), with a
 * number where several have it. No name begins another one with a dash.
 */
export function roleNames(podSets: readonly PodSet[]): ReadonlyMap<PodSet, string> {
  const groups = Map.groupBy(podSets, ({ allocation }) => allocation.candidate.role);
  return new Map(
    [...groups].flatMap(([role, members]) => {
      const word = role === 'aggregated' ? 'worker' : role;
      return members.map(
        (podSet, index) => [podSet, members.length === 1 ? word : `${word}-${index + 1}`] as const,
      );
    }),
  );
}
