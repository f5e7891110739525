import type { RequestColumns } from '../src/model/index.ts';
import { randomStream } from '../src/random/index.ts';
import type { RandomStream } from '../src/random/index.ts';

/**
 * Requests like those of APEX's trace `lmsys_05`: Poisson arrivals and lognormal lengths of 62 tokens in and 162 out on
 * average (its published means). The spread, CV 1.8 in and 0.85 out, is that of its first 30 requests (seen 2026-11-21).
 */
export function lmsysLikeRequests(count: number, requestRate: number): RequestColumns {
  const stream = randomStream(1, 'bench/search-apex');
  let time = 0;
  return {
    arrival: Float64Array.from({ length: count }, () => (time += stream.exponential() / requestRate)),
    isl: lognormalLengths(stream, count, { mean: 62, cv: 1.8 }),
    osl: lognormalLengths(stream, count, { mean: 162, cv: 0.85 }),
    cachedTokens: new Int32Array(count),
  };
}

/** Lengths whose sample mean is `mean` but for rounding, each at least 1 token. */
function lognormalLengths(
  stream: RandomStream,
  count: number,
  law: { readonly mean: number; readonly cv: number },
): Int32Array {
  const sigma = Math.sqrt(Math.log(1 + law.cv ** 2));
  const drawn = Float64Array.from({ length: count }, () => Math.exp(sigma * stream.normal()));
  const scale = (law.mean * count) / drawn.reduce((sum, value) => sum + value, 0);
  return Int32Array.from(drawn, (value) => Math.max(1, Math.round(value * scale)));
}

/** The requests of each of `replicas` replicas that take them in turn, as APEX splits its traces. */
export function inTurn(requests: RequestColumns, replicas: number): readonly RequestColumns[] {
  return Array.from({ length: replicas }, (_, replica) => {
    const ids = Array.from(requests.arrival.keys()).filter((id) => id % replicas === replica);
    return {
      arrival: Float64Array.from(ids, (id) => requests.arrival[id]!),
      isl: Int32Array.from(ids, (id) => requests.isl[id]!),
      osl: Int32Array.from(ids, (id) => requests.osl[id]!),
      cachedTokens: Int32Array.from(ids, (id) => requests.cachedTokens[id]!),
    };
  });
}
