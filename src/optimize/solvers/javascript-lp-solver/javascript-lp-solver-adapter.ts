import { objectiveOf } from '../integer-program.ts';
import type { IntegerProgram } from '../integer-program.ts';
import { noSolution } from '../solver-adapter.ts';
import type { SolverAdapter, SolverAnswer, SolverLimits } from '../solver-adapter.ts';

/** Most integer variables taken: beyond some 500 the solver hangs or gives up (measured 2026-11, design note 0002). */
export const MAX_INTEGERS = 400;
/** Most cells of its dense tableau (rows × columns, 8 bytes each). */
const MAX_CELLS = 4_000_000;
/** Seconds after which it is asked to stop when the caller sets no limit. */
const FALLBACK_SECONDS = 20;

interface Model {
  readonly optimize: string;
  readonly opType: 'min';
  readonly constraints: Record<string, { min?: number; max?: number; equal?: number }>;
  readonly variables: Record<string, Record<string, number>>;
  readonly ints: Record<string, 1>;
  readonly unrestricted: Record<string, 1>;
  readonly options: { readonly timeout: number; readonly tolerance: number };
}

interface Result {
  readonly feasible: boolean;
  readonly bounded?: boolean;
  readonly isIntegral?: boolean;
  readonly [variable: string]: number | boolean | undefined;
}

/** The package declares its default export for CommonJS, hence the shim. */
async function loadSolver(): Promise<{ Solve(model: Model): Result }> {
  const module = (await import('javascript-lp-solver')) as unknown as {
    readonly default: { Solve(model: Model): Result };
  };
  return module.default;
}

/**
 * `javascript-lp-solver` 1.0 (Unlicense): dense simplex with branch and bound, no native code.
 * It has no node limit, returns the fractional relaxation as `feasible` when its time runs out (told by a
 * missing `isIntegral`), and was measured to call 3 of 3,000 feasible equality programs infeasible; so only
 * small programs are taken, fractional answers are `limit`, and infeasibility needs a second opinion.
 */
export class JavascriptLpSolverAdapter implements SolverAdapter {
  readonly name = 'javascript-lp-solver';
  readonly provesInfeasibility = false;

  async solve(program: IntegerProgram, limits: SolverLimits): Promise<SolverAnswer> {
    const integers = program.columns.filter((column) => column.isInteger).length;
    const bounded = program.columns.filter((column) => Number.isFinite(column.upper)).length;
    const cells = (program.rows.length * 2 + bounded) * program.columns.length;
    if (integers > MAX_INTEGERS || cells > MAX_CELLS) {
      return noSolution('refused', `${integers} integers and ${cells} cells are beyond this solver`);
    }
    if (program.columns.some((column) => column.lower > column.upper)) {
      return noSolution('infeasible', 'a column has crossed bounds', Infinity);
    }
    try {
      const solver = await loadSolver();
      return read(program, solver.Solve(toModel(program, limits)));
    } catch (error) {
      return noSolution('failed', error instanceof Error ? error.message : String(error));
    }
  }
}

function read(program: IntegerProgram, result: Result): SolverAnswer {
  if (!result.feasible) return noSolution('infeasible', 'infeasible', Infinity);
  if (result.bounded === false) return noSolution('unbounded', 'unbounded');
  if (program.columns.some((column) => column.isInteger) && result.isIntegral !== true) {
    return noSolution('limit', 'stopped with a fractional relaxation');
  }
  const values = program.columns.map((column, j) => {
    const value = result[`x${j}`];
    return shiftOf(column.lower) + (typeof value === 'number' ? value : 0);
  });
  const objective = objectiveOf(program, values);
  return { status: 'optimal', values, objective, bound: objective, detail: 'optimal' };
}

/** Its variables start at zero: a finite lower bound is moved there. */
function shiftOf(lower: number): number {
  return Number.isFinite(lower) ? lower : 0;
}

function toModel(program: IntegerProgram, limits: SolverLimits): Model {
  const seconds = Number.isFinite(limits.seconds) ? limits.seconds : FALLBACK_SECONDS;
  const model: Model = {
    optimize: 'cost',
    opType: 'min',
    constraints: {},
    variables: {},
    ints: {},
    unrestricted: {},
    options: { timeout: seconds * 1000, tolerance: 0 },
  };
  program.columns.forEach((column, j) => {
    const terms: Record<string, number> = { cost: column.cost };
    if (Number.isFinite(column.upper)) {
      model.constraints[`u${j}`] = { max: column.upper - shiftOf(column.lower) };
      terms[`u${j}`] = 1;
    }
    model.variables[`x${j}`] = terms;
    if (column.isInteger) model.ints[`x${j}`] = 1;
    if (!Number.isFinite(column.lower)) model.unrestricted[`x${j}`] = 1;
  });
  program.rows.forEach((row, i) => {
    const shift = row.columns.reduce(
      (sum, j, k) => sum + (row.values[k] ?? 0) * shiftOf(program.columns[j]?.lower ?? 0),
      0,
    );
    const { lower, upper } = { lower: row.lower - shift, upper: row.upper - shift };
    if (lower === upper) model.constraints[`r${i}`] = { equal: lower };
    else {
      if (Number.isFinite(lower)) model.constraints[`l${i}`] = { min: lower };
      if (Number.isFinite(upper)) model.constraints[`h${i}`] = { max: upper };
    }
    row.columns.forEach((j, k) => {
      const terms = model.variables[`x${j}`];
      if (terms === undefined) return;
      for (const name of [`r${i}`, `l${i}`, `h${i}`]) {
        if (Object.hasOwn(model.constraints, name)) terms[name] = row.values[k] ?? 0;
      }
    });
  });
  return model;
}
