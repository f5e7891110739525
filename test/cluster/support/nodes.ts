/** Nodes that KWOK makes Ready. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json, Rest } from './rest.ts';

/** A node to make: labels, taints and what pods may take of it, in Kubernetes quantities (`nvidia.com/gpu: "8"`). */
export interface NodeSpec {
  readonly name: string;
  readonly zone: string;
  readonly region?: string;
  readonly instanceType?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  /** `pods` is 110 where it is not given. */
  readonly allocatable: Readonly<Record<string, string>>;
}

/** Makes the nodes and waits until all are Ready and carry no taint but their own. */
export async function createNodes(rest: Rest, nodes: readonly NodeSpec[]): Promise<void> {
  for (const batch of batches(nodes, 32))
    await Promise.all(batch.map((node) => rest.create('/api/v1/nodes', nodeObject(node))));
  const wanted = new Set(nodes.map(({ name }) => name));
  for (;;) {
    const live = (await rest.list('/api/v1/nodes')).filter((node) =>
      wanted.has(node.metadata.name as string),
    );
    if (live.length === wanted.size && live.every(isReady)) return;
    await sleep(200);
  }
}

/** The node as a kubelet and a cloud would register it. */
export function nodeObject({
  name,
  zone,
  region,
  instanceType,
  labels,
  taints,
  allocatable,
}: NodeSpec): Json {
  const resources = { pods: '110', ...allocatable };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'topology.kubernetes.io/zone': zone,
        ...(region === undefined ? {} : { 'topology.kubernetes.io/region': region }),
        ...(instanceType === undefined ? {} : { 'node.kubernetes.io/instance-type': instanceType }),
        ...labels,
      },
    },
    spec: { ...(taints === undefined ? {} : { taints }) },
    status: {
      capacity: resources,
      allocatable: resources,
      nodeInfo: { architecture: 'amd64', operatingSystem: 'linux' },
    },
  };
}

function isReady(node: Json): boolean {
  const conditions = (node.status.conditions ?? []) as readonly {
    readonly type: string;
    readonly status: string;
  }[];
  const taints = (node.spec.taints ?? []) as readonly { readonly key: string }[];
  const isTainted = taints.some(({ key }) => key.startsWith('node.kubernetes.io/'));
  return !isTainted && conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

function batches<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
