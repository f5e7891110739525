import { diagnostic, failure, hasErrors, success } from '../../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../../diagnostics/index.ts';
import type { Allocation } from '../../../model/index.ts';
import { compareText } from '../../../units/index.ts';
import type { SynthesisSource } from '../../files.ts';
import type { ObjectFacts } from '../api-object.ts';
import { namespace } from '../kinds/namespace.ts';
import { nodeOverlays } from '../kinds/node-overlay.ts';
import { nodePool, refusedLabelKeys } from '../kinds/node-pool.ts';
import { priorityClass } from '../kinds/priority-class.ts';
import { nodeGroups, slottedNodeGroups } from '../node-group.ts';
import type { NodeGroup } from '../node-group.ts';
import type { PodSet } from '../pod-set.ts';
import { resolvePodSets } from '../resolve-pod-sets.ts';
import { servedWorkloads } from '../served-workload.ts';
import type { ServedWorkload } from '../served-workload.ts';
import { declaredServices } from '../services/declared-service.ts';
import type { PlannedService } from '../services/planned-service.ts';
import { resolveServices } from '../services/resolve-services.ts';
import { serviceObjects } from '../services/service-objects.ts';
import { defaultDeny } from '../tenancy/default-deny.ts';
import { podDemands } from '../tenancy/demands.ts';
import { inQueue, queueObjects, queueProblems } from '../tenancy/queues.ts';
import { resourceQuotas } from '../tenancy/resource-quota.ts';
import { servicePolicies } from '../tenancy/service-policies.ts';
import { tenancyOf } from '../tenancy/tenancy.ts';
import type { ModelWriter } from './model-writer.ts';

/** What a plan deploys, names looked up. */
interface Deployed {
  readonly source: SynthesisSource;
  readonly served: readonly ServedWorkload[];
  readonly services: readonly PlannedService[];
  readonly groups: readonly NodeGroup[];
}

/**
 * The objects of a plan, with language models as the writer puts them: namespaces and priorities, node pools, microservices,
 * network policies, quotas and queues are the same in every profile. Errors: `synth-unsupported`.
 */
export function planObjects(source: SynthesisSource, writer: ModelWriter): Outcome<readonly ObjectFacts[]> {
  const podSets = resolvePodSets(source, writer.podSets);
  if (!podSets.ok) return podSets;
  const served = servedWorkloads(podSets.value);
  if (!served.ok) return failure(...podSets.diagnostics, ...served.diagnostics);
  const services = resolveServices(source);
  if (!services.ok) return failure(...podSets.diagnostics, ...services.diagnostics);
  const deployed = { source, served: served.value, services: services.value, groups: nodeGroups(source) };
  const models = served.value.map((item) => writer.objects(item));
  const tenancy = tenancyOf(source.problem);
  const diagnostics = [
    ...podSets.diagnostics,
    ...models.flatMap((outcome) => outcome.diagnostics),
    ...services.diagnostics,
    ...deployed.groups.flatMap(groupWarnings),
    ...(tenancy.queues === undefined ? [] : queueProblems(deployed.groups)),
  ];
  if (hasErrors(diagnostics)) return failure(...diagnostics);
  const workloads = [
    ...models.flatMap((outcome) => (outcome.ok ? outcome.value : [])),
    ...services.value.flatMap(serviceObjects),
  ];
  const { stack } = source;
  return success(
    [
      ...sharedObjects(deployed, writer),
      ...(tenancy.queues === undefined ? workloads : workloads.map((object) => inQueue(stack, object))),
      ...tenancyObjects(deployed, writer),
      ...slottedNodeGroups(source).flatMap((group) => [...nodePool(group), ...nodeOverlays(group)]),
    ],
    diagnostics,
  );
}

/** Network policies, quotas and queues, as far as the stack asks for them. */
function tenancyObjects(
  { source, served, services, groups }: Deployed,
  writer: ModelWriter,
): readonly ObjectFacts[] {
  const { stack, problem } = source;
  const tenancy = tenancyOf(problem);
  const demands = [...podDemands(served, services), ...served.flatMap((item) => writer.frontDemands(item))];
  return [
    ...(tenancy.networkPolicies
      ? [
          ...namespacesOf(served, services).flatMap(([name]) => defaultDeny(stack, name)),
          ...served.flatMap((item) => writer.policies(item, tenancy)),
          ...servicePolicies(services, declaredServices(problem), tenancy),
        ]
      : []),
    ...(tenancy.quotas ? resourceQuotas(stack, demands, tenancy.room) : []),
    ...(tenancy.queues === undefined ? [] : queueObjects(stack, groups, demands, tenancy.room)),
  ];
}

/** Namespaces with what the stack deploys there, sorted, and the teams it belongs to. */
function namespacesOf(
  served: readonly ServedWorkload[],
  services: readonly PlannedService[],
): readonly (readonly [name: string, teams: readonly string[]])[] {
  const owners = [...served.map(({ workload }) => workload), ...services.map(({ service }) => service)];
  return [...Map.groupBy(owners, (owner) => owner.namespace)]
    .map(([name, members]) => [name, [...new Set(members.map(({ team }) => team))]] as const)
    .sort(([a], [b]) => compareText(a, b));
}

type PriorityOfTier = readonly [tier: Allocation['tier'], priority: number];

/** Objects that several workloads share: namespaces and priority classes. */
function sharedObjects({ source, served, services }: Deployed, writer: ModelWriter): readonly ObjectFacts[] {
  const { stack } = source;
  const podSets: readonly PodSet[] = served.flatMap((item) => item.podSets);
  // Pods before a model belong to the base whatever tier the pods behind them are of.
  const hasFront = served.some((item) => writer.frontDemands(item).length > 0);
  const members = services.flatMap(({ service, podSets: sets }) =>
    sets.map(({ allocation }) => [allocation.tier, service.priority] as const),
  );
  const priorities: readonly PriorityOfTier[] = [
    ...podSets.map((podSet) => [podSet.allocation.tier, 0] as const),
    ...(hasFront ? ([['base', 0]] as const) : []),
    ...members,
  ];
  const distinct = new Map(priorities.map((item) => [item.join(' '), item]));
  const privileged = new Set(
    served
      .filter((item) => writer.needsPrivileges?.(item) === true)
      .map(({ workload }) => workload.namespace),
  );
  return [
    ...namespacesOf(served, services).flatMap(([name, teams]) =>
      namespace(stack, name, { teams, isPrivileged: privileged.has(name) }),
    ),
    ...[...distinct.values()].map(([tier, priority]) => priorityClass(stack, tier, priority)),
  ];
}

function groupWarnings(group: NodeGroup): readonly Diagnostic[] {
  const path = `problem.pools[${group.pool.id}]`;
  // Whoever declares managed nodes knows that they are made elsewhere.
  if (group.pool.isManaged) return [];
  const hasKarpenter = group.traits.nodeClass !== undefined;
  return hasKarpenter
    ? refusedLabelKeys(group.pool.labels).map((key) => refusedLabel(group, key, path))
    : [noNodePool(group, path)];
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
