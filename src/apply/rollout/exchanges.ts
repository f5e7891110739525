import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import { compareText, sortedBy } from '../../units/index.ts';
import type { ClusterObject } from '../cluster/cluster-client.ts';
import { inWords, keyOf, refOf } from './object-key.ts';
import { boundsOf, scaledRange, workloadOf } from './replicas.ts';
import { isCounted, replicaDemand, replicaPods } from './rooms.ts';
import type { Room } from './rooms.ts';

/** Replicas of pod sets to bring about together, by object key. */
export interface Stride {
  readonly kind: 'drain' | 'fill';
  readonly counts: ReadonlyMap<string, number>;
  readonly objects: readonly ClusterObject[];
}

/** How pod sets take each other's place where there is no room for both. */
export interface Exchanges {
  /** Replicas with which new pod sets are written; others start with all of theirs. */
  readonly start: ReadonlyMap<string, number>;
  /** After that, in order. */
  readonly strides: readonly Stride[];
  /** Keys of pod sets that give way, so that nothing may scale them meanwhile. */
  readonly leaving: ReadonlySet<string>;
  readonly diagnostics: readonly Diagnostic[];
}

/** What is there, what is wanted, and what cannot grow. */
export interface ExchangeFacts {
  readonly intended: readonly ClusterObject[];
  readonly live: ReadonlyMap<string, ClusterObject>;
  readonly prunable: readonly ClusterObject[];
  readonly rooms: readonly Room[];
}

/** A pod set with its replicas now and in the end. */
interface Sized {
  readonly key: string;
  readonly object: ClusterObject;
  readonly now: number;
  readonly then: number;
}

type Counts = Map<string, number>;

/**
 * Drain first, where surge first cannot work. Pod sets of a workload that would not all find room (a pool with a fixed number of nodes, a quota)
 * take each other's place in strides: as many old replicas go as the disruption budget lets, then new ones come into the room, and the next stride waits
 * until they are ready. Sums of requests decide, not the packing of single nodes. Workloads with room for both are left out.
 * Diagnostics: `apply-drain-first` names what goes first; `apply-no-room` where a new replica needs the room of more old ones than may go at once.
 */
export function exchangesOf(facts: ExchangeFacts): Exchanges {
  const start = new Map<string, number>();
  const strides: Stride[] = [];
  const leaving = new Set<string>();
  const diagnostics: Diagnostic[] = [];
  const sized = sizedSets(facts);
  const counts: Counts = new Map(sized.map(({ key, now }) => [key, now]));
  const workloads = Map.groupBy(sized, ({ object }) => workloadOf(object));
  for (const [workload, sets] of sortedBy(workloads, ([name]) => name)) {
    const room = fullRoom(facts.rooms, { sized, sets });
    const old = sets.filter(({ now, then }) => then < now);
    const fresh = sets.filter(({ now, then }) => then > now);
    if (room === undefined || old.length === 0 || fresh.length === 0) continue;
    for (const { key } of old) leaving.add(key);
    const exchange = { old, fresh, counts, sized, rooms: facts.rooms, stride: strideOf(facts, workload) };
    fill(exchange);
    for (const { key } of fresh) start.set(key, counts.get(key) ?? 0);
    const { made, stuck } = strideByStride(exchange);
    strides.push(...made);
    diagnostics.push(
      stuck === undefined ? drainFirst(room, old, exchange.stride) : noRoom(room, stuck, exchange),
    );
  }
  return { start, strides, leaving, diagnostics };
}

/** Pod sets that are there or will be, sorted by key. */
function sizedSets({ intended, live, prunable }: ExchangeFacts): readonly Sized[] {
  const wanted = intended.filter(isCounted).map((object): Sized => {
    const found = live.get(keyOf(object));
    const there = found === undefined ? 0 : (boundsOf(found)?.max ?? 1);
    // An autoscaler that stays keeps the replicas as they are; a new set starts with its most.
    const scaled = found === undefined ? (scaledRange(object)?.max ?? 1) : there;
    const then = boundsOf(object)?.max ?? scaled;
    return { key: keyOf(object), object, now: then < there ? there : readyOf(found, there), then };
  });
  const gone = prunable
    .filter(isCounted)
    .map((object): Sized => ({ key: keyOf(object), object, now: boundsOf(object)?.max ?? 1, then: 0 }));
  return [...wanted, ...gone].sort((a, b) => compareText(a.key, b.key));
}

/** Replicas that are ready: those of a run that stopped because there was no room have no place yet. All of them where no controller says so. */
function readyOf(live: ClusterObject | undefined, replicas: number): number {
  const status = live?.['status'] as
    { readonly availableReplicas?: number; readonly readyReplicas?: number } | undefined;
  if (status === undefined) return replicas;
  return Math.min(replicas, status.availableReplicas ?? status.readyReplicas ?? 0);
}

/** A room of a workload's new pods that cannot hold the most that every pod set has before or after. */
function fullRoom(
  rooms: readonly Room[],
  { sized, sets }: { readonly sized: readonly Sized[]; readonly sets: readonly Sized[] },
): Room | undefined {
  const most: Counts = new Map(sized.map(({ key, now, then }) => [key, Math.max(now, then)]));
  return rooms.find(
    (room) =>
      sets.some(({ object, now, then }) => then > now && room.holds(object)) &&
      sets.some(({ object, now, then }) => then < now && room.holds(object)) &&
      !holds(room, sized, most),
  );
}

function holds(room: Room, sized: readonly Sized[], counts: Counts): boolean {
  const inside = sized.filter(({ object }) => room.holds(object));
  return Object.entries(room.hard).every(([resource, hard]) => {
    const taken = inside.map(
      ({ key, object }) => (counts.get(key) ?? 0) * (replicaDemand(object)[resource] ?? 0),
    );
    return taken.reduce((sum, amount) => sum + amount, 0) <= hard;
  });
}

interface Exchange {
  readonly old: readonly Sized[];
  readonly fresh: readonly Sized[];
  readonly counts: Counts;
  readonly sized: readonly Sized[];
  readonly rooms: readonly Room[];
  /** Pods that may go at once. */
  readonly stride: number;
}

/** Drains and fills by turns until all new replicas are there; `stuck` is one for which a stride made no room. */
function strideByStride(exchange: Exchange): { readonly made: readonly Stride[]; readonly stuck?: Sized } {
  const { counts, old, fresh } = exchange;
  const made: Stride[] = [];
  const missing = (): Sized | undefined => fresh.find(({ key, then }) => (counts.get(key) ?? 0) < then);
  for (let next = missing(); next !== undefined; next = missing()) {
    const drained = drain(exchange);
    if (drained.size === 0) {
      // Nothing old is left: the rest comes as it can.
      for (const { key, then } of fresh) counts.set(key, then);
      made.push(strideOver('fill', fresh, new Map(fresh.map(({ key, then }) => [key, then]))));
      return { made };
    }
    made.push(strideOver('drain', old, drained));
    const filled = fill(exchange);
    const isOver = old.every(({ key, then }) => (counts.get(key) ?? 0) <= then);
    if (filled.size === 0 && !isOver) return { made, stuck: next };
    if (filled.size > 0) made.push(strideOver('fill', fresh, filled));
  }
  return { made };
}

function strideOver(kind: Stride['kind'], sets: readonly Sized[], counts: Counts): Stride {
  return { kind, counts, objects: sets.filter(({ key }) => counts.has(key)).map(({ object }) => object) };
}

/** Takes one stride of old replicas away, one replica at least; gives the sets that changed. */
function drain({ old, counts, stride }: Exchange): Counts {
  const changed: Counts = new Map();
  let left = stride;
  for (const { key, object, then } of old) {
    const count = counts.get(key) ?? 0;
    const pods = replicaPods(object);
    const most = changed.size === 0 ? Math.max(1, Math.floor(left / pods)) : Math.floor(left / pods);
    const going = Math.min(count - then, most);
    if (going <= 0) continue;
    changed.set(key, count - going);
    counts.set(key, count - going);
    left -= going * pods;
  }
  return changed;
}

/** Adds new replicas one by one as long as every room holds them; gives the sets that changed. */
function fill({ fresh, counts, sized, rooms }: Exchange): Counts {
  const changed: Counts = new Map();
  for (const { key, object, then } of fresh) {
    const own = rooms.filter((room) => room.holds(object));
    for (let count = counts.get(key) ?? 0; count < then; count++) {
      counts.set(key, count + 1);
      if (own.every((room) => holds(room, sized, counts))) {
        changed.set(key, count + 1);
        continue;
      }
      counts.set(key, count);
      break;
    }
  }
  return changed;
}

/** Pods of a workload that its disruption budgets let go at once, the least of them; 1 where there is none or none says a number. */
function strideOf({ intended, live, prunable }: ExchangeFacts, workload: string): number {
  const budgets = [...intended, ...live.values(), ...prunable]
    .filter((object) => object.kind === 'PodDisruptionBudget' && workloadOf(object) === workload)
    .map((object) => (object['spec'] as { readonly maxUnavailable?: unknown }).maxUnavailable)
    .filter((most) => typeof most === 'number');
  return budgets.length === 0 ? 1 : Math.max(1, Math.min(...budgets));
}

function drainFirst(room: Room, old: readonly Sized[], stride: number): Diagnostic {
  const names = old.map(({ object }) => inWords(refOf(object))).join(', ');
  return diagnostic('apply-drain-first', {
    summary: `There is no room for old and new pods at once in ${room.name}: pods of ${names} go first, ${stride} at a time.`,
    detail: 'New ones come into the room, and the next go when those are ready.',
    path: room.name,
  });
}

function noRoom(room: Room, stuck: Sized, { old, stride }: Exchange): Diagnostic {
  return diagnostic('apply-no-room', {
    summary: `A replica of ${inWords(refOf(stuck.object))} needs more room in ${room.name} than ${stride} old pods leave, and the disruption budget lets no more go at once.`,
    detail: `Old: ${old.map(({ object }) => inWords(refOf(object))).join(', ')}. Nothing was written.`,
    path: inWords(refOf(stuck.object)),
    fix: 'Let the SLO tolerate more (`tolerates`), give the pool or the quota more room for the change, or take old pods away by hand.',
  });
}
