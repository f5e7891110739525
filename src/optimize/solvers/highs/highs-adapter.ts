import type { Highs, Model, ModelData } from 'highs';
import { objectiveOf } from '../integer-program.ts';
import type { IntegerProgram } from '../integer-program.ts';
import { noSolution } from '../solver-adapter.ts';
import type { SolverAdapter, SolverAnswer, SolverLimits } from '../solver-adapter.ts';

/** Loads the WASM module; `highs` declares its default export for CommonJS, hence the shim. */
async function loadHighs(): Promise<Highs> {
  const module = (await import('highs')) as unknown as { readonly default: () => Promise<Highs> };
  return module.default();
}

/**
 * HiGHS 1.15 compiled to WebAssembly (MIT): branch and cut, single-threaded, same answer on every run.
 * The module is loaded at the first solve and reused; each solve gets a fresh native model.
 */
export class HighsAdapter implements SolverAdapter {
  readonly name = 'highs';
  readonly provesInfeasibility = true;
  #runtime: Promise<Highs> | undefined;

  async solve(program: IntegerProgram, limits: SolverLimits): Promise<SolverAnswer> {
    if (program.columns.length === 0) return solveEmpty(program);
    this.#runtime ??= loadHighs();
    try {
      const runtime = await this.#runtime;
      const model = runtime.createModel(toModelData(program, runtime.infinity));
      try {
        return run(model, { program, limits, runtime });
      } finally {
        model.dispose();
      }
    } catch (error) {
      this.#runtime = undefined;
      return noSolution('failed', error instanceof Error ? error.message : String(error));
    }
  }
}

interface Solve {
  readonly program: IntegerProgram;
  readonly limits: SolverLimits;
  readonly runtime: Highs;
}

function run(model: Model, solve: Solve): SolverAnswer {
  const { program, limits, runtime } = solve;
  model.options.set({
    output_flag: false,
    random_seed: 0,
    mip_rel_gap: limits.relativeGap,
    mip_abs_gap: 0,
    mip_max_nodes: Math.min(limits.nodes, 2_000_000_000),
    ...(Number.isFinite(limits.seconds) ? { time_limit: limits.seconds } : {}),
  });
  model.run();
  const status = runtime.constants.modelStatus;
  const code = model.getModelStatus();
  const hasSolution =
    Number(model.info.get('primal_solution_status')) === runtime.constants.solutionStatus.feasible;
  const isMip = program.columns.some((column) => column.isInteger);
  const solution = hasSolution ? model.getSolution() : undefined;
  const values = Array.from(solution?.colValue ?? []);
  const objective = hasSolution ? objectiveOf(program, values) : NaN;
  const dualBound = isMip ? Number(model.info.get('mip_dual_bound')) : -Infinity;
  const bound = Math.abs(dualBound) >= runtime.infinity ? -Infinity : dualBound;
  if (code === status.optimal) {
    const duals = isMip || solution === undefined ? {} : { duals: Array.from(solution.rowDual) };
    return {
      status: 'optimal',
      values,
      objective,
      bound: isMip ? bound : objective,
      ...duals,
      detail: 'optimal',
    };
  }
  if (code === status.infeasible) return noSolution('infeasible', 'infeasible', Infinity);
  if (code === status.unbounded) return noSolution('unbounded', 'unbounded');
  if (code === status.unboundedOrInfeasible) return tellApart(solve);
  const detail = `stopped with model status ${code}`;
  if (hasSolution) return { status: 'feasible', values, objective, bound, detail };
  return noSolution(code >= status.objectiveBound ? 'limit' : 'failed', detail, bound);
}

/** Presolve may not say which of the two it is: without an objective only infeasibility is left. */
function tellApart({ program, limits, runtime }: Solve): SolverAnswer {
  const free = { ...program, columns: program.columns.map((column) => ({ ...column, cost: 0 })) };
  const model = runtime.createModel(toModelData(free, runtime.infinity));
  try {
    const answer = run(model, { program: free, limits, runtime });
    return answer.status === 'infeasible' ? answer : noSolution('unbounded', 'unbounded');
  } finally {
    model.dispose();
  }
}

function solveEmpty(program: IntegerProgram): SolverAnswer {
  const isFeasible = program.rows.every((row) => row.lower <= 0 && row.upper >= 0);
  return isFeasible
    ? { status: 'optimal', values: [], objective: 0, bound: 0, detail: 'empty program' }
    : noSolution('infeasible', 'empty program', Infinity);
}

function toModelData(program: IntegerProgram, infinity: number): ModelData {
  const finite = (value: number): number => Math.max(-infinity, Math.min(infinity, value));
  const starts = [0];
  for (const row of program.rows) starts.push((starts.at(-1) ?? 0) + row.columns.length);
  return {
    numCols: program.columns.length,
    numRows: program.rows.length,
    colCost: program.columns.map((column) => column.cost),
    colLower: program.columns.map((column) => finite(column.lower)),
    colUpper: program.columns.map((column) => finite(column.upper)),
    rowLower: program.rows.map((row) => finite(row.lower)),
    rowUpper: program.rows.map((row) => finite(row.upper)),
    matrix: {
      format: 'csr',
      numRows: program.rows.length,
      numCols: program.columns.length,
      starts,
      indices: program.rows.flatMap((row) => row.columns),
      values: program.rows.flatMap((row) => row.values),
    },
    ...(program.columns.some((column) => column.isInteger)
      ? { integrality: Int32Array.from(program.columns, (column) => (column.isInteger ? 1 : 0)) }
      : {}),
  };
}
