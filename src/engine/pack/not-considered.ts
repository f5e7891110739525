import { fieldsAt, listOf, recordsOf } from '../import-manifests/fields.ts';
import type { Cluster, ClusterPod } from './cluster.ts';
import type { ClusterProblem } from './packing-problem.ts';

/** What the dump holds and the packing leaves aside, in sentences; empty when nothing. */
export function notConsidered(cluster: Cluster, { staying, leftOut }: ClusterProblem): readonly string[] {
  const spread = cluster.pods.filter((pod) =>
    recordsOf(pod.spec['topologySpreadConstraints']).some(
      (rule) => rule['whenUnsatisfiable'] === 'DoNotSchedule',
    ),
  );
  const preferred = cluster.pods.filter(hasPreferences);
  const reasons = Map.groupBy(staying, ({ reason }) => reason);
  return [
    ...[...reasons]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([reason, pods]) => `${podCount(pods.length)} where it is: it ${reason}.`),
    ...sentence(leftOut.length, 'pending with rules towards other pods that are not modelled; left out.'),
    ...sentence(
      spread.length,
      'with topology spread constraints, which are not considered: check them before moving.',
    ),
    ...sentence(preferred.length, 'with preferred (soft) affinities, which are not considered.'),
    ...sentence(cluster.gatedPods, 'held back by scheduling gates; left out.'),
    ...(cluster.budgets.length === 0
      ? ['The dump holds no disruption budgets: none are honoured. Add pdb to the dump if there are any.']
      : [
          'Disruption budgets that allow none keep their pods; for the others wait after each step until the pod is ready again.',
        ]),
  ];
}

function sentence(count: number, text: string): readonly string[] {
  return count === 0 ? [] : [`${count === 1 ? '1 pod' : `${String(count)} pods`} ${text}`];
}

function podCount(count: number): string {
  return count === 1 ? '1 pod stays' : `${String(count)} pods stay, each`;
}

function hasPreferences(pod: ClusterPod): boolean {
  const soft = 'preferredDuringSchedulingIgnoredDuringExecution';
  return ['nodeAffinity', 'podAffinity', 'podAntiAffinity'].some(
    (kind) => listOf(fieldsAt(pod.spec, 'affinity', kind)[soft]).length > 0,
  );
}
