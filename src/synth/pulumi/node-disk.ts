import { gib } from '../../units/index.ts';
import type { PodNeeds } from './pod-needs.ts';

/** Disk for the system, container images and logs; *assumed*: engine images take 10 to 20 GiB unpacked, and two versions must fit. */
const SYSTEM_GIB = 100;

/** Share of a node's disk that pods can use; *assumed*: the kubelet evicts below 10 % free (its default) and providers reserve some. */
const USABLE_SHARE = 0.85;

/** Disks are bought in steps of so many GiB. */
const STEP_GIB = 10;

/** Accelerators of one node by resource; undefined for nodes without. */
export interface NodeAccelerators {
  readonly resource: string;
  readonly count: number;
}

/**
 * GiB of disk of a node of a pool, a multiple of ten: room for the system and for what as many pods as its accelerators serve keep
 * on it. Pods without accelerators count once, as none of the manifests asks for disk without them.
 */
export function nodeDiskGib(
  pool: string,
  needs: readonly PodNeeds[],
  accelerators: NodeAccelerators | undefined,
): number {
  const most = Math.max(
    0,
    ...needs.filter((need) => need.pool === pool).map((need) => need.disk * podsOf(need, accelerators)),
  );
  return Math.ceil((SYSTEM_GIB + most / gib(1)) / USABLE_SHARE / STEP_GIB) * STEP_GIB;
}

function podsOf(need: PodNeeds, accelerators: NodeAccelerators | undefined): number {
  const asked = accelerators === undefined ? 0 : (need.accelerators[accelerators.resource] ?? 0);
  return accelerators === undefined || asked === 0 ? 1 : Math.max(1, Math.floor(accelerators.count / asked));
}
