import type { Mix, MixProblem } from './mix-problem.ts';

/** Rounding that is allowed: the solver's own feasibility tolerance, relative. */
const TOLERANCE = 1e-5;

/** What is wrong with a mix, recomputed from the problem alone; empty when it serves all classes at its cost. */
export function checkMix(problem: MixProblem, mix: Mix): readonly string[] {
  const broken: string[] = [];
  for (const [c, { id, rate }] of problem.classes.entries()) {
    const sum = Object.values(mix.routing[c] ?? {}).reduce((total, share) => total + share, 0);
    if (rate > 0 && Math.abs(sum - 1) > TOLERANCE) broken.push(`${sum} of ${id} is routed`);
  }
  for (const option of problem.options) {
    const load = loadOn(problem, mix, option.id);
    if (load === 0) continue;
    const room = (mix.replicas[option.id] ?? 0) - (option.spare ?? 0);
    if (!(load <= room * (1 + TOLERANCE) + TOLERANCE))
      broken.push(`${option.id} carries ${load} with ${room}`);
  }
  for (const node of problem.nodes) {
    const bought = mix.nodes[node.id] ?? 0;
    const taken = problem.options
      .filter((option) => option.node === node.id)
      .reduce((sum, { id, accelerators }) => sum + accelerators * (mix.replicas[id] ?? 0), 0);
    if (taken > bought * node.accelerators) broken.push(`${taken} accelerators on ${bought} × ${node.id}`);
    if (bought > (node.most ?? Infinity)) broken.push(`${bought} × ${node.id}`);
  }
  broken.push(...brokenShareLimits(problem, mix));
  const cost = problem.nodes.reduce((sum, { id, price }) => sum + price * (mix.nodes[id] ?? 0), 0);
  if (Math.abs(cost - mix.cost) > TOLERANCE * Math.max(1, cost))
    broken.push(`costs ${cost}, not ${mix.cost}`);
  return broken;
}

/** Replicas of an option that its routed requests keep busy: the busiest row of its loads. */
export function loadOn(problem: MixProblem, mix: Mix, id: string): number {
  const option = problem.options.find((item) => item.id === id);
  if (option === undefined) return 0;
  const rows = option.loads.map((row) =>
    problem.classes.reduce((sum, { rate }, c) => {
      const share = mix.routing[c]?.[id] ?? 0;
      return share > 0 ? sum + rate * share * (row[c] ?? Infinity) : sum;
    }, 0),
  );
  return Math.max(0, ...rows);
}

function brokenShareLimits(problem: MixProblem, mix: Mix): readonly string[] {
  const total = problem.classes.reduce((sum, { rate }) => sum + rate, 0);
  return (problem.shareLimits ?? []).flatMap(({ options, most }) => {
    const carried = problem.classes.reduce(
      (sum, { rate }, c) => sum + rate * options.reduce((part, id) => part + (mix.routing[c]?.[id] ?? 0), 0),
      0,
    );
    return carried > most * total * (1 + TOLERANCE) + TOLERANCE
      ? [`${carried} of at most ${most * total}`]
      : [];
  });
}
