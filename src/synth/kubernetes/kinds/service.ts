import type { ObjectFacts } from '../api-object.ts';
import type { DeclaredWorkload } from '../declared.ts';
import { workloadLabels } from '../labels.ts';
import { shortenedName } from '../names.ts';
import { workloadSelector } from './pod-labels.ts';

/** Name of the Service of a workload: its id. */
export function serviceName(workload: string): string {
  return shortenedName(workload);
}

/** One address for a workload: port 80 to the answering pods of all its pod sets. */
export function service(stack: string, workload: DeclaredWorkload): ObjectFacts {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: serviceName(workload.id),
      namespace: workload.namespace,
      labels: workloadLabels({ stack, workload: workload.id, team: workload.team }),
    },
    spec: {
      type: 'ClusterIP',
      selector: workloadSelector(workload.id),
      ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }],
    },
  };
}
