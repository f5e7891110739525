import { HTTP_PORT } from '../../engines/launch.ts';
import type { JsonObject } from '../../files.ts';
import type { ObjectFacts } from '../api-object.ts';
import { WORKLOAD_LABEL, workloadLabels } from '../labels.ts';
import { labelValue, shortenedName } from '../names.ts';
import type { ServedWorkload } from '../served-workload.ts';
import {
  TO_API_SERVER,
  TO_DNS,
  TO_PUBLIC_HTTPS,
  allPodsOf,
  networkPolicy,
  podsWith,
  tcp,
} from '../tenancy/flows.ts';
import type { Flow } from '../tenancy/flows.ts';
import { PROMETHEUS } from '../tenancy/model-policies.ts';
import type { Tenancy } from '../tenancy/tenancy.ts';
import { SYSTEM_PORT } from './dynamo-tables.ts';
import { COMPONENT_TYPE_LABEL, frontendSelector, graphName } from './graph-deployment.ts';

/** Namespace and port of the message broker that Dynamo's platform may bring; *assumed*, its guides' own. */
const TO_BROKER: Flow = { peers: [allPodsOf(['dynamo-system'])], ports: tcp(4222) };

/**
 * What the pods of a graph may exchange: clients ask the frontends, frontends and workers each other at ports of their own
 * choice, and all of them tell the cluster's API what they serve (Dynamo 1.3, service discovery by Kubernetes).
 */
export function dynamoPolicies(served: ServedWorkload, tenancy: Tenancy): readonly ObjectFacts[] {
  const { stack, workload } = served;
  const labels = workloadLabels({ stack, workload: workload.id, team: workload.team });
  const workers: JsonObject = {
    matchLabels: { [WORKLOAD_LABEL]: labelValue(workload.id) },
    matchExpressions: [
      { key: COMPONENT_TYPE_LABEL, operator: 'In', values: ['worker', 'prefill', 'decode'] },
    ],
  };
  const frontends = podsWith(frontendSelector(workload.id));
  const graph: Flow = { peers: [frontends, { podSelector: workers }], ports: [] };
  const common = [graph, TO_DNS, TO_PUBLIC_HTTPS, TO_API_SERVER, TO_BROKER];
  return [
    networkPolicy({
      name: shortenedName(`${graphName(workload.id)}-frontend`),
      namespace: workload.namespace,
      labels,
      pods: { matchLabels: frontendSelector(workload.id) },
      ingress: [
        { peers: [allPodsOf(tenancy.clients), PROMETHEUS], ports: tcp(HTTP_PORT) },
        { peers: [{ podSelector: workers }], ports: [] },
      ],
      egress: common,
    }),
    networkPolicy({
      name: shortenedName(`${graphName(workload.id)}-workers`),
      namespace: workload.namespace,
      labels,
      pods: workers,
      ingress: [graph, { peers: [PROMETHEUS], ports: tcp(SYSTEM_PORT) }],
      egress: common,
    }),
  ];
}
