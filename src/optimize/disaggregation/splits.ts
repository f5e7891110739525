import type { MeasuredRole } from './race-roles.ts';
import { canExchange, optionId } from './role-options.ts';
import type { FleetPart } from './fleet-tasks.ts';

/** Prefill and decode options that can serve together. */
export interface RolePair {
  readonly prefill: MeasuredRole;
  readonly decode: MeasuredRole;
}

/** A pair with numbers of replicas, each ≥ 1. */
export interface Split extends RolePair {
  readonly prefillReplicas: number;
  readonly decodeReplicas: number;
}

/** Accelerators by pool id. */
export type AcceleratorsOffered = Readonly<Record<string, number>>;

/** Most replicas of a role looked at where accelerators have no limit (*assumed*). */
const MOST_REPLICAS = 64;

/** Every pair that may exchange KV, in the order of the lists. */
export function pairsOf(
  prefill: readonly MeasuredRole[],
  decode: readonly MeasuredRole[],
): readonly RolePair[] {
  return prefill.flatMap((p) =>
    decode.filter((d) => canExchange(p.option.shape, d.option.shape)).map((d) => ({ prefill: p, decode: d })),
  );
}

/** Weight of all replicas. */
export function weightOf({ prefill, decode, prefillReplicas, decodeReplicas }: Split): number {
  return prefillReplicas * prefill.weight + decodeReplicas * decode.weight;
}

/** Accelerators of all replicas. */
export function acceleratorsOf({ prefill, decode, prefillReplicas, decodeReplicas }: Split): number {
  return prefillReplicas * prefill.size + decodeReplicas * decode.size;
}

/** Unique among the splits of a workload, and stable. */
export function splitId({ prefill, decode, prefillReplicas, decodeReplicas }: Split): string {
  return `${prefillReplicas}x${optionId(prefill.option)} + ${decodeReplicas}x${optionId(decode.option)}`;
}

/** The parts of a fleet: prefill, then decode. */
export function partsOf(split: Split): readonly [FleetPart, FleetPart] {
  return [
    { ...split.prefill.option, replicas: split.prefillReplicas },
    { ...split.decode.option, replicas: split.decodeReplicas },
  ];
}

/** Whether the accelerators offered hold the split; replicas of one pool share its accelerators. */
export function isOffered(split: Split, offered: AcceleratorsOffered): boolean {
  const [p, d] = [split.prefill.option.shape.pool, split.decode.option.shape.pool];
  const prefill = split.prefillReplicas * split.prefill.size;
  const decode = split.decodeReplicas * split.decode.size;
  const has = (pool: string): number => offered[pool] ?? 0;
  return p === d ? prefill + decode <= has(p) : prefill <= has(p) && decode <= has(d);
}

/** Most decode replicas beside so many prefill replicas; below 1 when there is no room. */
export function decodeRoom(pair: RolePair, prefillReplicas: number, offered: AcceleratorsOffered): number {
  const [p, d] = [pair.prefill.option.shape.pool, pair.decode.option.shape.pool];
  const taken = prefillReplicas * pair.prefill.size;
  if (taken > (offered[p] ?? 0)) return 0;
  const left = (offered[d] ?? 0) - (p === d ? taken : 0);
  return Math.min(MOST_REPLICAS, Math.floor(left / pair.decode.size));
}

/** Most prefill replicas beside one decode replica. */
export function prefillRoom(pair: RolePair, offered: AcceleratorsOffered): number {
  const [p, d] = [pair.prefill.option.shape.pool, pair.decode.option.shape.pool];
  const left = (offered[p] ?? 0) - (p === d ? pair.decode.size : 0);
  return Math.min(MOST_REPLICAS, Math.floor(left / pair.prefill.size));
}

/** Largest rate that n replicas of a role carry beside an ample other side, requests per second. */
export type PooledRate = (role: MeasuredRole, replicas: number) => number;

/**
 * Splits of a pair worth a look: for every number of prefill replicas as many decode replicas as carry what those do, one
 * fewer, and one more where there is room. Complete up to one replica for any objective that falls with weight and rises with
 * the least of both rates.
 */
export function balancedSplits(
  pair: RolePair,
  offered: AcceleratorsOffered,
  rateOf: PooledRate,
): readonly Split[] {
  const splits: Split[] = [];
  const most = prefillRoom(pair, offered);
  for (let prefillReplicas = 1; prefillReplicas <= most; prefillReplicas++) {
    const room = decodeRoom(pair, prefillReplicas, offered);
    const wanted = rateOf(pair.prefill, prefillReplicas);
    const enough = leastReplicas((replicas) => rateOf(pair.decode, replicas) >= wanted, room);
    for (const decodeReplicas of new Set([enough - 1, enough, Math.min(room, enough + 1)])) {
      if (decodeReplicas < 1 || decodeReplicas > room) continue;
      splits.push({ ...pair, prefillReplicas, decodeReplicas });
    }
  }
  return splits;
}

/** The least number from 1 to `most` that suffices, by bisection; `most` when none does. */
export function leastReplicas(suffices: (replicas: number) => boolean, most: number): number {
  let [low, high] = [1, Math.max(1, most)];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (suffices(middle)) high = middle;
    else low = middle + 1;
  }
  return high;
}

/** Splits that differ by one replica of a role, or by one of each the other way, within what is offered. */
export function neighboursOf(split: Split, offered: AcceleratorsOffered): readonly Split[] {
  const { prefillReplicas: p, decodeReplicas: d } = split;
  const steps: readonly (readonly [number, number])[] = [
    [p + 1, d],
    [p, d + 1],
    [p - 1, d],
    [p, d - 1],
    [p + 1, decodeRoom(split, p + 1, offered)],
    [p - 1, decodeRoom(split, p - 1, offered)],
  ];
  const seen = new Set<string>();
  return steps.flatMap(([prefillReplicas, decodeReplicas]) => {
    const next = { ...split, prefillReplicas, decodeReplicas };
    const key = `${prefillReplicas} ${decodeReplicas}`;
    if (prefillReplicas < 1 || decodeReplicas < 1 || seen.has(key) || !isOffered(next, offered)) return [];
    seen.add(key);
    return [next];
  });
}
