import type { ErrorObject } from 'ajv';
import { suggestion } from '../diagnostics/index.ts';
import { parsePointer } from './json.ts';
import type { RuleProblem } from './compile-rule.ts';

/** What the schema errors of a pack mean, in words; one problem per place. */
export function problemsOfErrors(errors: readonly ErrorObject[]): readonly RuleProblem[] {
  const problems = new Map<string, RuleProblem>();
  for (const error of errors) {
    if (error.schemaPath.includes('/oneOf/')) continue;
    const problem = translate(error);
    const key = JSON.stringify(problem.field);
    if (!problems.has(key)) problems.set(key, problem);
  }
  return [...problems.values()];
}

function translate(error: ErrorObject): RuleProblem {
  const field = fieldOf(error.instancePath);
  const params = error.params as Readonly<Record<string, unknown>>;
  switch (error.keyword) {
    case 'additionalProperties': {
      const name = String(params['additionalProperty']);
      return { field: [...field, name], problem: `is not a known field. ${knownFields(error, name)}` };
    }
    case 'required':
      return { field, problem: `lacks the field "${String(params['missingProperty'])}"` };
    case 'enum':
      return { field, problem: unknownChoice(error, params['allowedValues']) };
    case 'const':
      return { field, problem: `must be ${JSON.stringify(params['allowedValue'])}` };
    case 'oneOf':
      return { field, problem: 'needs exactly one of "value" and "expression"' };
    case 'pattern':
      return { field, problem: `${JSON.stringify(error.data)} is not a valid name` };
    default:
      return { field, problem: error.message ?? 'is not valid' };
  }
}

function knownFields(error: ErrorObject, name: string): string {
  const schema = error.parentSchema as { properties?: object } | undefined;
  const known = Object.keys(schema?.properties ?? {});
  return suggestion(name, known, `Known fields: ${known.join(', ')}.`);
}

function unknownChoice(error: ErrorObject, allowed: unknown): string {
  const choices = Array.isArray(allowed) ? allowed.map(String) : [];
  const hint = suggestion(String(error.data), choices, `Choose one of ${choices.join(', ')}.`);
  return `${JSON.stringify(error.data)} is not a choice here. ${hint}`;
}

function fieldOf(instancePath: string): (string | number)[] {
  return (parsePointer(instancePath) ?? []).map((key) => (/^\d+$/.test(key) ? Number(key) : key));
}
