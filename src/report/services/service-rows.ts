import type { PlanDocument, ServiceShape } from '../../model/index.ts';
import { nodeFill, nodeGroups, serviceSummaries } from '../../plan/index.ts';
import type { NodeGroup, ServiceSummary } from '../../plan/index.ts';
import {
  formatAvailability,
  formatBytes,
  formatDuration,
  formatNumber,
  formatPercent,
  formatUsd,
} from '../../units/index.ts';
import { perMonth, plural, ratePhrase } from '../phrases.ts';

/** A size of replica: `0.5 CPU, 256 MiB`, with limits where there are any. */
export function shapePhrase({ resources }: Pick<ServiceShape, 'resources'>): string {
  const { cpuMillicores, memory, cpuLimitMillicores, memoryLimit } = resources;
  const limits = [
    ...(cpuLimitMillicores > 0 && cpuLimitMillicores !== cpuMillicores
      ? [`${formatNumber(cpuLimitMillicores / 1000)} CPU`]
      : []),
    ...(memoryLimit > 0 && memoryLimit !== memory ? [formatBytes(memoryLimit)] : []),
  ];
  const upTo = limits.length === 0 ? '' : ` (at most ${limits.join(', ')})`;
  return `${formatNumber(cpuMillicores / 1000)} CPU, ${formatBytes(memory)}${upTo}`;
}

/** Replicas at the peak of a service: `7 + 3 spare`; with the fewest where they follow the hour of the week. */
export function replicasPhrase(item: ServiceSummary): string {
  const spare = item.planned - item.needed;
  const peak = spare > 0 ? `${item.needed} + ${spare} spare` : String(item.planned);
  return item.fewest === item.planned ? peak : `${peak} (${item.fewest} at least)`;
}

/** `p99 41 ms ≤ 300 ms`; without the limit where there is none. */
export function responsePhrase({ response }: ServiceSummary): string {
  if (response === undefined) return '–';
  const value = `${response.percentile} ${formatDuration(response.value)}`;
  return response.limit === undefined ? value : `${value} ≤ ${formatDuration(response.limit)}`;
}

/** Titles of `serviceRows`. */
export const SERVICE_TITLES = [
  'Service',
  'Size',
  'Requests',
  'Replicas',
  'Base',
  'Spot',
  'Response',
  'Availability',
  'USD/month',
] as const;

/** Every service of a plan, dearest first. */
export function serviceRows(plan: PlanDocument): readonly (readonly string[])[] {
  return serviceSummaries(plan)
    .toSorted((a, b) => b.perMonth - a.perMonth)
    .map((item) => [
      item.workload,
      shapePhrase(item.shape),
      ratePhrase(item.requestRate),
      replicasPhrase(item),
      String(item.base),
      String(item.spot),
      responsePhrase(item),
      `${formatAvailability(item.availability.achieved)} ≥ ${formatAvailability(item.availability.target)}`,
      formatUsd(item.perMonth),
    ]);
}

/** Titles of `nodeRows`. */
export const NODE_TITLES = [
  'Instance type',
  'Capacity',
  'Zone',
  'Nodes',
  'Pods',
  'CPU asked for',
  'Memory asked for',
  'USD/month',
] as const;

/** The nodes that services share by instance type, capacity type and zone, dearest first. */
export function nodeRows(plan: PlanDocument): readonly (readonly string[])[] {
  return nodeGroups(plan).map((group) => [
    group.instanceType,
    group.capacityType,
    group.zone,
    nodesPhrase(group),
    String(group.pods),
    group.nodes === 0 ? '–' : formatPercent(group.cpuShare),
    group.nodes === 0 ? '–' : formatPercent(group.memoryShare),
    formatUsd(group.perMonth),
  ]);
}

function nodesPhrase({ nodes, fewest, most }: NodeGroup): string {
  return fewest === most ? String(nodes) : `${nodes} (${fewest}–${most})`;
}

/** How full the nodes are: `6 nodes hold 27 pods in the busiest window: 91.2 % of their CPU …`; empty without services. */
export function fillPhrase(plan: PlanDocument): string {
  const fill = nodeFill(plan);
  if (fill === undefined) return '';
  return `${plural(fill.nodes, 'node')} ${fill.nodes === 1 ? 'holds' : 'hold'} ${plural(fill.pods, 'pod')} in the busiest window, which ask for ${formatPercent(fill.cpuShare)} of the CPU and ${formatPercent(fill.memoryShare)} of the memory that daemonsets and the system leave; ${perMonth(fill.perMonth)}.`;
}
