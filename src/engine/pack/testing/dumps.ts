/** What a pod of a made-up dump differs in. */
export interface DumpPod {
  readonly name: string;
  readonly cpu?: string;
  readonly memory?: string;
  readonly priority?: number;
  readonly node?: string;
  readonly namespace?: string;
  readonly owner?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly phase?: string;
  /** Further fields of the spec. */
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** What a node of a made-up dump differs in. */
export interface DumpNode {
  readonly name: string;
  readonly cpu?: string;
  readonly memory?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly extra?: Readonly<Record<string, string>>;
}

/** A dump as `kubectl get nodes,pods -o json` prints it, with further `objects`. */
export function dumpOf(
  nodes: readonly DumpNode[],
  pods: readonly DumpPod[],
  objects: readonly unknown[] = [],
): string {
  const items = [...nodes.map(nodeObject), ...pods.map(podObject), ...objects];
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

function nodeObject({
  name,
  cpu = '4',
  memory = '16Gi',
  labels = {},
  spec = {},
  extra = {},
}: DumpNode): unknown {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec,
    status: { allocatable: { cpu, memory, pods: '110', ...extra } },
  };
}

function podObject(pod: DumpPod): unknown {
  const {
    name,
    cpu = '1',
    memory = '1Gi',
    priority = 0,
    node,
    namespace = 'shop',
    owner = 'ReplicaSet',
  } = pod;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      labels: pod.labels ?? {},
      annotations: pod.annotations ?? {},
      ownerReferences: [{ kind: owner, name: 'owner' }],
    },
    spec: {
      priority,
      ...(node === undefined ? {} : { nodeName: node }),
      containers: [{ name: 'main', resources: { requests: { cpu, memory } } }],
      ...pod.spec,
    },
    status: { phase: pod.phase ?? (node === undefined ? 'Pending' : 'Running') },
  };
}

/** A required rule to keep off host names (or another topology) with pods of these labels. */
export function apartFrom(
  labels: Readonly<Record<string, string>>,
  topologyKey = 'kubernetes.io/hostname',
): unknown {
  const terms = [{ topologyKey, labelSelector: { matchLabels: labels } }];
  return { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } };
}
