import { compileCel } from './cel.ts';
import type { CelExpression, CelScope } from './cel.ts';
import type { CelDialect } from './cel-environment.ts';
import { fromCel } from './cel-values.ts';
import { isJsonObject, parsePointer, withValueAt } from './json.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { RemediationStep } from './rule.ts';

/** A changed manifest, or why it could not be changed. */
export type Repair =
  { readonly ok: true; readonly manifest: JsonObject } | { readonly ok: false; readonly problem: string };

/** A step with its pointer parsed and its expressions compiled. */
export interface CompiledStep {
  readonly path: string;
  readonly keys: readonly string[];
  /** The constant to write where there is no expression. */
  readonly value: JsonValue;
  readonly expression: CelExpression | undefined;
  readonly when: CelExpression | undefined;
}

interface StepProblem {
  readonly field: readonly (string | number)[];
  readonly problem: string;
}

/** Compiles steps; what is wrong with them is added to `problems`. */
export function compileSteps(
  steps: readonly RemediationStep[],
  dialect: CelDialect,
  problems: StepProblem[],
): readonly CompiledStep[] {
  return steps.map((step, index) => {
    const compile = (name: 'expression' | 'when', result: 'any' | 'bool') => {
      const text = step[name];
      if (text === undefined) return undefined;
      const compiled = compileCel(text, dialect, result);
      if (compiled.ok) return compiled.expression;
      problems.push({ field: ['remediate', index, name], problem: compiled.problem });
      return undefined;
    };
    const keys = parsePointer(step.path) ?? [];
    if (keys.length === 0) {
      const problem = `"${step.path}" is not a JSON pointer such as /spec/replicas`;
      problems.push({ field: ['remediate', index, 'path'], problem });
    }
    const [expression, when] = [compile('expression', 'any'), compile('when', 'bool')];
    return { path: step.path, keys, value: step.value ?? null, expression, when };
  });
}

/**
 * A copy of the manifest with every step applied whose `when` holds; expressions see the manifest as it was
 * before the first step.
 */
export function repairBySteps(steps: readonly CompiledStep[], manifest: JsonObject, scope: CelScope): Repair {
  let changed: JsonValue = manifest;
  for (const step of steps) {
    const applies = step.when?.evaluate(scope) ?? { ok: true, value: true };
    if (!applies.ok) return { ok: false, problem: `${step.path}: ${applies.problem}` };
    if (applies.value !== true) continue;
    const value = valueOf(step, scope);
    if (!value.ok) return { ok: false, problem: `${step.path}: ${value.problem}` };
    const next = withValueAt(changed, step.keys, value.value);
    if (next === undefined) return { ok: false, problem: `${step.path}: the manifest has no such place` };
    changed = next;
  }
  return isJsonObject(changed)
    ? { ok: true, manifest: changed }
    : { ok: false, problem: 'the remediation replaced the manifest' };
}

type StepValue =
  { readonly ok: true; readonly value: JsonValue } | { readonly ok: false; readonly problem: string };

function valueOf(step: CompiledStep, scope: CelScope): StepValue {
  if (step.expression === undefined) return { ok: true, value: step.value };
  const result = step.expression.evaluate(scope);
  if (!result.ok) return result;
  const value = fromCel(result.value);
  return value === undefined
    ? { ok: false, problem: 'the expression gives no JSON value' }
    : { ok: true, value };
}
