import type { PrefixBlocks } from '../../model/index.ts';

/**
 * The content of KV blocks by name. A *unit* is what one id of a trace names: `blocksPerUnit` KV blocks in a row and
 * all that comes before them. Unit k of request i is `ids[offsets[i] + k]`.
 */
export interface NamedBlocks {
  /** KV blocks per unit, ≥ 1. */
  readonly blocksPerUnit: number;
  /** Ids are below this. */
  readonly units: number;
  readonly offsets: Int32Array;
  readonly ids: Int32Array;
  /** Full KV blocks from the start of each request (prompt, then output) whose content has a name. */
  readonly named: Int32Array;
}

/**
 * Names the KV blocks of requests by the ids of a trace. What the ids of a request cover, in tokens from its start:
 * - as many as its prompt needs, or fewer: the prompt up to the last id (a last id that is filled in part names that part);
 * - more than its prompt needs: prompt and output up to the last id, so that a later request whose prompt repeats the
 *   conversation finds what this one generated.
 * Two requests with the same id at the same place have the same tokens up to the end of that block or of the shorter
 * cover. Tokens beyond the cover are the request's own and found by no other.
 * Throws RangeError when neither block size is a multiple of the other. Cost: O(ids).
 * @param blockTokens tokens of one KV block of the engine
 */
export function nameBlocks(
  blocks: PrefixBlocks,
  lengths: { readonly isl: Int32Array; readonly osl: Int32Array },
  blockTokens: number,
): NamedBlocks {
  const per = blocks.blockTokens / blockTokens;
  if (per >= 1 && Number.isInteger(per)) {
    const { offsets, ids } = blocks;
    const named = namedBlocks(blocks, lengths, blockTokens);
    return { blocksPerUnit: per, units: largest(ids) + 1, offsets, ids, named };
  }
  if (!Number.isInteger(1 / per)) {
    throw new RangeError(
      `prefix blocks of ${String(blocks.blockTokens)} tokens do not fit KV blocks of ${String(blockTokens)}`,
    );
  }
  const coarse = everyNth(blocks, 1 / per);
  const named = namedBlocks(blocks, lengths, blockTokens);
  return { blocksPerUnit: 1, units: largest(coarse.ids) + 1, ...coarse, named };
}

function namedBlocks(
  { offsets, blockTokens }: PrefixBlocks,
  { isl, osl }: { readonly isl: Int32Array; readonly osl: Int32Array },
  kvBlockTokens: number,
): Int32Array {
  return isl.map((prompt, id) => {
    const covered = (offsets[id + 1]! - offsets[id]!) * blockTokens;
    const end = covered >= prompt + blockTokens ? prompt + osl[id]! : prompt;
    return Math.floor(Math.min(covered, end) / kvBlockTokens);
  });
}

/** A KV block of `n` trace blocks has the name of its last one, which stands for all before it. */
function everyNth({ offsets, ids }: PrefixBlocks, n: number): { offsets: Int32Array; ids: Int32Array } {
  const starts = new Int32Array(offsets.length);
  const names: number[] = [];
  for (let i = 0; i + 1 < offsets.length; i++) {
    for (let at = offsets[i]! + n - 1; at < offsets[i + 1]!; at += n) names.push(ids[at]!);
    starts[i + 1] = names.length;
  }
  return { offsets: starts, ids: Int32Array.from(names) };
}

function largest(ids: Int32Array): number {
  let most = -1;
  for (const id of ids) if (id > most) most = id;
  return most;
}
