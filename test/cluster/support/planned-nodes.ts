/** The nodes that a plan buys, made from its own NodePools as Karpenter would make them. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { NodeAllocation, Offering, PlanDocument, PoolDocument } from '../../../src/model/index.ts';
import { parseCpu, parseMemory } from '../../../src/units/index.ts';
import { scheduledReplicas } from './autoscaler.ts';
import type { NodeSpec } from './nodes.ts';
import type { Json } from './rest.ts';

/** A planned node and the offering it is of. */
export interface PlannedNode extends NodeSpec {
  readonly offering: string;
}

/** Room for checkpoints and images on every node; *assumed*: local disks or a large root volume, as `docs/manifests.md` asks for. */
const DISK = '8Ti';

/**
 * Nodes of one window, `<plan>-<pool>-<zone>-…` by name. Labels and taints are those of the plan's NodePool for the offering; what pods may take
 * is what the planner counted on: the instance type's allocatable less the declared daemonsets. Where each node has a NodePool of its own, those make a
 * node whose pods the window has.
 */
export function plannedNodes(plan: PlanDocument, manifests: string, window: string): readonly PlannedNode[] {
  const pools = nodePools(manifests);
  return plan.decision.nodes.flatMap((bought) => {
    const offering = plan.offerings.find(({ id }) => id === bought.offering);
    if (offering === undefined) throw new Error(`The plan has no offering ${bought.offering}.`);
    const count = bought.nodes[window] ?? 0;
    const able = pools.filter((candidate) => offers(candidate, bought));
    const [pool] = able;
    if (pool === undefined) throw new Error(`No NodePool makes nodes of ${bought.offering}.`);
    if (slotOf(pool) === undefined)
      return Array.from({ length: count }, (_, index) => plannedNode(plan, { offering, pool, index }));
    const asked = slotsAskedFor({ plan, manifests, window }, bought);
    if (asked.size !== count) throw new Error(`${bought.offering}: ${count} nodes, pods for ${asked.size}.`);
    return able
      .filter((candidate) => asked.has(slotOf(candidate) ?? ''))
      .map((own) => plannedNode(plan, { offering, pool: own, index: Number(slotOf(own)) }));
  });
}

/** Kinds of NodePool objects among the manifests of a plan. */
function nodePools(manifests: string): readonly Json[] {
  const folder = path.join(manifests, '_cluster');
  const files = readdirSync(folder).filter((file) => file.startsWith('nodepool-'));
  return files.map((file): Json => parse(readFileSync(path.join(folder, file), 'utf8')));
}

function slotOf(pool: Json): string | undefined {
  return pool.spec.template.metadata.labels['plimsoll.dev/slot'] as string | undefined;
}

/** Slots of an offering that pods of the window select, by the Deployments and the clocks of their autoscalers. */
function slotsAskedFor(
  {
    plan,
    manifests,
    window,
  }: { readonly plan: PlanDocument; readonly manifests: string; readonly window: string },
  { pool, zone, capacityType }: NodeAllocation,
): ReadonlySet<string> {
  const hour = plan.decision.windows.find(({ id }) => id === window)?.hours[0] ?? 0;
  const objects = readdirSync(manifests, { recursive: true, encoding: 'utf8' })
    .filter((file) => /(deployment|scaledobject)-[^/]*\.yaml$/.test(file))
    .map((file): Json => parse(readFileSync(path.join(manifests, file), 'utf8')));
  const scalers = new Map(
    objects.filter(({ kind }) => kind === 'ScaledObject').map((item) => [item.metadata.name as string, item]),
  );
  const slots = objects
    .filter(({ kind, spec }) => {
      const selector = spec.template?.spec.nodeSelector ?? {};
      return (
        kind === 'Deployment' &&
        selector['plimsoll.dev/pool'] === pool &&
        selector['karpenter.sh/capacity-type'] === capacityType &&
        JSON.stringify(spec.template.spec.affinity).includes(`"${zone}"`)
      );
    })
    .filter(({ metadata, spec }) => {
      const scaler = scalers.get(metadata.name as string);
      return (scaler === undefined ? spec.replicas : scheduledReplicas(scaler, hour)) > 0;
    })
    .map(({ spec }) => spec.template.spec.nodeSelector['plimsoll.dev/slot'] as string);
  return new Set(slots);
}

function offers(pool: Json, bought: NodeAllocation): boolean {
  const allows = (key: string, value: string): boolean =>
    pool.spec.template.spec.requirements.some(
      (requirement: Json) => requirement.key === key && requirement.values.includes(value),
    );
  return (
    allows('karpenter.sh/capacity-type', bought.capacityType) &&
    allows('node.kubernetes.io/instance-type', bought.instanceType) &&
    allows('topology.kubernetes.io/zone', bought.zone) &&
    pool.spec.template.metadata.labels['plimsoll.dev/pool'] === bought.pool
  );
}

function plannedNode(
  plan: PlanDocument,
  { offering, pool, index }: { readonly offering: Offering; readonly pool: Json; readonly index: number },
): PlannedNode {
  const { instanceType, accelerator, zone, region, capacityType } = offering;
  const count = instanceType.accelerator?.count ?? 0;
  const taken = daemonsets(plan, offering);
  return {
    name: [plan.stack, offering.pool, zone, capacityType, String(index)]
      .join('-')
      .toLowerCase()
      .replaceAll(/[^a-z0-9-]/g, '-'),
    offering: offering.id,
    zone,
    region,
    instanceType: instanceType.name,
    labels: {
      ...pool.spec.template.metadata.labels,
      'karpenter.sh/capacity-type': capacityType,
      'karpenter.sh/nodepool': pool.metadata.name,
      'kubernetes.io/arch': instanceType.cpuArchitecture,
    },
    taints: pool.spec.template.spec.taints,
    allocatable: {
      cpu: `${instanceType.allocatable.cpuMillicores - taken.cpu}m`,
      memory: String(instanceType.allocatable.memory - taken.memory),
      pods: String(instanceType.allocatable.pods - taken.pods),
      'ephemeral-storage': DISK,
      ...(accelerator === undefined || count === 0 ? {} : { [accelerator.resourceName]: String(count) }),
    },
  };
}

/** What the declared daemonsets of a node's pool take, in millicores, bytes and pods. */
function daemonsets(
  plan: PlanDocument,
  offering: Offering,
): { readonly cpu: number; readonly memory: number; readonly pods: number } {
  const declares = ({ id, instanceType }: PoolDocument): boolean =>
    instanceType === undefined ? offering.pool.startsWith(`${id}-`) : offering.pool === id;
  const declared = plan.problem.pools.find(declares)?.daemonsets;
  const cpu = parseCpu(declared?.cpu);
  const memory = parseMemory(declared?.memory);
  return { cpu: cpu.ok ? cpu.value : 0, memory: memory.ok ? memory.value : 0, pods: declared?.pods ?? 0 };
}
