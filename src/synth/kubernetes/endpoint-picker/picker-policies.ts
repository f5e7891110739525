import type { Role } from '../../../model/index.ts';
import { HTTP_PORT } from '../../engines/launch.ts';
import type { JsonObject } from '../../files.ts';
import type { ObjectFacts } from '../api-object.ts';
import { roleSelector, workloadSelector } from '../kinds/pod-labels.ts';
import { serviceName } from '../kinds/service.ts';
import { shortenedName } from '../names.ts';
import type { ServedWorkload } from '../served-workload.ts';
import { TO_API_SERVER, TO_DNS, allPodsOf, networkPolicy, podsWith, tcp } from '../tenancy/flows.ts';
import { PROMETHEUS, peerPolicies, serverPolicy } from '../tenancy/model-policies.ts';
import type { Tenancy } from '../tenancy/tenancy.ts';
import { pickerLabels, pickerName, pickerSelector } from './picker-names.ts';
import { PICKER_METRICS_PORT, PICKER_PORT } from './picker-pod.ts';
import { enginePort } from './routing-sidecar.ts';

/**
 * What the pods of a model behind an endpoint picker may exchange. Gateways are clients: they ask the picker and then send
 * to the pod that it names. Prefill pods are asked by decode pods alone; the picker reads the metrics of all. `engines` selects
 * all engine pods of the workload.
 */
export function pickerPolicies(
  served: ServedWorkload,
  tenancy: Tenancy,
  engines: JsonObject,
): readonly ObjectFacts[] {
  const { workload, router, podSets } = served;
  const answering = podSets[0]?.answering ?? {};
  const clients = allPodsOf(tenancy.clients);
  const picker = podsWith(pickerSelector(workload.id));
  const roleServer = (role: Role, callers: readonly JsonObject[]): ObjectFacts =>
    serverPolicy(served, {
      name: shortenedName(`${workload.id}-${role}`),
      pods: roleSelector(workload.id, role, answering),
      callers,
      metricsPort: enginePort(role),
    });
  return [
    ...(router === undefined
      ? [
          serverPolicy(served, {
            name: serviceName(workload.id),
            pods: workloadSelector(workload.id, answering),
            callers: [clients, picker],
            metricsPort: HTTP_PORT,
          }),
        ]
      : [roleServer('prefill', [picker]), roleServer('decode', [clients, picker])]),
    ...peerPolicies(served, engines),
    networkPolicy({
      name: pickerName(workload.id),
      namespace: workload.namespace,
      labels: pickerLabels(served),
      pods: { matchLabels: pickerSelector(workload.id) },
      ingress: [
        { peers: [clients], ports: tcp(PICKER_PORT) },
        { peers: [PROMETHEUS], ports: tcp(PICKER_METRICS_PORT) },
      ],
      egress: [
        { peers: [podsWith(workloadSelector(workload.id, answering))], ports: tcp(HTTP_PORT) },
        TO_DNS,
        TO_API_SERVER,
      ],
    }),
  ];
}
