/** Objects and what rules say of them: every example of every rule on manifests that a cluster can enforce. */
import type { JsonObject, JsonValue, RuleTest } from '../../src/policy/index.ts';
import { PACKS, arrange } from './arrangements.ts';
import type { Arrangement, Verdict } from './arrangements.ts';

/** One object, one rule, one verdict. */
export interface ConformanceCase {
  /** `<pack>/<rule>: <example>`. */
  readonly name: string;
  readonly arrangement: Arrangement;
  readonly manifest: JsonObject;
  readonly expected: Verdict;
}

/** The label by which an object finds the policy it is judged by. */
export const CASE_LABEL = 'conformance.plimsoll.dev/case';

/** Every example that needs neither the plan nor other objects; sorted by pack and rule. */
export const CASES: readonly ConformanceCase[] = PACKS.flatMap((pack) =>
  pack.rules
    .filter((rule) => rule.target === 'manifest')
    .flatMap((rule) =>
      rule.tests.flatMap((example) => {
        const arrangement = arrange(pack, rule.id, example.params);
        if (arrangement === undefined) return [];
        return [caseOf(`${pack.name}/${rule.id}: ${example.name}`, arrangement, example)];
      }),
    ),
);

function caseOf(name: string, arrangement: Arrangement, example: RuleTest): ConformanceCase {
  const manifest = labelled(complete(example.self as JsonObject), arrangement.name);
  return { name, arrangement, manifest, expected: example.expect };
}

/** The object with the label of a case. */
export function labelled(manifest: JsonObject, value: string): JsonObject {
  const metadata = objectOf(manifest['metadata']);
  const labels = { ...objectOf(metadata['labels']), [CASE_LABEL]: value };
  return { ...manifest, metadata: { ...metadata, labels } };
}

/**
 * Examples leave out what their rule does not read; an API server wants it: a name, a selector that fits the pods, an image. Nothing that an example
 * says is changed.
 */
export function complete(manifest: JsonObject): JsonObject {
  const { apiVersion, kind } = manifest;
  const metadata = { name: 'example', ...objectOf(manifest['metadata']) };
  const spec =
    manifest['spec'] === undefined
      ? {}
      : { spec: completeSpec(typeof kind === 'string' ? kind : '', objectOf(manifest['spec'])) };
  return { ...manifest, apiVersion: apiVersion ?? 'apps/v1', kind: kind ?? 'Deployment', metadata, ...spec };
}

function completeSpec(kind: string, spec: JsonObject): JsonObject {
  switch (kind) {
    case 'Deployment':
    case 'StatefulSet': {
      const template = completeTemplate(objectOf(spec['template']));
      const labels = objectOf(objectOf(template['metadata'])['labels']);
      const [key = 'app', value = 'chat'] = Object.entries(labels)[0] ?? [];
      return { selector: { matchLabels: { [key]: value } }, ...spec, template };
    }
    case 'LeaderWorkerSet': {
      const group = objectOf(spec['leaderWorkerTemplate']);
      const leader = group['leaderTemplate'];
      const leaderTemplate =
        leader === undefined ? {} : { leaderTemplate: completeTemplate(objectOf(leader)) };
      const workerTemplate = completeTemplate(objectOf(group['workerTemplate']));
      return { ...spec, leaderWorkerTemplate: { ...group, ...leaderTemplate, workerTemplate } };
    }
    case 'Pod':
      return completePod(spec);
    default:
      return spec;
  }
}

function completeTemplate(template: JsonObject): JsonObject {
  const metadata = objectOf(template['metadata']);
  const labels = { ...(metadata['labels'] === undefined ? { app: 'chat' } : objectOf(metadata['labels'])) };
  return { ...template, metadata: { ...metadata, labels }, spec: completePod(objectOf(template['spec'])) };
}

function completePod(spec: JsonObject): JsonObject {
  const containers = listOf(spec['containers']).map((item) => {
    const container = objectOf(item);
    const image = container['image'] ?? 'docker.io/vllm/vllm-openai:v0.19.1';
    return { ...container, image };
  });
  return { ...spec, containers };
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}
