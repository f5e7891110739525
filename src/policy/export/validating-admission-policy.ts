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

const API_VERSION = 'admissionregistration.k8s.io/v1';

/**
 * A rule as a ValidatingAdmissionPolicy and its binding. An expression that fails refuses the object, as offline a rule that
 * cannot be evaluated counts as violated. Source: Kubernetes API reference, `admissionregistration.k8s.io/v1`, 1.30 and later.
 */
export function validatingAdmissionPolicy(rule: AdmissionRule, scope: PolicyScope): readonly JsonObject[] {
  const metadata = policyMetadata(rule);
  return [
    {
      apiVersion: API_VERSION,
      kind: 'ValidatingAdmissionPolicy',
      metadata,
      spec: { ...matching(rule), ...validations(rule) },
    },
    {
      apiVersion: API_VERSION,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata,
      spec: {
        policyName: rule.name,
        validationActions: validationActions(rule),
        matchResources: { namespaceSelector: namespaceSelector(scope) },
      },
    },
  ];
}

/**
 * The repairs of a rule as a MutatingAdmissionPolicy and its binding, or nothing where a rule repairs nothing that a patch can
 * say. Objects that the rule refuses are changed before they are judged. Source: Kubernetes API reference,
 * `admissionregistration.k8s.io/v1`, 1.36 and later.
 */
export function mutatingAdmissionPolicy(rule: AdmissionRule, scope: PolicyScope): readonly JsonObject[] {
  const patches = mutations(rule);
  if (patches.length === 0) return [];
  const metadata = policyMetadata(rule);
  return [
    {
      apiVersion: API_VERSION,
      kind: 'MutatingAdmissionPolicy',
      metadata,
      spec: {
        ...matching(rule),
        reinvocationPolicy: 'IfNeeded',
        ...(rule.variables.length === 0 ? {} : { variables: rule.variables.map(plain) }),
        mutations: patches,
      },
    },
    {
      apiVersion: API_VERSION,
      kind: 'MutatingAdmissionPolicyBinding',
      metadata,
      spec: { policyName: rule.name, matchResources: { namespaceSelector: namespaceSelector(scope) } },
    },
  ];
}

function matching(rule: AdmissionRule): JsonObject {
  const waived =
    rule.waivers.length === 0 ? [] : [{ name: 'not-waived', expression: `!(${isOneOf(rule.waivers)})` }];
  return {
    failurePolicy: 'Fail',
    matchConstraints: { matchPolicy: 'Equivalent', resourceRules: resourceRules(rule) },
    matchConditions: [...askedWhen(rule), ...waived].map(plain),
  };
}
