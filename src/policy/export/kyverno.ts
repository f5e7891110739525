import type { Waiver } from '../../model/index.ts';
import type { JsonObject } from '../json.ts';
import type { AdmissionRule } from './admission-rule.ts';
import { mutations } from './mutations.ts';
import {
  askedWhen,
  isOneOf,
  namespaceSelector,
  plain,
  policyMetadata,
  resourceRules,
  validationActions,
  validations,
} from './policy-objects.ts';
import type { PolicyScope } from './policy-objects.ts';

/**
 * Kyverno's policies in CEL. Its older ClusterPolicy (`kyverno.io/v1`) is deprecated since 1.17 and speaks another language.
 * Source: kyverno.io, "Migrating to CEL Policies", and the definitions of Kyverno 1.19.1 (2026-11).
 */
const API_VERSION = 'policies.kyverno.io/v1';
/** Where Kyverno is installed and, unless told otherwise, reads exceptions; source: Helm chart of Kyverno 1.19.1. */
const KYVERNO_NAMESPACE = 'kyverno';

/** A rule as a ValidatingPolicy of Kyverno, with one PolicyException for each day on which waivers end. */
export function kyvernoValidatingPolicy(rule: AdmissionRule, scope: PolicyScope): readonly JsonObject[] {
  return [
    {
      apiVersion: API_VERSION,
      kind: 'ValidatingPolicy',
      metadata: policyMetadata(rule),
      spec: {
        validationActions: validationActions(rule),
        ...matching(rule, scope),
        ...validations(rule),
      },
    },
    ...exceptions(rule, 'ValidatingPolicy'),
  ];
}

/** The repairs of a rule as a MutatingPolicy of Kyverno, or nothing where a patch cannot say them. */
export function kyvernoMutatingPolicy(rule: AdmissionRule, scope: PolicyScope): readonly JsonObject[] {
  const patches = mutations(rule);
  if (patches.length === 0) return [];
  return [
    {
      apiVersion: API_VERSION,
      kind: 'MutatingPolicy',
      metadata: policyMetadata(rule),
      spec: {
        ...matching(rule, scope),
        ...(rule.variables.length === 0 ? {} : { variables: rule.variables.map(plain) }),
        mutations: patches,
      },
    },
    ...exceptions(rule, 'MutatingPolicy'),
  ];
}

/** Rules name every kind they are about, so Kyverno shall not add the controllers of pods by itself. */
function matching(rule: AdmissionRule, scope: PolicyScope): JsonObject {
  return {
    failurePolicy: 'Fail',
    autogen: { podControllers: { controllers: [] } },
    matchConstraints: { resourceRules: resourceRules(rule), namespaceSelector: namespaceSelector(scope) },
    matchConditions: askedWhen(rule).map(plain),
  };
}

function exceptions(rule: AdmissionRule, kind: string): readonly JsonObject[] {
  const days = [...new Set(rule.waivers.map((waiver) => waiver.expires))].sort();
  return days.map((day) => {
    const waivers = rule.waivers.filter((waiver) => waiver.expires === day);
    return {
      apiVersion: API_VERSION,
      kind: 'PolicyException',
      metadata: {
        name: `${rule.name}.${kind.toLowerCase()}.${day}`,
        namespace: KYVERNO_NAMESPACE,
        labels: { 'app.kubernetes.io/managed-by': 'plimsoll' },
        annotations: { 'plimsoll.dev/reason': waivers.map(reasonOf).join(' ') },
      },
      spec: {
        expiresAt: dayAfter(day),
        policyRefs: [{ kind, name: rule.name }],
        matchConditions: [{ name: 'waived', expression: isOneOf(waivers) }],
      },
    };
  });
}

function reasonOf({ subject, owner, reason }: Waiver): string {
  return `${subject}: ${reason} (${owner}).`;
}

/** The first moment after a day: a waiver counts on its last day. */
function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().replace('.000Z', 'Z');
}
