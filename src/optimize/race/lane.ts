import type { Measured } from '../capacity/measure.ts';
import type { Contender, RacedShape } from './contenders.ts';
import { SHORT_DOUBT } from './effort.ts';

/** Contenders of one pool and size, and the best of them so far. */
export class Lane {
  readonly id: string;
  readonly pool: string;
  /** Most promising first. */
  readonly shapes: readonly RacedShape[];
  /** The cheapest per load so far. */
  best: Measured | undefined;
  /** Whether `best` was measured by the longest runs. */
  isSettled = false;
  /** Readings at one load, least ratio of latency to limit first: who goes on to the next round. */
  field: readonly { readonly contender: Contender; readonly ratio: number }[] = [];

  constructor(id: string, shapes: readonly RacedShape[]) {
    this.id = id;
    this.pool = shapes[0]?.shape.pool ?? '';
    this.shapes = shapes;
  }

  /** Micro-dollars per hour over the load of the best; Infinity without one. */
  get cost(): number {
    const { best } = this;
    return best === undefined ? Infinity : costOf(best, this.price(best.shape.id));
  }

  /** A cost per load that the best surely has: short runs may have flattered it. */
  get sureCost(): number {
    return this.isSettled ? this.cost : this.cost * (1 + SHORT_DOUBT);
  }

  /** The most promising shape of every family, most promising first. */
  get leaders(): readonly RacedShape[] {
    return [...Map.groupBy(this.shapes, (item) => item.family).values()].flatMap((members) => {
      const [first] = members;
      return first === undefined ? [] : [first];
    });
  }

  price(shapeId: string): number {
    return this.shapes.find((item) => item.shape.id === shapeId)?.price ?? Infinity;
  }

  /** Takes a measured contender as the best if it costs less per load. */
  consider(measured: Measured): void {
    if (measured.rate > 0 && costOf(measured, this.price(measured.shape.id)) < this.cost)
      this.best = measured;
  }
}

/** Cost per hour and load. */
export function costOf(measured: Pick<Measured, 'rate'>, price: number): number {
  return measured.rate > 0 ? price / measured.rate : Infinity;
}

/** Lanes by pool and size of the replica, in stable order; the shapes of each by guessed cost per load. */
export function lanesOf(shapes: readonly RacedShape[]): readonly Lane[] {
  const groups = Map.groupBy(shapes, (item) => item.lane);
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, members]) => {
      const sorted = [...members].sort(
        (a, b) =>
          stagesOf(a) - stagesOf(b) ||
          a.price / a.guess - b.price / b.guess ||
          (a.shape.id < b.shape.id ? -1 : 1),
      );
      return new Lane(id, sorted);
    });
}

function stagesOf({ shape }: RacedShape): number {
  return shape.configuration.parallelism.pipelineParallel;
}
