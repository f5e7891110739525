import type { ClusterState } from './cluster-state.ts';
import { NodeTrial } from './node-trial.ts';
import type { NodeValue } from './node-value.ts';
import type { PodShape, ShapeWeight } from './pod-shape.ts';
import { saturationLoads } from './saturation.ts';
import type { PooledDemand } from './saturation.ts';

/** Price per GPU of a model that is full when another one is empty, in GPUs. *Assumed*; flat from 2 to 8. */
const MODEL_PRICE = 4;
/** Price in GPUs of breaking the last place of a pod that needs as many whole GPUs as the largest node has. *Assumed*. */
const BLOCK_PRICE = 1;
/** Places for pods of several GPUs are kept for this many times the load that the GPUs as a whole still take. *Assumed*. */
const BLOCK_MARGIN = 2;
/** Kinds of pods that places are kept for, those with the most GPUs in all: a bit each in a byte. */
const MAX_KINDS = 8;
/** Pods with equal GPUs whose CPU differs by less than this factor are of one kind. *Assumed*. */
const KIND_SPAN = 1.2;
/** `saturationLoads` holds pools in the bits of a number. */
const MAX_POOLS = 30;

/** Pods of one number of GPUs above one and of about the same CPU. A place must have room for the largest of them. */
interface BlockKind {
  readonly gpus: number;
  readonly leastCpuMilli: number;
  readonly cpuMilli: number;
  readonly memoryMib: number;
  /** Pods of the kind and those of as many GPUs and more CPU, which take the same places. */
  readonly demands: readonly PooledDemand[];
}

/** What a node has for pods of several GPUs. */
interface Room {
  readonly whole: number;
  readonly cpuMilli: number;
  readonly memoryMib: number;
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
  readonly #kinds: readonly BlockKind[];
  readonly #largest: number;
  /** Load at which each model is full. */
  #loads: Float64Array;
  /** Price of breaking places, by set of kinds (bits) and model. */
  readonly #breaking: Float64Array;
  readonly #prices: Float64Array;

  constructor(cluster: ClusterState, value: NodeValue, mix: readonly ShapeWeight[]) {
    this.#cluster = cluster;
    this.#value = value;
    this.#trial = new NodeTrial(cluster);
    const known = cluster.models.length <= MAX_POOLS ? mix : [];
    this.#demands = this.#pooled(known, (shape) => value.gpusOf(shape));
    this.#kinds = this.#blockKinds(known);
    this.#largest = cluster.nodes.reduce((most, node) => Math.max(most, node.gpus), 1);
    this.#loads = new Float64Array(cluster.models.length);
    this.#breaking = new Float64Array(cluster.models.length << this.#kinds.length);
    this.#prices = new Float64Array(cluster.models.length);
  }

  /** What the trial has for pods of several GPUs. */
  room(trial: NodeTrial): Room {
    return { whole: trial.wholeGpus(), cpuMilli: trial.cpuMilli, memoryMib: trial.memoryMib };
  }

  /** Which kinds of pods (a bit each) have fewer places on the node after than before. */
  broken(before: Room, after: Room): number {
    let kinds = 0;
    for (let j = 0; j < this.#kinds.length; j++)
      if (placesOf(this.#kinds[j]!, after) < placesOf(this.#kinds[j]!, before)) kinds |= 1 << j;
    return kinds;
  }

  /** The bit of the shape's own kind: a pod does not pay for taking a place of its kind. */
  ownKind({ gpus, cpuMilli }: PodShape): number {
    const j = this.#kinds.findIndex(
      (kind) => kind.gpus === gpus && kind.leastCpuMilli <= cpuMilli && cpuMilli <= kind.cpuMilli,
    );
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
      this.#prices[m] = MODEL_PRICE * gpus * (1 - Math.min(1, this.#loads[m]! / latest));
    return this.#prices;
  }

  /** Price of breaking places of the given kinds on a node of the model, in GPUs. */
  breakPrice(kinds: number, model: number): number {
    return this.#breaking[kinds * this.#prices.length + model]!;
  }

  /** Computes the prices from what is free now. Costs one pass over the nodes. */
  refresh(): void {
    const models = this.#cluster.models.length;
    const free = new Float64Array(models);
    const places = this.#kinds.map(() => new Float64Array(models));
    for (let node = 0; node < this.#cluster.nodes.length; node++) {
      this.#trial.load(node);
      const { model } = this.#trial;
      free[model]! += Math.max(0, this.#value.of(this.#trial));
      const room = this.room(this.#trial);
      if (room.whole < 2) continue;
      for (let j = 0; j < places.length; j++) places[j]![model]! += placesOf(this.#kinds[j]!, room);
    }
    this.#loads = saturationLoads(free, this.#demands);
    this.#breaking.fill(0);
    places.forEach((of, j) => this.#priceKind(j, saturationLoads(of, this.#kinds[j]!.demands)));
  }

  #priceKind(j: number, lasting: Float64Array): void {
    const models = lasting.length;
    for (let m = 0; m < models; m++) {
      const wanted = this.#loads[m]! * BLOCK_MARGIN;
      if (!(wanted > lasting[m]!) || wanted === Infinity) continue;
      const price = (BLOCK_PRICE * (1 - lasting[m]! / wanted) * this.#kinds[j]!.gpus) / this.#largest;
      for (let kinds = 0; kinds < 1 << this.#kinds.length; kinds++)
        if ((kinds >> j) & 1) this.#breaking[kinds * models + m]! += price;
    }
  }

  #blockKinds(mix: readonly ShapeWeight[]): readonly BlockKind[] {
    const several = mix
      .filter(({ shape }) => shape.gpus > 1)
      .sort((a, b) => a.shape.gpus - b.shape.gpus || a.shape.cpuMilli - b.shape.cpuMilli);
    const kinds: ShapeWeight[][] = [];
    for (const entry of several) {
      const first = kinds.at(-1)?.[0]?.shape;
      const isSame = first?.gpus === entry.shape.gpus && entry.shape.cpuMilli <= KIND_SPAN * first.cpuMilli;
      if (isSame) kinds.at(-1)!.push(entry);
      else kinds.push([entry]);
    }
    const gpusOf = (members: readonly ShapeWeight[]): number =>
      members.reduce((sum, { shape, weight }) => sum + weight * shape.gpus, 0);
    return kinds
      .sort((a, b) => gpusOf(b) - gpusOf(a))
      .slice(0, MAX_KINDS)
      .map((members) => ({
        gpus: members[0]!.shape.gpus,
        leastCpuMilli: members[0]!.shape.cpuMilli,
        cpuMilli: members.at(-1)!.shape.cpuMilli,
        memoryMib: members.reduce((most, { shape }) => Math.max(most, shape.memoryMib), 0),
        demands: this.#pooled(
          several.filter(({ shape }) => needsPlaceOf(shape, members[0]!.shape)),
          () => 1,
        ),
      }));
  }

  /** Models (a bit each) that the shape accepts and that have a node on which it fits when nothing else is there. */
  #modelsFor(shape: PodShape): number {
    const index = this.#cluster.intern(shape);
    let models = 0;
    this.#cluster.nodes.forEach((node, i) => {
      const isLargeEnough =
        node.gpus >= shape.gpus && node.cpuMilli >= shape.cpuMilli && node.memoryMib >= shape.memoryMib;
      if (isLargeEnough && this.#cluster.accepts(index, i)) models |= 1 << this.#cluster.modelOf[i]!;
    });
    return models;
  }

  /** Demand by set of models that can serve it. */
  #pooled(mix: readonly ShapeWeight[], amountOf: (shape: PodShape) => number): readonly PooledDemand[] {
    const amounts = new Map<number, number>();
    for (const { shape, weight } of mix) {
      if (shape.gpus === 0) continue;
      const pools = this.#modelsFor(shape);
      amounts.set(pools, (amounts.get(pools) ?? 0) + weight * amountOf(shape));
    }
    return [...amounts].map(([pools, amount]) => ({ pools, amount }));
  }
}

/** Whether a pod of the shape takes a place that a pod of the other would do with. */
function needsPlaceOf(shape: PodShape, other: PodShape): boolean {
  return shape.gpus === other.gpus && shape.cpuMilli >= other.cpuMilli;
}

function placesOf(kind: BlockKind, { whole, cpuMilli, memoryMib }: Room): number {
  const byGpus = Math.floor(whole / kind.gpus);
  if (byGpus === 0) return 0;
  const byCpu = kind.cpuMilli > 0 ? Math.floor(cpuMilli / kind.cpuMilli) : byGpus;
  return Math.min(byGpus, byCpu, kind.memoryMib > 0 ? Math.floor(memoryMib / kind.memoryMib) : byGpus);
}
