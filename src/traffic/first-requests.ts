import type { RequestColumns } from '../model/index.ts';

/** The first `count` ≥ 0 requests, all of them when there are fewer; the columns are views of the given ones. */
export function firstRequests(columns: RequestColumns, count: number): RequestColumns {
  const { arrival, isl, osl, cachedTokens, prefixBlocks, priority } = columns;
  const kept = Math.min(count, arrival.length);
  return {
    arrival: arrival.subarray(0, kept),
    isl: isl.subarray(0, kept),
    osl: osl.subarray(0, kept),
    cachedTokens: cachedTokens.subarray(0, kept),
    ...(prefixBlocks === undefined
      ? {}
      : {
          prefixBlocks: {
            blockTokens: prefixBlocks.blockTokens,
            offsets: prefixBlocks.offsets.subarray(0, kept + 1),
            ids: prefixBlocks.ids.subarray(0, prefixBlocks.offsets[kept] ?? 0),
          },
        }),
    ...(priority === undefined ? {} : { priority: priority.subarray(0, kept) }),
  };
}
