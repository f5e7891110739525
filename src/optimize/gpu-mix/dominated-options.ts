import { canServe } from './mix-program.ts';
import type { Mix, MixNode, MixOption, MixProblem } from './mix-problem.ts';

/**
 * Leaves out options that another one equals or beats in everything: no more load of any class, no more spare replicas, and either no
 * more accelerators of the same kind of node, or whole nodes of another kind for no more money. Any mix with the worse
 * costs no more with the better in its place, so nothing is lost; of equal ones the first stays. An option on a kind of node of limited
 * number, or under a limit of share, beats none. Cost: options² × classes.
 */
export function withoutDominatedOptions({
  problem,
  restore,
}: {
  readonly problem: MixProblem;
  readonly restore: (mix: Mix) => Mix;
}): { readonly problem: MixProblem; readonly restore: (mix: Mix) => Mix } {
  const limited = new Set((problem.shareLimits ?? []).flatMap((limit) => limit.options));
  const nodes = new Map(problem.nodes.map((node) => [node.id, node]));
  const isFree = (option: MixOption): boolean =>
    nodes.get(option.node)?.most === undefined && !limited.has(option.id);
  const options = problem.options.filter((option, index) => {
    if (!problem.classes.some((_, c) => canServe(option, c))) return false;
    return !problem.options.some(
      (other, k) =>
        other !== option &&
        isFree(other) &&
        beats(other, option, nodes) &&
        (k < index || !(isFree(option) && beats(option, other, nodes))),
    );
  });
  const kept = withoutDearNodes(options, { nodes, isFree });
  const used = new Set(kept.map((option) => option.node));
  return {
    problem: { ...problem, options: kept, nodes: problem.nodes.filter(({ id }) => used.has(id)) },
    restore,
  };
}

/**
 * Without the options of shared nodes each of which another one beats that has nodes to itself, for no more than their share of the
 * shared node: the parts of any such node cost no more elsewhere, one by one.
 */
function withoutDearNodes(
  options: readonly MixOption[],
  facts: {
    readonly nodes: ReadonlyMap<string, MixNode>;
    readonly isFree: (option: MixOption) => boolean;
  },
): readonly MixOption[] {
  const { nodes, isFree } = facts;
  const priceOf = (option: MixOption, isWhole: boolean): number => {
    const node = nodes.get(option.node);
    if (node === undefined) return NaN;
    return isWhole ? wholePrice(option, node) : (node.price * option.accelerators) / node.accelerators;
  };
  const whole = options.filter((option) => isFree(option) && Number.isFinite(priceOf(option, true)));
  const isBeaten = (option: MixOption): boolean =>
    whole.some(
      (other) =>
        other.node !== option.node &&
        (other.spare ?? 0) <= (option.spare ?? 0) &&
        priceOf(other, true) <= priceOf(option, false) &&
        other.loads.every((row) => option.loads.some((worse) => isUnder(row, worse))),
    );
  const shared = Map.groupBy(
    options.filter((option) => !whole.includes(option)),
    (option) => option.node,
  );
  const dropped = new Set([...shared].filter(([, members]) => members.every(isBeaten)).map(([node]) => node));
  return options.filter((option) => whole.includes(option) || !dropped.has(option.node));
}

function beats(a: MixOption, b: MixOption, nodes: ReadonlyMap<string, MixNode>): boolean {
  const [on, other] = [nodes.get(a.node), nodes.get(b.node)];
  if (on === undefined || other === undefined) return false;
  if ((a.spare ?? 0) > (b.spare ?? 0)) return false;
  if (on === other ? a.accelerators > b.accelerators : !(wholePrice(a, on) <= wholePrice(b, other)))
    return false;
  // Every row of the better lies under some row of the worse.
  return a.loads.every((row) => b.loads.some((worse) => isUnder(row, worse)));
}

/** Price of the whole nodes of a replica; NaN where it shares one, since others may fill the rest. */
function wholePrice({ accelerators }: MixOption, node: MixNode): number {
  return accelerators % node.accelerators === 0 ? (node.price * accelerators) / node.accelerators : NaN;
}

function isUnder(row: ArrayLike<number>, worse: ArrayLike<number>): boolean {
  for (let c = 0; c < row.length; c++) if (!((row[c] ?? Infinity) <= (worse[c] ?? Infinity))) return false;
  return true;
}
