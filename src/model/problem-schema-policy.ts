import type { InlineRule, PolicyLevel } from './policy.ts';
import { quantity } from './parse-quantities.ts';
import type { BudgetDocument, PolicyDocument, WaiverDocument } from './problem-document.ts';
import { date, identifier, listOf, mapOf, objectOf, oneOfTexts, text } from './problem-schema-builders.ts';

const LEVEL_SCHEMA = oneOfTexts<PolicyLevel>(
  {
    advisory: 'a violation is reported',
    mandatory: 'a violation blocks the plan',
    remediate: 'a violation is repaired before writing',
  },
  'What a violation does.',
);

const free = (description: string) => ({ type: 'string' as const, description, default: '' });

type InlineRuleDocument = NonNullable<PolicyDocument['rules']>[number];

const RULE_SCHEMA = objectOf<InlineRuleDocument>({
  title: 'Rule',
  description: 'A rule with a CEL condition that must be true of every subject it targets.',
  required: {
    id: text('Name of the rule, unique within the policy.'),
    title: text('What the rule demands, in one sentence.'),
    level: LEVEL_SCHEMA,
    target: oneOfTexts<InlineRule['target']>(
      {
        problem: 'the whole problem',
        workload: 'each workload',
        pool: 'each pool',
        plan: 'the whole plan',
        allocation: 'each set of replicas',
        manifest: 'each Kubernetes object',
      },
      'What the rule looks at, one evaluation per item.',
    ),
    condition: text('CEL expression over self, plan, problem and params; true means the subject conforms.'),
  },
  optional: {
    message: free('Message of a violation. Default: the title.'),
    remediation: free('What to do about a violation.'),
    reference: free('Page that explains the rule.'),
  },
});

/** Schema of a budget. */
export const BUDGET_SCHEMA = objectOf<BudgetDocument>({
  title: 'Budget',
  description: 'A limit on money per month (730 h).',
  required: {
    id: identifier('Name of the budget.'),
    limit: quantity('monthlyUsd', 'Most that may be spent.'),
  },
  optional: { team: text('Team it applies to. Default: the whole fleet.') },
});

/** Schema of a policy. */
export const POLICY_SCHEMA = objectOf<PolicyDocument>({
  title: 'Policy',
  description: 'Rules to hold the plan to: a pack, rules written here, or both.',
  required: { id: identifier('Name of the policy.') },
  optional: {
    pack: text('A shipped pack, or a YAML rule file relative to the stack.', [
      'cost-guardrails',
      'policies/ours.yaml',
    ]),
    levels: mapOf(LEVEL_SCHEMA, 'Levels that replace those of the pack, by rule id.'),
    parameters: mapOf(
      { type: ['number', 'string', 'boolean'] },
      'Parameters handed to the rules, by parameter name.',
    ),
    rules: listOf(RULE_SCHEMA, 'Rules written here.'),
  },
});

/** Schema of a waiver. */
export const WAIVER_SCHEMA = objectOf<WaiverDocument>({
  title: 'Waiver',
  description: 'A stated exception: violations of the rule by the subject do not count until the date.',
  required: {
    rule: text('Id of the rule.'),
    owner: text('Who answers for the exception.'),
    reason: text('Why it is acceptable.'),
    expires: date('Last day it counts.'),
  },
  optional: {
    subject: { ...text('Id of the subject, or * for every subject. Default: *.'), default: '*' },
  },
});
