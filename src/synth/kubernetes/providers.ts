import type { CapacityType } from '../../model/index.ts';

/** A node selector requirement of a pod or a Karpenter object. */
export interface NodeRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[];
}

/** A toleration of a pod. */
export interface Toleration {
  readonly key: string;
  readonly operator: 'Equal' | 'Exists';
  readonly value?: string;
  readonly effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

/** How pods reach the nodes of one capacity type. */
export interface CapacitySelection {
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly requirements: readonly NodeRequirement[];
  readonly tolerations: readonly Toleration[];
}

/** A kind of node class, and the name of one where the provider itself makes it. */
export interface NodeClassTraits {
  readonly group: string;
  readonly kind: string;
  readonly name?: string;
}

/** What a provider's nodes look like from inside Kubernetes. */
export interface ProviderTraits {
  /** Node class that Karpenter pools refer to; absent when the provider has no Karpenter that we know of. */
  readonly nodeClass?: NodeClassTraits;
  /** Whether nodes carry `node.kubernetes.io/instance-type`. */
  readonly labelsInstanceType: boolean;
  readonly selection: (capacityType: CapacityType) => CapacitySelection;
  /** Value of `topology.kubernetes.io/zone` on nodes of a zone. */
  readonly zoneLabel: (zone: string, region: string) => string;
}

export const CAPACITY_TYPE_LABEL = 'karpenter.sh/capacity-type';
export const INSTANCE_TYPE_LABEL = 'node.kubernetes.io/instance-type';
export const HOSTNAME_LABEL = 'kubernetes.io/hostname';
export const ZONE_LABEL = 'topology.kubernetes.io/zone';

/** Label and taint of Spot nodes (Google Kubernetes Engine, "Spot VMs", 2026). */
const GKE_SPOT = 'cloud.google.com/gke-spot';

/** Taint that AKS puts on the nodes of spot agent pools (Microsoft, "Add an Azure Spot node pool to AKS", 2026); Karpenter's have none. */
const AKS_SPOT: Toleration = {
  key: 'kubernetes.azure.com/scalesetpriority',
  operator: 'Equal',
  value: 'spot',
  effect: 'NoSchedule',
};

const NOTHING: CapacitySelection = { nodeSelector: {}, requirements: [], tolerations: [] };

const AWS: ProviderTraits = {
  nodeClass: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass' },
  labelsInstanceType: true,
  selection: karpenterSelection,
  zoneLabel: (zone) => zone,
};

const AZURE: ProviderTraits = {
  // Node auto-provisioning makes this one itself (Microsoft, "Node auto-provisioning", 2026).
  nodeClass: { group: 'karpenter.azure.com', kind: 'AKSNodeClass', name: 'default' },
  labelsInstanceType: true,
  selection: (capacityType) => ({
    ...karpenterSelection(capacityType),
    tolerations: capacityType === 'spot' ? [AKS_SPOT] : [],
  }),
  // AKS labels zone 1 of eastus `eastus-1` (Azure, "Availability zones in AKS", 2026).
  zoneLabel: (zone, region) => (/^\d+$/.test(zone) ? `${region}-${zone}` : zone),
};

const GCP: ProviderTraits = {
  labelsInstanceType: true,
  selection: (capacityType) =>
    capacityType === 'spot'
      ? {
          nodeSelector: { [GKE_SPOT]: 'true' },
          requirements: [],
          tolerations: [{ key: GKE_SPOT, operator: 'Equal', value: 'true', effect: 'NoSchedule' }],
        }
      : { ...NOTHING, requirements: [{ key: GKE_SPOT, operator: 'DoesNotExist' }] },
  zoneLabel: (zone) => zone,
};

/** Servers of the user's own, or of a provider we know nothing about: only the pool label is relied on. */
const OTHER: ProviderTraits = {
  labelsInstanceType: false,
  selection: () => NOTHING,
  zoneLabel: (zone) => zone,
};

/** The traits of a provider's capacity; owned servers and unknown providers are reached by the pool label alone. */
export function providerTraits(provider: string, capacityType: CapacityType): ProviderTraits {
  if (capacityType === 'owned') return OTHER;
  switch (provider) {
    case 'aws':
      return AWS;
    case 'azure':
      return AZURE;
    case 'gcp':
      return GCP;
    default:
      return OTHER;
  }
}

function karpenterSelection(capacityType: CapacityType): CapacitySelection {
  return { ...NOTHING, nodeSelector: { [CAPACITY_TYPE_LABEL]: capacityType } };
}
