/**
 * SpotKube's choice of spot nodes: NSGA-II over the number of nodes of each type (SpotKube/SpotKube, optimisation engine, and its port in
 * ddps-lab/KubePACS figures/common/library/spotkube_library.py, both read 2026-11; algorithm: Deb et al., 2002, with the defaults of pymoo, which
 * they call: population 100, simulated binary crossover with probability 0.9 and index 15, polynomial mutation with index 20 and one variable in n,
 * binary tournaments, duplicates dropped). 100 generations; two aims, least cost and most nodes; between 0 and max(4, pods ÷ types) nodes of
 * each type. A mix is enough when its cores and memory cover those of all pods and its nodes hold that many pods of the largest size; one
 * with more than twice the cores or memory has its cost multiplied by the ratio. Of the front sorted by cost the mix in the middle is taken.
 * Left out: the private cloud, pods of other namespaces, and the forecast of spot prices. `spotKubeExtremes` tells the cheapest mix of the front too.
 */
import { randomStream } from '../../src/random/index.ts';
import type { RandomStream } from '../../src/random/index.ts';

/** A type of node: cores, GiB and price per hour. */
export interface SpotKubeType {
  readonly id: string;
  readonly cpu: number;
  readonly memory: number;
  readonly price: number;
}

/** Pods, all of the size that the largest may have: cores and GiB. */
export interface SpotKubePods {
  readonly count: number;
  readonly cpu: number;
  readonly memory: number;
}

/** Nodes of each type, in the order of the types, and their price per hour. */
export interface SpotKubeMix {
  readonly nodes: readonly number[];
  readonly price: number;
}

/** What the front offers: the mix that SpotKube takes and the cheapest one. */
export interface SpotKubeChoice {
  readonly taken: SpotKubeMix;
  readonly cheapest: SpotKubeMix;
}

const POPULATION = 100;
const GENERATIONS = 100;
const CROSSOVER = { probability: 0.9, index: 15, perVariable: 0.5 } as const;
const MUTATION_INDEX = 20;
const TOO_MUCH = 2;
const PENALTY = 1e9;

interface Individual {
  readonly genes: Float64Array;
  readonly cost: number;
  /** Minus the number of nodes. */
  readonly fewness: number;
  rank: number;
  crowding: number;
}

/** The mix that SpotKube takes; undefined when the front holds none that is enough. Equal seeds, equal choices. */
export function spotKube(
  types: readonly SpotKubeType[],
  pods: SpotKubePods,
  seed: number,
): SpotKubeChoice | undefined {
  const stream = randomStream(seed, 'spotkube');
  const most = Math.max(4, Math.floor(pods.count / types.length));
  const evaluated = (genes: Float64Array): Individual => evaluate(genes, types, pods);
  let population = survivors(
    unique(
      Array.from({ length: POPULATION }, () =>
        evaluated(Float64Array.from(types, () => stream.uniform() * most)),
      ),
      [],
    ),
  );
  for (let generation = 1; generation < GENERATIONS; generation++) {
    const children = offspring(population, { stream, most }).map(evaluated);
    population = survivors([...population, ...unique(children, population)]);
  }
  const front = population
    .filter((one) => one.rank === 0 && one.cost < PENALTY)
    .sort((a, b) => a.cost - b.cost);
  const [cheapest] = front;
  const taken = front[Math.floor(front.length / 2)];
  return cheapest === undefined || taken === undefined
    ? undefined
    : { taken: mixOf(taken, types), cheapest: mixOf(cheapest, types) };
}

function mixOf(one: Individual, types: readonly SpotKubeType[]): SpotKubeMix {
  const nodes = Array.from(one.genes, (gene) => Math.round(gene));
  return { nodes, price: nodes.reduce((sum, count, at) => sum + count * (types[at]?.price ?? 0), 0) };
}

function evaluate(genes: Float64Array, types: readonly SpotKubeType[], pods: SpotKubePods): Individual {
  let [cpu, memory, price, nodes, room] = [0, 0, 0, 0, 0];
  types.forEach((type, at) => {
    const count = Math.round(genes[at] ?? 0);
    cpu += count * type.cpu;
    memory += count * type.memory;
    price += count * type.price;
    nodes += count;
    room += count * Math.min(wholeTimes(type.cpu, pods.cpu), wholeTimes(type.memory, pods.memory));
  });
  const cpuRatio = cpu / (pods.count * pods.cpu);
  const memoryRatio = memory / (pods.count * pods.memory);
  const fresh = { genes, rank: 0, crowding: 0 };
  if (cpuRatio < 1 || memoryRatio < 1 || room < pods.count)
    return { ...fresh, cost: PENALTY, fewness: PENALTY };
  const ratio = Math.max(cpuRatio, memoryRatio);
  return ratio > TOO_MUCH
    ? { ...fresh, cost: price * ratio, fewness: -Math.floor(nodes / ratio) }
    : { ...fresh, cost: price, fewness: -nodes };
}

/** Pods that a node holds by the floor division of Python, as SpotKube counts them: 2 cores hold 4 pods of 0.4, not 5. */
function wholeTimes(amount: number, part: number): number {
  return Math.round((amount - (amount % part)) / part);
}

function unique(candidates: readonly Individual[], others: readonly Individual[]): Individual[] {
  const seen = new Set(others.map((one) => one.genes.join(' ')));
  return candidates.filter(({ genes }) => {
    const key = genes.join(' ');
    return !seen.has(key) && seen.add(key).size > 0;
  });
}

/** The best by front, then by crowding distance. */
function survivors(all: readonly Individual[]): Individual[] {
  let left = [...all];
  const kept: Individual[] = [];
  for (let rank = 0; kept.length < POPULATION && left.length > 0; rank++) {
    const front = left.filter((one) => !left.some((other) => dominates(other, one)));
    left = left.filter((one) => !front.includes(one));
    front.forEach((one) => (one.rank = rank));
    setCrowding(front);
    kept.push(...front.sort((a, b) => b.crowding - a.crowding).slice(0, POPULATION - kept.length));
  }
  return kept;
}

function dominates(a: Individual, b: Individual): boolean {
  return a.cost <= b.cost && a.fewness <= b.fewness && (a.cost < b.cost || a.fewness < b.fewness);
}

function setCrowding(front: readonly Individual[]): void {
  front.forEach((one) => (one.crowding = 0));
  for (const key of ['cost', 'fewness'] as const) {
    const order = front.toSorted((a, b) => a[key] - b[key]);
    const [first, last] = [order[0], order.at(-1)];
    if (first === undefined || last === undefined) return;
    const extent = last[key] - first[key];
    first.crowding = Infinity;
    last.crowding = Infinity;
    if (extent <= 0) continue;
    for (let at = 1; at < order.length - 1; at++) {
      const [before, one, after] = [order[at - 1], order[at], order[at + 1]];
      if (before !== undefined && one !== undefined && after !== undefined)
        one.crowding += (after[key] - before[key]) / extent;
    }
  }
}

interface Variation {
  readonly stream: RandomStream;
  /** Upper end of every variable; the lower one is 0. */
  readonly most: number;
}

function offspring(population: readonly Individual[], variation: Variation): Float64Array[] {
  const { stream } = variation;
  const parent = (): Float64Array => {
    const pick = (): Individual | undefined => population[stream.integer(population.length)];
    const [a, b] = [pick(), pick()];
    if (a === undefined || b === undefined) throw new Error('an empty population');
    if (a.rank !== b.rank) return a.rank < b.rank ? a.genes : b.genes;
    return a.crowding >= b.crowding ? a.genes : b.genes;
  };
  return Array.from({ length: POPULATION / 2 }, () => crossed(parent(), parent(), variation))
    .flat()
    .map((genes) => mutated(genes, variation));
}

/** Simulated binary crossover within bounds. */
function crossed(a: Float64Array, b: Float64Array, { stream, most }: Variation): readonly Float64Array[] {
  const [left, right] = [Float64Array.from(a), Float64Array.from(b)];
  if (stream.uniform() >= CROSSOVER.probability) return [left, right];
  for (let at = 0; at < a.length; at++) {
    const [low, high] = [Math.min(a[at] ?? 0, b[at] ?? 0), Math.max(a[at] ?? 0, b[at] ?? 0)];
    if (stream.uniform() >= CROSSOVER.perVariable || high - low < 1e-14) continue;
    const draw = stream.uniform();
    const spread = (toBound: number): number => {
      const alpha = 2 - (1 + (2 * toBound) / (high - low)) ** -(CROSSOVER.index + 1);
      const base = draw <= 1 / alpha ? draw * alpha : 1 / (2 - draw * alpha);
      return base ** (1 / (CROSSOVER.index + 1));
    };
    const lower = clip((low + high - spread(low) * (high - low)) / 2, most);
    const upper = clip((low + high + spread(most - high) * (high - low)) / 2, most);
    const isSwapped = stream.uniform() < 0.5;
    left[at] = isSwapped ? upper : lower;
    right[at] = isSwapped ? lower : upper;
  }
  return [left, right];
}

/** Polynomial mutation within bounds. */
function mutated(genes: Float64Array, { stream, most }: Variation): Float64Array {
  const power = MUTATION_INDEX + 1;
  return genes.map((gene) => {
    if (stream.uniform() >= 1 / genes.length) return gene;
    const draw = stream.uniform();
    const delta =
      draw < 0.5
        ? (2 * draw + (1 - 2 * draw) * (1 - gene / most) ** power) ** (1 / power) - 1
        : 1 - (2 * (1 - draw) + 2 * (draw - 0.5) * (1 - (most - gene) / most) ** power) ** (1 / power);
    return clip(gene + delta * most, most);
  });
}

function clip(value: number, most: number): number {
  return Math.min(most, Math.max(0, value));
}
