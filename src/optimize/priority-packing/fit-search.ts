import type { RandomStream } from '../../random/index.ts';
import type { NodeLoads } from './node-loads.ts';
import type { Repacker, SplitAim } from './repack.ts';

/** Below this many pods on a pair of nodes its splits are few, so that three nodes are taken more often. *Assumed*, by trial. */
const FEW_ON_PAIR = 12;

/** Nodes tried as partners of an overloaded node when pods should stay at home. *Assumed*, by trial. */
const PARTNERS_TRIED = 16;

/** How a search for a fit goes about it. */
export interface FitOptions {
  readonly aim: SplitAim;
  /** Whether to give up now. */
  readonly stop: () => boolean;
}

/**
 * Removes the overload of a placement by redistributing the pods of an overloaded node and one or two others, again and again.
 * Mutates the loads; true when nothing is overloaded any more, false when stopped.
 */
export function removeOverload(
  loads: NodeLoads,
  repacker: Repacker,
  random: RandomStream,
  { aim, stop }: FitOptions,
): boolean {
  const { overloaded, nodes } = loads;
  if (nodes === 1) return overloaded.length === 0;
  while (overloaded.length > 0) {
    if (stop()) return false;
    const isOver = random.uniform() < 0.9;
    const a = isOver ? overloaded[random.integer(overloaded.length)]! : random.integer(nodes);
    const b = otherNode(loads, random, a, -1);
    const few = loads.podsOn[a]!.length + loads.podsOn[b]!.length < FEW_ON_PAIR;
    if (aim.kind === 'fit' && nodes > 2 && random.uniform() < (few ? 0.3 : 0.02)) {
      repacker.triple(a, b, otherNode(loads, random, a, b));
    } else if (aim.kind === 'fit') {
      repacker.pair(a, b, aim);
    } else {
      const partners = Array.from({ length: PARTNERS_TRIED - 1 }, () => otherNode(loads, random, a, -1));
      repacker.bestPair(a, [b, ...partners], aim);
    }
    if (loads.hasRules && random.uniform() < 0.5) exchange(loads, random, a);
    repacker.work += 8;
  }
  return true;
}

/** A node besides `a` and `b`: half of the time the one with most slack of four. */
function otherNode(loads: NodeLoads, random: RandomStream, a: number, b: number): number {
  let best = -1;
  let bestSlack = -Infinity;
  for (let tries = random.uniform() < 0.5 ? 1 : 4; tries > 0; tries--) {
    let node = random.integer(loads.nodes);
    while (node === a || node === b) node = random.integer(loads.nodes);
    const slack = loads.slack(node);
    if (slack > bestSlack) [best, bestSlack] = [node, slack];
  }
  return best;
}

/**
 * Moves one pod of node `a` to a random node that its rules allow, or exchanges it with a pod there, when total overload does not rise: reaches
 * pods whose rules keep them out of the redistributions.
 */
function exchange(loads: NodeLoads, random: RandomStream, a: number): void {
  const own = loads.podsOn[a]!;
  if (own.length === 0) return;
  const pod = own[random.integer(own.length)]!;
  const b = random.integer(loads.nodes);
  if (b === a) return;
  const before = loads.overload(a) + loads.overload(b);
  const others = loads.podsOn[b]!;
  const partner = others.length > 0 && random.uniform() < 0.7 ? others[random.integer(others.length)]! : -1;
  loads.detach(pod);
  if (partner >= 0) loads.detach(partner);
  const allowed = loads.allows(pod, b) && (partner < 0 || loads.allows(partner, a));
  if (allowed) {
    loads.attach(pod, b);
    if (partner >= 0) loads.attach(partner, a);
    if (loads.overload(a) + loads.overload(b) <= before) return;
    loads.detach(pod);
    if (partner >= 0) loads.detach(partner);
  }
  loads.attach(pod, a);
  if (partner >= 0) loads.attach(partner, b);
}
