import type { CpuArchitecture, ServiceSchedulingDocument, TolerationDocument } from '../../model/index.ts';
import { compareText } from '../../units/index.ts';
import { fieldsAt, listOf, numberOf, recordsOf, textEntries, textOf } from './fields.ts';
import type { Fields } from './fields.ts';
import type { ImportedWorkload } from './imported-workload.ts';
import type { KubernetesObject } from './kubernetes-objects.ts';
import { selects } from './label-selector.ts';
import type { Remarks } from './remarks.ts';

const ARCHITECTURE_LABELS = ['kubernetes.io/arch', 'beta.kubernetes.io/arch'];
const SYSTEM_LABELS = ['kubernetes.io/os', 'beta.kubernetes.io/os'];
const HOST = 'kubernetes.io/hostname';
const ZONES = ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'];
const ARCHITECTURES: readonly CpuArchitecture[] = ['amd64', 'arm64'];
const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const;
/** Classes that every cluster has (Kubernetes documentation, Pod Priority and Preemption, 2025). */
const SYSTEM_PRIORITIES: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

/** All that decides where the pods of one workload may run. */
export interface SchedulingFacts {
  readonly workload: ImportedWorkload;
  readonly workloads: readonly ImportedWorkload[];
  /** PriorityClass objects. */
  readonly priorityClasses: readonly KubernetesObject[];
  readonly remarks: Remarks;
}

/** Where the pods of a workload may run, as a stack says it; what it cannot say becomes a remark. */
export function importScheduling(facts: SchedulingFacts): ServiceSchedulingDocument {
  const { podSpec } = facts.workload;
  const labels = requiredLabels(facts);
  const apart = keptApart(facts);
  const tolerations = importTolerations(facts);
  const spread = zoneSkewOf(facts);
  const priority = priorityOf(facts);
  const { architectures, others, unknown } = splitLabels(labels);
  if (unknown.length > 0) {
    facts.remarks.lost(
      facts.workload.object,
      `architectures ${unknown.join(', ')}, which are not planned for`,
    );
  }
  if (Object.keys(fieldsAt(podSpec, 'affinity', 'podAffinity')).length > 0) {
    facts.remarks.lost(facts.workload.object, 'affinity to other pods');
  }
  return {
    ...(architectures.length === 0 ? {} : { architectures }),
    ...(Object.keys(others).length === 0 ? {} : { nodeSelector: others }),
    ...(tolerations.length === 0 ? {} : { tolerations }),
    ...(apart.maxPerNode ? { maxPerNode: 1 } : {}),
    ...(apart.services.length === 0 ? {} : { apartFrom: apart.services }),
    zoneSkew: spread,
    ...(priority === 0 ? {} : { priority }),
  };
}

/** Labels that a node must carry, each with its allowed values: the node selector and required node affinity with one term. */
function requiredLabels({ workload, remarks }: SchedulingFacts): ReadonlyMap<string, readonly string[]> {
  const labels = new Map<string, readonly string[]>();
  for (const [key, value] of textEntries(workload.podSpec['nodeSelector'])) labels.set(key, [value]);
  const affinity = fieldsAt(workload.podSpec, 'affinity', 'nodeAffinity');
  if (listOf(affinity['preferredDuringSchedulingIgnoredDuringExecution']).length > 0) {
    remarks.lost(workload.object, 'preferred node affinity');
  }
  const terms = recordsOf(
    fieldsAt(affinity, 'requiredDuringSchedulingIgnoredDuringExecution')['nodeSelectorTerms'],
  );
  if (terms.length > 1) {
    remarks.lost(workload.object, 'required node affinity of several alternatives');
    return labels;
  }
  for (const term of terms) {
    if (listOf(term['matchFields']).length > 0) remarks.lost(workload.object, 'node affinity by fields');
    for (const expression of recordsOf(term['matchExpressions'])) {
      const key = textOf(expression['key']) ?? '';
      const values = listOf(expression['values']).flatMap((value) => textOf(value) ?? []);
      if (expression['operator'] === 'In' && values.length > 0) {
        labels.set(key, labels.get(key)?.filter((value) => values.includes(value)) ?? values);
      } else if (isArchitecture(key) && expression['operator'] === 'NotIn') {
        labels.set(
          key,
          ARCHITECTURES.filter((value) => !values.includes(value)),
        );
      } else {
        remarks.lost(
          workload.object,
          `node affinity "${key}" ${textOf(expression['operator']) ?? ''} ${values.join(', ')}`.trim(),
        );
      }
    }
  }
  for (const [key, values] of labels) {
    if (isArchitecture(key) || values.length === 1) continue;
    remarks.lost(workload.object, `node affinity "${key}" with several values`);
    labels.delete(key);
  }
  return labels;
}

function splitLabels(labels: ReadonlyMap<string, readonly string[]>): {
  readonly architectures: readonly CpuArchitecture[];
  readonly others: Readonly<Record<string, string>>;
  readonly unknown: readonly string[];
} {
  const named = [...labels].filter(([key]) => isArchitecture(key)).flatMap(([, values]) => values);
  const others = [...labels].filter(([key]) => !isArchitecture(key) && !SYSTEM_LABELS.includes(key));
  return {
    architectures: ARCHITECTURES.filter((value) => named.includes(value)),
    others: Object.fromEntries(others.map(([key, values]) => [key, values[0]!])),
    unknown: named.filter((value) => !ARCHITECTURES.some((known) => known === value)),
  };
}

function isArchitecture(key: string): boolean {
  return ARCHITECTURE_LABELS.includes(key);
}

/** Required pod anti-affinity by node, and ports of the node that only one pod can have. */
function keptApart({ workload, workloads, remarks }: SchedulingFacts): {
  readonly maxPerNode: boolean;
  readonly services: readonly string[];
} {
  const affinity = fieldsAt(workload.podSpec, 'affinity', 'podAntiAffinity');
  if (listOf(affinity['preferredDuringSchedulingIgnoredDuringExecution']).length > 0) {
    remarks.lost(workload.object, 'preferred pod anti-affinity');
  }
  let isAlone = hasHostPort(workload.podSpec);
  const services = new Set<string>();
  for (const term of recordsOf(affinity['requiredDuringSchedulingIgnoredDuringExecution'])) {
    const key = textOf(term['topologyKey']) ?? '';
    if (key !== HOST) {
      remarks.lost(workload.object, `pod anti-affinity by "${key}"`);
      continue;
    }
    for (const other of workloads) {
      const sameSpace = other.object.namespace === workload.object.namespace;
      if (!sameSpace || !selects(term['labelSelector'], other.labels)) continue;
      if (other === workload) isAlone = true;
      else services.add(other.id);
    }
  }
  return { maxPerNode: isAlone, services: [...services].sort(compareText) };
}

function hasHostPort(podSpec: Fields): boolean {
  return recordsOf(podSpec['containers']).some((container) =>
    recordsOf(container['ports']).some(
      (port) => port['hostPort'] !== undefined || podSpec['hostNetwork'] === true,
    ),
  );
}

/** The zone skew of required spread constraints; unlimited without one, as in Kubernetes. */
function zoneSkewOf({ workload, remarks }: SchedulingFacts): number | 'unlimited' {
  let skew: number | undefined;
  for (const constraint of recordsOf(workload.podSpec['topologySpreadConstraints'])) {
    const key = textOf(constraint['topologyKey']) ?? '';
    const isRequired = constraint['whenUnsatisfiable'] !== 'ScheduleAnyway';
    if (!isRequired) remarks.lost(workload.object, `preferred spread over "${key}"`);
    else if (!ZONES.includes(key)) remarks.lost(workload.object, `spread over "${key}"`);
    else skew = Math.min(skew ?? Infinity, Math.max(1, numberOf(constraint['maxSkew']) ?? 1));
  }
  return skew ?? 'unlimited';
}

function importTolerations({ workload }: SchedulingFacts): readonly TolerationDocument[] {
  return recordsOf(workload.podSpec['tolerations']).map((toleration) => {
    const named = textOf(toleration['key']);
    const key = named === '' ? undefined : named;
    const value = textOf(toleration['value']);
    const effect = EFFECTS.find((name) => name === toleration['effect']);
    const exists = toleration['operator'] === 'Exists' || key === undefined;
    return {
      ...(key === undefined ? {} : { key }),
      operator: exists ? 'Exists' : 'Equal',
      ...(exists || value === undefined ? {} : { value }),
      ...(effect === undefined ? {} : { effect }),
    };
  });
}

function priorityOf({ workload, priorityClasses, remarks }: SchedulingFacts): number {
  const stated = numberOf(workload.podSpec['priority']);
  const name = textOf(workload.podSpec['priorityClassName']);
  if (stated !== undefined) return stated;
  if (name === undefined || name === '') {
    const standard = priorityClasses.find((item) => item.value['globalDefault'] === true);
    return numberOf(standard?.value['value']) ?? 0;
  }
  const known = priorityClasses.find((item) => item.name === name);
  const value = numberOf(known?.value['value']) ?? SYSTEM_PRIORITIES[name];
  if (value === undefined)
    remarks.lost(workload.object, `priority class "${name}", which is not among the manifests`);
  return value ?? 0;
}
