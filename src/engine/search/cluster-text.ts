import type { Parsed } from '../../units/index.ts';

/** Accelerators of one kind in a cluster, as a user states them. */
export interface ClusterPart {
  /** ≥ 1. */
  readonly accelerators: number;
  /** Name or alias in the catalogue; underscores and dashes are the same. */
  readonly name: string;
  /** Accelerators of one node, ≥ 1; absent: those of the usual node. */
  readonly perNode?: number;
}

/** Most accelerators of a part (*assumed* to exceed any one service). */
const MOST_ACCELERATORS = 100_000;
const EXPECTED =
  'a cluster such as "8xh100_sxm", "72xgb200" or "8xh100+16xl40s:4" (count x accelerator, :accelerators per node)';

/** Reads a cluster: `COUNTxACCELERATOR[:PER_NODE]`, parts joined by `+`. */
export function parseCluster(text: string): Parsed<readonly ClusterPart[]> {
  const parts = text.split('+').map((part) => parsePart(part.trim()));
  return parts.every((part) => part !== undefined)
    ? { ok: true, value: parts }
    : { ok: false, expected: EXPECTED };
}

function parsePart(text: string): ClusterPart | undefined {
  const [, count, name, perNode] = /^(\d+)\s*[x×*]\s*([^\s:+]+)(?::(\d+))?$/i.exec(text) ?? [];
  if (count === undefined || name === undefined) return undefined;
  const accelerators = Number(count);
  const each = perNode === undefined ? undefined : Number(perNode);
  if (accelerators < 1 || accelerators > MOST_ACCELERATORS || each === 0) return undefined;
  return { accelerators, name, ...(each === undefined ? {} : { perNode: each }) };
}
