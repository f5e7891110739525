import type { PolicyLevel, Waiver } from '../../model/index.ts';
import type { RemediationStep, RuleFacts } from '../rule.ts';
import type { NamedExpression } from '../rule.ts';
import type { ServerMatch } from './match-resources.ts';

/** A rule as a cluster can enforce it, before it is written as an object of one kind of policy. */
export interface AdmissionRule {
  /** Name of the policy objects: `<pack>.<rule>`, unique in an export. */
  readonly name: string;
  readonly pack: string;
  readonly facts: RuleFacts;
  readonly level: PolicyLevel;
  readonly match: ServerMatch;
  /** What expressions read as `variables.NAME`, in the order in which each may read those before it. */
  readonly variables: readonly NamedExpression[];
  /** True of an object that conforms, and of one the rule is not about. */
  readonly condition: string;
  /** Said where `messageExpression` is absent or fails; one line. */
  readonly message: string;
  readonly messageExpression?: string;
  /** Valid waivers of single objects, sorted by subject. */
  readonly waivers: readonly Waiver[];
  /** Changes that make an object conform, with expressions for the API server; empty when there are none or they cannot be written. */
  readonly repairs: readonly RemediationStep[];
}
