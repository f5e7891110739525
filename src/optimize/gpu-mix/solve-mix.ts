import { solveTrusted, solverOrder } from '../solvers/index.ts';
import type { SolverAdapter, SolverLimits } from '../solvers/index.ts';
import { checkMix } from './check-mix.ts';
import { withoutDominatedOptions } from './dominated-options.ts';
import { canServe, mixProgram } from './mix-program.ts';
import type { Mix, MixAnswer, MixProblem } from './mix-problem.ts';

/** Micro-dollars in a dollar. */
const MICRO = 1e6;

/** How a mix is solved. */
export interface MixOptions {
  readonly solvers?: readonly SolverAdapter[];
  readonly limits?: SolverLimits;
  /** A mix known to serve all classes: the answer is never dearer. It is checked first. */
  readonly incumbent?: Mix;
}

/** Nodes close programs of 25 kinds of node and 60 classes (measured 2026-11 by `bench:gpu-mix`). */
export const MIX_LIMITS: SolverLimits = { nodes: 20_000, seconds: 30, relativeGap: 1e-7 };

/**
 * The cheapest nodes, replicas and routing that serve all classes, exactly: whole nodes, classes split in any proportion.
 *
 * Any assignment of whole slices of the classes is one such split, and needs no fewer replicas: the answer is never dearer than that of
 * a program over slices (Mélange, arXiv 2404.14527), and its bound holds for it too. The answer is checked against the problem.
 */
export async function solveMix(problem: MixProblem, options: MixOptions = {}): Promise<MixAnswer> {
  const unserved = problem.classes
    .filter((item, c) => item.rate > 0 && !problem.options.some((option) => canServe(option, c)))
    .map((item) => item.id);
  if (unserved.length > 0 && (problem.excused ?? 0) === 0) return { status: 'infeasible', unserved };
  const served = withoutDominatedOptions(withoutEmptyClasses(problem));
  const { program, mixOf } = mixProgram(served.problem);
  const solvers = options.solvers ?? solverOrder('auto');
  const answer = await solveTrusted(program, options.limits ?? MIX_LIMITS, solvers);
  const known = knownMix(problem, options.incumbent);
  if (answer.status === 'optimal' || answer.status === 'feasible') {
    const found = served.restore(mixOf(answer.values));
    const broken = (problem.excused ?? 0) > 0 ? [] : checkMix(problem, found);
    if (broken.length > 0) throw new Error(`a solved mix breaks its problem: ${broken.join('; ')}`);
    const mix = known !== undefined && known.cost < found.cost ? known : found;
    return rated(mix, answer.bound * MICRO, answer.status);
  }
  if (known !== undefined) return rated(known, 0, 'feasible');
  return { status: answer.status === 'infeasible' ? 'infeasible' : 'limit', unserved: [] };
}

function knownMix(problem: MixProblem, mix: Mix | undefined): Mix | undefined {
  if (mix === undefined) return undefined;
  const broken = checkMix(problem, mix);
  if (broken.length > 0) throw new Error(`the incumbent breaks its problem: ${broken.join('; ')}`);
  return mix;
}

function rated(mix: Mix, bound: number, status: 'optimal' | 'feasible'): MixAnswer {
  const least = Math.max(0, Math.min(bound, mix.cost));
  return { status, mix, bound: least, gap: mix.cost > 0 ? (mix.cost - least) / mix.cost : 0 };
}

interface Reduced {
  readonly problem: MixProblem;
  /** A mix of the whole problem from one of the reduced. */
  readonly restore: (mix: Mix) => Mix;
}

/** Classes without requests need no service: their routing is whatever serves most of the others. */
function withoutEmptyClasses(problem: MixProblem): Reduced {
  const kept = problem.classes.flatMap((item, c) => (item.rate > 0 ? [c] : []));
  if (kept.length === problem.classes.length) return { problem, restore: (mix) => mix };
  const reduced: MixProblem = {
    ...problem,
    classes: kept.map((c) => problem.classes[c]!),
    options: problem.options.map((option) => ({
      ...option,
      loads: option.loads.map((row) => Float64Array.from(kept, (c) => row[c] ?? Infinity)),
    })),
  };
  return {
    problem: reduced,
    restore: (mix) => {
      const routing: Readonly<Record<string, number>>[] = problem.classes.map(() => ({}));
      for (const [index, c] of kept.entries()) routing[c] = mix.routing[index] ?? {};
      return { ...mix, routing };
    },
  };
}
