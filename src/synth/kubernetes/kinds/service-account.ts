import type { ObjectFacts } from '../api-object.ts';
import type { DeclaredWorkload } from '../declared.ts';
import { workloadLabels } from '../labels.ts';
import { shortenedName } from '../names.ts';

/** Name of the service account of a workload. */
export function serviceAccountName(workload: string): string {
  return shortenedName(workload);
}

/** The identity of a workload's pods; they get no token of the cluster, because engines never call it. */
export function serviceAccount(stack: string, workload: DeclaredWorkload): ObjectFacts {
  return serviceAccountOf(workload, workloadLabels({ stack, workload: workload.id, team: workload.team }));
}

/** The identity of pods that never call the cluster. */
export function serviceAccountOf(
  owner: Pick<DeclaredWorkload, 'id' | 'namespace'>,
  labels: Readonly<Record<string, string>>,
): ObjectFacts {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: serviceAccountName(owner.id), namespace: owner.namespace, labels },
    automountServiceAccountToken: false,
  };
}
