import type { ReplicaBoundsDocument, ResourcesDocument, ServiceDocument } from '../../model/index.ts';
import type { CpuText, MemoryText } from '../../units/index.ts';
import { fieldsAt, fieldsOf, listOf, numberOf, recordsOf, textOf } from './fields.ts';
import type { Fields } from './fields.ts';
import { importScheduling } from './import-scheduling.ts';
import { isTarget } from './imported-workload.ts';
import type { ImportedWorkload } from './imported-workload.ts';
import type { KubernetesObject } from './kubernetes-objects.ts';
import { selects } from './label-selector.ts';
import { podResources } from './pod-resources.ts';
import type { DefaultRequests, ImportedResources } from './pod-resources.ts';
import type { Remarks } from './remarks.ts';

/** Names of environment variables whose values look like secrets; they are never copied (assumed). */
const SECRET_NAME = /pass(word|wd)?|secret|token|credential|private|api_?key|access_?key/i;

/** What the conversion of one workload may look at. */
export interface ServiceFacts {
  readonly workload: ImportedWorkload;
  readonly workloads: readonly ImportedWorkload[];
  readonly objects: readonly KubernetesObject[];
  readonly defaults: DefaultRequests;
  readonly remarks: Remarks;
}

/** One Deployment or StatefulSet as a service of so many replicas of one size. */
export function importService(facts: ServiceFacts): ServiceDocument {
  const { workload, objects, remarks } = facts;
  const { podSpec, object } = workload;
  const main = recordsOf(podSpec['containers'])[0] ?? {};
  const resources = podResources(podSpec, facts.defaults);
  sayResources(facts, resources);
  sayLost(facts);
  const bounds = replicaBounds(facts);
  const { min, max } = bounds ?? {};
  const replicas = Math.max(1, min ?? 0, Math.min(workload.replicas, max ?? Infinity));
  const image = textOf(main['image']);
  const port = portOf(facts, main);
  const environment = environmentOf(facts, main);
  const grace = numberOf(podSpec['terminationGracePeriodSeconds']);
  const priorityClasses = objects.filter((item) => item.kind === 'PriorityClass');
  return {
    id: workload.id,
    ...(image === undefined ? {} : { image }),
    ...(port === undefined ? {} : { port }),
    ...textList('command', main['command']),
    ...textList('args', main['args']),
    ...(Object.keys(environment).length === 0 ? {} : { environment }),
    performance: { fixed: { resources: resourcesDocument(resources), replicas } },
    ...(bounds === undefined ? {} : { replicas: bounds }),
    scheduling: importScheduling({ workload, workloads: facts.workloads, priorityClasses, remarks }),
    ...(grace === undefined ? {} : { terminationGrace: `${grace}s` }),
    ...(object.namespace === '' ? {} : { namespace: object.namespace }),
  };
}

/** Quantities in the words of a stack: millicores and mebibytes, rounded up. */
export function resourcesDocument(resources: ImportedResources): ResourcesDocument {
  const { cpuLimitMillicores, memoryLimit } = resources;
  const limits = {
    ...(cpuLimitMillicores > 0 ? { cpu: cpuText(cpuLimitMillicores) } : {}),
    ...(memoryLimit > 0 ? { memory: memoryText(memoryLimit) } : {}),
  };
  return {
    requests: { cpu: cpuText(resources.cpuMillicores), memory: memoryText(resources.memory) },
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
  };
}

/** Millicores as text, rounded up to whole ones, at least one. */
export function cpuText(millicores: number): CpuText {
  return `${Math.max(1, Math.ceil(millicores - 1e-9))}m`;
}

/** Bytes as mebibytes, rounded up, at least one. */
export function memoryText(bytes: number): MemoryText {
  return `${Math.max(1, Math.ceil(bytes / 2 ** 20 - 1e-9))}Mi`;
}

function textList(
  key: 'command' | 'args',
  value: unknown,
): Partial<Record<'command' | 'args', readonly string[]>> {
  const items = listOf(value).flatMap((item) => textOf(item) ?? []);
  return items.length === 0 ? {} : { [key]: items };
}

/** Bounds from an autoscaler and from budgets that keep a number of pods. */
function replicaBounds({ workload, objects, remarks }: ServiceFacts): ReplicaBoundsDocument | undefined {
  let min: number | undefined;
  let max: number | undefined;
  for (const object of objects) {
    const spec = fieldsAt(object.value, 'spec');
    if (object.kind === 'HorizontalPodAutoscaler' && isTarget(spec['scaleTargetRef'], object, workload)) {
      min = Math.max(1, numberOf(spec['minReplicas']) ?? 1);
      max = numberOf(spec['maxReplicas']);
      remarks.lost(object, 'the metrics that it scales by (a plan counts replicas from rates)');
    }
    const isBudget = object.kind === 'PodDisruptionBudget' && object.namespace === workload.object.namespace;
    if (!isBudget || !selects(spec['selector'], workload.labels)) continue;
    const kept = numberOf(spec['minAvailable']);
    if (kept !== undefined) min = Math.max(min ?? 1, kept);
    else remarks.lost(object, 'a budget other than a number of pods (plans write their own)');
  }
  if (min === undefined && max === undefined) return undefined;
  return {
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max: Math.max(max, min ?? 1) }),
  };
}

/** The port on which a Service reaches the pods, else the first that the container names. */
function portOf({ workload, objects }: ServiceFacts, container: Fields): number | undefined {
  const ports = recordsOf(container['ports']);
  const named = new Map(ports.map((port) => [textOf(port['name']), numberOf(port['containerPort'])]));
  for (const object of objects) {
    const spec = fieldsAt(object.value, 'spec');
    const reaches =
      object.kind === 'Service' &&
      object.namespace === workload.object.namespace &&
      Object.keys(fieldsOf(spec['selector'])).length > 0 &&
      selects({ matchLabels: spec['selector'] }, workload.labels);
    if (!reaches) continue;
    const first = recordsOf(spec['ports'])[0] ?? {};
    const target = first['targetPort'] ?? first['port'];
    const port = numberOf(target) ?? named.get(textOf(target));
    if (isPort(port)) return port;
  }
  const own = numberOf(ports[0]?.['containerPort']);
  return isPort(own) ? own : undefined;
}

function isPort(value: number | undefined): value is number {
  return value !== undefined && Number.isInteger(value) && value >= 1 && value <= 65_535;
}

/** Variables with values in plain text; values that look like secrets and references stay behind. */
function environmentOf(
  { workload, remarks }: ServiceFacts,
  container: Fields,
): Readonly<Record<string, string>> {
  const kept: [string, string][] = [];
  let references = listOf(container['envFrom']).length;
  const secrets: string[] = [];
  for (const variable of recordsOf(container['env'])) {
    const name = textOf(variable['name']);
    if (name === undefined) continue;
    if (variable['valueFrom'] !== undefined) references += 1;
    else if (SECRET_NAME.test(name)) secrets.push(name);
    else kept.push([name, textOf(variable['value']) ?? '']);
  }
  if (references > 0) {
    remarks.lost(workload.object, `${String(references)} environment sources (Secrets, ConfigMaps, fields)`);
  }
  if (secrets.length > 0) {
    remarks.lost(workload.object, `values of ${secrets.join(', ')}, which look like secrets`);
  }
  return Object.fromEntries([...new Map(kept)].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function sayResources({ workload, defaults, remarks }: ServiceFacts, resources: ImportedResources): void {
  if (resources.cpuMillicores === 0 || resources.memory === 0) {
    remarks.lost(workload.object, 'a request of zero (1m of CPU and 1Mi of memory are the least)');
  }
  for (const resource of ['cpu', 'memory'] as const) {
    const containers = resources.assumed.filter((item) => item.resource === resource);
    if (containers.length === 0) continue;
    const amount = resource === 'cpu' ? cpuText(defaults.cpuMillicores) : memoryText(defaults.memory);
    remarks.say('import-assumed-request', workload.object, {
      summary: `${workload.object.kind} "${workload.object.name}": ${containers.map((item) => `container "${item.container}"`).join(', ')} asks for no ${resource === 'cpu' ? 'CPU' : 'memory'}; ${amount} assumed.`,
      fix: `State requests, or choose another default with --default-${resource}.`,
    });
  }
  for (const item of resources.unreadable)
    remarks.lost(workload.object, `a quantity that cannot be read (${item})`);
  for (const item of resources.others)
    remarks.lost(workload.object, `a resource that services do not have (${item})`);
}

function sayLost({ workload, remarks }: ServiceFacts): void {
  const { podSpec, object } = workload;
  const lost = (isThere: boolean, what: string): void => {
    if (isThere) remarks.lost(object, what);
  };
  const containers = recordsOf(podSpec['containers']);
  const count = (value: unknown): number => listOf(value).length;
  lost(count(podSpec['volumes']) > 0, `${String(count(podSpec['volumes']))} volumes`);
  const claims = count(fieldsAt(object.value, 'spec')['volumeClaimTemplates']);
  lost(claims > 0, `${String(claims)} volume claims, which tie pods to a zone`);
  const beside = containers.slice(1).map((item) => `"${textOf(item['name']) ?? 'unnamed'}"`);
  lost(beside.length > 0, `containers ${beside.join(', ')} (their resources are counted)`);
  lost(count(podSpec['initContainers']) > 0, 'init containers (their resources are counted)');
  lost(typeof podSpec['runtimeClassName'] === 'string', 'its runtime class');
  lost(workload.replicas === 0, 'that it is scaled to zero (one replica is planned)');
}
