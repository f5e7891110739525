import { HTTP_PORT } from '../../engines/launch.ts';
import type { ObjectFacts } from '../api-object.ts';
import { workloadLabels } from '../labels.ts';
import { shortenedName } from '../names.ts';
import type { ServedWorkload } from '../served-workload.ts';
import { roleSelector, routerSelector, workloadSelector } from './pod-labels.ts';

/** Name of the Service of a workload: its id. */
export function serviceName(workload: string): string {
  return shortenedName(workload);
}

/** One address for a workload: port 80 to the answering pods of all its pod sets, or to the router before them. */
export function service(served: ServedWorkload): ObjectFacts {
  const { workload, router } = served;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: serviceMetadata(served, serviceName(workload.id)),
    spec: {
      type: 'ClusterIP',
      selector: router === undefined ? workloadSelector(workload.id) : routerSelector(workload.id),
      ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }],
    },
  };
}

/** Headless Services that name the answering pods of each role, for metrics and for people; the router needs none. */
export function roleServices(served: ServedWorkload): readonly ObjectFacts[] {
  if (served.router === undefined) return [];
  return (['prefill', 'decode'] as const).map((role) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: serviceMetadata(served, shortenedName(`${served.workload.id}-${role}`)),
    spec: {
      type: 'ClusterIP',
      clusterIP: 'None',
      selector: roleSelector(served.workload.id, role),
      ports: [{ name: 'http', port: HTTP_PORT, targetPort: 'http', protocol: 'TCP' }],
    },
  }));
}

function serviceMetadata({ stack, workload }: ServedWorkload, name: string): ObjectFacts['metadata'] {
  return {
    name,
    namespace: workload.namespace,
    labels: workloadLabels({ stack, workload: workload.id, team: workload.team }),
  };
}
