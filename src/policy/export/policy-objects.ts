import type { Waiver } from '../../model/index.ts';
import type { JsonObject } from '../json.ts';
import type { NamedExpression } from '../rule.ts';
import type { AdmissionRule } from './admission-rule.ts';
import { celText } from './cel-text.ts';

/** Where exported policies are in force. */
export interface PolicyScope {
  /** Namespaces whose objects are judged, sorted; empty means all but those of Kubernetes itself. Objects of the whole cluster are always judged. */
  readonly namespaces: readonly string[];
}

/** Namespaces that Kubernetes itself makes; source: kubernetes.io, "Namespaces", initial namespaces (2026-11). */
const SYSTEM_NAMESPACES: readonly string[] = ['kube-node-lease', 'kube-public', 'kube-system'];

/** Labels and annotations of an exported policy: what the rule says about itself, for whoever meets it in the cluster. */
export function policyMetadata(rule: AdmissionRule): JsonObject {
  const { id, title, why, remediation, reference } = rule.facts;
  const said = { title, why, remediation, reference };
  const texts = Object.entries(said).filter(([, text]) => text !== '');
  const until = rule.waivers.map((waiver) => waiver.expires).sort()[0];
  return {
    name: rule.name,
    labels: { 'app.kubernetes.io/managed-by': 'plimsoll' },
    annotations: {
      'plimsoll.dev/rule': `${rule.pack}/${id}`,
      ...Object.fromEntries(texts.map(([key, text]) => [`plimsoll.dev/${key}`, text])),
      ...(until === undefined ? {} : { 'plimsoll.dev/waived-until': until }),
    },
  };
}

/** The selector of the namespaces of a scope. */
export function namespaceSelector({ namespaces }: PolicyScope): JsonObject {
  const key = 'kubernetes.io/metadata.name';
  const expression =
    namespaces.length === 0
      ? { key, operator: 'NotIn', values: SYSTEM_NAMESPACES }
      : { key, operator: 'In', values: namespaces };
  return { matchExpressions: [expression] };
}

/** Writes of the resources that a rule is about, as `matchConstraints` list them. Sub-resources (scale, status) are other objects. */
export function resourceRules(rule: AdmissionRule): readonly JsonObject[] {
  return rule.match.resources.map(({ group, versions, resources }) => ({
    apiGroups: [group],
    apiVersions: versions,
    operations: ['CREATE', 'UPDATE'],
    resources,
  }));
}

/**
 * Conditions under which a rule is asked. An object that is being deleted is left alone: denying the removal of its finalizers
 * would keep it for ever.
 */
export function askedWhen(rule: AdmissionRule): readonly NamedExpression[] {
  return [
    ...rule.match.conditions,
    { name: 'not-being-deleted', expression: '!has(object.metadata.deletionTimestamp)' },
  ];
}

/** True of the objects that waivers name: `Deployment/llm/chat-base`, with or without the word `manifest` before it. */
export function isOneOf(waivers: readonly Waiver[]): string {
  const parts = [
    'object.kind',
    'object.metadata.?namespace.orValue("")',
    'object.metadata.?name.orValue("")',
  ];
  const subjects = waivers.map((waiver) => celText(waiver.subject.replace(/^manifest /, '')));
  return `[${parts.join(', ')}].filter(part, part != "").join("/") in [${subjects.join(', ')}]`;
}

/** What a violation is answered with: a refusal, or a warning that is also kept in the audit log. */
export function validationActions(rule: AdmissionRule): readonly string[] {
  return rule.level === 'advisory' ? ['Warn', 'Audit'] : ['Deny'];
}

/** The expressions of a rule as a policy holds them. */
export function validations(rule: AdmissionRule): JsonObject {
  return {
    ...(rule.variables.length === 0 ? {} : { variables: rule.variables.map(plain) }),
    validations: [
      {
        expression: rule.condition,
        message: rule.message,
        ...(rule.messageExpression === undefined ? {} : { messageExpression: rule.messageExpression }),
        reason: 'Forbidden',
      },
    ],
  };
}

/** A named expression as an object of its own. */
export function plain({ name, expression }: NamedExpression): JsonObject {
  return { name, expression };
}
