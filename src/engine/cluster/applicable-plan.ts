import type { ClusterObject } from '../../apply/index.ts';
import { diagnostic, failure, hasErrors, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import { parseProblem } from '../../model/index.ts';
import type { PlanDocument, PolicyReport } from '../../model/index.ts';
import { serializePlan, textHash } from '../../plan/index.ts';
import { evaluatePolicies } from '../../policy/index.ts';
import { synthesize } from '../../synth/index.ts';
import { checkFreshness } from '../freshness.ts';
import { loadPacks } from '../load-policies.ts';
import type { EngineHost } from '../messages.ts';
import { recordedFlags } from '../plan-flags.ts';
import { readPlan } from '../plan-folder.ts';
import type { StoredPlan } from '../plan-folder.ts';
import { DEFAULT_PROFILE, stackFolder } from '../plan-stack.ts';

/** A plan that may be applied, and the objects to apply. */
export interface ApplicablePlan {
  readonly plan: PlanDocument;
  readonly manifests: readonly ClusterObject[];
  /** Target profile of the manifests. */
  readonly profile: string;
  /** SHA-256 of the plan file; the set in the cluster remembers it. */
  readonly hash: string;
}

/** SHA-256 of a plan as it is written to disk, 64 hex digits: what `apply` leaves in the cluster. */
export function planHash(plan: PlanDocument): string {
  return textHash(serializePlan(plan));
}

/**
 * Reads a plan that is to be applied, for its own target profile or another. Errors: those of reading; `apply-plan-edited`
 * where manifests are missing or were edited; `policy-violation` (exit 3) and `optimize-infeasible` (exit 4) where it may not be applied; `plan-stale`
 * (exit 5) where its inputs changed; those of synthesis for another profile.
 */
export async function readApplicablePlan(
  target: string,
  profile: string | undefined,
  host: EngineHost,
): Promise<Outcome<ApplicablePlan>> {
  const stored = await readPlan(target, host);
  if (!stored.ok) return stored;
  const { plan, shown } = stored.value;
  const forbidden = whyNotApplicable(plan, plan.policy, { shown, host });
  if (forbidden.length > 0) return failure(...forbidden);
  const edited = whyEdited(stored.value, stored.diagnostics);
  if (edited.length > 0) return failure(...edited);
  const fresh = await checkFreshness(plan, shown, host);
  if (!fresh.ok) return fresh;
  const wanted = profile ?? ownProfile(plan);
  const manifests = await manifestsOf(stored.value, wanted, host);
  if (!manifests.ok) return manifests;
  return success(
    { plan, manifests: manifests.value, profile: wanted, hash: planHash(plan) },
    manifests.diagnostics,
  );
}

/** The target profile that a plan was made for. */
export function ownProfile({ inputs }: PlanDocument): string {
  return recordedFlags(inputs.flags).profile ?? DEFAULT_PROFILE;
}

/** The objects of a stored plan for a target profile: as they were written for its own one, made anew for another. Errors: those of synthesis and of its policies. */
export async function manifestsOf(
  { plan, shown, manifests }: StoredPlan,
  profile: string,
  host: EngineHost,
): Promise<Outcome<readonly ClusterObject[]>> {
  return profile === ownProfile(plan)
    ? success([...manifests.values()] as unknown as readonly ClusterObject[])
    : manifestsFor(plan, profile, { shown, host });
}

/** Mandatory violations, those among them whose waiver has expired since, or the lack of a decision. */
function whyNotApplicable(
  plan: PlanDocument,
  policy: PolicyReport,
  { shown, host }: { readonly shown: string; readonly host: EngineHost },
): readonly Diagnostic[] {
  if (plan.decision.status === 'infeasible') {
    return [
      diagnostic('optimize-infeasible', {
        summary: `${shown} holds no feasible decision; there is nothing to apply.`,
        fix: 'Run `plimsoll plan` again and relax what it names.',
      }),
    ];
  }
  return policy.verdicts
    .filter((verdict) => verdict.level !== 'advisory')
    .flatMap((verdict) => {
      const { outcome, waiver } = verdict;
      const isExpired = outcome === 'waived' && waiver !== undefined && waiver.expires < host.today;
      if (outcome !== 'violation' && !isExpired) return [];
      return diagnostic('policy-violation', {
        summary: `${verdict.subject} violates ${verdict.rule} (${verdict.pack}): ${verdict.message}`,
        detail: isExpired
          ? `It was waived until ${waiver.expires}, which is over. A plan with a mandatory violation is not applied.`
          : 'A plan with a mandatory violation is not applied.',
        path: verdict.subject,
        fix: verdict.remediation,
      });
    });
}

/** Manifests that the plan names and that are not there, or not as it wrote them. Reading told of both as warnings. */
function whyEdited({ plan, shown }: StoredPlan, told: readonly Diagnostic[]): readonly Diagnostic[] {
  if (plan.objects.length === 0 || told.length === 0) return [];
  return [
    diagnostic('apply-plan-edited', {
      summary: `${told.length} manifests of ${shown} are missing or were edited after it was written.`,
      detail: told.map((item) => item.summary).join('\n'),
      source: { file: shown },
      fix: 'Restore them with `plimsoll synth`; changes belong into the stack.',
    }),
  ];
}

/** The objects for another target profile, judged and repaired by the plan's policies. */
async function manifestsFor(
  plan: PlanDocument,
  profile: string,
  { shown, host }: { readonly shown: string; readonly host: EngineHost },
): Promise<Outcome<readonly ClusterObject[]>> {
  const files = synthesize(plan, { profile });
  if (!files.ok) return files;
  const problem = parseProblem(plan.problem);
  if (!problem.ok) return problem;
  const { policies, waivers } = problem.value;
  const packs = await loadPacks(policies, stackFolder(plan, host), host);
  if (!packs.ok) return packs;
  const judged = evaluatePolicies({
    problem: plan.problem,
    plan,
    manifests: files.value,
    policies,
    packs: packs.value,
    waivers,
    today: host.today,
    pricesAsOf: plan.inputs.priceDates.newest,
  });
  if (!judged.ok) return judged;
  const forbidden = whyNotApplicable(plan, judged.value.report, { shown, host });
  return hasErrors(forbidden)
    ? failure(...forbidden)
    : success(
        judged.value.manifests.map((file) => file.manifest) as unknown as readonly ClusterObject[],
        files.diagnostics,
      );
}
