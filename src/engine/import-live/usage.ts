import type { ClusterObject, MetricSource } from '../../apply/index.ts';
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

/** What one pod used: cores, bytes. */
export interface PodUse {
  readonly namespace: string;
  readonly pod: string;
  readonly cpu: number;
  readonly memory: number;
}

/** Uses of pods and how they were measured, in words. */
export interface MeasuredUse {
  readonly pods: readonly PodUse[];
  readonly how: string;
}

/** What the pods of a workload ask for and what they used: cores and bytes of one pod, on average over its pods. */
export interface WorkloadUsage {
  readonly workload: string;
  readonly namespace: string;
  readonly pods: number;
  readonly cpu: { readonly requested: number; readonly used: number };
  readonly memory: { readonly requested: number; readonly used: number };
}

/** What metrics-server saw last (metrics.k8s.io, `PodMetrics`). */
export function metricsServerUse(metrics: readonly ClusterObject[]): MeasuredUse {
  return {
    how: 'at the moment of the import',
    pods: metrics.map((item) => ({
      namespace: item.metadata.namespace ?? 'default',
      pod: item.metadata.name,
      ...containersUse(item),
    })),
  };
}

/** Mean CPU and most memory of every pod over a time (cAdvisor); rejects when the source does. */
export async function prometheusUse(
  source: MetricSource,
  { now, windowSeconds }: { readonly now: number; readonly windowSeconds: number },
): Promise<MeasuredUse> {
  const hours = Math.max(1, Math.floor(windowSeconds / 3600));
  const at = { start: Math.floor(now), end: Math.floor(now), step: 3600 };
  const real = '{container!="",container!="POD"}';
  const over = (how: string, inner: string): string =>
    `${how}(sum by (namespace, pod) (${inner})[${String(hours)}h:1h])`;
  const cpu = await source.range(
    over('avg_over_time', `rate(container_cpu_usage_seconds_total${real}[5m])`),
    at,
  );
  const memory = await source.range(over('max_over_time', `container_memory_working_set_bytes${real}`), at);
  const bytes = new Map(memory.map((series) => [podKey(series.labels), series.points.at(-1)?.[1]]));
  return {
    how: `mean CPU and most memory over ${String(hours)} h`,
    pods: cpu.flatMap(({ labels, points }): PodUse[] => {
      const [used, held] = [points.at(-1)?.[1], bytes.get(podKey(labels))];
      const { namespace, pod } = labels;
      return namespace === undefined || pod === undefined || used === undefined || held === undefined
        ? []
        : [{ namespace, pod, cpu: used, memory: held }];
    }),
  };
}

function podKey({ namespace, pod }: Readonly<Record<string, string>>): string {
  return `${namespace ?? ''}/${pod ?? ''}`;
}

/** Use of each workload's pods; a pod belongs to the workload whose name its own begins with. */
export function usageOf(
  objects: readonly KubernetesObject[],
  { pods }: MeasuredUse,
): readonly WorkloadUsage[] {
  const workloads = importedWorkloads(objects.filter(({ kind }) => WORKLOAD_KINDS.includes(kind)));
  return sortedBy(workloads, ({ id }) => id).flatMap((workload): WorkloadUsage[] => {
    const used = pods.filter((item) => isPodOf(item, workload));
    if (used.length === 0) return [];
    const asked = podResources(workload.podSpec, { cpuMillicores: 0, memory: 0 });
    const mean = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    return [
      {
        workload: workload.id,
        namespace: workload.object.namespace,
        pods: used.length,
        cpu: { requested: asked.cpuMillicores / 1000, used: mean(used.map(({ cpu }) => cpu)) },
        memory: { requested: asked.memory, used: mean(used.map(({ memory }) => memory)) },
      },
    ];
  });
}

/** A note for each workload that uses much less, or more, than it asks for. */
export function usageNotes(usage: readonly WorkloadUsage[], how: string): readonly Diagnostic[] {
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
        detail: `Mean of ${String(item.pods)} pods, ${how}; requests stand in the stack as they are.`,
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

function isPodOf({ namespace, pod }: PodUse, { object }: ImportedWorkload): boolean {
  const rest = pod.startsWith(`${object.name}-`) ? pod.slice(object.name.length + 1) : '';
  const form = object.kind === 'StatefulSet' ? /^[0-9]+$/ : /^[a-z0-9]+-[a-z0-9]{5}$/;
  return namespace === (object.namespace === '' ? 'default' : object.namespace) && form.test(rest);
}

function containersUse(item: ClusterObject): Pick<PodUse, 'cpu' | 'memory'> {
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
