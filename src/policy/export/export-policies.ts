import { diagnostic, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import type { PolicyReference, Waiver } from '../../model/index.ts';
import { sortedBy } from '../../units/index.ts';
import { bindRules } from '../bind-rules.ts';
import type { BoundRule } from '../bind-rules.ts';
import { daysBetween } from '../dates.ts';
import type { JsonObject } from '../json.ts';
import type { RulePack } from '../rule.ts';
import type { AdmissionRule } from './admission-rule.ts';
import { kyvernoMutatingPolicy, kyvernoValidatingPolicy } from './kyverno.ts';
import type { Obstacle } from './obstacle.ts';
import type { PolicyScope } from './policy-objects.ts';
import { translateRule } from './translate-rule.ts';
import { mutatingAdmissionPolicy, validatingAdmissionPolicy } from './validating-admission-policy.ts';

/** What policies can be written as for a cluster. */
export const EXPORT_TARGETS = ['validating-admission-policy', 'kyverno'] as const;

/** One of `EXPORT_TARGETS`. */
export type ExportTarget = (typeof EXPORT_TARGETS)[number];

/** What is exported and for whom. */
export interface ExportInput {
  readonly policies: readonly PolicyReference[];
  /** Packs the policies name, loaded. */
  readonly packs: readonly RulePack[];
  readonly waivers: readonly Waiver[];
  readonly scope: PolicyScope;
  readonly target: ExportTarget;
  /** Whether repairs are written as mutating policies too. */
  readonly repairs: boolean;
  /** ISO date by which waivers expire; this level has no clock. */
  readonly today: string;
}

/** A rule that stays offline, and why. */
export interface NotExported extends Obstacle {
  readonly pack: string;
  readonly rule: string;
}

/** The objects to apply and the rules without one. */
export interface PolicyExport {
  /** Sorted by rule; a policy before its binding or exceptions. */
  readonly objects: readonly JsonObject[];
  /** Names of the exported rules, `<pack>/<rule>`, sorted. */
  readonly exported: readonly string[];
  readonly notExported: readonly NotExported[];
}

/**
 * Writes rules as objects that a cluster enforces. A rule that cannot be is part of the value, with a code and a reason; those
 * that judge manifests are also reported (`policy-not-exportable`), the others never could be and are only counted.
 * `policy-export-limited` says where the cluster knows less: repairs, ends of waivers. Errors: those of `bindRules`.
 */
export function exportPolicies(input: ExportInput): Outcome<PolicyExport> {
  const binding = bindRules(
    sortedBy(input.policies, (policy) => policy.id),
    input.packs,
  );
  if (!binding.ok) return binding;
  const names = uniqueNames(binding.value);
  const results = binding.value.map((bound, index) => ({
    bound,
    translation: translateRule(bound, { name: names[index] ?? '', waivers: waiversOf(bound, input) }),
  }));
  const rules = results.flatMap(({ translation }) => (translation.ok ? [translation.value] : []));
  const notExported = results.flatMap(({ bound, translation }) =>
    translation.ok ? [] : [{ pack: bound.pack, rule: bound.compiled.rule.id, ...translation.obstacle }],
  );
  return success(
    {
      objects: rules.flatMap((rule) => objectsOf(rule, input)),
      exported: rules.map((rule) => `${rule.pack}/${rule.facts.id}`),
      notExported,
    },
    [...notExported.flatMap(reportObstacle), ...rules.flatMap((rule) => limits(rule, input))],
  );
}

/** `<pack>.<rule>` in letters that names of objects may have; a rule that two policies ask for is counted on. */
function uniqueNames(rules: readonly BoundRule[]): readonly string[] {
  const seen = new Map<string, number>();
  return rules.map(({ pack, compiled }) => {
    const plain = pack
      .toLowerCase()
      .replaceAll(/[^a-z0-9-]+/g, '-')
      .replaceAll(/^-+|-+$/g, '');
    const name = `${plain || 'pack'}.${compiled.rule.id}`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}.${count}`;
  });
}

/** Waivers of a rule that count today and name one object or all. */
function waiversOf(bound: BoundRule, { waivers, today }: ExportInput): readonly Waiver[] {
  const { id } = bound.compiled.rule;
  const own = waivers.filter(
    (waiver) =>
      [id, `${bound.pack}/${id}`].includes(waiver.rule) && (daysBetween(today, waiver.expires) ?? -1) >= 0,
  );
  return sortedBy(own, (waiver) => `${waiver.subject} ${waiver.expires}`);
}

function objectsOf(rule: AdmissionRule, { target, scope, repairs }: ExportInput): readonly JsonObject[] {
  switch (target) {
    case 'validating-admission-policy':
      return [
        ...validatingAdmissionPolicy(rule, scope),
        ...(repairs && rule.level === 'remediate' ? mutatingAdmissionPolicy(rule, scope) : []),
      ];
    case 'kyverno':
      return [
        ...kyvernoValidatingPolicy(rule, scope),
        ...(repairs && rule.level === 'remediate' ? kyvernoMutatingPolicy(rule, scope) : []),
      ];
  }
}

function reportObstacle({ pack, rule, code, text }: NotExported): readonly Diagnostic[] {
  if (code === 'judges-plan') return [];
  return [
    diagnostic('policy-not-exportable', {
      summary: `Rule "${pack}/${rule}" stays offline: it ${text} (${code}).`,
      detail: 'It is judged by `plimsoll plan` and `plimsoll policy check` as before.',
      path: `${pack}/${rule}`,
      fix: 'docs/policy-export.md says what each reason means and how rules avoid it.',
    }),
  ];
}

/** Where the cluster does less than `plimsoll` does offline. */
function limits(rule: AdmissionRule, input: ExportInput): readonly Diagnostic[] {
  const name = `${rule.pack}/${rule.facts.id}`;
  const note = (summary: string, fix: string): Diagnostic =>
    diagnostic('policy-export-limited', { summary: `Rule "${name}" ${summary}`, path: name, fix });
  const isRepaired = input.repairs && objectsOf(rule, input).some((object) => isMutating(object['kind']));
  const notes: Diagnostic[] = [];
  if (rule.level === 'remediate' && !isRepaired) {
    notes.push(
      note(
        'repairs manifests offline; the cluster refuses objects that violate it.',
        input.repairs
          ? 'Repairs inside lists have no faithful patch.'
          : 'Repairs are written with --repairs.',
      ),
    );
  }
  const first = rule.waivers.map((waiver) => waiver.expires).sort()[0];
  if (first !== undefined && input.target !== 'kyverno') {
    notes.push(
      note(
        `has a waiver that ends on ${first}, which an API server cannot know.`,
        `Export again after ${first}; the annotation plimsoll.dev/waived-until holds the date.`,
      ),
    );
  }
  return notes;
}

function isMutating(kind: unknown): boolean {
  return kind === 'MutatingAdmissionPolicy' || kind === 'MutatingPolicy';
}
