import { success } from '../../../diagnostics/index.ts';
import type { ObjectFacts } from '../api-object.ts';
import { engineConfigMap } from '../kinds/config-map.ts';
import { deployment } from '../kinds/deployment.ts';
import { disruptionBudget } from '../kinds/disruption-budget.ts';
import { leaderWorkerSet } from '../kinds/leader-worker-set.ts';
import { routerAccess } from '../kinds/router-access.ts';
import { ROUTER_REPLICAS, ROUTER_REQUESTS, routerObjects } from '../kinds/router.ts';
import { scaledObject } from '../kinds/scaled-object.ts';
import { serviceAccount } from '../kinds/service-account.ts';
import { roleServices, service } from '../kinds/service.ts';
import { isGroup } from '../pod-set.ts';
import type { PodSet } from '../pod-set.ts';
import type { ServedWorkload } from '../served-workload.ts';
import { frontDemand } from '../tenancy/demands.ts';
import { modelPolicies } from '../tenancy/model-policies.ts';
import { planObjects } from './plan-objects.ts';
import type { TargetProfile } from './target-profile.ts';

/** Plain Kubernetes with KEDA, Karpenter and, for replicas over several nodes, LeaderWorkerSet. */
export const VANILLA: TargetProfile = {
  name: 'vanilla',
  description: 'Deployments and LeaderWorkerSets, scaled by KEDA on nodes from Karpenter',
  needs: [
    'Kubernetes 1.31 or later',
    'KEDA 2.x (ScaledObject keda.sh/v1alpha1)',
    'Karpenter 1.7 or later with the NodeOverlay feature gate (NodePool karpenter.sh/v1)',
    'LeaderWorkerSet 0.5 or later, where a replica takes several nodes',
    'Prometheus that scrapes the pods of language models',
    'metrics-server, where the replicas of microservices change',
    'a network plugin that enforces NetworkPolicies; others ignore them',
    'Kueue 0.15 or later, where the stack asks for queues',
  ],
  objects: (source) =>
    planObjects(source, {
      objects: (served) => success([...workloadObjects(served), ...served.podSets.flatMap(podSetObjects)]),
      policies: modelPolicies,
      frontDemands: (served) =>
        served.router === undefined
          ? []
          : [frontDemand(served, { requests: ROUTER_REQUESTS, peak: ROUTER_REPLICAS, rollout: 1 })],
    }),
};

/** What a workload has once: an identity, an address, and a router where prefill and decode are apart. */
function workloadObjects(served: ServedWorkload): readonly ObjectFacts[] {
  const { stack, workload, router } = served;
  return [
    serviceAccount(stack, workload),
    service(served),
    ...roleServices(served),
    ...(router === undefined ? [] : [...routerAccess(served), ...routerObjects(served, router)]),
  ];
}

function podSetObjects(podSet: PodSet): readonly ObjectFacts[] {
  return [
    isGroup(podSet) ? leaderWorkerSet(podSet) : deployment(podSet),
    disruptionBudget(podSet),
    ...engineConfigMap(podSet),
    ...scaledObject(podSet),
  ];
}
