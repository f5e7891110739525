import type { InlineRule, PolicyLevel } from '../model/index.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { RuleContext, SubjectViews } from './views.ts';

/** What a rule looks at: one evaluation per item of the kind. */
export type RuleTarget = InlineRule['target'];

/** A value that a policy may hand to the rules of a pack. */
export type ParameterValue = number | string | boolean;

/** A named value of a pack that policies may replace by one of the same type. */
export interface PackParameter {
  readonly name: string;
  readonly default: ParameterValue;
  readonly description: string;
}

/** Which subjects a rule is evaluated on; absent fields match everything. Lists hold exact texts. */
export interface RuleMatch {
  /** Kinds, API versions (`apps/v1`), namespaces and names of manifests. */
  readonly kinds?: readonly string[];
  readonly apiVersions?: readonly string[];
  readonly namespaces?: readonly string[];
  readonly names?: readonly string[];
  /** CEL expression; the rule is left out where it is false. */
  readonly when?: string;
}

/** One change of a manifest: exactly one of `value` (a constant) and `expression` (CEL) gives what is written at `path`. */
export interface RemediationStep {
  /** JSON pointer (RFC 6901); objects on the way are made when absent, `-` appends to a list. */
  readonly path: string;
  readonly value?: JsonValue;
  readonly expression?: string;
  /** CEL expression; the step is left out where it is false. */
  readonly when?: string;
}

/** An example that a rule must let pass, or must find in violation. */
export interface RuleTest {
  readonly name: string;
  readonly self: JsonValue;
  /** Replaces defaults of the pack's parameters. */
  readonly params?: Readonly<Record<string, ParameterValue>>;
  readonly plan?: JsonValue;
  readonly problem?: JsonValue;
  readonly manifests?: readonly JsonObject[];
  readonly expect: 'pass' | 'violation';
}

/** What every rule says about itself, however its condition is written. */
export interface RuleFacts {
  /** Lower case words joined by dashes, unique in its pack. */
  readonly id: string;
  readonly title: string;
  readonly level: PolicyLevel;
  readonly target: RuleTarget;
  /** Why the rule exists, for the reader of a violation. */
  readonly why: string;
  /** What to do about a violation. */
  readonly remediation: string;
  /** URL or document the rule rests on. */
  readonly reference: string;
}

/** A rule whose condition is a CEL expression; plain data. */
export interface CelRule extends RuleFacts {
  readonly language: 'cel';
  readonly match: RuleMatch;
  /** Named expressions, usable as `variables.NAME`; each may use those before it. */
  readonly variables: readonly NamedExpression[];
  /** True means the subject conforms. */
  readonly condition: string;
  /** Text with `{{ CEL }}` fragments; empty means the title. */
  readonly message: string;
  /** Changes that make a manifest conform; used at level `remediate`. */
  readonly remediate: readonly RemediationStep[];
  readonly tests: readonly RuleTest[];
}

/** An expression with a name. */
export interface NamedExpression {
  readonly name: string;
  readonly expression: string;
}

/** A rule whose condition is a TypeScript function. */
export interface CodeRule extends RuleFacts {
  readonly language: 'typescript';
  /** One message per violation; empty means the subject conforms. Must be pure. */
  readonly check: (subject: never, context: RuleContext) => readonly string[];
  /** The conforming manifest; used at level `remediate`. */
  readonly repair?: (manifest: JsonObject, context: RuleContext) => JsonObject;
  readonly tests: readonly RuleTest[];
}

/** A rule of a pack. */
export type Rule = CelRule | CodeRule;

/** A named set of rules with their parameters. */
export interface RulePack {
  readonly name: string;
  readonly title: string;
  /** File it was read from; empty for packs made in code. */
  readonly fileName: string;
  /** Sorted by name. */
  readonly parameters: readonly PackParameter[];
  /** Sorted by id. */
  readonly rules: readonly Rule[];
}

/** What `defineRule` takes: the facts of the rule and a check of the subject its target names. */
export interface RuleDefinition<Target extends RuleTarget> extends RuleFacts {
  readonly target: Target;
  /** One message per violation; empty means the subject conforms. Must be pure. */
  readonly check: (subject: SubjectViews[Target], context: RuleContext) => readonly string[];
  /** The conforming manifest; needed at level `remediate`. */
  readonly repair?: (manifest: JsonObject, context: RuleContext) => JsonObject;
  readonly tests?: readonly RuleTest[];
}

/** Makes a rule of a TypeScript function. Ids and levels are checked when the rule is evaluated. */
export function defineRule<Target extends RuleTarget>(definition: RuleDefinition<Target>): CodeRule {
  return { ...definition, language: 'typescript', tests: definition.tests ?? [] };
}

/** What `definePack` takes; parameters default to none. */
export interface PackDefinition {
  readonly name: string;
  readonly title: string;
  readonly parameters?: readonly PackParameter[];
  readonly rules: readonly Rule[];
}

/** Makes a pack of rules, for a module that exports it as default. */
export function definePack(definition: PackDefinition): RulePack {
  return {
    name: definition.name,
    title: definition.title,
    fileName: '',
    parameters: [...(definition.parameters ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1)),
    rules: [...definition.rules].sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

/** Whether a value, such as the default export of a module, is a pack: rules that can be judged and their parameters. */
export function isRulePack(value: unknown): value is RulePack {
  if (typeof value !== 'object' || value === null) return false;
  const { name, title, fileName, parameters, rules } = value as Readonly<Record<string, unknown>>;
  return (
    [name, title, fileName].every((text) => typeof text === 'string') &&
    Array.isArray(parameters) &&
    Array.isArray(rules) &&
    rules.every(isRule)
  );
}

function isRule(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { language, id, tests, check, condition } = value as Readonly<Record<string, unknown>>;
  const isJudged = language === 'typescript' ? typeof check === 'function' : typeof condition === 'string';
  return typeof id === 'string' && Array.isArray(tests) && isJudged;
}
