import type { InstanceType, PodGroup } from '../../model/index.ts';
import { bytes, gib } from '../../units/index.ts';

/** Part of a node's allocatable resources left to daemon sets (device plugin, logs, metrics); *assumed*. */
const DAEMON_SHARE = 0.1;
/** Millicores of an engine: its scheduler and web server, and one process per accelerator; *assumed*. */
const CPU_BASE = 4000;
const CPU_PER_ACCELERATOR = 4000;
/** Memory of an engine beside its weights' page cache, and per accelerator; *assumed*. */
const MEMORY_BASE = gib(32);
const MEMORY_PER_ACCELERATOR = gib(16);
/** Shared memory for collectives and tensors passed between ranks; *assumed*. */
const SHARED_BASE = gib(4);
const SHARED_PER_ACCELERATOR = gib(2);

const MIB = 2 ** 20;

/**
 * The pods of a replica that takes `accelerators` accelerators: one pod when they fit on a node, whole nodes
 * otherwise. A pod asks for what an engine needs, but never for more than its accelerators' share of the node (less a
 * tenth for daemon sets): pods that fit by accelerators then always fit by processor and memory.
 */
export function podGroupOn(instance: InstanceType, accelerators: number): PodGroup {
  const perNode = instance.accelerator?.count ?? 1;
  const nodes = Math.ceil(accelerators / perNode);
  const each = Math.min(accelerators, perNode);
  const share = (each / perNode) * (1 - DAEMON_SHARE);
  const memory = Math.min(
    Math.floor((instance.allocatable.memory * share) / MIB) * MIB,
    MEMORY_BASE + MEMORY_PER_ACCELERATOR * each,
  );
  return {
    nodes,
    acceleratorsPerNode: each,
    cpuMillicores: Math.min(
      Math.floor((instance.allocatable.cpuMillicores * share) / 100) * 100,
      CPU_BASE + CPU_PER_ACCELERATOR * each,
    ),
    memory: bytes(memory),
    sharedMemory: bytes(
      Math.min(Math.floor(memory / 4 / MIB) * MIB, SHARED_BASE + SHARED_PER_ACCELERATOR * each),
    ),
  };
}
