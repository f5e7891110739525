import { parseCpu, parseMemory } from '../../units/index.ts';
import { fieldsAt, fieldsOf, recordsOf, textOf } from './fields.ts';
import type { Fields } from './fields.ts';

/** Requests to take for containers that state none. */
export interface DefaultRequests {
  readonly cpuMillicores: number;
  readonly memory: number;
}

/** What a pod asks for as the scheduler counts it, CPU in millicores, memory in bytes; limits are 0 when a container has none. */
export interface ImportedResources {
  readonly cpuMillicores: number;
  readonly memory: number;
  readonly cpuLimitMillicores: number;
  readonly memoryLimit: number;
  /** Containers without a request, with what was assumed for them. */
  readonly assumed: readonly { readonly container: string; readonly resource: 'cpu' | 'memory' }[];
  /** Quantities that cannot be read, and resources other than CPU and memory, as `container: resource`. */
  readonly unreadable: readonly string[];
  readonly others: readonly string[];
}

type Amount = 'cpu' | 'memory';

interface ContainerAmounts {
  readonly request: Readonly<Record<Amount, number>>;
  readonly limit: Readonly<Record<Amount, number>>;
}

const NOTHING: ContainerAmounts = { request: { cpu: 0, memory: 0 }, limit: { cpu: 0, memory: 0 } };

/**
 * The resources of a pod: the larger of all its containers together and each init container with the sidecars started
 * before it, plus the pod's overhead (Kubernetes documentation, Init Containers and Sidecar Containers, 2025). A request
 * that is missing beside a limit equals it, as in Kubernetes. A pod has a limit only when each of its containers has one.
 */
export function podResources(spec: Fields, defaults: DefaultRequests): ImportedResources {
  const notes = { assumed: [], unreadable: [], others: [] } as MutableNotes;
  const read = (container: Fields, isInit: boolean): ContainerAmounts =>
    containerAmounts(container, { defaults, notes, isInit });
  const main = recordsOf(spec['containers']).map((item) => read(item, false));
  let sidecars = NOTHING;
  let sidecarCount = 0;
  let peak = NOTHING;
  for (const item of recordsOf(spec['initContainers'])) {
    const isSidecar = item['restartPolicy'] === 'Always';
    const amounts = read(item, !isSidecar);
    if (isSidecar) {
      sidecars = sidecarCount === 0 ? amounts : plus(sidecars, amounts);
      sidecarCount += 1;
    } else {
      peak = larger(
        peak,
        sidecarCount === 0 ? amounts : { ...plus(sidecars, amounts), limit: NOTHING.limit },
      );
    }
  }
  const running = [...main, ...(sidecarCount > 0 ? [sidecars] : [])].reduce(
    (sum, item, index) => (index === 0 ? item : plus(sum, item)),
    NOTHING,
  );
  const overhead = fieldsOf(spec['overhead']);
  const total = larger(running, peak);
  return {
    cpuMillicores: total.request.cpu + amountIn(overhead, 'cpu'),
    memory: total.request.memory + amountIn(overhead, 'memory'),
    cpuLimitMillicores:
      limitOf(running.limit.cpu, total.request.cpu) + (running.limit.cpu > 0 ? amountIn(overhead, 'cpu') : 0),
    memoryLimit:
      limitOf(running.limit.memory, total.request.memory) +
      (running.limit.memory > 0 ? amountIn(overhead, 'memory') : 0),
    ...notes,
  };
}

interface MutableNotes {
  readonly assumed: { container: string; resource: Amount }[];
  readonly unreadable: string[];
  readonly others: string[];
}

interface ReadingContext {
  readonly defaults: DefaultRequests;
  readonly notes: MutableNotes;
  /** An init container that ends: without a request it asks for nothing, which never decides. */
  readonly isInit: boolean;
}

function containerAmounts(container: Fields, { defaults, notes, isInit }: ReadingContext): ContainerAmounts {
  const name = textOf(container['name']) ?? 'unnamed';
  const requests = fieldsAt(container, 'resources', 'requests');
  const limits = fieldsAt(container, 'resources', 'limits');
  for (const key of new Set([...Object.keys(requests), ...Object.keys(limits)])) {
    if (key !== 'cpu' && key !== 'memory') notes.others.push(`${name}: ${key}`);
  }
  const read = (fields: Fields, resource: Amount): number | undefined => {
    const value = fields[resource];
    if (value === undefined || value === null) return undefined;
    const amount = amountOf(value, resource);
    if (amount === undefined) notes.unreadable.push(`${name}: ${resource} ${JSON.stringify(value)}`);
    return amount;
  };
  const both = (resource: Amount, standard: number): readonly [number, number] => {
    const limit = read(limits, resource);
    const request = read(requests, resource) ?? limit;
    if (request === undefined && !isInit) notes.assumed.push({ container: name, resource });
    return [request ?? (isInit ? 0 : standard), limit ?? 0];
  };
  const [cpu, cpuLimit] = both('cpu', defaults.cpuMillicores);
  const [memory, memoryLimit] = both('memory', defaults.memory);
  return { request: { cpu, memory }, limit: { cpu: cpuLimit, memory: memoryLimit } };
}

/** A quantity of Kubernetes in millicores or bytes; undefined when it is none or negative. */
function amountOf(value: unknown, resource: Amount): number | undefined {
  const text = textOf(value);
  const parsed = resource === 'cpu' ? parseCpu(text) : parseMemory(text);
  return parsed.ok ? parsed.value : undefined;
}

function amountIn(fields: Fields, resource: Amount): number {
  return amountOf(fields[resource], resource) ?? 0;
}

/** Sums requests; a sum with a container that has no limit has none. */
function plus(a: ContainerAmounts, b: ContainerAmounts): ContainerAmounts {
  const limit = (resource: Amount): number =>
    a.limit[resource] > 0 && b.limit[resource] > 0 ? a.limit[resource] + b.limit[resource] : 0;
  return {
    request: { cpu: a.request.cpu + b.request.cpu, memory: a.request.memory + b.request.memory },
    limit: { cpu: limit('cpu'), memory: limit('memory') },
  };
}

function larger(a: ContainerAmounts, b: ContainerAmounts): ContainerAmounts {
  return {
    request: {
      cpu: Math.max(a.request.cpu, b.request.cpu),
      memory: Math.max(a.request.memory, b.request.memory),
    },
    limit: { cpu: Math.max(a.limit.cpu, b.limit.cpu), memory: Math.max(a.limit.memory, b.limit.memory) },
  };
}

/** A limit is never below what the pod asks for, which an init container may have raised. */
function limitOf(limit: number, request: number): number {
  return limit > 0 ? Math.max(limit, request) : 0;
}
