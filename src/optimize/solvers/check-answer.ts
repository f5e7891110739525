import { objectiveOf, rowActivity } from './integer-program.ts';
import type { IntegerProgram } from './integer-program.ts';
import type { SolverAnswer } from './solver-adapter.ts';

/** Distance from a whole number below which a value is taken as whole; HiGHS's own default is 1e-6. */
const INTEGRALITY_TOLERANCE = 1e-5;
/** Relative slack allowed on rows and bounds for rounding in the solver. */
const ROW_TOLERANCE = 1e-6;

/** The verdict of the independent check: a clean solution, or the first thing wrong with it. */
export type AnswerCheck =
  | { readonly ok: true; readonly values: readonly number[]; readonly objective: number }
  | { readonly ok: false; readonly reason: string };

/**
 * Recomputes integrality, bounds, rows and objective of an answer from the program alone.
 * Whole variables are rounded first, so the checked solution is the one that will be used; a lower bound
 * above the objective is refused as well. Cost: non-zeros.
 */
export function checkAnswer(program: IntegerProgram, answer: SolverAnswer): AnswerCheck {
  if (answer.values.length !== program.columns.length) return wrong('it has values for other columns');
  const values: number[] = [];
  for (const [j, column] of program.columns.entries()) {
    const value = answer.values[j] ?? NaN;
    if (!Number.isFinite(value)) return wrong(`${column.name} is not a number`);
    const whole = Math.round(value) + 0;
    if (column.isInteger && Math.abs(value - whole) > INTEGRALITY_TOLERANCE) {
      return wrong(`${column.name} = ${value} is not whole`);
    }
    const kept = column.isInteger ? whole : value;
    const slack = ROW_TOLERANCE * Math.max(1, Math.abs(kept));
    if (kept < column.lower - slack || kept > column.upper + slack) {
      return wrong(`${column.name} = ${kept} is outside ${column.lower}..${column.upper}`);
    }
    values.push(kept);
  }
  for (const row of program.rows) {
    const activity = rowActivity(row, values);
    const slack = ROW_TOLERANCE * scaleOf(row.values, row.columns, values);
    if (activity < row.lower - slack || activity > row.upper + slack) {
      return wrong(`row ${row.name} = ${activity} is outside ${row.lower}..${row.upper}`);
    }
  }
  const objective = objectiveOf(program, values);
  if (answer.bound > objective + 1e-6 * Math.max(1, Math.abs(objective))) {
    return wrong(`its bound ${answer.bound} lies above its objective ${objective}`);
  }
  return { ok: true, values, objective };
}

function wrong(reason: string): AnswerCheck {
  return { ok: false, reason };
}

/** The largest term of a row, at least 1: rounding errors grow with it. */
function scaleOf(
  coefficients: readonly number[],
  columns: readonly number[],
  values: readonly number[],
): number {
  let largest = 1;
  for (let k = 0; k < columns.length; k++) {
    largest = Math.max(largest, Math.abs((coefficients[k] ?? 0) * (values[columns[k] ?? 0] ?? 0)));
  }
  return largest;
}
