import { parseCpu, parseMemory } from '../../units/index.ts';
import type { ClusterObject } from '../cluster/cluster-client.ts';

/** Amounts by resource: millicores of `cpu`, bytes of `memory`, `pods`, and devices by their resource name. */
export type Amounts = Readonly<Record<string, number>>;

/** Something that pods share and that cannot grow: the nodes of a pool that are not bought on demand, or a quota. */
export interface Room {
  /** In words: `pool own`, `ResourceQuota shop/shop`. */
  readonly name: string;
  readonly hard: Amounts;
  /** Whether the pods of a pod set take of it. */
  readonly holds: (podSet: ClusterObject) => boolean;
}

const POOL_LABEL = 'plimsoll.dev/pool';
/** Kinds of pod sets whose replicas and pods are known. */
const POD_SETS = ['Deployment', 'LeaderWorkerSet'];

type Plain = Readonly<Record<string, unknown>>;

/** Whether the pods of an object can be counted. */
export function isCounted({ kind }: ClusterObject): boolean {
  return POD_SETS.includes(kind);
}

/** The nodes of a pool whose number is limited: pods that select the pool share them. `hard` is what pods may take of all of them together. */
export function poolRoom(pool: string, hard: Amounts): Room {
  return {
    name: `pool ${pool}`,
    hard,
    holds: (podSet) =>
      templatesOf(podSet).some(
        ({ pod }) => (pod['nodeSelector'] as Plain | undefined)?.[POOL_LABEL] === pool,
      ),
  };
}

/** A quota that a plan writes: pods of its namespace and its priority classes share it. Undefined for other objects. */
export function quotaRoom(object: ClusterObject): Room | undefined {
  if (object.kind !== 'ResourceQuota') return undefined;
  const { hard = {}, scopeSelector } = object['spec'] as QuotaSpec;
  const classes = scopeSelector?.matchExpressions?.flatMap(({ values }) => values ?? []);
  const { namespace = '', name } = object.metadata;
  return {
    name: `ResourceQuota ${namespace}/${name}`,
    hard: amountsOf(
      Object.fromEntries(Object.entries(hard).map(([key, text]) => [key.replace(/^requests\./, ''), text])),
    ),
    holds: (podSet) =>
      podSet.metadata.namespace === namespace &&
      templatesOf(podSet).some(
        ({ pod }) => classes === undefined || classes.includes(pod['priorityClassName'] as string),
      ),
  };
}

interface QuotaSpec {
  readonly hard?: Readonly<Record<string, string>>;
  readonly scopeSelector?: {
    readonly matchExpressions?: readonly { readonly values?: readonly string[] }[];
  };
}

/** What one replica of a pod set takes: the requests of all its containers and pods. */
export function replicaDemand(podSet: ClusterObject): Amounts {
  const sums: Record<string, number> = {};
  for (const { pod, count } of templatesOf(podSet)) {
    add(sums, { pods: count });
    for (const container of (pod['containers'] ?? []) as readonly Plain[]) {
      const { requests = {} } = (container['resources'] ?? {}) as {
        readonly requests?: Record<string, string>;
      };
      const amounts = Object.entries(amountsOf(requests)).map(([key, value]) => [key, value * count]);
      add(sums, Object.fromEntries(amounts) as Amounts);
    }
  }
  return sums;
}

/** Pods of one replica. */
export function replicaPods(podSet: ClusterObject): number {
  return templatesOf(podSet).reduce((sum, { count }) => sum + count, 0);
}

/** Pod templates of a pod set, with the pods that one replica has of each. */
function templatesOf(podSet: ClusterObject): readonly { readonly pod: Plain; readonly count: number }[] {
  const spec = (podSet['spec'] ?? {}) as Plain;
  const podOf = (template: unknown): Plain => ((template as Plain | undefined)?.['spec'] ?? {}) as Plain;
  if (podSet.kind === 'Deployment') return [{ pod: podOf(spec['template']), count: 1 }];
  if (podSet.kind !== 'LeaderWorkerSet') return [];
  const group = (spec['leaderWorkerTemplate'] ?? {}) as Plain;
  const size = typeof group['size'] === 'number' ? group['size'] : 1;
  const worker = { pod: podOf(group['workerTemplate']), count: size };
  if (group['leaderTemplate'] === undefined) return [worker];
  return [
    { pod: podOf(group['leaderTemplate']), count: 1 },
    { ...worker, count: size - 1 },
  ];
}

/** Quantities in the units of `Amounts`; what cannot be read counts as none. */
function amountsOf(quantities: Readonly<Record<string, string>>): Amounts {
  return Object.fromEntries(
    Object.entries(quantities).map(([name, text]) => {
      if (name === 'cpu') return [name, valueOf(parseCpu(text))];
      if (name === 'memory') return [name, valueOf(parseMemory(text))];
      const count = Number(text);
      return [name, Number.isFinite(count) ? count : 0];
    }),
  );
}

function valueOf(parsed: ReturnType<typeof parseCpu> | ReturnType<typeof parseMemory>): number {
  return parsed.ok ? parsed.value : 0;
}

function add(sums: Record<string, number>, amounts: Amounts): void {
  for (const [name, value] of Object.entries(amounts)) sums[name] = (sums[name] ?? 0) + value;
}
