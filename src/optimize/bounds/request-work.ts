import type { RequestColumns } from '../../model/index.ts';

/**
 * What the lightest share of the requests of a sample asks for at least: means over that share of the smallest values of each
 * column by itself. The same share of any other requests asks for no less.
 */
export interface RequestWork {
  readonly requests: number;
  /** Share of the requests counted, 0..1. */
  readonly share: number;
  /** Prompt tokens to compute per request. */
  readonly prompt: number;
  /** Query-key pairs of those tokens among themselves. */
  readonly pairs: number;
  /** Decode steps per request: output tokens after the first. */
  readonly decode: number;
  /** Cached tokens read by all decode steps of a request. */
  readonly reads: number;
  /** Longest output, tokens, and shortest context of a decode step, tokens. */
  readonly longestOutput: number;
  readonly shortestContext: number;
  /** Whether prompts share no prefix, so that every context takes its own blocks. */
  readonly isPrivate: boolean;
}

/** The least work of a share of the requests of a sample; `share` in (0, 1]. Cost: n log n. */
export function requestWork(
  sample: Pick<RequestColumns, 'isl' | 'osl' | 'cachedTokens'>,
  share: number,
): RequestWork {
  const { isl, osl, cachedTokens } = sample;
  const requests = isl.length;
  const columns = {
    prompt: new Float64Array(requests),
    pairs: new Float64Array(requests),
    decode: new Float64Array(requests),
    reads: new Float64Array(requests),
  };
  let isPrivate = true;
  let longestOutput = 0;
  let shortestContext = Infinity;
  for (let i = 0; i < requests; i++) {
    const input = isl[i] ?? 1;
    const output = osl[i] ?? 1;
    const cached = cachedTokens[i] ?? 0;
    // At least one token of a prompt is computed.
    const fresh = Math.max(1, input - cached);
    columns.prompt[i] = fresh;
    columns.pairs[i] = (fresh * fresh) / 2;
    columns.decode[i] = output - 1;
    columns.reads[i] = (output - 1) * (input + (output - 1) / 2);
    isPrivate &&= cached === 0;
    longestOutput = Math.max(longestOutput, output);
    shortestContext = Math.min(shortestContext, input);
  }
  return {
    requests,
    share,
    prompt: lightestMean(columns.prompt, share),
    pairs: lightestMean(columns.pairs, share),
    decode: lightestMean(columns.decode, share),
    reads: lightestMean(columns.reads, share),
    longestOutput,
    shortestContext,
    isPrivate,
  };
}

/** Mean of the smallest values that make up a share of a column; 0 of an empty one. */
function lightestMean(column: Float64Array, share: number): number {
  const count = Math.floor(column.length * share);
  if (count === 0) return 0;
  const sorted = share < 1 ? column.slice().sort() : column;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += sorted[i] ?? 0;
  return sum / count;
}
