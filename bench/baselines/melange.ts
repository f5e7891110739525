/**
 * The allocation program of Mélange (Griggs et al., arXiv 2404.14527; repository tyler-griggs/melange-release, `melange/solver.py`, read
 * 2026-11-21): the rate of every bucket of (input, output) lengths is cut into equal slices, each slice is given whole to one GPU
 * type, a type needs at least Σ slice rate ÷ its throughput of GPUs, and the money for whole GPUs is least.
 *
 * Left out: their profiling (throughputs come from the caller) and the load balancer. They solve with CBC, here HiGHS solves the same
 * program. Check: `publishedMelangeExample` is the example configuration of their repository with the answer their README
 * prints (3 A10G and 1 A100-80GB for 6.70 USD per hour).
 */
import { ProgramBuilder, solveTrusted, solverOrder } from '../../src/optimize/solvers/index.ts';
import type { SolverLimits, Term } from '../../src/optimize/solvers/index.ts';

/** A GPU type with its profiled throughput per bucket. */
export interface MelangeGpu {
  readonly name: string;
  /** USD per hour. */
  readonly cost: number;
  /** Requests per second of one GPU, one entry per bucket; 0 where it cannot serve the bucket. */
  readonly throughput: ArrayLike<number>;
}

/** One allocation problem. */
export interface MelangeProblem {
  /** Requests per second of each bucket. */
  readonly rates: ArrayLike<number>;
  readonly gpus: readonly MelangeGpu[];
  /** Slices per bucket; 8 in the paper. */
  readonly sliceFactor: number;
}

/** GPUs by name and their price; where the slices went. */
export interface MelangeAllocation {
  readonly counts: Readonly<Record<string, number>>;
  /** USD per hour. */
  readonly cost: number;
  /** Share of each bucket by GPU name, whole slices. */
  readonly routing: readonly Readonly<Record<string, number>>[];
  readonly isOptimal: boolean;
}

/** Their time limit is CBC's default, none; a node limit keeps a run finite. */
const LIMITS: SolverLimits = { nodes: 50_000, seconds: 60, relativeGap: 1e-6 };

/** Solves the program over slices; undefined where there is no allocation. */
export async function solveMelange(problem: MelangeProblem): Promise<MelangeAllocation | undefined> {
  const { rates, gpus, sliceFactor } = problem;
  const builder = new ProgramBuilder('melange');
  const counts = gpus.map((gpu) => builder.count(gpu.name, mostOf(gpu, rates), gpu.cost));
  const loads: Term[][] = gpus.map(() => []);
  // Slices of one bucket are alike: how many of them a type takes says the same as which.
  const slices = Array.from(rates, (rate, bucket) => {
    const columns = gpus.map((gpu, g) => {
      const throughput = gpu.throughput[bucket] ?? 0;
      const column = builder.count(`${gpu.name} ${bucket}`, throughput > 0 ? sliceFactor : 0);
      if (throughput > 0) loads[g]!.push([column, rate / sliceFactor / throughput]);
      return column;
    });
    if (rate > 0) {
      const whole = { lower: sliceFactor, upper: sliceFactor };
      builder.row(
        `bucket ${bucket}`,
        whole,
        columns.map((column): Term => [column, 1]),
      );
    }
    return columns;
  });
  for (const [g, count] of counts.entries())
    builder.row(`load ${g}`, { upper: 0 }, [...loads[g]!, [count, -1]]);
  const answer = await solveTrusted(builder.build(), LIMITS, solverOrder('auto'));
  if (answer.status !== 'optimal' && answer.status !== 'feasible') return undefined;
  const valueOf = (column: number): number => Math.round(answer.values[column] ?? 0);
  return {
    counts: Object.fromEntries(gpus.map((gpu, g) => [gpu.name, valueOf(counts[g]!)])),
    cost: gpus.reduce((sum, gpu, g) => sum + gpu.cost * valueOf(counts[g]!), 0),
    routing: slices.map((columns) =>
      Object.fromEntries(
        gpus.flatMap((gpu, g) => {
          const taken = valueOf(columns[g]!);
          return taken > 0 ? [[gpu.name, taken / sliceFactor] as const] : [];
        }),
      ),
    ),
    isOptimal: answer.status === 'optimal',
  };
}

function mostOf({ throughput }: MelangeGpu, rates: ArrayLike<number>): number {
  let load = 0;
  for (let bucket = 0; bucket < rates.length; bucket++) {
    const each = throughput[bucket] ?? 0;
    if (each > 0) load += (rates[bucket] ?? 0) / each;
  }
  return Math.ceil(load) + 1;
}

/** One GPU type for everything: the fewest of it that carry all buckets; undefined where it cannot serve some bucket. */
export function onlyType(
  gpu: MelangeGpu,
  rates: ArrayLike<number>,
): { count: number; cost: number } | undefined {
  let load = 0;
  for (let bucket = 0; bucket < rates.length; bucket++) {
    const rate = rates[bucket] ?? 0;
    if (rate === 0) continue;
    const each = gpu.throughput[bucket] ?? 0;
    if (each <= 0) return undefined;
    load += rate / each;
  }
  const count = Math.ceil(load - 1e-6);
  return { count, cost: count * gpu.cost };
}

/** `melange/config/example.json` and the output in README.md of tyler-griggs/melange-release (commits ebba701 and d46ab43). */
export const publishedMelangeExample = {
  problem: {
    rates: [0.2, 0.1, 0.5, 0.2].map((share) => share * 30),
    gpus: [
      { name: 'A10G', cost: 1.01, throughput: [2, 1, 5, 2] },
      { name: 'A100-80GB', cost: 3.67, throughput: [20, 20, 40, 20] },
    ],
    sliceFactor: 1,
  },
  answer: { counts: { A10G: 3, 'A100-80GB': 1 }, cost: 6.7 },
} as const satisfies { readonly problem: MelangeProblem; readonly answer: unknown };
