import type {
  HardwarePool,
  Offering,
  ServiceShape,
  ServiceWorkload,
  Taint,
  Toleration,
} from '../../model/index.ts';
import { requestOf } from './service-fleet.ts';

/** Labels that Kubernetes sets on every node, with the fact of the offering that they hold. */
const NODE_LABELS: Readonly<Record<string, (offering: Offering) => string>> = {
  'kubernetes.io/arch': (offering) => offering.instanceType.cpuArchitecture,
  'kubernetes.io/os': () => 'linux',
  'node.kubernetes.io/instance-type': (offering) => offering.instanceType.name,
  'topology.kubernetes.io/zone': (offering) => offering.zone,
  'topology.kubernetes.io/region': (offering) => offering.region,
  'karpenter.sh/capacity-type': (offering) => offering.capacityType,
};

/** Why a service may not use an offering; stable words, most fundamental first. */
export type Obstacle = 'pool' | 'accelerators' | 'architecture' | 'taint' | 'node-selector' | 'spot' | 'size';

/** What keeps a service off an offering; undefined when it may run there. */
export function obstacleOf(
  service: ServiceWorkload,
  shapes: readonly ServiceShape[],
  place: { readonly offering: Offering; readonly pool: HardwarePool; readonly capacity: readonly number[] },
): Obstacle | undefined {
  const { offering, pool, capacity } = place;
  if (service.pools.length > 0 && !service.pools.includes(pool.id)) return 'pool';
  // Nodes with accelerators are kept for pods that ask for them unless the service names their pool.
  if (offering.accelerator !== undefined && !service.pools.includes(pool.id)) return 'accelerators';
  const { architectures, nodeSelector, tolerations } = service.scheduling;
  if (!architectures.includes(offering.instanceType.cpuArchitecture)) return 'architecture';
  if (pool.taints.some((taint) => keepsOff(taint, tolerations))) return 'taint';
  const hasLabels = Object.entries(nodeSelector).every(
    ([key, value]) => (pool.labels[key] ?? NODE_LABELS[key]?.(offering)) === value,
  );
  if (!hasLabels) return 'node-selector';
  if (offering.capacityType === 'spot' && service.maxSpotShare <= 0) return 'spot';
  const fits = shapes.some((shape) => requestOf(shape).every((amount, r) => amount <= (capacity[r] ?? 0)));
  return fits ? undefined : 'size';
}

/** Whether a taint keeps pods with these tolerations off (Kubernetes' rules; a preference keeps nobody off). */
export function keepsOff(taint: Taint, tolerations: readonly Toleration[]): boolean {
  if (taint.effect === 'PreferNoSchedule') return false;
  return !tolerations.some(
    ({ key, operator, value, effect }) =>
      (effect === '' || effect === taint.effect) &&
      (key === ''
        ? operator === 'Exists'
        : key === taint.key && (operator === 'Exists' || value === taint.value)),
  );
}
