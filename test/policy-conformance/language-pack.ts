import { LANGUAGE_RULES } from './language-rules.ts';

const TEXT_RULES = LANGUAGE_RULES.map(
  ([id, condition, specs]) => `
  - id: ${id}
    title: The language, ${id}
    level: mandatory
    target: manifest
    match: { apiVersions: [conformance.plimsoll.dev/v1], kinds: [Probe] }
    condition: ${JSON.stringify(condition)}
    message: '{{ self.metadata.name }} at {{ params.limit }} %'
    why: w
    remediation: r
    reference: d
    tests:${specs.map(([spec, passes], index) => test(`${index + 1}`, spec, passes)).join('')}`,
);

function test(name: string, spec: string, passes: boolean): string {
  return `
      - name: '${name}'
        self: { apiVersion: conformance.plimsoll.dev/v1, kind: Probe, metadata: { name: probe, namespace: llm }, spec: ${spec} }
        expect: ${passes ? 'pass' : 'violation'}`;
}

/** A pack in YAML. What its examples expect of objects that make an expression fail is a violation. */
export const LANGUAGE_PACK = `
apiVersion: plimsoll.dev/policy/v1alpha1
name: language
title: Every part of the language
parameters:
  - { name: limit, default: 3, description: A whole number. }
  - { name: share, default: 0.2, description: A fraction. }
  - { name: word, default: "it's \\"x\\"", description: A text. }
rules:${TEXT_RULES.join('')}
  - id: lazy-variables
    title: Variables are evaluated where they are used
    level: mandatory
    target: manifest
    match: { apiVersions: [conformance.plimsoll.dev/v1], kinds: [Probe], when: variables.applies }
    variables:
      - { name: applies, expression: 'self.spec.?kind.orValue("") == "judged"' }
      - { name: namespace, expression: 'self.metadata.namespace + "!"' }
      - { name: failing, expression: self.spec.absent.field }
      - { name: params, expression: '[params.limit, 2]' }
    condition: self.spec.a == variables.namespace || variables.failing || variables.params[0] == self.spec.b
    why: w
    remediation: r
    reference: d
    tests:
${[
  ['{kind: other}', true],
  ['{}', true],
  ['{kind: judged, a: llm!}', true],
  ['{kind: judged, a: x, b: 3}', true],
  ['{kind: judged, a: x, b: 2}', false],
  ['{kind: judged, a: x}', false],
  ['{kind: judged, absent: {field: true}}', true],
]
  .map(([spec, passes], index) => test(String(index + 1), String(spec), passes === true))
  .join('')}
  - id: failing-when
    title: A condition that fails is no excuse
    level: mandatory
    target: manifest
    match: { apiVersions: [conformance.plimsoll.dev/v1], kinds: [Probe], when: self.spec.a > 0 }
    condition: 'true'
    why: w
    remediation: r
    reference: d
    tests:${test('1', '{a: 1}', true)}${test('2', '{a: 0}', true)}${test('3', '{}', false)}${test('4', '{a: x}', false)}
`;
