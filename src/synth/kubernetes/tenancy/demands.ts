import { podRequests } from '../kinds/container.ts';
import type { PodRequests } from '../kinds/container.ts';
import { priorityClassName } from '../kinds/priority-class.ts';
import { disposableReplicas } from '../lifecycle.ts';
import type { PodSet } from '../pod-set.ts';
import type { ServedWorkload } from '../served-workload.ts';
import type { PlannedService } from '../services/planned-service.ts';
import { rollout } from '../services/service-lifecycle.ts';

/** The most pods of one kind that a plan runs at once in a namespace, and what each asks for. */
export interface PodDemand {
  readonly namespace: string;
  /** Empty for none. */
  readonly team: string;
  readonly priorityClass: string;
  /** Nodes that the pods run on, as `<pool>` and capacity type; absent for pods that any node may hold. */
  readonly place?: { readonly pool: string; readonly capacityType: string };
  readonly requests: PodRequests;
  /** Pods in the busiest window. */
  readonly peak: number;
  /** Pods more while a rollout replaces them: those that start early, or those that are still ending. */
  readonly rollout: number;
}

/** An amount of everything that quotas count. */
export type Amount = PodRequests & { readonly pods: number; readonly disk: number };

const NOTHING: Amount = { pods: 0, cpuMillicores: 0, memory: 0, disk: 0, accelerators: {} };

/** What the pod sets of language models and microservices demand, in the order given. */
export function podDemands(
  served: readonly ServedWorkload[],
  services: readonly PlannedService[],
): readonly PodDemand[] {
  return [...served.flatMap(({ podSets }) => podSets.map(modelDemand)), ...services.flatMap(serviceDemands)];
}

/** All demands at their peak with a share of it as room, and while rollouts run. */
export function totalDemand(demands: readonly PodDemand[], room: number): Amount {
  return demands.reduce<Amount>((sum, { requests, peak, rollout: extra }) => {
    const pods = Math.ceil(peak * (1 + room)) + extra;
    const accelerators = { ...sum.accelerators };
    for (const [name, count] of Object.entries(requests.accelerators)) {
      accelerators[name] = (accelerators[name] ?? 0) + pods * count;
    }
    return {
      pods: sum.pods + pods,
      cpuMillicores: sum.cpuMillicores + pods * requests.cpuMillicores,
      memory: sum.memory + pods * requests.memory,
      disk: sum.disk + pods * (requests.disk ?? 0),
      accelerators,
    };
  }, NOTHING);
}

function modelDemand(podSet: PodSet): PodDemand {
  const { workload, allocation, pool, stack, replicas } = podSet;
  const { nodes } = allocation.candidate.podGroup;
  return {
    namespace: workload.namespace,
    team: workload.team,
    priorityClass: priorityClassName(stack, allocation.tier),
    place: { pool: pool.id, capacityType: allocation.capacityType },
    requests: podRequests(podSet),
    peak: replicas.max * nodes,
    rollout: disposableReplicas(podSet) * nodes,
  };
}

/** What pods before a language model demand, which any node may hold; they belong to the base. */
export function frontDemand(
  { stack, workload }: ServedWorkload,
  pods: Pick<PodDemand, 'requests' | 'peak' | 'rollout'>,
): PodDemand {
  return {
    ...pods,
    namespace: workload.namespace,
    team: workload.team,
    priorityClass: priorityClassName(stack, 'base'),
  };
}

function serviceDemands(planned: PlannedService): readonly PodDemand[] {
  const { service, stack, podSets } = planned;
  const { maxSurge, maxUnavailable } = rollout(planned);
  return podSets.map(({ allocation, pool, replicas }) => ({
    namespace: service.namespace,
    team: service.team,
    priorityClass: priorityClassName(stack, allocation.tier, service.priority),
    place: { pool: pool.id, capacityType: allocation.capacityType },
    requests: { ...allocation.shape.resources, accelerators: {} },
    peak: replicas.max,
    rollout: maxSurge + maxUnavailable,
  }));
}
