/** Rules as they are compared: offline, and as policies of an API server. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { PolicyReference } from '../../src/model/index.ts';
import { SHIPPED_PACKS, bindRules } from '../../src/policy/bind-rules.ts';
import type { BoundRule } from '../../src/policy/bind-rules.ts';
import { exportPolicies, parsePack } from '../../src/policy/index.ts';
import type { JsonObject, ParameterValue, RulePack } from '../../src/policy/index.ts';
import { manifestSubject } from '../../src/policy/scene.ts';
import type { Scene } from '../../src/policy/scene.ts';
import { LANGUAGE_PACK } from './language-pack.ts';

/** One rule with one choice of parameters. */
export interface Arrangement {
  /** Also the value of the label by which its objects find its policy. */
  readonly name: string;
  readonly bound: BoundRule;
  /** The policy, and its binding last, as `policy export` writes them. */
  readonly objects: readonly JsonObject[];
}

/** Whether an object passes: a rule that is not about it passes, one that cannot be evaluated does not. */
export type Verdict = 'pass' | 'violation';

type Parameters = Readonly<Record<string, ParameterValue>>;

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Namespaces that the objects of cases are in; those of the system among them, which a default export leaves out. */
export const NAMESPACES = ['default', 'kube-system', 'llm', 'shop', 'web'];
/** Namespaces that are objects of cases themselves, so they must not exist. */
const MADE_NAMESPACES = ['assistants', 'storefront'];

/** The shipped packs, and one that uses every part of the language. */
export const PACKS: readonly RulePack[] = [
  ...SHIPPED_PACKS.map((name) =>
    packOf(readFileSync(path.join(ROOT, 'policies', name, 'pack.yaml'), 'utf8')),
  ),
  packOf(LANGUAGE_PACK),
];

function packOf(text: string): RulePack {
  const parsed = parsePack(text, { fileName: 'pack.yaml' });
  if (!parsed.ok) throw new Error(parsed.diagnostics.map((item) => item.summary).join('\n'));
  return parsed.value;
}

const found = new Map<string, Arrangement | undefined>();

/** A rule of a pack with its parameters replaced; undefined when it cannot be exported. */
export function arrange(pack: RulePack, rule: string, parameters: Parameters = {}): Arrangement | undefined {
  const key = JSON.stringify([pack.name, rule, parameters]);
  if (!found.has(key)) found.set(key, makeArrangement(pack, rule, parameters));
  return found.get(key);
}

function makeArrangement(pack: RulePack, rule: string, parameters: Parameters): Arrangement | undefined {
  const policies: readonly PolicyReference[] = [
    { id: 'case', path: '', pack: pack.name, levels: {}, parameters, rules: [] },
  ];
  const packs = [{ ...pack, rules: pack.rules.filter(({ id }) => id === rule) }];
  const written = exportPolicies({
    ...{ policies, packs, waivers: [], today: '2026-11-21', repairs: false },
    scope: { namespaces: [...NAMESPACES, ...MADE_NAMESPACES] },
    target: 'validating-admission-policy',
  });
  const binding = bindRules(policies, packs);
  if (!written.ok || !binding.ok) throw new Error(`${pack.name}/${rule} cannot be bound`);
  const [bound] = binding.value;
  if (written.value.objects.length === 0 || bound === undefined) return undefined;
  const name = `${pack.name}.${rule}${found.size}`.slice(-63).replace(/^[^a-z0-9]+/, '');
  return { name, bound, objects: written.value.objects };
}

const SCENE = {
  context: { problem: {}, plan: {}, manifests: [] },
  cel: { problem: {}, plan: {}, manifests: [] },
} as unknown as Scene;

/** What `plimsoll policy check` says of an object, and why. */
export function judgeOffline(
  { bound }: Arrangement,
  manifest: JsonObject,
): { readonly verdict: Verdict; readonly reason: string } {
  const judgement = bound.compiled.judge(manifestSubject({ path: '', manifest }), SCENE, bound.parameters);
  switch (judgement.outcome) {
    case 'pass':
    case 'not-applicable':
      return { verdict: 'pass', reason: judgement.outcome };
    case 'violation':
      return { verdict: 'violation', reason: judgement.message };
    case 'failed':
      return { verdict: 'violation', reason: `failed: ${judgement.problem}` };
  }
}

/** The object with the rule's repair applied, as `plimsoll plan` does before it writes a manifest. */
export function repairOffline({ bound }: Arrangement, manifest: JsonObject): JsonObject {
  const repaired = bound.compiled.repair?.(manifestSubject({ path: '', manifest }), SCENE, bound.parameters);
  if (repaired?.ok !== true) throw new Error(`${bound.pack}/${bound.compiled.rule.id} repairs nothing`);
  return repaired.manifest;
}
