import { diagnostic, failure, success } from '../../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../../diagnostics/index.ts';
import type { Allocation } from '../../../model/index.ts';
import { compareText } from '../../../units/index.ts';
import type { SynthesisSource } from '../../files.ts';
import type { ObjectFacts } from '../api-object.ts';
import { engineConfigMap } from '../kinds/config-map.ts';
import { deployment } from '../kinds/deployment.ts';
import { disruptionBudget } from '../kinds/disruption-budget.ts';
import { leaderWorkerSet } from '../kinds/leader-worker-set.ts';
import { namespace } from '../kinds/namespace.ts';
import { nodeOverlays } from '../kinds/node-overlay.ts';
import { nodePool, refusedLabelKeys } from '../kinds/node-pool.ts';
import { priorityClass } from '../kinds/priority-class.ts';
import { routerAccess } from '../kinds/router-access.ts';
import { routerObjects } from '../kinds/router.ts';
import { scaledObject } from '../kinds/scaled-object.ts';
import { serviceAccount } from '../kinds/service-account.ts';
import { roleServices, service } from '../kinds/service.ts';
import { nodeGroups } from '../node-group.ts';
import type { NodeGroup } from '../node-group.ts';
import { isGroup } from '../pod-set.ts';
import type { PodSet } from '../pod-set.ts';
import { resolvePodSets } from '../resolve-pod-sets.ts';
import { servedWorkloads } from '../served-workload.ts';
import type { ServedWorkload } from '../served-workload.ts';
import type { PlannedService } from '../services/planned-service.ts';
import { resolveServices } from '../services/resolve-services.ts';
import { serviceObjects } from '../services/service-objects.ts';
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
  ],
  objects: vanillaObjects,
};

function vanillaObjects(source: SynthesisSource): Outcome<readonly ObjectFacts[]> {
  const podSets = resolvePodSets(source);
  if (!podSets.ok) return podSets;
  const served = servedWorkloads(podSets.value);
  if (!served.ok) return failure(...podSets.diagnostics, ...served.diagnostics);
  const services = resolveServices(source);
  if (!services.ok) return failure(...podSets.diagnostics, ...services.diagnostics);
  const groups = nodeGroups(source);
  const objects = [
    ...sharedObjects(source.stack, podSets.value, services.value),
    ...served.value.flatMap(workloadObjects),
    ...podSets.value.flatMap(podSetObjects),
    ...services.value.flatMap(serviceObjects),
    ...groups.flatMap((group) => [...nodePool(group), ...nodeOverlays(group)]),
  ];
  return success(objects, [
    ...podSets.diagnostics,
    ...services.diagnostics,
    ...groups.flatMap(groupWarnings),
  ]);
}

type PriorityOfTier = readonly [tier: Allocation['tier'], priority: number];

/** Objects that several workloads share: namespaces and priority classes. */
function sharedObjects(
  stack: string,
  podSets: readonly PodSet[],
  services: readonly PlannedService[],
): readonly ObjectFacts[] {
  const owners = [...podSets.map((podSet) => podSet.workload), ...services.map(({ service }) => service)];
  const namespaces = [...new Set(owners.map((owner) => owner.namespace))].sort(compareText);
  // Routers belong to the base whatever tier the pods behind them are of.
  const hasRouter = podSets.some((podSet) => podSet.allocation.candidate.role !== 'aggregated');
  const members = services.flatMap(({ service, podSets: sets }) =>
    sets.map(({ allocation }) => [allocation.tier, service.priority] as const),
  );
  const priorities: readonly PriorityOfTier[] = [
    ...podSets.map((podSet) => [podSet.allocation.tier, 0] as const),
    ...(hasRouter ? ([['base', 0]] as const) : []),
    ...members,
  ];
  const distinct = new Map(priorities.map((item) => [item.join(' '), item]));
  return [
    ...namespaces.flatMap((name) => namespace(stack, name)),
    ...[...distinct.values()].map(([tier, priority]) => priorityClass(stack, tier, priority)),
  ];
}

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

function groupWarnings(group: NodeGroup): readonly Diagnostic[] {
  const path = `problem.pools[${group.pool.id}]`;
  const hasKarpenter = group.traits.nodeClass !== undefined;
  return [
    ...(hasKarpenter
      ? refusedLabelKeys(group.pool.labels).map((key) => refusedLabel(group, key, path))
      : [noNodePool(group, path)]),
  ];
}

function noNodePool(group: NodeGroup, path: string): Diagnostic {
  return diagnostic('synth-unsupported', {
    severity: 'warning',
    summary: `No node pool is written for ${group.capacityType} capacity of ${group.pool.id}.`,
    detail: `There is no Karpenter provider for ${group.capacityType === 'owned' ? 'owned servers' : group.pool.provider}.`,
    path,
    fix: `Make nodes with the label plimsoll.dev/pool=${group.pool.id} by other means; pods select it.`,
  });
}

function refusedLabel(group: NodeGroup, key: string, path: string): Diagnostic {
  return diagnostic('synth-unsupported', {
    severity: 'warning',
    summary: `The label "${key}" of pool ${group.pool.id} is left out of its node pool.`,
    detail: 'Karpenter refuses malformed label keys and those of kubernetes.io, k8s.io and karpenter.sh.',
    path: `${path}.labels`,
    fix: 'Use a label of your own domain.',
  });
}
