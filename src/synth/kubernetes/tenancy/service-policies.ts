import type { JsonObject } from '../../files.ts';
import type { ObjectFacts } from '../api-object.ts';
import { workloadSelector } from '../kinds/pod-labels.ts';
import { serviceName } from '../kinds/service.ts';
import { workloadLabels } from '../labels.ts';
import type { DeclaredService } from '../services/declared-service.ts';
import type { PlannedService } from '../services/planned-service.ts';
import { TO_DNS, allPodsOf, networkPolicy, podsIn, podsWith, tcp } from './flows.ts';
import type { Flow } from './flows.ts';
import type { Tenancy } from './tenancy.ts';

/**
 * What microservices may exchange: each is called by the services that declare it, and by clients where requests come from outside
 * or nothing is known of who calls; each calls what it declares. Flows that the plan does not know (databases,
 * other hosts) need policies of their own, which add to these. `declared` holds every service of the problem.
 */
export function servicePolicies(
  services: readonly PlannedService[],
  declared: ReadonlyMap<string, DeclaredService>,
  tenancy: Tenancy,
): readonly ObjectFacts[] {
  const callers = new Map<string, DeclaredService[]>();
  for (const service of declared.values()) {
    for (const called of service.calls) callers.set(called, [...(callers.get(called) ?? []), service]);
  }
  return services.map((planned) => {
    const { stack, service } = planned;
    return networkPolicy({
      name: serviceName(service.id),
      namespace: service.namespace,
      labels: workloadLabels({ stack, workload: service.id, team: service.team }),
      pods: { matchLabels: workloadSelector(service.id) },
      ingress: ingressOf(service, callers.get(service.id) ?? [], tenancy),
      egress: [...service.calls.flatMap((id) => egressTo(service, declared.get(id))), TO_DNS],
    });
  });
}

function ingressOf(
  service: DeclaredService,
  callers: readonly DeclaredService[],
  tenancy: Tenancy,
): readonly Flow[] {
  if (service.port === 0) return [];
  const ports = tcp(service.port);
  const isOpen = service.isEntry || callers.length === 0;
  return [
    ...(isOpen ? [{ peers: [allPodsOf(tenancy.clients)], ports }] : []),
    ...(callers.length === 0 ? [] : [{ peers: callers.map((caller) => peerOf(service, caller)), ports }]),
  ];
}

/** Calls to a service that listens on no known port, which its owner deploys, may go to any port of its pods. */
function egressTo(service: DeclaredService, called: DeclaredService | undefined): readonly Flow[] {
  if (called === undefined) return [];
  return [{ peers: [peerOf(service, called)], ports: called.port === 0 ? [] : tcp(called.port) }];
}

/** The pods of another service; all of its namespace where its owner deploys it, because their labels are unknown. */
function peerOf(service: DeclaredService, other: DeclaredService): JsonObject {
  if (other.image === '') return allPodsOf([other.namespace]);
  const labels = workloadSelector(other.id);
  return other.namespace === service.namespace ? podsWith(labels) : podsIn(other.namespace, labels);
}
