import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import type { PackingNode, PackingPod, PackingProblem } from '../../optimize/index.ts';
import { selects } from '../import-manifests/label-selector.ts';
import { hasUnmodelledPodRules, podsApart } from './apart-rules.ts';
import type { Cluster, ClusterNode, ClusterPod } from './cluster.ts';
import { matchesSelectors, mayRunOn } from './node-rules.ts';

/** A cluster as a packing problem. */
export interface ClusterProblem {
  readonly problem: PackingProblem;
  /** The pods of the problem, in its order. */
  readonly pods: readonly ClusterPod[];
  /** Running pods that stay where they are, with the reason. */
  readonly staying: readonly { readonly pod: ClusterPod; readonly reason: string }[];
  /** Pending pods whose rules are not modelled. */
  readonly leftOut: readonly ClusterPod[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Turns a cluster into a packing problem: pods that stay are taken off their nodes' room, rules become allowed nodes and pairs kept apart. A running pod may always stay
 * where it is. Warnings: `pack-pod-too-large`, `pack-contradictory-rules`, `pack-overcommitted`.
 */
export function packingProblem(cluster: Cluster): ClusterProblem {
  const staying = cluster.pods.flatMap((pod) => {
    const reason = pod.node === undefined ? undefined : (pod.staysBecause ?? reasonOfRules(pod, cluster));
    return reason === undefined ? [] : [{ pod, reason }];
  });
  const fixed = new Set(staying.map(({ pod }) => pod));
  const leftOut = cluster.pods.filter((pod) => pod.node === undefined && hasUnmodelledPodRules(pod));
  const pods = cluster.pods.filter((pod) => !fixed.has(pod) && !leftOut.includes(pod));
  const diagnostics: Diagnostic[] = [];
  const resources = boundResources(cluster);
  const nodes = cluster.nodes.map((node) => packingNode(node, cluster, { fixed, resources, diagnostics }));
  const apart = podsApart(cluster.pods);
  const indexOf = new Map(pods.map((pod, index) => [pod, index]));
  const nodeIndex = new Map(cluster.nodes.map((node, index) => [node.name, index]));
  const problemPods = pods.map((pod): PackingPod => {
    const others = apart[cluster.pods.indexOf(pod)]!.map((at) => cluster.pods[at]!);
    const allowed = allowedNodes(
      pod,
      cluster,
      others.filter((other) => fixed.has(other)),
    );
    diagnostics.push(...impossibleRules(pod, allowed, cluster), ...tooLarge(pod, allowed, cluster));
    const movable = others.flatMap((other) => indexOf.get(other) ?? []);
    return {
      name: pod.name,
      priority: pod.priority,
      requests: resources.map((resource) => pod.requests.get(resource) ?? 0),
      ...(pod.node === undefined ? {} : { node: nodeIndex.get(pod.node)! }),
      ...(allowed.length === cluster.nodes.length ? {} : { allowedNodes: allowed }),
      ...(movable.length === 0 ? {} : { apartFrom: movable }),
    };
  });
  return { problem: { resources, nodes, pods: problemPods }, pods, staying, leftOut, diagnostics };
}

function reasonOfRules(pod: ClusterPod, cluster: Cluster): string | undefined {
  if (hasUnmodelledPodRules(pod)) return 'has rules towards other pods that are not modelled';
  const budget = cluster.budgets.find(
    (item) =>
      item.namespace === pod.namespace && item.disruptionsAllowed < 1 && selects(item.selector, pod.labels),
  );
  return budget === undefined
    ? undefined
    : `is kept by the disruption budget ${budget.name}, which allows none`;
}

/** Resources that some pod asks for and that can run out: all requests together exceed the least that a node has. */
function boundResources(cluster: Cluster): readonly string[] {
  const names = new Set(cluster.pods.flatMap((pod) => [...pod.requests.keys()]));
  return [...names].sort().filter((resource) => {
    const asked = cluster.pods.reduce((sum, pod) => sum + (pod.requests.get(resource) ?? 0), 0);
    return asked > Math.min(...cluster.nodes.map((node) => roomOf(node, resource, cluster)));
  });
}

/** What a node has of a resource; a node that does not say how many pods it takes is taken to have room for all. */
function roomOf(node: ClusterNode, resource: string, cluster: Cluster): number {
  return node.allocatable.get(resource) ?? (resource === 'pods' ? cluster.pods.length : 0);
}

function packingNode(
  node: ClusterNode,
  cluster: Cluster,
  context: {
    readonly fixed: ReadonlySet<ClusterPod>;
    readonly resources: readonly string[];
    readonly diagnostics: Diagnostic[];
  },
): PackingNode {
  const here = cluster.pods.filter((pod) => pod.node === node.name);
  const short: string[] = [];
  const capacity = context.resources.map((resource) => {
    const sum = (pods: readonly ClusterPod[]) =>
      pods.reduce((total, pod) => total + (pod.requests.get(resource) ?? 0), 0);
    const left = roomOf(node, resource, cluster) - sum(here.filter((pod) => context.fixed.has(pod)));
    const running = sum(here.filter((pod) => !context.fixed.has(pod)));
    if (running > left) short.push(resource);
    return Math.max(left, running);
  });
  if (short.length > 0) {
    context.diagnostics.push(
      diagnostic('pack-overcommitted', {
        summary: `The pods of ${node.name} ask for more ${short.join(' and ')} than it has.`,
        path: `${node.path}.status.allocatable`,
        detail:
          'Kubernetes leaves such pods running; what they ask for is taken as the capacity of the node.',
        fix: 'Move or shrink some of its pods if the node should have slack.',
      }),
    );
  }
  return { name: node.name, capacity };
}

function allowedNodes(
  pod: ClusterPod,
  cluster: Cluster,
  apartFromFixed: readonly ClusterPod[],
): readonly number[] {
  const taken = new Set(apartFromFixed.map((other) => other.node));
  return cluster.nodes.flatMap((node, index) =>
    node.name === pod.node || (mayRunOn(pod, node) && !taken.has(node.name)) ? [index] : [],
  );
}

function impossibleRules(
  pod: ClusterPod,
  allowed: readonly number[],
  cluster: Cluster,
): readonly Diagnostic[] {
  if (allowed.length > 0) return [];
  const selected = cluster.nodes.filter((node) => matchesSelectors(pod, node));
  const why =
    selected.length === 0
      ? 'Its node selector and required node affinity match no node; they may contradict each other.'
      : `They match ${String(selected.length)} of ${String(cluster.nodes.length)} nodes, and each of these is cordoned, not ready, tainted or taken by a pod it must keep away from.`;
  return [
    diagnostic('pack-contradictory-rules', {
      summary: `Pod ${pod.name} can run on no node by its rules.`,
      path: `${pod.path}.spec`,
      detail: why,
      fix: 'Relax its selector, affinity or anti-affinity, add a toleration, or label a node for it.',
    }),
  ];
}

function tooLarge(pod: ClusterPod, allowed: readonly number[], cluster: Cluster): readonly Diagnostic[] {
  if (allowed.length === 0 || pod.node !== undefined) return [];
  const short = allowed.map((node) =>
    [...pod.requests].filter(
      ([resource, amount]) => amount > roomOf(cluster.nodes[node]!, resource, cluster),
    ),
  );
  if (short.some((resources) => resources.length === 0)) return [];
  const [resource, amount] = short[0]![0]!;
  const most = Math.max(...allowed.map((node) => roomOf(cluster.nodes[node]!, resource, cluster)));
  const unit = resource === 'cpu' ? ' millicores of' : resource.includes('memory') ? ' bytes of' : '';
  return [
    diagnostic('pack-pod-too-large', {
      summary: `Pod ${pod.name} can never run here: it asks for ${String(amount)}${unit} ${resource}; the ${String(allowed.length)} nodes it may run on have at most ${String(most)}.`,
      path: `${pod.path}.spec.containers`,
      fix: 'Ask for less, or add a larger node.',
    }),
  ];
}
