import { compileCel } from './cel.ts';
import type { CelExpression, CelScope } from './cel.ts';
import type { CelDialect } from './cel-environment.ts';
import { toCel } from './cel-values.ts';
import { matchesManifest } from './match.ts';
import { compileMessage } from './message.ts';
import type { MessageTemplate } from './message.ts';
import { compileSteps, repairBySteps } from './repair-steps.ts';
import type { CompiledStep, Repair } from './repair-steps.ts';
import type { CelRule, CodeRule, Rule } from './rule.ts';
import { manifestOf } from './scene.ts';
import type { Parameters, Scene, Subject } from './scene.ts';

/** What one rule says of one subject. */
export type Judgement =
  | { readonly outcome: 'not-applicable' }
  | { readonly outcome: 'pass' }
  | { readonly outcome: 'violation'; readonly message: string; readonly messageProblems: readonly string[] }
  | { readonly outcome: 'failed'; readonly problem: string };

/** A rule ready to judge subjects of its target. */
export interface CompiledRule {
  readonly rule: Rule;
  readonly judge: (subject: Subject, scene: Scene, params: Parameters) => Judgement;
  /** The manifest with the rule's remediation applied; absent when the rule has none. */
  readonly repair?: (subject: Subject, scene: Scene, params: Parameters) => Repair;
  /** Names its expressions use. */
  readonly uses: ReadonlySet<string>;
}

/** What is wrong with a rule and in which of its fields. */
export interface RuleProblem {
  readonly field: readonly (string | number)[];
  readonly problem: string;
}

/** A compiled rule, or all of its problems. */
export type RuleCompilation =
  | { readonly ok: true; readonly compiled: CompiledRule }
  | { readonly ok: false; readonly problems: readonly RuleProblem[] };

/** Compiles a rule once, for any number of subjects. */
export function compileRule(rule: Rule): RuleCompilation {
  const problems = factProblems(rule);
  if (rule.language === 'typescript') {
    return problems.length > 0 ? { ok: false, problems } : { ok: true, compiled: compileCode(rule) };
  }
  const parts = compileParts(rule, problems);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, compiled: assemble(rule, parts) };
}

/** The dialect in which a rule of this target is written. */
export function dialectOf(target: Rule['target']): CelDialect {
  return target === 'manifest' ? 'admission' : 'planning';
}

function factProblems(rule: Rule): RuleProblem[] {
  const problems: RuleProblem[] = [];
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(rule.id)) {
    problems.push({ field: ['id'], problem: `"${rule.id}" is not lower case words joined by dashes` });
  }
  const canRepair = rule.language === 'cel' ? rule.remediate.length > 0 : rule.repair !== undefined;
  if (rule.level === 'remediate' && !canRepair) {
    problems.push({ field: ['level'], problem: 'level "remediate" needs a remediation to apply' });
  }
  if (canRepair && rule.target !== 'manifest') {
    problems.push({ field: ['target'], problem: 'only manifests can be remediated' });
  }
  return problems;
}

interface Parts {
  readonly condition: CelExpression | undefined;
  readonly when: CelExpression | undefined;
  readonly variables: readonly (readonly [string, CelExpression])[];
  readonly message: MessageTemplate | undefined;
  readonly steps: readonly CompiledStep[];
}

function compileParts(rule: CelRule, problems: RuleProblem[]): Parts {
  const dialect = dialectOf(rule.target);
  const expression = (field: RuleProblem['field'], text: string, result: 'bool' | 'any') => {
    const compiled = compileCel(text, dialect, result);
    if (compiled.ok) return compiled.expression;
    problems.push({ field, problem: compiled.problem });
    return undefined;
  };
  const message = compileMessage(rule.message === '' ? rule.title : rule.message, dialect);
  if (!message.ok) problems.push(...message.problems.map((problem) => ({ field: ['message'], problem })));
  return {
    condition: expression(['condition'], rule.condition, 'bool'),
    when: rule.match.when === undefined ? undefined : expression(['match', 'when'], rule.match.when, 'bool'),
    variables: rule.variables.flatMap(({ name, expression: text }, index) => {
      const compiled = expression(['variables', index, 'expression'], text, 'any');
      return compiled === undefined ? [] : [[name, compiled] as const];
    }),
    message: message.ok ? message.template : undefined,
    steps: compileSteps(rule.remediate, dialect, problems),
  };
}

function assemble(rule: CelRule, parts: Parts): CompiledRule {
  const scopeOf = (subject: Subject, scene: Scene, params: Parameters) =>
    scopeFor(rule, parts.variables, { subject, scene, params });
  return {
    rule,
    judge: (subject, scene, params) =>
      matchesManifest(rule.match, manifestOf(subject))
        ? judgeByCel(parts, scopeOf(subject, scene, params))
        : { outcome: 'not-applicable' },
    ...(parts.steps.length === 0
      ? {}
      : {
          repair: (subject: Subject, scene: Scene, params: Parameters) =>
            repairBySteps(parts.steps, manifestOf(subject) ?? {}, scopeOf(subject, scene, params)),
        }),
    uses: usesOf(parts),
  };
}

function judgeByCel(parts: Parts, scope: CelScope): Judgement {
  if (parts.when !== undefined) {
    const applies = parts.when.evaluate(scope);
    if (!applies.ok) return { outcome: 'failed', problem: `match.when: ${applies.problem}` };
    if (applies.value !== true) return { outcome: 'not-applicable' };
  }
  const conforms = parts.condition?.evaluate(scope) ?? { ok: false, problem: 'has no condition' };
  if (!conforms.ok) return { outcome: 'failed', problem: conforms.problem };
  if (typeof conforms.value !== 'boolean') {
    return { outcome: 'failed', problem: 'the condition gave neither true nor false' };
  }
  if (conforms.value) return { outcome: 'pass' };
  const message = parts.message?.render(scope) ?? { text: '', problems: [] };
  return { outcome: 'violation', message: message.text, messageProblems: message.problems };
}

interface Facts {
  readonly subject: Subject;
  readonly scene: Scene;
  readonly params: Parameters;
}

function scopeFor(rule: CelRule, variables: Parts['variables'], facts: Facts): CelScope {
  const numbers = rule.target === 'manifest' ? 'integer' : 'double';
  const named: Record<string, unknown> = {};
  const scope = {
    ...facts.scene.cel,
    self: toCel(facts.subject.value, numbers),
    params: toCel(facts.params, numbers),
    variables: named,
  };
  for (const [name, expression] of variables) defineLazily(named, name, () => valueOf(expression, scope));
  return scope;
}

/** As in a ValidatingAdmissionPolicy, a variable is evaluated on first use; an unused one cannot fail. */
function defineLazily(target: Record<string, unknown>, name: string, compute: () => unknown): void {
  let known: { readonly value: unknown } | undefined;
  Object.defineProperty(target, name, { get: () => (known ??= { value: compute() }).value });
}

function valueOf(expression: CelExpression, scope: CelScope): unknown {
  const result = expression.evaluate(scope);
  if (!result.ok) throw new Error(`in "${expression.text}": ${result.problem}`);
  return result.value;
}

function usesOf(parts: Parts): ReadonlySet<string> {
  const expressions = [parts.condition, parts.when, ...parts.variables.map(([, item]) => item)];
  return new Set([
    ...expressions.flatMap((item) => [...(item?.uses ?? [])]),
    ...(parts.message?.uses ?? []),
    ...parts.steps.flatMap((step) => [...(step.expression?.uses ?? []), ...(step.when?.uses ?? [])]),
  ]);
}

function compileCode(rule: CodeRule): CompiledRule {
  const { repair } = rule;
  return {
    rule,
    judge: (subject, scene, params) => judgeByCode(rule, { subject, scene, params }),
    ...(repair === undefined
      ? {}
      : {
          repair: (subject: Subject, scene: Scene, params: Parameters): Repair => {
            try {
              const manifest = repair(manifestOf(subject) ?? {}, { ...scene.context, params });
              return { ok: true, manifest };
            } catch (error) {
              return { ok: false, problem: String(error) };
            }
          },
        }),
    uses: new Set(),
  };
}

/** A check that throws has failed: reported, never taken for a pass. */
function judgeByCode(rule: CodeRule, facts: Facts): Judgement {
  try {
    const context = { ...facts.scene.context, params: facts.params };
    const messages = rule.check(facts.subject.value as never, context);
    if (messages.length === 0) return { outcome: 'pass' };
    return { outcome: 'violation', message: messages.join('; '), messageProblems: [] };
  } catch (error) {
    return { outcome: 'failed', problem: String(error) };
  }
}
