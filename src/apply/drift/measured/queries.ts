import type { CounterRatio, HistogramName } from './engine-metrics.ts';

/** Pods that are meant, by namespace and the names of their pod sets. */
export interface PodSelection {
  readonly namespace: string;
  /** Regular expressions of pod names. */
  readonly pods: readonly string[];
  /** Names of the objects that make the pods. */
  readonly workloads: readonly string[];
}

/** Every increase and mean is over the hour before its time. */
const SPAN = '1h';

/** PromQL text between double quotes. */
function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** Label matchers of the pods; `prefix` is put before the label names, as some scrapers do with `exported_`. */
export function podMatchers({ namespace, pods }: PodSelection, prefix = ''): string {
  return `${prefix}namespace=${quoted(namespace)},${prefix}pod=~${quoted(pods.join('|'))}`;
}

/** Matchers of requests that a mesh counted at their destination. */
export function meshMatchers({ namespace, workloads }: PodSelection): string {
  return `reporter="destination",destination_workload_namespace=${quoted(namespace)},destination_workload=~${quoted(workloads.map(escapeRegExp).join('|'))}`;
}

/** A name as a regular expression that matches it alone. */
export function escapeRegExp(name: string): string {
  return name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Observations of an hour by bucket, and their sum. */
export function histogramQueries(
  { name }: HistogramName,
  matchers: string,
): { readonly buckets: string; readonly sum: string } {
  return {
    buckets: `sum by (le) (increase(${name}_bucket{${matchers}}[${SPAN}]))`,
    sum: `sum(increase(${name}_sum{${matchers}}[${SPAN}]))`,
  };
}

/** Increase of a counter per second, over all series. */
export function rateQuery(counter: string, matchers: string): string {
  return `sum(rate(${counter}{${matchers}}[${SPAN}]))`;
}

/** Increases of both counters of a ratio. */
export function ratioQueries(
  { over, under }: CounterRatio,
  matchers: string,
): { readonly over: string; readonly under: string } {
  return { over: rateQuery(over, matchers), under: rateQuery(under, matchers) };
}

/** Mean over an hour and all series of a gauge. */
export function meanQuery(gauge: string, matchers: string): string {
  return `avg(avg_over_time(${gauge}{${matchers}}[${SPAN}]))`;
}

/** Highest value of a gauge in an hour, over all series. */
export function peakQuery(gauge: string, matchers: string): string {
  return `max(max_over_time(${gauge}{${matchers}}[${SPAN}]))`;
}

/** Pods that were ready, on average over an hour (kube-state-metrics 2, `kube_pod_status_ready`). */
export function readyPodsQuery(matchers: string): string {
  return `sum(avg_over_time(kube_pod_status_ready{condition="true",${matchers}}[${SPAN}]))`;
}

/** Pods that an engine's own gauge tells of, on average over an hour. */
export function scrapedPodsQuery(gauge: string, matchers: string): string {
  return `avg_over_time(count(count by (pod) (${gauge}{${matchers}}))[${SPAN}:5m])`;
}

/** Cores that the pods used, all together (cAdvisor). */
export function cpuQuery(matchers: string): string {
  return `sum(rate(container_cpu_usage_seconds_total{container!="",container!="POD",${matchers}}[${SPAN}]))`;
}

/** Most bytes that one pod held in an hour (cAdvisor). */
export function memoryQuery(matchers: string): string {
  return `max(sum by (pod) (max_over_time(container_memory_working_set_bytes{container!="",container!="POD",${matchers}}[${SPAN}])))`;
}
