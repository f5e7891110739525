import type { ClusterState, PodPlacement } from './cluster-state.ts';
import { ExpectedUse } from './expected-use.ts';
import { NodeTrial } from './node-trial.ts';
import { NodeValue } from './node-value.ts';
import type { OnlinePolicy, OnlinePolicySetup } from './online-policy.ts';
import { shapeKey, WHOLE_GPU_MILLI } from './pod-shape.ts';
import type { PodShape, ShapeWeight } from './pod-shape.ts';
import { Scarcity } from './scarcity.ts';

/** Weight of the growth of fragmentation beside the loss of value. *Assumed*; see docs/placement-benchmarks/openb.md. */
const FRAGMENTATION_WEIGHT = 0.1;
/** Prefers the fuller of nodes that cost the same, and of GPUs the one with less free. *Assumed*: far below any price. */
const TIE_WEIGHT = 1e-6;
/** Arrivals after which the prices that depend on the whole cluster are computed anew. *Assumed*. */
const REFRESH_ARRIVALS = 16;
/** Without an expected mix: arrivals before the first prices, and the growth of arrivals from one to the next. *Assumed*. */
const FIRST_LESSON = 16;
const LESSON_GROWTH = 1.25;

/** The prices that hold for one mix. */
interface Prices {
  readonly value: NodeValue;
  readonly use: ExpectedUse;
  readonly scarcity: Scarcity;
}

/** What was computed for a shape on each node, as of a version of that node. */
interface CostsOfShape {
  readonly cost: Float64Array;
  readonly version: Int32Array;
  /** Kinds of places that the pod would break (`Scarcity.broken`). */
  readonly broken: Uint8Array;
  /** GPU of a pod that shares one; -1 otherwise. */
  readonly gpu: Int8Array;
}

/**
 * Bid prices: a pod goes where the node loses the least value beyond what the pod takes. The value of what is free on a node
 * comes from the mix (`NodeValue`), the growth of fragmentation (`ExpectedUse`, the measure of FGD) counts with a tenth, and
 * what is short in the whole cluster has a price of its own (`Scarcity`). It never turns away a pod that fits.
 *
 * `expected` is the mix it prices by; when that is empty it learns the mix from the arrivals, at first after 16 and then each
 * time they have grown by a quarter. Draws no random numbers. A pod costs the nodes changed since the last of its shape.
 */
export function bidPricePolicy({ cluster, expected }: OnlinePolicySetup): OnlinePolicy {
  return new BidPricePolicy(cluster, expected);
}

class BidPricePolicy implements OnlinePolicy {
  readonly name = 'bid-price';
  readonly #cluster: ClusterState;
  readonly #trial: NodeTrial;
  readonly #learns: boolean;
  readonly #seen = new Map<string, { readonly shape: PodShape; weight: number }>();
  #prices: Prices;
  #costs: CostsOfShape[] = [];
  #arrivals = 0;
  #nextLesson = FIRST_LESSON;

  constructor(cluster: ClusterState, expected: readonly ShapeWeight[]) {
    this.#cluster = cluster;
    this.#trial = new NodeTrial(cluster);
    this.#learns = expected.length === 0;
    this.#prices = this.#pricesFor(expected);
  }

  choose(shape: number): PodPlacement | undefined {
    if (this.#learns) this.#learn(this.#cluster.shape(shape));
    if (this.#arrivals++ % REFRESH_ARRIVALS === 0) this.#prices.scarcity.refresh();
    const node = this.#cheapest(shape);
    if (node < 0) return undefined;
    const gpu = this.#costs[shape]!.gpu[node]!;
    return { node, gpus: gpu >= 0 ? [gpu] : this.#cluster.bestFitGpus(shape, node) };
  }

  #cheapest(shape: number): number {
    const { version, modelOf } = this.#cluster;
    const { scarcity } = this.#prices;
    const kept = this.#costsOf(shape);
    const models = scarcity.modelPrices(shape);
    const others = ~scarcity.ownKind(this.#cluster.shape(shape));
    let best = -1;
    let least = Infinity;
    for (let node = 0; node < version.length; node++) {
      if (kept.version[node] !== version[node]) this.#compute(shape, node, kept);
      if (!(kept.cost[node]! < least)) continue;
      const model = modelOf[node]!;
      const cost =
        kept.cost[node]! + models[model]! + scarcity.breakPrice(kept.broken[node]! & others, model);
      if (cost >= least) continue;
      least = cost;
      best = node;
    }
    return best;
  }

  /** Cost of a shape on one node; NaN where it does not fit. */
  #compute(shape: number, node: number, kept: CostsOfShape): void {
    kept.version[node] = this.#cluster.version[node]!;
    kept.cost[node] = NaN;
    kept.gpu[node] = -1;
    if (!this.#cluster.fits(shape, node)) return;
    const pod = this.#cluster.shape(shape);
    const { value, use, scarcity } = this.#prices;
    const trial = this.#trial;
    trial.load(node);
    const room = scarcity.room(trial);
    const before =
      value.of(trial) + (FRAGMENTATION_WEIGHT * (use.of(trial) - trial.freeGpuMilli())) / WHOLE_GPU_MILLI;
    const consider = (gpu: number): void => {
      const tie = TIE_WEIGHT * this.#slack(node, gpu);
      const after =
        value.of(trial) + (FRAGMENTATION_WEIGHT * (use.of(trial) - trial.freeGpuMilli())) / WHOLE_GPU_MILLI;
      const cost = before - after + tie;
      if (cost >= kept.cost[node]!) return;
      kept.cost[node] = cost;
      kept.gpu[node] = gpu;
      kept.broken[node] = scarcity.broken(room, scarcity.room(trial));
    };
    if (pod.gpus !== 1 || pod.gpuMilli === WHOLE_GPU_MILLI) {
      trial.take(pod, pod.gpus === 0 ? [] : this.#cluster.bestFitGpus(shape, node));
      consider(-1);
      return;
    }
    this.#considerShares(node, pod, consider);
  }

  /** Tries each different free share of the node's GPUs that suffices. */
  #considerShares(node: number, pod: PodShape, consider: (gpu: number) => void): void {
    const { freeGpu, gpuStart } = this.#cluster;
    const start = gpuStart[node]!;
    const end = gpuStart[node + 1]!;
    for (let g = start; g < end; g++) {
      if (freeGpu[g]! < pod.gpuMilli || freeGpu.indexOf(freeGpu[g]!, start) < g) continue;
      this.#trial.load(node);
      this.#trial.takeOne(pod, g - start);
      consider(g - start);
    }
  }

  /** How empty a node and its GPU would stay, 0 to 3. */
  #slack(node: number, gpu: number): number {
    const { cpuMilli, memoryMib, gpus } = this.#cluster.nodes[node]!;
    const trial = this.#trial;
    const free = gpu >= 0 ? trial.freeGpu[gpu]! / WHOLE_GPU_MILLI : trial.wholeGpus() / Math.max(1, gpus);
    return free + trial.cpuMilli / Math.max(1, cpuMilli) + trial.memoryMib / Math.max(1, memoryMib);
  }

  #costsOf(shape: number): CostsOfShape {
    const nodes = this.#cluster.nodes.length;
    return (this.#costs[shape] ??= {
      cost: new Float64Array(nodes),
      version: new Int32Array(nodes).fill(-1),
      broken: new Uint8Array(nodes),
      gpu: new Int8Array(nodes),
    });
  }

  #learn(shape: PodShape): void {
    const key = shapeKey(shape);
    const entry = this.#seen.get(key);
    if (entry === undefined) this.#seen.set(key, { shape, weight: 1 });
    else entry.weight += 1;
    if (this.#arrivals < this.#nextLesson) return;
    this.#nextLesson = Math.ceil(this.#nextLesson * LESSON_GROWTH);
    this.#prices = this.#pricesFor([...this.#seen.values()]);
    this.#prices.scarcity.refresh();
    this.#costs = [];
  }

  #pricesFor(mix: readonly ShapeWeight[]): Prices {
    const value = new NodeValue(this.#cluster.nodes, mix);
    return {
      value,
      use: new ExpectedUse(this.#cluster, mix),
      scarcity: new Scarcity(this.#cluster, value, mix),
    };
  }
}
