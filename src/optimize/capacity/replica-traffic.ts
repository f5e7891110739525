import type { ArrivalProfile, RequestColumns } from '../../model/index.ts';
import { atRate, sampleShape } from '../../traffic/index.ts';
import type { RequestShape, ShapeOptions } from '../../traffic/index.ts';

/** Burstinesses closer than this ratio share a sample. */
const BURSTINESS_STEP = 1.05;

/**
 * The requests that one replica of a workload receives. A Service hands each request to a replica at random, so of a
 * fleet's arrivals a replica that carries the share s sees a thinned process: CV² = 1 + s (CV_fleet² − 1), all bursts for a
 * lone replica, nearly a Poisson process for one of many. (A gap of the thinned process is a sum of geometrically many gaps of
 * mean m and variance v: its mean is m / s, its variance v / s + m² (1 − s) / s².) The share is taken of the quietest hour,
 * when a replica at full rate carries most.
 */
export class ReplicaTraffic {
  readonly #profile: ArrivalProfile;
  readonly #options: ShapeOptions;
  readonly #leastRate: number;
  readonly #shapes = new Map<number, RequestShape>();

  constructor(profile: ArrivalProfile, options: ShapeOptions) {
    this.#profile = profile;
    this.#options = options;
    this.#leastRate = leastPositive(profile.hourlyRate);
  }

  /** The first `count` requests of a replica at `rate` requests per second; the same lengths at every rate. */
  at(rate: number, count: number): RequestColumns {
    return atRate(firstOf(this.#shapeOf(this.burstinessAt(rate)), count), rate);
  }

  /** CV of the gaps between the requests of a replica at a rate, rounded to steps of five percent. */
  burstinessAt(rate: number): number {
    const { cv } = this.#profile.arrivals;
    const share = Math.min(1, rate / this.#leastRate);
    if (share === 1) return cv;
    const thinned = Math.sqrt(1 + share * (cv ** 2 - 1));
    const steps = Math.round(Math.log(thinned / cv) / Math.log(BURSTINESS_STEP));
    return cv * BURSTINESS_STEP ** steps;
  }

  #shapeOf(cv: number): RequestShape {
    const known = this.#shapes.get(cv);
    if (known !== undefined) return known;
    const { arrivals } = this.#profile;
    const shape = sampleShape({ ...this.#profile, arrivals: { ...arrivals, cv } }, this.#options);
    this.#shapes.set(cv, shape);
    return shape;
  }
}

/** The rate of the quietest hour with any requests; Infinity where no hour has any. */
export function leastPositive(hourlyRate: ArrivalProfile['hourlyRate']): number {
  return Math.min(...hourlyRate.filter((rate) => rate > 0));
}

/** Whether a replica sees the same burstiness whatever share of the fleet's requests it carries: none is a step away from Poisson's. */
export function isBurstinessFixed(cv: number): boolean {
  return Math.abs(Math.log(cv) / Math.log(BURSTINESS_STEP)) < 0.5;
}

function firstOf(sample: RequestShape, count: number): RequestShape {
  return {
    unitArrival: sample.unitArrival.subarray(0, count),
    isl: sample.isl.subarray(0, count),
    osl: sample.osl.subarray(0, count),
    cachedTokens: sample.cachedTokens.subarray(0, count),
  };
}
