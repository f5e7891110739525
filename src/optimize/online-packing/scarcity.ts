import type { ClusterState } from './cluster-state.ts';
import { NodeTrial } from './node-trial.ts';
import type { NodeValue } from './node-value.ts';
import type { PodShape, ShapeWeight } from './pod-shape.ts';
import { saturationLoads } from './saturation.ts';
import type { PooledDemand } from './saturation.ts';

/** Price in GPUs of a model that is full when another one is empty. *Assumed*; flat from 2 to 16. */
const MODEL_PRICE = 4;
/** Price in GPUs of breaking the last place of a pod that needs as many whole GPUs as the largest node has. *Assumed*. */
const BLOCK_PRICE = 1;
/** Places for pods of several GPUs are kept for this many times the load that the GPUs as a whole still take. *Assumed*. */
const BLOCK_MARGIN = 2;
/** Different numbers of GPUs per pod that places are kept for, the most frequent ones: a bit each in a byte. */
const MAX_BLOCK_SIZES = 8;
/** `saturationLoads` holds pools in the bits of a number. */
const MAX_POOLS = 30;

/** Pods of one number of GPUs above one. */
interface BlockSize {
  readonly gpus: number;
  /** Mean CPU of these pods: a place must have it. */
  readonly cpuMilli: number;
  readonly demands: readonly PooledDemand[];
}

/**
 * What is short in the cluster as a whole: GPU models that constrained pods need, and nodes with enough whole GPUs for pods of
 * several. Both compare the load up to which the free resources last (`saturationLoads`): a pod pays for going to a model that
 * is full earlier than another it could take, and for breaking a place that will be missed. Prices follow the state of the
 * cluster (re-solving instead of fixed prices, as in Jasin and Kumar, 2012); `refresh` computes them anew.
 */
export class Scarcity {
  readonly #cluster: ClusterState;
  readonly #value: NodeValue;
  readonly #trial: NodeTrial;
  readonly #demands: readonly PooledDemand[];
  readonly #sizes: readonly BlockSize[];
  readonly #largest: number;
  /** Load at which each model is full. */
  #loads: Float64Array;
  /** Price of breaking places, by set of sizes (bits) and model. */
  readonly #breaking: Float64Array;
  readonly #prices: Float64Array;

  constructor(cluster: ClusterState, value: NodeValue, mix: readonly ShapeWeight[]) {
    this.#cluster = cluster;
    this.#value = value;
    this.#trial = new NodeTrial(cluster);
    const known = cluster.models.length <= MAX_POOLS ? mix : [];
    this.#demands = this.#pooled(known, (shape) => value.gpusOf(shape));
    this.#sizes = this.#blockSizes(known);
    this.#largest = cluster.nodes.reduce((most, node) => Math.max(most, node.gpus), 1);
    this.#loads = new Float64Array(cluster.models.length);
    this.#breaking = new Float64Array(cluster.models.length << this.#sizes.length);
    this.#prices = new Float64Array(cluster.models.length);
  }

  /** Which sizes (a bit each) have fewer places on the node after than before. */
  broken(wholeBefore: number, cpuBefore: number, after: NodeTrial): number {
    let sizes = 0;
    const whole = after.wholeGpus();
    for (let j = 0; j < this.#sizes.length; j++) {
      const size = this.#sizes[j]!;
      if (placesOf(size, whole, after.cpuMilli) < placesOf(size, wholeBefore, cpuBefore)) sizes |= 1 << j;
    }
    return sizes;
  }

  /** The bit of the shape's own number of GPUs: a pod does not pay for taking a place of its kind. */
  ownSize({ gpus }: PodShape): number {
    const j = this.#sizes.findIndex((size) => size.gpus === gpus);
    return j < 0 ? 0 : 1 << j;
  }

  /** Price per model for a pod of the shape, in GPUs; one array that the next call overwrites. */
  modelPrices(shape: number): Float64Array {
    const { models } = this.#cluster;
    const { gpus } = this.#cluster.shape(shape);
    this.#prices.fill(0);
    let latest = 0;
    for (let m = 0; m < models.length; m++)
      if (this.#cluster.acceptsModel(shape, m) && this.#loads[m]! < Infinity)
        latest = Math.max(latest, this.#loads[m]!);
    if (gpus === 0 || latest === 0) return this.#prices;
    for (let m = 0; m < models.length; m++)
      this.#prices[m] = MODEL_PRICE * (1 - Math.min(1, this.#loads[m]! / latest));
    return this.#prices;
  }

  /** Price of breaking places of the given sizes on a node of the model, in GPUs. */
  breakPrice(sizes: number, model: number): number {
    return this.#breaking[sizes * this.#prices.length + model]!;
  }

  /** Computes the prices from what is free now. Costs one pass over the nodes. */
  refresh(): void {
    const models = this.#cluster.models.length;
    const free = new Float64Array(models);
    const places = this.#sizes.map(() => new Float64Array(models));
    for (let node = 0; node < this.#cluster.nodes.length; node++) {
      this.#trial.load(node);
      const { model, cpuMilli } = this.#trial;
      free[model]! += Math.max(0, this.#value.of(this.#trial));
      const whole = this.#trial.wholeGpus();
      for (let j = 0; j < places.length; j++)
        places[j]![model]! += placesOf(this.#sizes[j]!, whole, cpuMilli);
    }
    this.#loads = saturationLoads(free, this.#demands);
    this.#breaking.fill(0);
    places.forEach((of, j) => this.#priceSize(j, saturationLoads(of, this.#sizes[j]!.demands)));
  }

  #priceSize(j: number, lasting: Float64Array): void {
    const models = lasting.length;
    for (let m = 0; m < models; m++) {
      const wanted = this.#loads[m]! * BLOCK_MARGIN;
      if (!(wanted > lasting[m]!) || wanted === Infinity) continue;
      const price = (BLOCK_PRICE * (1 - lasting[m]! / wanted) * this.#sizes[j]!.gpus) / this.#largest;
      for (let sizes = 0; sizes < 1 << this.#sizes.length; sizes++)
        if ((sizes >> j) & 1) this.#breaking[sizes * models + m]! += price;
    }
  }

  #blockSizes(mix: readonly ShapeWeight[]): readonly BlockSize[] {
    const several = Map.groupBy(
      mix.filter(({ shape }) => shape.gpus > 1),
      ({ shape }) => shape.gpus,
    );
    const weightOf = (members: readonly ShapeWeight[]): number =>
      members.reduce((sum, { weight }) => sum + weight, 0);
    return [...several]
      .sort(([a, first], [b, second]) => weightOf(second) - weightOf(first) || a - b)
      .slice(0, MAX_BLOCK_SIZES)
      .map(([gpus, members]) => ({
        gpus,
        cpuMilli:
          members.reduce((sum, { shape, weight }) => sum + weight * shape.cpuMilli, 0) / weightOf(members),
        demands: this.#pooled(members, () => 1),
      }));
  }

  /** Demand by set of accepted models. */
  #pooled(mix: readonly ShapeWeight[], amountOf: (shape: PodShape) => number): readonly PooledDemand[] {
    const amounts = new Map<number, number>();
    for (const { shape, weight } of mix) {
      if (shape.gpus === 0) continue;
      const index = this.#cluster.intern(shape);
      let pools = 0;
      for (let m = 0; m < this.#cluster.models.length; m++)
        if (this.#cluster.acceptsModel(index, m)) pools |= 1 << m;
      amounts.set(pools, (amounts.get(pools) ?? 0) + weight * amountOf(shape));
    }
    return [...amounts].map(([pools, amount]) => ({ pools, amount }));
  }
}

function placesOf({ gpus, cpuMilli }: BlockSize, whole: number, cpu: number): number {
  const byGpus = Math.floor(whole / gpus);
  return cpuMilli > 0 ? Math.min(byGpus, Math.floor(cpu / cpuMilli)) : byGpus;
}
