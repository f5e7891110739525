import { findAccelerator, shippedCatalog } from '../../catalog/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import type { CapacityType, Taint } from '../../model/index.ts';
import { fieldsAt, recordsOf, textOf } from '../import-manifests/fields.ts';
import type { Fields } from '../import-manifests/fields.ts';
import { readNode } from '../pack/read-cluster.ts';

/** What planning needs of one node. */
export interface NodeFacts {
  readonly name: string;
  /** `aws`, `gcp`, `azure`, or `own` where nothing tells of a cloud. */
  readonly provider: string;
  readonly region: string;
  readonly zone: string;
  /** Of the cloud; of own hardware made of its size. */
  readonly instanceType: string;
  readonly capacityType: CapacityType;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** Millicores, bytes, pods that Kubernetes leaves for pods. */
  readonly allocatable: { readonly cpuMillicores: number; readonly memory: number; readonly pods: number };
  /** Cores and bytes of the whole node. */
  readonly capacity: { readonly vcpus: number; readonly memory: number };
  readonly cpuArchitecture: 'amd64' | 'arm64';
  /** `name` is that of the catalogue where the catalogue knows it. */
  readonly accelerator?: { readonly name: string; readonly count: number; readonly isKnown: boolean };
  readonly isControlPlane: boolean;
}

/** Labels by which nodes tell how they are bought; the first that is there counts (Karpenter 1, EKS, GKE, AKS documentation, read 2026-11). */
const CAPACITY_LABELS: readonly {
  readonly label: string;
  readonly values: Readonly<Record<string, CapacityType>>;
}[] = [
  {
    label: 'karpenter.sh/capacity-type',
    values: { spot: 'spot', 'on-demand': 'on-demand', reserved: 'reserved' },
  },
  {
    label: 'eks.amazonaws.com/capacityType',
    values: { SPOT: 'spot', ON_DEMAND: 'on-demand', CAPACITY_BLOCK: 'reserved' },
  },
  {
    label: 'cloud.google.com/gke-provisioning',
    values: { spot: 'spot', preemptible: 'spot', standard: 'on-demand' },
  },
  { label: 'cloud.google.com/gke-spot', values: { true: 'spot' } },
  { label: 'cloud.google.com/gke-preemptible', values: { true: 'spot' } },
  { label: 'kubernetes.azure.com/scalesetpriority', values: { spot: 'spot', regular: 'on-demand' } },
];
/** Beginnings of a provider id and of labels that only one provider's nodes have. */
const PROVIDERS: readonly {
  readonly provider: string;
  readonly id: string;
  readonly labels: readonly string[];
}[] = [
  { provider: 'aws', id: 'aws://', labels: ['eks.amazonaws.com/', 'karpenter.k8s.aws/', 'alpha.eksctl.io/'] },
  { provider: 'gcp', id: 'gce://', labels: ['cloud.google.com/'] },
  { provider: 'azure', id: 'azure://', labels: ['kubernetes.azure.com/', 'karpenter.azure.com/'] },
];
/** Labels that name an accelerator: Karpenter, GPU feature discovery, AMD and GKE (their documentation, read 2026-11). */
const ACCELERATOR_LABELS = [
  'nvidia.com/gpu.product',
  'karpenter.k8s.aws/instance-gpu-name',
  'karpenter.k8s.aws/instance-accelerator-name',
  'cloud.google.com/gke-accelerator',
  'cloud.google.com/gke-tpu-accelerator',
  'amd.com/gpu.product-name',
];
/** Product names that neither their own words nor an alias of the catalogue give away (NVIDIA GPU feature discovery and GKE, read 2026-11). */
const PRODUCTS: Readonly<Record<string, string>> = {
  'h100-80gb-hbm3': 'h100-sxm',
  'a100-sxm4-80gb': 'a100-80gb-sxm',
  'a100-pcie-80gb': 'a100-80gb-pcie',
  '80gb-a100': 'a100-80gb-sxm',
  'a100-80gb': 'a100-80gb-sxm',
  'rtx-pro-6000-blackwell-server-edition': 'rtx-pro-6000',
  'tpu-v5-lite-podslice': 'tpu-v5e',
};
const EXTENDED_ACCELERATORS = [
  'nvidia.com/gpu',
  'amd.com/gpu',
  'google.com/tpu',
  'aws.amazon.com/neuron',
  'gpu.intel.com/xe',
];
/** Taints that come and go with the state of a node, and those that a cloud puts on every spot node. */
const PASSING_TAINTS =
  /^(node\.kubernetes\.io|node\.cloudprovider\.kubernetes\.io|karpenter\.sh|ToBeDeletedByClusterAutoscaler|DeletionCandidateOfClusterAutoscaler)/;

/** Reads a node. Problems go to `problems` as `pack-invalid-object`. */
export function nodeFacts(item: Fields, path: string, problems: Diagnostic[]): NodeFacts {
  const node = readNode(item, path, problems);
  const capacity = fieldsAt(item, 'status', 'capacity');
  const whole = readNode({ ...item, status: { allocatable: capacity } }, path, []).allocatable;
  const { allocatable, labels } = node;
  const provider = providerOf(item, labels);
  const region =
    labels['topology.kubernetes.io/region'] ?? labels['failure-domain.beta.kubernetes.io/region'];
  const zone = labels['topology.kubernetes.io/zone'] ?? labels['failure-domain.beta.kubernetes.io/zone'];
  const cpu = allocatable.get('cpu') ?? 0;
  const memory = allocatable.get('memory') ?? 0;
  const size = { vcpus: (whole.get('cpu') ?? cpu) / 1000, memory: whole.get('memory') ?? memory };
  const accelerator = acceleratorOf(allocatable, labels);
  const named = labels['node.kubernetes.io/instance-type'] ?? labels['beta.kubernetes.io/instance-type'];
  return {
    name: node.name,
    provider,
    region: region ?? 'home',
    zone: zone ?? region ?? 'home',
    instanceType: provider === 'own' || named === undefined ? ownType(size, accelerator) : named,
    capacityType: provider === 'own' ? 'owned' : capacityTypeOf(labels),
    labels,
    taints: taintsOf(item),
    allocatable: { cpuMillicores: cpu, memory, pods: allocatable.get('pods') ?? 110 },
    capacity: size,
    cpuArchitecture: labels['kubernetes.io/arch'] === 'arm64' ? 'arm64' : 'amd64',
    ...(accelerator === undefined ? {} : { accelerator }),
    isControlPlane:
      Object.hasOwn(labels, 'node-role.kubernetes.io/control-plane') ||
      Object.hasOwn(labels, 'node-role.kubernetes.io/master'),
  };
}

function providerOf(item: Fields, labels: Readonly<Record<string, string>>): string {
  const id = textOf(fieldsAt(item, 'spec')['providerID']) ?? '';
  const keys = Object.keys(labels);
  const found = PROVIDERS.find(
    (known) =>
      id.startsWith(known.id) || known.labels.some((start) => keys.some((key) => key.startsWith(start))),
  );
  return found?.provider ?? 'own';
}

function capacityTypeOf(labels: Readonly<Record<string, string>>): CapacityType {
  for (const { label, values } of CAPACITY_LABELS) {
    const value = labels[label];
    if (value !== undefined && Object.hasOwn(values, value)) return values[value]!;
  }
  return 'on-demand';
}

function acceleratorOf(
  allocatable: ReadonlyMap<string, number>,
  labels: Readonly<Record<string, string>>,
): NodeFacts['accelerator'] {
  const resource = EXTENDED_ACCELERATORS.find((name) => (allocatable.get(name) ?? 0) > 0);
  if (resource === undefined) return undefined;
  const count = allocatable.get(resource)!;
  const said = ACCELERATOR_LABELS.flatMap((label) => labels[label] ?? []);
  for (const name of said.flatMap(productNames)) {
    const found = findAccelerator(shippedCatalog(), name);
    if (found.ok) return { name: found.value.name, count, isKnown: true };
  }
  return {
    name: productNames(said[0] ?? resource.replaceAll(/[^a-z0-9]+/gi, '-')).at(-1)!,
    count,
    isKnown: false,
  };
}

/** What a product may be called in the catalogue. */
function productNames(product: string): readonly string[] {
  const plain = product.toLowerCase().replace(/^(nvidia-|amd-)?(tesla-|instinct-)?/, '');
  return [...(Object.hasOwn(PRODUCTS, plain) ? [PRODUCTS[plain]!] : []), plain];
}

/** A name for hardware of one's own: `own-64cpu-512gi-8xh100-sxm`. */
function ownType({ vcpus, memory }: NodeFacts['capacity'], accelerator: NodeFacts['accelerator']): string {
  const size = `own-${String(Math.round(vcpus))}cpu-${String(Math.round(memory / 2 ** 30))}gi`;
  return accelerator === undefined ? size : `${size}-${String(accelerator.count)}x${accelerator.name}`;
}

function taintsOf(item: Fields): readonly Taint[] {
  return recordsOf(fieldsAt(item, 'spec')['taints']).flatMap((taint): Taint[] => {
    const key = textOf(taint['key']) ?? '';
    const effect = textOf(taint['effect']);
    const isKnown = effect === 'NoSchedule' || effect === 'PreferNoSchedule' || effect === 'NoExecute';
    if (!isKnown || key === '' || PASSING_TAINTS.test(key)) return [];
    return [{ key, value: textOf(taint['value']) ?? '', effect }];
  });
}
