import { sortedBy } from '../units/index.ts';
import type { PolicyLevel, PolicyReference } from '../model/index.ts';
import { packOfPolicy, ruleOfInline } from './bind-rules.ts';
import { compileRule } from './compile-rule.ts';
import { translateRule } from './export/translate-rule.ts';
import type { Rule, RulePack, RuleTarget } from './rule.ts';

/** What reports and documentation say about a rule. */
export interface RuleDescription {
  readonly pack: string;
  readonly id: string;
  readonly title: string;
  /** As the policies ask for it, or as the pack says where no policy was given. */
  readonly level: PolicyLevel;
  readonly target: RuleTarget;
  readonly why: string;
  readonly remediation: string;
  readonly reference: string;
  readonly language: Rule['language'];
  /** The condition of a CEL rule; empty for rules in TypeScript. */
  readonly condition: string;
  readonly tests: { readonly passing: number; readonly failing: number };
  /** Why an API server cannot enforce the rule at admission; empty when it can. */
  readonly admissionObstacle: string;
}

/**
 * Every rule of the packs, sorted by pack and id. With policies: the rules those ask for, including the ones
 * declared in the stack, at their effective levels.
 */
export function describeRules(
  packs: readonly RulePack[],
  policies?: readonly PolicyReference[],
): readonly RuleDescription[] {
  const descriptions =
    policies === undefined
      ? packs.flatMap((pack) => pack.rules.map((rule) => describe(rule, pack.name, rule.level)))
      : policies.flatMap((policy) => describePolicy(policy, packs));
  return sortedBy(
    new Map(descriptions.map((item) => [`${item.pack}/${item.id}`, item])).values(),
    (item) => `${item.pack}/${item.id}`,
  );
}

function describePolicy(policy: PolicyReference, packs: readonly RulePack[]): readonly RuleDescription[] {
  const pack = packOfPolicy(policy, packs);
  const levelOf = (rule: Rule) =>
    Object.hasOwn(policy.levels, rule.id) ? (policy.levels[rule.id] ?? rule.level) : rule.level;
  return [
    ...(pack?.rules ?? []).map((rule) => describe(rule, pack?.name ?? '', levelOf(rule))),
    ...policy.rules.map(ruleOfInline).map((rule) => describe(rule, policy.id, levelOf(rule))),
  ];
}

function describe(rule: Rule, pack: string, level: PolicyLevel): RuleDescription {
  const { id, title, target, why, remediation, reference, language } = rule;
  return {
    ...{ pack, id, title, level, target, why, remediation, reference, language },
    condition: rule.language === 'cel' ? rule.condition : '',
    tests: {
      passing: rule.tests.filter((test) => test.expect === 'pass').length,
      failing: rule.tests.filter((test) => test.expect === 'violation').length,
    },
    admissionObstacle: admissionObstacle(rule, pack),
  };
}

/** Empty for a rule that an API server can enforce, else why it cannot. */
function admissionObstacle(rule: Rule, pack: string): string {
  const compilation = compileRule(rule);
  if (!compilation.ok) return 'is not valid';
  const { compiled } = compilation;
  const bound = { pack, level: rule.level, parameters: {}, compiled, policyPath: '' };
  const translation = translateRule(bound, { name: rule.id, waivers: [] });
  return translation.ok ? '' : translation.obstacle.text;
}
