import { serviceName } from '../kinds/service.ts';
import { COMPONENT_LABEL, WORKLOAD_LABEL, workloadLabels } from '../labels.ts';
import { MAX_POD_SET_NAME, labelValue, shortenedName } from '../names.ts';
import type { ServedWorkload } from '../served-workload.ts';

type Labels = Readonly<Record<string, string>>;

/** Name of the endpoint picker of a workload and of what belongs to it. */
export function pickerName(workload: string): string {
  return shortenedName(`${workload}-epp`, MAX_POD_SET_NAME);
}

/** Name of the pool of a workload's answering pods, and of the route that leads to it. */
export function inferencePoolName(workload: string): string {
  return serviceName(workload);
}

/** Labels of an endpoint picker and of what belongs to it. */
export function pickerLabels({ stack, workload }: ServedWorkload): Labels {
  return {
    ...workloadLabels({ stack, workload: workload.id, team: workload.team }),
    'app.kubernetes.io/name': 'llm-d-router',
    [COMPONENT_LABEL]: 'endpoint-picker',
  };
}

/** What selects the pods of an endpoint picker. */
export function pickerSelector(workload: string): Labels {
  return { [WORKLOAD_LABEL]: labelValue(workload), [COMPONENT_LABEL]: 'endpoint-picker' };
}
