import { bytes } from '../units/index.ts';
import type { InstanceType } from './accelerator.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** Pods per node that the memory reserve of EKS and AKS is computed for (Kubernetes' own default limit). */
const DEFAULT_PODS = 110;

/**
 * What Kubernetes leaves for pods on a node of the provider, by its documented reserve:
 * - `gcp`: GKE "Plan node sizes" (2025): CPU 6 % of the first core, 1 % of the second, 0.5 % of the next two,
 *   0.25 % of the rest; memory 25 % of the first 4 GiB, 20 % of the next 4, 10 % of the next 8, 6 % of the next 112,
 *   2 % of the rest, and 100 MiB eviction threshold.
 * - `azure`: AKS "Node resource reservations", version 1.29 and later (2025): CPU 60, 100, 140, 180, 260, 420, 740 millicores
 *   of 1, 2, 4, 8, 16, 32, 64 cores; memory the smaller of 20 MB × pods + 50 MB and a quarter, and 100 MiB threshold.
 * - `aws`: EKS bootstrap script (2025): CPU as GKE; memory 255 MiB + 11 MiB × pods and 100 MiB threshold, after
 *   7.5 % of the machine that Karpenter assumes for the hypervisor and kernel.
 * - any other provider: as `gcp`, *assumed*.
 * @param vcpus virtual CPUs, > 0
 * @param memory main memory in bytes, > 0
 */
export function allocatableOf(provider: string, vcpus: number, memory: number): InstanceType['allocatable'] {
  const cpu = provider === 'azure' ? aksCpuReserve(vcpus) : tieredCpuReserve(vcpus);
  const reserved = MEMORY_RESERVE[provider] ?? gkeMemoryReserve;
  return {
    cpuMillicores: Math.max(0, Math.floor(vcpus * 1000 - cpu)),
    memory: bytes(Math.max(0, Math.floor((memory - reserved(memory)) / MIB) * MIB)),
    pods: DEFAULT_PODS,
  };
}

const MEMORY_RESERVE: Readonly<Record<string, (memory: number) => number>> = {
  gcp: gkeMemoryReserve,
  azure: (memory) => Math.min((20 * DEFAULT_PODS + 50) * 1e6, memory / 4) + 100 * MIB,
  aws: (memory) => memory * 0.075 + (255 + 11 * DEFAULT_PODS + 100) * MIB,
};

function gkeMemoryReserve(memory: number): number {
  return (
    tiers(memory / GIB, [
      [4, 0.25],
      [4, 0.2],
      [8, 0.1],
      [112, 0.06],
      [Infinity, 0.02],
    ]) *
      GIB +
    100 * MIB
  );
}

/** Millicores reserved by GKE and EKS. */
function tieredCpuReserve(vcpus: number): number {
  return tiers(vcpus, [
    [1, 60],
    [1, 10],
    [2, 5],
    [Infinity, 2.5],
  ]);
}

/** Millicores reserved by AKS: its table read as increments per core. */
function aksCpuReserve(vcpus: number): number {
  return tiers(vcpus, [
    [1, 60],
    [1, 40],
    [2, 20],
    [Infinity, 10],
  ]);
}

/** Σ over tiers of (amount within the tier × rate); each tier is [width, rate]. */
function tiers(amount: number, steps: readonly (readonly [number, number])[]): number {
  let left = amount;
  let total = 0;
  for (const [width, rate] of steps) {
    const part = Math.min(left, width);
    total += part * rate;
    left -= part;
    if (left <= 0) break;
  }
  return total;
}
