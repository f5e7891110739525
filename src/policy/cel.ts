import type { ASTNode } from '@marcbachmann/cel-js';
import { CEL_VARIABLES, celEnvironment } from './cel-environment.ts';
import type { CelDialect } from './cel-environment.ts';

/** Values of the names an expression may use, already converted by `toCel`. */
export type CelScope = Readonly<Partial<Record<(typeof CEL_VARIABLES)[number], unknown>>>;

/** A value, or why there is none. */
export type CelResult =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string };

/** A checked expression, ready to be evaluated many times. */
export interface CelExpression {
  readonly text: string;
  readonly evaluate: (scope: CelScope) => CelResult;
  /** Which of `CEL_VARIABLES` it uses. */
  readonly uses: ReadonlySet<string>;
}

/** A compiled expression, or why it cannot be compiled. */
export type CelCompilation =
  | { readonly ok: true; readonly expression: CelExpression }
  | { readonly ok: false; readonly problem: string };

/** Compiles an expression; `result` `bool` refuses those that can only give something else. */
export function compileCel(
  text: string,
  dialect: CelDialect,
  result: 'bool' | 'any' = 'any',
): CelCompilation {
  const environment = celEnvironment(dialect);
  const check = environment.check(text);
  if (!check.valid) return { ok: false, problem: problemOf(check.error) };
  if (result === 'bool' && check.type !== 'bool' && check.type !== 'dyn') {
    return { ok: false, problem: `gives ${check.type ?? 'nothing'} where true or false is needed` };
  }
  const run = environment.parse(text);
  const evaluate = (scope: CelScope): CelResult => {
    try {
      return { ok: true, value: run(scope) as unknown };
    } catch (error) {
      return { ok: false, problem: problemOf(error) };
    }
  };
  return { ok: true, expression: { text, evaluate, uses: namesIn(run.ast) } };
}

function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { summary, range } = error as { summary?: unknown; range?: { start?: unknown } };
  const text = typeof summary === 'string' ? summary : (error.message.split('\n')[0] ?? error.message);
  return typeof range?.start === 'number' ? `${text} (at character ${range.start + 1})` : text;
}

function namesIn(root: ASTNode): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit);
    else if (typeof node === 'object' && node !== null && 'op' in node) {
      const { op, args } = node as { op: unknown; args: unknown };
      if (op === 'id' && typeof args === 'string' && isVariable(args)) names.add(args);
      else if (op !== 'value') visit(args);
    }
  };
  visit(root);
  return names;
}

function isVariable(name: string): boolean {
  return (CEL_VARIABLES as readonly string[]).includes(name);
}
