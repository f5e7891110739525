import type { ClusterObject } from '../../apply/index.ts';
import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import { formatBytes, formatNumber, parseCpu, parseMemory, sortedBy } from '../../units/index.ts';
import { recordsOf, textOf } from '../import-manifests/fields.ts';
import { WORKLOAD_KINDS, importedWorkloads } from '../import-manifests/imported-workload.ts';
import type { ImportedWorkload } from '../import-manifests/imported-workload.ts';
import type { KubernetesObject } from '../import-manifests/kubernetes-objects.ts';
import { podResources } from '../import-manifests/pod-resources.ts';

/** Use below this share of a request, or above it, is told; *assumed*: usage of one moment says no more than that. */
const MUCH_LESS = 0.3;
const MORE = 1;

/** What the pods of a workload ask for and what they used when metrics-server looked last: cores and bytes of one pod on average. */
export interface WorkloadUsage {
  readonly workload: string;
  readonly namespace: string;
  readonly pods: number;
  readonly cpu: { readonly requested: number; readonly used: number };
  readonly memory: { readonly requested: number; readonly used: number };
}

/** Use of each workload's pods by metrics-server (metrics.k8s.io, `PodMetrics`); a pod belongs to the workload whose name its own begins with. */
export function usageOf(
  objects: readonly KubernetesObject[],
  metrics: readonly ClusterObject[],
): readonly WorkloadUsage[] {
  const workloads = importedWorkloads(objects.filter(({ kind }) => WORKLOAD_KINDS.includes(kind)));
  return sortedBy(workloads, ({ id }) => id).flatMap((workload): WorkloadUsage[] => {
    const own = metrics.filter((item) => isPodOf(item, workload));
    if (own.length === 0) return [];
    const used = own.map(podUse);
    const asked = podResources(workload.podSpec, { cpuMillicores: 0, memory: 0 });
    const mean = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    return [
      {
        workload: workload.id,
        namespace: workload.object.namespace,
        pods: own.length,
        cpu: { requested: asked.cpuMillicores / 1000, used: mean(used.map(({ cpu }) => cpu)) },
        memory: { requested: asked.memory, used: mean(used.map(({ memory }) => memory)) },
      },
    ];
  });
}

/** A note for each workload that uses much less, or more, than it asks for. */
export function usageNotes(usage: readonly WorkloadUsage[]): readonly Diagnostic[] {
  return usage.flatMap((item) => {
    const said = [
      phrase('CPU', item.cpu, (value) => `${formatNumber(value, 3)} cores`),
      phrase('memory', item.memory, formatBytes),
    ].filter((text) => text !== '');
    if (said.length === 0) return [];
    return [
      diagnostic('import-usage', {
        summary: `Pods of ${item.workload}: ${said.join('; ')}.`,
        path: item.workload,
        detail: `Mean of ${String(item.pods)} pods at the moment of the import; requests stand in the stack as they are.`,
      }),
    ];
  });
}

function phrase(
  what: string,
  { requested, used }: WorkloadUsage['cpu'],
  format: (value: number) => string,
): string {
  if (requested === 0) return '';
  const share = used / requested;
  const isTold = share < MUCH_LESS || share > MORE;
  return isTold ? `${what} ${format(used)} used, ${format(requested)} asked for` : '';
}

function isPodOf({ metadata }: ClusterObject, { object }: ImportedWorkload): boolean {
  const rest = metadata.name.startsWith(`${object.name}-`) ? metadata.name.slice(object.name.length + 1) : '';
  const form = object.kind === 'StatefulSet' ? /^[0-9]+$/ : /^[a-z0-9]+-[a-z0-9]{5}$/;
  return metadata.namespace === (object.namespace === '' ? 'default' : object.namespace) && form.test(rest);
}

function podUse(item: ClusterObject): { readonly cpu: number; readonly memory: number } {
  const containers = recordsOf(item['containers']).map((container) => {
    const usage = container['usage'] as Readonly<Record<string, unknown>> | undefined;
    const cpu = parseCpu(textOf(usage?.['cpu']));
    const memory = parseMemory(textOf(usage?.['memory']));
    return { cpu: cpu.ok ? cpu.value / 1000 : 0, memory: memory.ok ? memory.value : 0 };
  });
  return {
    cpu: containers.reduce((sum, { cpu }) => sum + cpu, 0),
    memory: containers.reduce((sum, { memory }) => sum + memory, 0),
  };
}
