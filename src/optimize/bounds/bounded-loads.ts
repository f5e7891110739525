import type { LatencyLimit, RequestColumns } from '../../model/index.ts';
import { PERCENTILE_SHARE } from '../../sim/index.ts';
import type { BoundedLoad } from './capacity-bound.ts';
import { requestWork } from './request-work.ts';
import type { RequestWork } from './request-work.ts';

/** Share of a run that is measured: the first tenth warms it up. */
const MEASURED = 0.9;

/**
 * What the requests of a sample ask for at least under limits, one entry per TPOT limit (one without any): a load above the
 * least bound of these breaks a limit. Requests within all limits are at least the share that the limits leave.
 */
export class BoundedLoads {
  readonly #sample: Pick<RequestColumns, 'isl' | 'osl' | 'cachedTokens'>;
  readonly #work = new Map<number, RequestWork>();

  constructor(sample: Pick<RequestColumns, 'isl' | 'osl' | 'cachedTokens'>) {
    this.#sample = sample;
  }

  under(limits: readonly LatencyLimit[]): readonly BoundedLoad[] {
    const tpot = limits.filter((item) => item.metric === 'tpot');
    if (tpot.length === 0) return [{ work: this.#workOf(1), tpotLimit: Infinity, longestStay: Infinity }];
    return tpot.map((limit) => {
      const stay = stayWithin(limits, limit, this.#workOf(1).longestOutput);
      const share =
        PERCENTILE_SHARE[limit.percentile] - (stay === undefined ? 0 : 1 - PERCENTILE_SHARE[stay.percentile]);
      const work = this.#workOf(Math.max(0, share));
      return {
        work: { ...work, requests: work.requests * MEASURED },
        tpotLimit: limit.limit,
        longestStay: stay?.seconds ?? Infinity,
      };
    });
  }

  /** The part of each load that falls to one role of disaggregated serving: prompts, or decode steps. */
  ofRole(role: 'prefill' | 'decode', limits: readonly LatencyLimit[]): readonly BoundedLoad[] {
    return this.under(limits).map((load) =>
      role === 'prefill'
        ? // A prompt's replica is done with a request at its first token.
          { ...load, tpotLimit: Infinity, work: { ...load.work, decode: 0, reads: 0 } }
        : { ...load, work: { ...load.work, prompt: 0, pairs: 0 } },
    );
  }

  #workOf(share: number): RequestWork {
    const known = this.#work.get(share);
    if (known !== undefined) return known;
    const made = requestWork(this.#sample, share);
    this.#work.set(share, made);
    return made;
  }
}

/** How long a request within the limits stays at most, by an E2E limit or by TTFT and this TPOT limit. */
function stayWithin(
  limits: readonly LatencyLimit[],
  tpot: LatencyLimit,
  longestOutput: number,
): { readonly seconds: number; readonly percentile: LatencyLimit['percentile'] } | undefined {
  const candidates = limits
    .filter((item) => item.metric !== 'tpot')
    .map(({ metric, percentile, limit }) => ({
      percentile,
      seconds: metric === 'e2e' ? limit : limit + longestOutput * tpot.limit,
    }))
    // Loose percentiles leave too few requests to count.
    .filter(({ percentile }) => PERCENTILE_SHARE[percentile] >= 0.9);
  const [shortest] = candidates.sort((a, b) => a.seconds - b.seconds);
  return shortest;
}
