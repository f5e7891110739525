import type { DeadlineJob, DeadlineMode, DeadlinePolicy, DeadlineState } from '../../sim/index.ts';
import { AvailabilityBelief } from '../../spot/index.ts';
import type { AvailabilityModel } from '../../spot/index.ts';
import { beliefChain } from './belief-chain.ts';
import type { BeliefChain } from './belief-chain.ts';
import { IDLE, ON_DEMAND, SPOT, deadlineValues, expectedValue } from './deadline-values.ts';
import type { DeadlineValues } from './deadline-values.ts';
import { isSafeMode } from './safety-net.ts';
import type { LatticeMixture } from './simplex-lattice.ts';

/** Fineness of the beliefs and of spare time; finer ones changed the cost by less than 1 % of the gap (tried 2026-11 on the SkyPilot traces). */
const RESOLUTION = 3;
const LEVELS = 40;
/** A move must save at least this share of an hour's on-demand price; breaks ties in favour of the mode that is on. */
const LEAST_SAVING = 1e-6;
const SECONDS_PER_HOUR = 3600;
/** Solved jobs kept by one policy. */
const JOBS_KEPT = 2;

/**
 * The policy of least expected cost under a model of spot capacity, for beliefs updated with everything seen since the job started. It never misses
 * a deadline that an on-demand instance started at once would meet, however wrong the model is: moves that are not safe (`isSafeMode`) are never taken.
 * A spot instance is kept until it is taken away. Without spare time for anything else the job runs on-demand.
 */
export class ForecastPolicy implements DeadlinePolicy {
  readonly name = 'forecast';
  readonly #chain: BeliefChain;
  readonly #belief: AvailabilityBelief;
  readonly #mixture: LatticeMixture;
  readonly #solved = new Map<string, DeadlineValues>();
  #values: DeadlineValues | undefined;
  #tickSeconds = 0;

  constructor(model: AvailabilityModel) {
    this.#chain = beliefChain(model, RESOLUTION);
    this.#belief = new AvailabilityBelief(model);
    this.#mixture = { points: new Int32Array(this.#chain.ways), weights: new Float64Array(this.#chain.ways) };
  }

  start(job: DeadlineJob, tickSeconds: number): void {
    this.#values = this.#solve(job);
    this.#tickSeconds = tickSeconds;
    this.#belief.reset();
  }

  decide(state: DeadlineState): DeadlineMode {
    const values = this.#values;
    if (values === undefined) throw new Error('decide before start');
    const { job } = values;
    this.#belief.see(state.isSpotAvailable, this.#tickSeconds);
    if (state.mode === 'spot' && isSafeMode('spot', job, state, this.#tickSeconds)) return 'spot';
    this.#chain.locate(this.#belief.phases, state.isSpotAvailable, this.#mixture);
    let best: DeadlineMode = state.mode === 'idle' ? 'idle' : 'on-demand';
    let least = this.#cost(best, values, state);
    for (const mode of ['on-demand', 'idle', 'spot'] as const) {
      if (mode === best) continue;
      const cost = this.#cost(mode, values, state);
      if (cost < least - LEAST_SAVING * job.onDemandPrice || (least === Infinity && mode === 'on-demand')) {
        best = mode;
        least = cost;
      }
    }
    return best;
  }

  /** Expected cost of a mode for the next step of the model and of the best moves after it; infinite when it is not safe. */
  #cost(mode: DeadlineMode, values: DeadlineValues, state: DeadlineState): number {
    const { job } = values;
    if (!isSafeMode(mode, job, state, this.#tickSeconds)) return Infinity;
    const { stepSeconds } = this.#chain.model;
    const after = state.remainingSeconds - stepSeconds;
    const slack = state.remainingSeconds - state.workSeconds;
    const next = (target: number, spareSeconds: number): number =>
      expectedValue(values, this.#mixture, target, { remainingSeconds: after, spareSeconds });
    const delay = job.changeoverSeconds;
    if (mode === 'idle') return next(IDLE, slack - delay - stepSeconds);
    const price = (mode === 'spot' ? job.spotPrice : job.onDemandPrice) / SECONDS_PER_HOUR;
    const changeover = mode === state.mode ? state.changeoverSeconds : delay;
    const pay = state.workSeconds + changeover;
    if (pay <= stepSeconds) return pay * price;
    const rest =
      mode === 'spot' ? next(SPOT, slack - changeover - delay) : next(ON_DEMAND, slack - changeover);
    return stepSeconds * price + rest;
  }

  #solve(job: DeadlineJob): DeadlineValues {
    const { workSeconds, deadlineSeconds, changeoverSeconds, onDemandPrice, spotPrice } = job;
    const key = [workSeconds, deadlineSeconds, changeoverSeconds, onDemandPrice, spotPrice].join(' ');
    const known = this.#solved.get(key);
    if (known !== undefined) return known;
    if (this.#solved.size >= JOBS_KEPT) this.#solved.clear();
    const values = deadlineValues(job, this.#chain, LEVELS);
    this.#solved.set(key, values);
    return values;
  }
}
