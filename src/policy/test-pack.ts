import { compileRule } from './compile-rule.ts';
import type { CompiledRule } from './compile-rule.ts';
import { toCel } from './cel-values.ts';
import { isJsonObject } from './json.ts';
import type { Rule, RulePack, RuleTest } from './rule.ts';
import type { Parameters, Scene, Subject } from './scene.ts';
import { manifestId } from './scene.ts';
import type { PlanView, ProblemView, SubjectViews } from './views.ts';

/** The result of one example of a rule. */
export interface RuleTestResult {
  readonly rule: string;
  readonly name: string;
  readonly expect: RuleTest['expect'];
  readonly actual: 'pass' | 'violation' | 'not-applicable' | 'failed';
  readonly passed: boolean;
  /** The rule's message, or why the example failed. */
  readonly message: string;
}

/** The results of all examples of a pack. */
export interface PackTestReport {
  readonly pack: string;
  /** Sorted by rule; examples in the order of the file. */
  readonly results: readonly RuleTestResult[];
  /** Rules without a passing or without a failing example. */
  readonly untested: readonly { readonly rule: string; readonly lacks: RuleTest['expect'] }[];
  /** Every example gave what it expects; untested rules do not count. */
  readonly passes: boolean;
}

/**
 * Runs the examples of every rule. An example may leave out whatever its rule does not read. A violation of a rule
 * that has a remediation must be gone once it is applied.
 */
export function testPack(pack: RulePack): PackTestReport {
  const defaults = Object.fromEntries(pack.parameters.map((item) => [item.name, item.default]));
  const results = pack.rules.flatMap((rule) => rule.tests.map((test) => runTest(rule, test, defaults)));
  const lacking = (rule: Rule, expect: RuleTest['expect']) =>
    rule.tests.some((test) => test.expect === expect) ? [] : [{ rule: rule.id, lacks: expect }];
  return {
    pack: pack.name,
    results,
    untested: pack.rules.flatMap((rule) => [...lacking(rule, 'pass'), ...lacking(rule, 'violation')]),
    passes: results.every((result) => result.passed),
  };
}

function runTest(rule: Rule, test: RuleTest, defaults: Parameters): RuleTestResult {
  const { actual, message } = judgeTest(rule, test, { ...defaults, ...test.params });
  return {
    rule: rule.id,
    name: test.name,
    expect: test.expect,
    actual,
    passed: actual === test.expect,
    message,
  };
}

function judgeTest(
  rule: Rule,
  test: RuleTest,
  params: Parameters,
): Pick<RuleTestResult, 'actual' | 'message'> {
  const compilation = compileRule(rule);
  if (!compilation.ok) {
    return { actual: 'failed', message: compilation.problems.map((item) => item.problem).join('; ') };
  }
  const subject = subjectOf(rule, test);
  const scene = sceneOfTest(test);
  const judgement = compilation.compiled.judge(subject, scene, params);
  switch (judgement.outcome) {
    case 'failed':
      return { actual: 'failed', message: judgement.problem };
    case 'violation': {
      const problem =
        judgement.messageProblems[0] ?? repairProblem(compilation.compiled, { subject, scene, params });
      return problem === undefined
        ? { actual: 'violation', message: judgement.message }
        : { actual: 'failed', message: problem };
    }
    case 'pass':
    case 'not-applicable':
      return { actual: judgement.outcome, message: '' };
  }
}

function repairProblem(
  compiled: CompiledRule,
  facts: { readonly subject: Subject; readonly scene: Scene; readonly params: Parameters },
): string | undefined {
  const repair = compiled.repair?.(facts.subject, facts.scene, facts.params);
  if (repair === undefined) return undefined;
  if (!repair.ok) return `remediation failed: ${repair.problem}`;
  const again = compiled.judge({ ...facts.subject, value: repair.manifest }, facts.scene, facts.params);
  return again.outcome === 'pass' ? undefined : 'the remediation does not make the object conform';
}

function subjectOf(rule: Rule, test: RuleTest): Subject {
  const id = rule.target === 'manifest' && isJsonObject(test.self) ? manifestId(test.self) : test.name;
  return {
    target: rule.target,
    id,
    path: test.name,
    value: test.self as unknown as SubjectViews['manifest'],
  };
}

/** Examples give partial views on purpose: reading what is absent fails, as it would for a misspelt field. */
function sceneOfTest(test: RuleTest): Scene {
  const problem: unknown = test.problem ?? {};
  const plan: unknown = test.plan ?? {};
  const manifests = test.manifests ?? [];
  return {
    context: { problem: problem as ProblemView, plan: plan as PlanView, manifests },
    cel: {
      problem: toCel(problem, 'double'),
      plan: toCel(plan, 'double'),
      manifests: toCel(manifests, 'integer'),
    },
  };
}
