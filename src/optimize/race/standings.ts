import { candidateOf } from '../candidates/shape.ts';
import type { BatchLimits } from '../../model/index.ts';
import type { RacedShape } from './contenders.ts';
import { FAR_POOL, FINALIST_RANGE, MOST_TUNING_GAIN, SHORT_DOUBT } from './effort.ts';
import { asBeaten, asBounded, asNotMeasured } from './reasons.ts';
import type { Lane } from './lane.ts';
import type { Track } from './track.ts';

/** All lanes of a race: what one must cost less than, and which go on. */
export class Standings {
  readonly lanes: readonly Lane[];
  readonly #track: Track;

  constructor(lanes: readonly Lane[], track: Track) {
    this.lanes = lanes;
    this.#track = track;
  }

  /**
   * What a candidate of the lane must cost less than, per load, to be of interest; with `isSure` a cost that what is held surely
   * has, where short runs may have flattered it.
   */
  ceiling(lane: Lane, isSure = false): number {
    const inPool = this.lanes.filter((other) => other.pool === lane.pool);
    const cost = (other: Lane): number => (isSure ? other.sureCost : other.cost);
    return Math.min(cost(lane), FINALIST_RANGE * Math.min(...inPool.map(cost)));
  }

  /** Lanes that may hold a finalist; the rest is told why not. */
  open(): readonly Lane[] {
    const pools = Map.groupBy(this.lanes, (lane) => lane.pool);
    const least = Math.min(...this.lanes.map((lane) => lane.cost));
    return [...pools.values()].flatMap((lanes) => {
      const best = Math.min(...lanes.map((lane) => lane.cost));
      if (best === Infinity) {
        for (const lane of lanes) this.#leaveOut(lane, Infinity);
        return [];
      }
      const isFar = best > FAR_POOL * least;
      const most = isFar ? FAR_POOL * least : FINALIST_RANGE * MOST_TUNING_GAIN * best;
      const open = lanes.filter((lane) => !isFar && lane.cost <= most);
      for (const lane of lanes) if (!open.includes(lane)) this.#leaveOut(lane, most);
      return open;
    });
  }

  /**
   * Leaves out the shapes of a lane whose most promising ones cost more than `cost` per load; its best may stay. Without a best the
   * time was up before all of them were tried.
   */
  #leaveOut(lane: Lane, cost: number): void {
    const { unit } = this.#track.options;
    for (const { shape } of lane.shapes) {
      if (lane.best?.shape.id === shape.id || this.#track.failed.has(shape.id)) continue;
      this.#track.reject(lane.best === undefined ? asNotMeasured(shape) : asBeaten(shape, { cost, unit }));
    }
  }

  /**
   * The lanes whose best go on to the longest runs: per pool the cheapest, within range of it; far pools one. Beside them those of
   * which whole replicas may carry the demand for less: a small replica that is dear per load wins where one is enough.
   */
  final(open: readonly Lane[]): readonly Lane[] {
    const measured = this.lanes.filter((lane) => lane.best !== undefined);
    const cheapest = [...Map.groupBy(measured, (lane) => lane.pool).values()].flatMap((members) =>
      this.#cheapest(members, open),
    );
    const least = Math.min(...cheapest.map((lane) => this.#wholeCost(lane, 1)));
    const chosen = measured.filter(
      (lane) => cheapest.includes(lane) || this.#wholeCost(lane, 1 + SHORT_DOUBT) < least,
    );
    for (const lane of measured) if (!chosen.includes(lane)) this.#rejectBest(lane);
    return chosen;
  }

  #cheapest(members: readonly Lane[], open: readonly Lane[]): readonly Lane[] {
    const sorted = [...members].sort((a, b) => a.cost - b.cost || (a.id < b.id ? -1 : 1));
    const isFar = !members.some((lane) => open.includes(lane));
    const most = isFar ? 1 : this.#track.options.effort.finalists;
    const limit = FINALIST_RANGE * (sorted[0]?.cost ?? 0);
    return sorted.filter((lane) => lane.cost <= limit).slice(0, most);
  }

  /** What whole replicas that carry the demand cost if each carries `gain` times what it was seen to; Infinity without a demand. */
  #wholeCost(lane: Lane, gain: number): number {
    const { demand, unit } = this.#track.options;
    const { best } = lane;
    if (best === undefined || demand === undefined) return Infinity;
    const each = unit.load === 'clients' ? Math.max(1, Math.floor(best.rate * gain)) : best.rate * gain;
    return Math.ceil(demand / each) * lane.price(best.shape.id);
  }

  #rejectBest({ best, cost, field }: Lane): void {
    if (best === undefined) return;
    const { unit } = this.#track.options;
    for (const { contender } of field) {
      this.#track.reject(asBeaten(contender.shape, { batch: contender.batch, cost, unit }));
    }
    this.#track.reject(asBeaten(best.shape, { batch: best.batch, cost, load: best.rate, unit }));
  }

  /** Whether a shape, or one pair of its limits, may reach the ceiling of its lane by its bound; told where not. */
  isWithinBound(item: RacedShape, lane: Lane, batch?: BatchLimits): boolean {
    const bound = batch === undefined ? item.widestBound : item.bound(batch);
    const ceiling = this.ceiling(lane, true);
    const least = item.price / bound;
    if (least < ceiling) return true;
    const id = batch === undefined ? item.shape.id : candidateOf(item.shape, batch).id;
    const isBest = lane.best !== undefined && id === candidateOf(lane.best.shape, lane.best.batch).id;
    const { unit } = this.#track.options;
    if (!isBest) this.#track.reject(asBounded(item.shape, { id, bound, least, ceiling, unit }));
    return false;
  }
}
