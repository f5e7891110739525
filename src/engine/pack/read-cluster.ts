import { diagnostic, failure, hasErrors, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import { fieldsAt, fieldsOf, listOf, recordsOf, textEntries, textOf } from '../import-manifests/fields.ts';
import type { Fields } from '../import-manifests/fields.ts';
import { amountsOf } from './amounts.ts';
import type { Cluster, ClusterNode, ClusterPod, DisruptionBudget, Taint, Toleration } from './cluster.ts';
import { dumpItems } from './dump-items.ts';
import { podRequests } from './pod-requests.ts';

const HOW_TO_DUMP = 'Make it with `kubectl get nodes,pods,pdb --all-namespaces -o json`.';

/**
 * Reads a dump: a v1 `List` of nodes, pods and (optional) disruption budgets, in JSON or YAML. Objects of other kinds are passed over.
 * Errors: `engine-file-invalid`, `pack-not-a-dump`, `pack-no-nodes`, `pack-invalid-object`, `pack-duplicate`, `pack-unknown-node`.
 */
export function readCluster(text: string, shown: string): Outcome<Cluster> {
  const items = dumpItems(text, shown, HOW_TO_DUMP);
  return items.ok ? readItems(items.value, shown) : items;
}

function readItems(items: readonly unknown[], shown: string): Outcome<Cluster> {
  const problems: Diagnostic[] = [];
  const ofKind = (kind: string): readonly (readonly [Fields, string])[] =>
    items.flatMap((item, index) =>
      textOf(fieldsOf(item)['kind']) === kind ? [[fieldsOf(item), `items[${String(index)}]`] as const] : [],
    );
  const nodes = ofKind('Node').map(([item, path]) => readNode(item, path, problems));
  const all = ofKind('Pod');
  const active = all.filter(([item]) => !isCompleted(item));
  const gated = active.filter(([item]) => listOf(fieldsOf(item['spec'])['schedulingGates']).length > 0);
  const pods = active
    .filter((pod) => !gated.includes(pod))
    .map(([item, path]) => readPod(item, path, problems));
  if (nodes.length === 0) {
    problems.push(
      diagnostic('pack-no-nodes', {
        summary: `${shown} holds no node${all.length === 0 ? ' and no pod' : ''}.`,
        source: { file: shown },
        fix: HOW_TO_DUMP,
      }),
    );
  }
  problems.push(...duplicates('nodes', nodes), ...duplicates('pods', pods));
  if (nodes.length > 0) problems.push(...unknownNodes(nodes, pods));
  if (hasErrors(problems)) return failure(...problems);
  return success(
    {
      nodes,
      pods,
      budgets: ofKind('PodDisruptionBudget').map(([item]) => readBudget(item)),
      completedPods: all.length - active.length,
      gatedPods: gated.length,
    },
    problems,
  );
}

/** One node; problems go to `problems` as `pack-invalid-object`. `path` is its place in the dump. */
export function readNode(item: Fields, path: string, problems: Diagnostic[]): ClusterNode {
  const metadata = fieldsAt(item, 'metadata');
  const spec = fieldsAt(item, 'spec');
  const status = fieldsAt(item, 'status');
  const amounts = status['allocatable'] ?? status['capacity'];
  const name = nameOf(metadata, path, problems);
  if (Object.keys(fieldsOf(amounts)).length === 0) {
    problems.push(invalid(`Node ${name} has no status.allocatable.`, `${path}.status.allocatable`));
  }
  const ready = recordsOf(status['conditions']).find((condition) => condition['type'] === 'Ready');
  return {
    name,
    path,
    labels: { ...labelsOf(metadata), 'metadata.name': name },
    taints: recordsOf(spec['taints'])
      .map(readTaint)
      .filter(({ effect }) => effect !== 'PreferNoSchedule'),
    isClosed: spec['unschedulable'] === true || (ready !== undefined && ready['status'] !== 'True'),
    allocatable: amountsOf(amounts, `${path}.status.allocatable`, Math.floor, problems),
  };
}

function readPod(item: Fields, path: string, problems: Diagnostic[]): ClusterPod {
  const metadata = fieldsAt(item, 'metadata');
  const spec = fieldsAt(item, 'spec');
  const namespace = textOf(metadata['namespace']) ?? 'default';
  const name = `${namespace}/${nameOf(metadata, path, problems)}`;
  const priority = spec['priority'] ?? 0;
  if (typeof priority !== 'number' || !Number.isInteger(priority)) {
    problems.push(
      invalid(
        `Pod ${name} has the priority ${JSON.stringify(priority)}, not a whole number.`,
        `${path}.spec.priority`,
      ),
    );
  }
  const node = textOf(spec['nodeName']);
  return {
    name,
    namespace,
    path,
    labels: labelsOf(metadata),
    priority: Number(priority),
    requests: podRequests(spec, path, problems),
    node: node === '' ? undefined : node,
    tolerations: recordsOf(spec['tolerations']).map(readToleration),
    spec,
    staysBecause: staysBecause(metadata, spec, namespace),
  };
}

/** Why a running pod must not be moved; undefined when it may. */
function staysBecause(metadata: Fields, spec: Fields, namespace: string): string | undefined {
  const owners = recordsOf(metadata['ownerReferences']).map((owner) => textOf(owner['kind']));
  const annotations = fieldsOf(metadata['annotations']);
  if (owners.includes('DaemonSet')) return 'belongs to a DaemonSet';
  if (owners.includes('Node') || annotations['kubernetes.io/config.mirror'] !== undefined)
    return 'is a static pod';
  if (namespace === 'kube-system') return 'belongs to kube-system';
  if (metadata['deletionTimestamp'] !== undefined) return 'is being deleted';
  if (annotations['karpenter.sh/do-not-disrupt'] === 'true')
    return 'is annotated karpenter.sh/do-not-disrupt';
  if (annotations['cluster-autoscaler.kubernetes.io/safe-to-evict'] === 'false')
    return 'is annotated not safe to evict';
  const claims = recordsOf(spec['volumes']).some((volume) => volume['persistentVolumeClaim'] !== undefined);
  return claims ? 'uses a persistent volume claim' : undefined;
}

function readTaint(fields: Fields): Taint {
  return {
    key: textOf(fields['key']) ?? '',
    value: textOf(fields['value']) ?? '',
    effect: textOf(fields['effect']) ?? '',
  };
}

function readToleration(fields: Fields): Toleration {
  return {
    key: textOf(fields['key']),
    operator: textOf(fields['operator']) ?? 'Equal',
    value: textOf(fields['value']) ?? '',
    effect: textOf(fields['effect']),
  };
}

function readBudget(item: Fields): DisruptionBudget {
  const metadata = fieldsAt(item, 'metadata');
  const allowed = fieldsAt(item, 'status')['disruptionsAllowed'];
  return {
    name: textOf(metadata['name']) ?? '',
    namespace: textOf(metadata['namespace']) ?? 'default',
    selector: fieldsAt(item, 'spec')['selector'],
    disruptionsAllowed: typeof allowed === 'number' ? allowed : 0,
  };
}

function isCompleted(item: Fields): boolean {
  return ['Succeeded', 'Failed'].includes(textOf(fieldsAt(item, 'status')['phase']) ?? '');
}

function nameOf(metadata: Fields, path: string, problems: Diagnostic[]): string {
  const name = textOf(metadata['name']) ?? '';
  if (name === '') problems.push(invalid('An object has no name.', `${path}.metadata.name`));
  return name;
}

function labelsOf(metadata: Fields): Readonly<Record<string, string>> {
  return Object.fromEntries(textEntries(metadata['labels']));
}

function invalid(summary: string, path: string): Diagnostic {
  return diagnostic('pack-invalid-object', {
    summary,
    path,
    fix: `Correct the object, or dump the cluster again. ${HOW_TO_DUMP}`,
  });
}

function duplicates(
  kind: string,
  objects: readonly { readonly name: string; readonly path: string }[],
): readonly Diagnostic[] {
  return [...Map.groupBy(objects, ({ name }) => name)].flatMap(([name, same]) =>
    same.length < 2 || name === ''
      ? []
      : [
          diagnostic('pack-duplicate', {
            summary: `Two ${kind} are called ${name}.`,
            path: same[1]!.path,
            detail: `The first one is ${same[0]!.path}.`,
            fix: 'Keep one of them; dumps of several clusters cannot be packed together.',
          }),
        ],
  );
}

function unknownNodes(nodes: readonly ClusterNode[], pods: readonly ClusterPod[]): readonly Diagnostic[] {
  const names = new Set(nodes.map(({ name }) => name));
  return pods.flatMap((pod) =>
    pod.node === undefined || names.has(pod.node)
      ? []
      : [
          diagnostic('pack-unknown-node', {
            summary: `Pod ${pod.name} runs on ${pod.node}, which is not among the ${String(nodes.length)} nodes of the dump.`,
            path: `${pod.path}.spec.nodeName`,
            fix: `Dump nodes and pods at one time. ${HOW_TO_DUMP}`,
          }),
        ],
  );
}
