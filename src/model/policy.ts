/** What a violated rule does: inform, block the plan, or be repaired before writing. */
export type PolicyLevel = 'advisory' | 'mandatory' | 'remediate';

/** A policy pack or rule file that the problem asks to be held to. */
export interface PolicyReference {
  readonly id: string;
  readonly path: string;
  /** A shipped pack (`cost-guardrails`), or a path to a YAML rule file relative to the stack. */
  readonly pack: string;
  /** Levels that replace those of the pack, keyed by rule id. */
  readonly levels: Readonly<Record<string, PolicyLevel>>;
  /** Parameters handed to the rules, keyed by parameter name. */
  readonly parameters: Readonly<Record<string, number | string | boolean>>;
  /** Rules declared in the stack itself. */
  readonly rules: readonly InlineRule[];
}

/** A rule with a CEL condition that must be true of every subject it targets. */
export interface InlineRule {
  readonly id: string;
  readonly title: string;
  readonly level: PolicyLevel;
  /** What the rule looks at, one evaluation per item. */
  readonly target: 'problem' | 'workload' | 'pool' | 'plan' | 'allocation' | 'manifest';
  /** CEL expression over `self`, `plan`, `problem` and `params`; true means the subject conforms. */
  readonly condition: string;
  readonly message: string;
  readonly remediation: string;
  readonly reference: string;
}

/** A stated exception: violations of `rule` by `subject` do not count until the date. */
export interface Waiver {
  readonly rule: string;
  /** Subject id, or `*` for every subject. */
  readonly subject: string;
  readonly owner: string;
  readonly reason: string;
  /** Last day it counts, ISO date. */
  readonly expires: string;
}

/** The verdict of one rule on one subject. */
export interface PolicyVerdict {
  readonly rule: string;
  readonly pack: string;
  readonly level: PolicyLevel;
  readonly title: string;
  /** Kind and id of what was judged: `workload chat`, `manifest Deployment/llm/chat-base`. */
  readonly subject: string;
  readonly outcome: 'pass' | 'violation' | 'waived' | 'remediated';
  readonly message: string;
  readonly remediation: string;
  readonly reference: string;
  readonly waiver?: Waiver;
}

/** The verdicts of all rules and whether they let the plan pass. */
export interface PolicyReport {
  /** Sorted by pack, rule, subject. */
  readonly verdicts: readonly PolicyVerdict[];
  /** No mandatory violation is left. */
  readonly passes: boolean;
  /** Rules evaluated, including those with no violation. */
  readonly rulesEvaluated: number;
}
