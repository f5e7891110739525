import { success } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../diagnostics/index.ts';
import { compareText, sortedBy } from '../units/index.ts';
import type {
  PolicyReference,
  PolicyReport,
  PolicyVerdict,
  ProblemDocument,
  Waiver,
} from '../model/index.ts';
import { bindRules } from './bind-rules.ts';
import type { BoundRule } from './bind-rules.ts';
import { viewsOf } from './plan-view.ts';
import { remediate } from './remediate.ts';
import type { RepairLog } from './remediate.ts';
import type { RulePack } from './rule.ts';
import { manifestSubject, plannedSubjects, sceneOf } from './scene.ts';
import type { ManifestFile, Scene, Subject } from './scene.ts';
import { reportVerdict, verdictOf } from './verdicts.ts';
import type { JudgedSubject } from './verdicts.ts';
import type { PlanFacts } from './views.ts';
import { WaiverBook } from './waivers.ts';

/** What policies are judged on. */
export interface PolicyInput {
  readonly problem: ProblemDocument;
  readonly plan: PlanFacts;
  readonly manifests: readonly ManifestFile[];
  readonly policies: readonly PolicyReference[];
  /** Packs the policies name, loaded. */
  readonly packs: readonly RulePack[];
  readonly waivers: readonly Waiver[];
  /** ISO date by which waivers expire; this level has no clock. */
  readonly today: string;
  /**
   * ISO date against which the age of prices is counted; default `today`. A plan counts from the newest price it knows, so
   * that the same inputs give the same plan on every day.
   */
  readonly pricesAsOf?: string;
}

/** The verdicts, the manifests to write, and what to tell the user. */
export interface PolicyEvaluation {
  readonly report: PolicyReport;
  /** In the order of the input; changed by rules of level `remediate`. */
  readonly manifests: readonly ManifestFile[];
  /** Violations (`policy-violation`, `policy-advice`), waived ones, remediations, failures, stale waivers. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Judges a plan by its policies. Rules of level `remediate` change manifests first, in the order of pack and rule;
 * then every rule judges the final objects, so a repair that undoes another one is found out. A rule that cannot
 * be evaluated counts as violated and cannot be waived. Violations are part of the value: the outcome fails only
 * when the policies themselves cannot be used (`policy-unknown-pack`, `policy-unknown-name`,
 * `policy-invalid-rule`). Cost: rules × subjects.
 */
export function evaluatePolicies(input: PolicyInput): Outcome<PolicyEvaluation> {
  const policies = sortedBy(input.policies, (policy) => policy.id);
  const binding = bindRules(policies, input.packs);
  if (!binding.ok) return binding;
  const { problem, plan } = viewsOf(input.problem, input.plan, input.pricesAsOf ?? input.today);
  const waivers = new WaiverBook(input.waivers, input.today);
  const scene = (files: readonly ManifestFile[]) =>
    sceneOf(
      problem,
      plan,
      sortedBy(files, (file) => file.path).map((file) => file.manifest),
    );
  const { manifests, log } = remediate(binding.value, input.manifests, { scene, waivers });
  const subjects = [...plannedSubjects(problem, plan), ...manifests.map(manifestSubject)];
  const judged = judgeAll(binding.value, subjects, { scene: scene(manifests), waivers, log });
  const verdicts = judged.map(verdictOf);
  return success({
    report: { verdicts, passes: verdicts.every(letsPass), rulesEvaluated: binding.value.length },
    manifests,
    diagnostics: [...judged.flatMap(reportVerdict), ...waivers.diagnostics()],
  });
}

/** Whether a verdict leaves the plan applicable. */
function letsPass(verdict: PolicyVerdict): boolean {
  return verdict.outcome !== 'violation' || verdict.level === 'advisory';
}

interface Court {
  readonly scene: Scene;
  readonly waivers: WaiverBook;
  readonly log: RepairLog;
}

/** Every judgement of an applicable rule, sorted by pack, rule and subject. */
function judgeAll(
  rules: readonly BoundRule[],
  subjects: readonly Subject[],
  court: Court,
): readonly JudgedSubject[] {
  return rules.flatMap((bound) =>
    subjects
      .filter((subject) => subject.target === bound.compiled.rule.target)
      .flatMap((subject) => judge(bound, subject, court))
      .sort((a, b) => compareText(a.subject.id, b.subject.id) || compareText(a.subject.path, b.subject.path)),
  );
}

function judge(bound: BoundRule, subject: Subject, court: Court): readonly JudgedSubject[] {
  const judgement = bound.compiled.judge(subject, court.scene, bound.parameters);
  if (judgement.outcome === 'not-applicable') return [];
  const repair = court.log.get(bound)?.get(subject.path);
  const waiver =
    judgement.outcome === 'violation'
      ? court.waivers.find({ pack: bound.pack, id: bound.compiled.rule.id }, subject)
      : undefined;
  return [
    {
      bound,
      subject,
      judgement,
      ...(repair === undefined ? {} : { repair }),
      ...(waiver === undefined ? {} : { waiver }),
    },
  ];
}
