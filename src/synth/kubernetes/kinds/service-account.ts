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
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {
      name: serviceAccountName(workload.id),
      namespace: workload.namespace,
      labels: workloadLabels({ stack, workload: workload.id, team: workload.team }),
    },
    automountServiceAccountToken: false,
  };
}
