import type { ClusterState } from './cluster-state.ts';
import type { NodeTrial } from './node-trial.ts';
import { gpuMilliOf } from './pod-shape.ts';
import type { ShapeWeight } from './pod-shape.ts';

/** The shapes of the mix that differ in CPU only. */
interface ShapeGroup {
  readonly gpus: number;
  readonly gpuMilli: number;
  /** Distinct CPU requests, rising, and the probability of a pod of this group that asks at most that. */
  readonly cpu: Float64Array;
  readonly probability: Float64Array;
}

/**
 * How much of the free GPU share of a node a pod drawn from a mix could use, in expectation: for each shape that the node can
 * host, the free share of the GPUs that are free enough for it. The complement, free share less expected use, is the
 * fragmentation measure F_n(M) of Weng et al., "Beware of Fragmentation", USENIX ATC 2023, section 4.1 (memory is not looked at
 * there; pods without GPUs can use none of it).
 */
export class ExpectedUse {
  /** Groups per GPU model. */
  readonly #groups: (readonly ShapeGroup[])[];

  /** `mix`: weights relative to each other. */
  constructor(cluster: ClusterState, mix: readonly ShapeWeight[]) {
    const total = mix.reduce((sum, { weight }) => sum + weight, 0);
    this.#groups = cluster.models.map((model) =>
      groupsOf(
        mix.filter(
          ({ shape }) => gpuMilliOf(shape) > 0 && (shape.models.length === 0 || shape.models.includes(model)),
        ),
        total,
      ),
    );
  }

  /** Expected use in GPU milli of what is free on a node. */
  of({ freeGpu, gpus, cpuMilli, model }: NodeTrial): number {
    let use = 0;
    for (const group of this.#groups[model]!) {
      let usable = 0;
      let hosts = 0;
      for (let g = 0; g < gpus; g++) {
        const free = freeGpu[g]!;
        if (free < group.gpuMilli) continue;
        usable += free;
        hosts++;
      }
      if (hosts >= group.gpus) use += usable * probabilityUpTo(group, cpuMilli);
    }
    return use;
  }
}

function probabilityUpTo({ cpu, probability }: ShapeGroup, limit: number): number {
  let low = 0;
  let high = cpu.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cpu[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? 0 : probability[low - 1]!;
}

function groupsOf(mix: readonly ShapeWeight[], total: number): readonly ShapeGroup[] {
  const groups = Map.groupBy(mix, ({ shape }) => `${shape.gpus} ${shape.gpuMilli}`);
  return [...groups.values()].map((members) => {
    const sorted = [...members].sort((a, b) => a.shape.cpuMilli - b.shape.cpuMilli);
    let sum = 0;
    const { gpus, gpuMilli } = sorted[0]!.shape;
    return {
      gpus,
      gpuMilli,
      cpu: Float64Array.from(sorted, ({ shape }) => shape.cpuMilli),
      probability: Float64Array.from(sorted, ({ weight }) => (sum += weight) / total),
    };
  });
}
