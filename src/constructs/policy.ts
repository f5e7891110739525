import type { Construct } from 'constructs';
import type { PolicyDocument, PolicyLevel } from '../model/index.ts';
import { Declaration } from './declaration.ts';
import type { DeclaredFacts } from './declaration.ts';

/** A rule written in the stack: a CEL condition that must be true of every subject it targets. */
export type RuleProps = NonNullable<PolicyDocument['rules']>[number];

/** Rules to hold the plan to: a pack, rules written here, or both. */
export interface PolicyProps {
  /** Id of the policy, unique in the fleet. Default: the id of the construct. */
  readonly id?: string;
  /** A shipped pack, such as `cost-guardrails`, or a YAML rule file relative to the stack. Default: none. */
  readonly pack?: string;
  /** Levels that replace those of the pack, by rule id. Default: as the pack says. */
  readonly levels?: Readonly<Record<string, PolicyLevel>>;
  /** Parameters handed to the rules, by parameter name. Default: as the pack says. */
  readonly parameters?: Readonly<Record<string, number | string | boolean>>;
  /** Rules written here. Default: none. */
  readonly rules?: readonly RuleProps[];
}

/**
 * Declares rules that every plan is judged by.
 *
 *     new Policy(fleet, 'costs', { pack: 'cost-guardrails', levels: { 'idle-capacity': 'mandatory' } });
 */
export class Policy extends Declaration {
  /** Id of the policy, unique in the fleet. */
  readonly id: string;
  readonly #props: PolicyProps;

  constructor(scope: Construct, id: string, props: PolicyProps) {
    super(scope, id);
    this.id = props.id ?? id;
    this.#props = props;
  }

  override declare(): DeclaredFacts<'policies'> {
    return { list: 'policies', noun: 'Policy', id: this.id, item: { ...this.#props, id: this.id } };
  }
}
