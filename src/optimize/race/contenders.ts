import type { BatchLimits, Parallelism } from '../../model/index.ts';
import { worldSize } from '../../model/index.ts';
import { capacityBound } from '../bounds/capacity-bound.ts';
import type { BoundedLoad } from '../bounds/capacity-bound.ts';
import { stepCosts } from '../bounds/step-costs.ts';
import type { StepCosts } from '../bounds/step-costs.ts';
import { WIDEST_BATCH, distinctLimits, isSameBatch } from '../candidates/batch-limits.ts';
import type { Shape } from '../candidates/shape.ts';
import type { MeasuringBench } from '../capacity/measure.ts';

/** A shape with batch limits, in the race for the least cost per load of its lane. */
export interface Contender {
  readonly shape: Shape;
  readonly batch: BatchLimits;
  /** What one replica weighs in the objective: micro-dollars per hour at list price, accelerators, or watts. */
  readonly price: number;
}

/** A shape with everything about its speed that needs no simulation. */
export class RacedShape {
  readonly shape: Shape;
  readonly price: number;
  /** Pool and size: shapes of one lane take the same nodes. */
  readonly lane: string;
  /** How it is cut: shapes of one family are fast or slow for the same reasons. */
  readonly family: string;
  /** A rough load at which it saturates; decides the order of trials only. */
  readonly guess: number;
  readonly #bench: MeasuringBench;
  readonly #loads: readonly BoundedLoad[];
  #costs: StepCosts | undefined;
  readonly #bounds = new Map<string, number>();

  constructor(
    shape: Shape,
    facts: {
      readonly bench: MeasuringBench;
      /** What its requests ask for; empty where loads are clients, which have no bound. */
      readonly loads: readonly BoundedLoad[];
      readonly price: number;
    },
  ) {
    this.shape = shape;
    this.price = facts.price;
    this.lane = `${shape.pool}/${worldSize(shape.configuration.parallelism)}`;
    this.family = familyOf(shape.configuration.parallelism);
    this.#bench = facts.bench;
    this.#loads = facts.loads;
    this.guess = Math.min(facts.bench.guessedLoad(shape, WIDEST_BATCH), this.bound(WIDEST_BATCH));
  }

  /** A load that no simulation with these limits can sustain within the SLO. */
  bound(batch: BatchLimits): number {
    const key = `${batch.maxBatchedTokens}x${batch.maxSequences}`;
    const known = this.#bounds.get(key);
    if (known !== undefined) return known;
    const { steps } = this.#bench.performanceOf(this.shape, batch);
    const replica = { steps, costs: this.costs, batch };
    const bound = Math.min(Infinity, ...this.#loads.map((load) => capacityBound(replica, load)));
    this.#bounds.set(key, bound);
    return bound;
  }

  /** Step times on a grid over all batch limits. */
  get costs(): StepCosts {
    return (this.#costs ??= stepCosts(this.#bench.performanceOf(this.shape).steps, WIDEST_BATCH));
  }

  /** Tokens that the cache of one rank holds. */
  get cacheTokens(): number {
    const { steps } = this.#bench.performanceOf(this.shape);
    return steps.kvBlocks * steps.blockTokens;
  }

  /** The bound with whatever limits. */
  get widestBound(): number {
    return this.bound(WIDEST_BATCH);
  }

  contender(batch: BatchLimits): Contender {
    return { shape: this.shape, batch, price: this.price };
  }

  /** Every pair of limits that differs in effect and leaves room for the longest sequence. */
  get variants(): readonly BatchLimits[] {
    const [load] = this.#loads;
    const room = (batch: BatchLimits): number => {
      const { steps } = this.#bench.performanceOf(this.shape, batch);
      return steps.kvBlocks * steps.blockTokens;
    };
    const most =
      load?.work.isPrivate === true ? room(WIDEST_BATCH) / Math.max(1, load.work.shortestContext) : Infinity;
    const { maxModelLength } = this.shape.configuration;
    return distinctLimits(most).filter((batch) => room(batch) >= maxModelLength);
  }
}

function familyOf(p: Parallelism): string {
  const cuts = {
    pp: p.pipelineParallel,
    dp: p.dataParallel,
    ep: p.expertParallel,
    cp: p.contextParallel,
  };
  return Object.entries(cuts)
    .filter(([, size]) => size > 1)
    .map(([name]) => name)
    .join('·');
}

/** Whether two contenders are the same candidate. */
export function isSame(a: Omit<Contender, 'price'>, b: Omit<Contender, 'price'>): boolean {
  return a.shape.id === b.shape.id && isSameBatch(a.batch, b.batch);
}
