import { diagnostic, failure, success, suggestion } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../diagnostics/index.ts';
import { compareText } from '../units/index.ts';
import type { InlineRule, PolicyLevel, PolicyReference } from '../model/index.ts';
import { compileRule } from './compile-rule.ts';
import type { CompiledRule } from './compile-rule.ts';
import type { CelRule, ParameterValue, Rule, RulePack } from './rule.ts';
import type { Parameters } from './scene.ts';

/** A rule as one policy asks for it: compiled, with its effective level and parameters. */
export interface BoundRule {
  /** Name of the pack, or id of the policy for rules declared in the stack. */
  readonly pack: string;
  readonly level: PolicyLevel;
  readonly parameters: Parameters;
  readonly compiled: CompiledRule;
  /** Path of the policy that asked for it. */
  readonly policyPath: string;
}

/** Packs that come with the program. */
export const SHIPPED_PACKS: readonly string[] = [
  'cost-guardrails',
  'llm-serving',
  'reliability',
  'security',
  'spot-safety',
  'tenancy',
];

/**
 * Joins policies with their packs: levels replaced, parameters merged, every rule compiled once. Sorted by pack,
 * then rule. Errors, all reported together: `policy-unknown-pack`, `policy-unknown-name` (a level or parameter
 * that the pack does not have), `policy-invalid-rule`.
 */
export function bindRules(
  policies: readonly PolicyReference[],
  packs: readonly RulePack[],
): Outcome<readonly BoundRule[]> {
  const problems: Diagnostic[] = [];
  const bound = policies.flatMap((policy) => bindPolicy(policy, packs, problems));
  if (problems.length > 0) return failure(...problems);
  return success(
    bound.sort((a, b) => compareText(a.pack, b.pack) || compareText(a.compiled.rule.id, b.compiled.rule.id)),
  );
}

/** Checks that policies can be judged, without judging: names, levels, parameters and expressions. Gives the number of rules. */
export function checkRules(
  policies: readonly PolicyReference[],
  packs: readonly RulePack[],
): Outcome<number> {
  const bound = bindRules(policies, packs);
  return bound.ok ? success(bound.value.length, bound.diagnostics) : bound;
}

/**
 * The pack that a policy names: by the pack's name, or by its file. Policies name files relative to the stack, packs know
 * theirs relative to the working directory, so the one file that ends in the path named counts. Undefined when no pack
 * or more than one fits, and for a policy of inline rules only.
 */
export function packOfPolicy(policy: PolicyReference, packs: readonly RulePack[]): RulePack | undefined {
  const named = packs.find((pack) => pack.name === policy.pack);
  if (named !== undefined || policy.pack === '') return named;
  const wanted = policy.pack.replaceAll('\\', '/').replace(/^(\.{1,2}\/)+/, '');
  const inFile = packs.filter((pack) => pack.fileName === wanted || pack.fileName.endsWith(`/${wanted}`));
  return new Set(inFile.map((pack) => pack.fileName)).size === 1 ? inFile[0] : undefined;
}

/** An inline rule as a rule of a pack. */
export function ruleOfInline(inline: InlineRule): CelRule {
  return {
    ...inline,
    language: 'cel',
    why: '',
    match: {},
    variables: [],
    remediate: [],
    tests: [],
  };
}

function bindPolicy(
  policy: PolicyReference,
  packs: readonly RulePack[],
  problems: Diagnostic[],
): readonly BoundRule[] {
  const pack = packOfPolicy(policy, packs);
  if (pack === undefined && policy.pack !== '') problems.push(unknownPack(policy, packs));
  const rules = pack?.rules ?? [];
  const inline = policy.rules.map(ruleOfInline);
  if (pack !== undefined || policy.pack === '') {
    problems.push(...unknownLevels(policy, [...rules, ...inline]), ...wrongParameters(policy, pack));
  }
  const defaults = (pack?.parameters ?? []).map((item) => [item.name, item.default] as const);
  const parameters = { ...Object.fromEntries(defaults), ...policy.parameters };
  const bind = (rule: Rule, packName: string): readonly BoundRule[] => {
    const level = Object.hasOwn(policy.levels, rule.id) ? (policy.levels[rule.id] ?? rule.level) : rule.level;
    const compilation = compileRule({ ...rule, level });
    if (compilation.ok) {
      const { compiled } = compilation;
      return [{ pack: packName, level, parameters, compiled, policyPath: policy.path }];
    }
    problems.push(...compilation.problems.map((item) => invalidRule(policy, rule, item)));
    return [];
  };
  return [
    ...rules.flatMap((rule) => bind(rule, pack?.name ?? policy.pack)),
    ...inline.flatMap((rule) => bind(rule, policy.id)),
  ];
}

function unknownPack(policy: PolicyReference, packs: readonly RulePack[]): Diagnostic {
  const known = [...new Set([...packs.map((pack) => pack.name), ...SHIPPED_PACKS])].sort();
  return diagnostic('policy-unknown-pack', {
    summary: `Policy "${policy.id}" names the pack "${policy.pack}", which is not loaded.`,
    path: policy.path,
    fix: suggestion(
      policy.pack,
      known,
      `Shipped packs: ${SHIPPED_PACKS.join(', ')}. Or give the path of a file.`,
    ),
  });
}

function unknownLevels(policy: PolicyReference, rules: readonly Rule[]): Diagnostic[] {
  const known = rules.map((rule) => rule.id);
  return Object.keys(policy.levels)
    .filter((id) => !known.includes(id))
    .sort()
    .map((id) =>
      diagnostic('policy-unknown-name', {
        summary: `Policy "${policy.id}" sets the level of "${id}", which is none of its rules.`,
        path: policy.path,
        fix: suggestion(id, known, `Its rules are: ${known.join(', ')}.`),
      }),
    );
}

function wrongParameters(policy: PolicyReference, pack: RulePack | undefined): Diagnostic[] {
  if (pack === undefined) return [];
  const known = new Map(pack.parameters.map((item) => [item.name, item.default]));
  return Object.entries(policy.parameters)
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([name, value]) => {
      const standard = known.get(name);
      if (standard !== undefined && typeof standard === typeof value) return [];
      return [wrongParameter(policy, { name, value, standard }, [...known.keys()])];
    });
}

function wrongParameter(
  policy: PolicyReference,
  given: { name: string; value: ParameterValue; standard: ParameterValue | undefined },
  known: readonly string[],
): Diagnostic {
  const { name, value, standard } = given;
  if (standard === undefined) {
    return diagnostic('policy-unknown-name', {
      summary: `Policy "${policy.id}" sets the parameter "${name}", which pack "${policy.pack}" does not have.`,
      path: policy.path,
      fix: suggestion(name, known, `Its parameters are: ${known.join(', ')}.`),
    });
  }
  return diagnostic('policy-invalid-rule', {
    summary: `Policy "${policy.id}" sets the parameter "${name}" to a ${typeof value}; it is a ${typeof standard}.`,
    path: policy.path,
    fix: `Give a ${typeof standard} such as ${JSON.stringify(standard)}.`,
  });
}

function invalidRule(
  policy: PolicyReference,
  rule: Rule,
  item: { readonly field: readonly (string | number)[]; readonly problem: string },
): Diagnostic {
  return diagnostic('policy-invalid-rule', {
    summary: `Rule "${rule.id}" of policy "${policy.id}" is not valid: ${item.field.join('.')}: ${item.problem}.`,
    path: policy.path,
    fix: 'Correct the rule; docs/policies.md lists what expressions may use.',
  });
}
