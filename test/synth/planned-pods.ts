import type { SynthesizedFile } from '../../src/synth/index.ts';

type Labels = Readonly<Record<string, string>>;

/** The parts of a pod's spec that all profiles must agree on. */
export interface PodSpec {
  readonly nodeSelector: Labels;
  readonly tolerations: readonly object[];
  readonly affinity?: object;
  readonly topologySpreadConstraints?: readonly {
    readonly labelSelector: { readonly matchLabels: Labels };
  }[];
  readonly priorityClassName: string;
  readonly terminationGracePeriodSeconds: number;
  readonly automountServiceAccountToken?: boolean;
  readonly initContainers?: readonly { readonly resources: { readonly requests: Labels } }[];
  readonly containers: readonly [
    {
      readonly image: string;
      readonly args: readonly string[];
      readonly resources: object;
      readonly securityContext: { readonly allowPrivilegeEscalation: boolean };
    },
  ];
}

interface PodTemplate {
  readonly metadata: { readonly labels: Labels };
  readonly spec: PodSpec;
}

/** The pods of one allocation, whatever kind of object they come from. */
export interface PlannedPods {
  /** Name of the pod set. */
  readonly allocation: string;
  readonly namespace: string;
  /** Labels of the pods as they run: ours, and those that the profile's operator is known to add. */
  readonly labels: Labels;
  readonly server: PodSpec;
  /** Absent where a replica has one pod, or where one template is for all of them. */
  readonly worker?: PodSpec;
  /** Pods of one replica. */
  readonly size: number;
  /** Absent where an autoscaler owns it. */
  readonly replicas: number | undefined;
}

interface GroupSpec {
  readonly replicas?: number;
  readonly leaderWorkerTemplate: {
    readonly size: number;
    readonly leaderTemplate?: PodTemplate;
    readonly workerTemplate: PodTemplate;
  };
}

/** All pods of a profile's objects that belong to allocations of language models, sorted by name. */
export function plannedPods(files: readonly SynthesizedFile[]): readonly PlannedPods[] {
  return files
    .flatMap(podsOfFile)
    .filter(({ allocation, server }) => allocation !== '' && !isService(server))
    .sort((a, b) => (a.allocation < b.allocation ? -1 : 1));
}

/** Services are told by their container, which is no engine. */
function isService({ containers }: PodSpec): boolean {
  return !('args' in containers[0]) || !/(vllm|sglang|tensorrt-llm)/.test(containers[0].image);
}

function podsOfFile(file: SynthesizedFile): readonly PlannedPods[] {
  const spec = file.manifest['spec'] as unknown;
  switch (file.kind) {
    case 'Deployment': {
      const { replicas, template } = spec as { replicas?: number; template: PodTemplate };
      return [podsOf(file, { server: template, size: 1, replicas })];
    }
    case 'LeaderWorkerSet':
      return [ofGroup(file, spec as GroupSpec)];
    case 'DisaggregatedSet': {
      const { roles } = spec as { roles: readonly { spec: GroupSpec }[] };
      return roles.map((role) => ofGroup(file, role.spec));
    }
    case 'LLMInferenceService': {
      const main = spec as KserveSpec;
      return [main, ...(main.prefill === undefined ? [] : [main.prefill])].map((item) =>
        ofKserve(file, item),
      );
    }
    case 'DynamoGraphDeployment': {
      const { components } = spec as { components: readonly DynamoComponent[] };
      return components.filter(({ type }) => type !== 'frontend').map((item) => ofDynamo(file, item));
    }
    default:
      return [];
  }
}

interface Found {
  readonly server: PodTemplate;
  readonly worker?: PodTemplate;
  readonly size: number;
  readonly replicas: number | undefined;
}

function podsOf(file: SynthesizedFile, { server, worker, size, replicas }: Found): PlannedPods {
  const { labels } = server.metadata;
  return {
    allocation: [labels['plimsoll.dev/allocation'], labels['plimsoll.dev/zone']]
      .filter((part) => part !== undefined)
      .join('-'),
    namespace: file.namespace,
    labels,
    server: server.spec,
    ...(worker === undefined ? {} : { worker: worker.spec }),
    size,
    replicas,
  };
}

function ofGroup(file: SynthesizedFile, { replicas, leaderWorkerTemplate }: GroupSpec): PlannedPods {
  const { size, leaderTemplate, workerTemplate } = leaderWorkerTemplate;
  return leaderTemplate === undefined
    ? podsOf(file, { server: workerTemplate, size, replicas })
    : podsOf(file, { server: leaderTemplate, worker: workerTemplate, size, replicas });
}

interface KserveWorkload {
  readonly replicas?: number;
  readonly labels: Labels;
  readonly parallelism?: { readonly data: number; readonly dataLocal: number };
  readonly template: PodSpec;
  readonly worker?: PodSpec;
}
type KserveSpec = KserveWorkload & { readonly prefill?: KserveWorkload };

/** KServe gives its pods labels of its own and puts `data / dataLocal` of them into a replica (0.17). */
function ofKserve(file: SynthesizedFile, item: KserveWorkload): PlannedPods {
  const labels = {
    'app.kubernetes.io/part-of': 'llminferenceservice',
    'kserve.io/component': 'workload',
    ...item.labels,
  };
  const { data = 1, dataLocal = 1 } = item.parallelism ?? {};
  return podsOf(file, {
    server: { metadata: { labels }, spec: item.template },
    ...(item.worker === undefined ? {} : { worker: { metadata: { labels }, spec: item.worker } }),
    size: data / dataLocal,
    replicas: item.replicas,
  });
}

interface DynamoComponent {
  readonly type: string;
  readonly replicas?: number;
  readonly multinode?: { readonly nodeCount: number };
  readonly podTemplate: PodTemplate;
}

/** The operator says the type of a component on its pods (v1beta1). */
function ofDynamo(
  file: SynthesizedFile,
  { type, replicas, multinode, podTemplate }: DynamoComponent,
): PlannedPods {
  const labels = { ...podTemplate.metadata.labels, 'nvidia.com/dynamo-component-type': type };
  return podsOf(file, {
    server: { metadata: { labels }, spec: podTemplate.spec },
    size: multinode?.nodeCount ?? 1,
    replicas,
  });
}
