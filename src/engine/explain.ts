import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { diagnostic, failure, success, suggestion } from '../diagnostics/index.ts';
import type { Outcome } from '../diagnostics/index.ts';
import type { PlanDocument, ServiceDecision, WorkloadDecision } from '../model/index.ts';
import type { EngineHost } from './messages.ts';
import { PLANS_FOLDER, planFile, readPlan } from './plan-folder.ts';

/** One decision of a plan and the plan it belongs to. */
export interface ExplainedWorkload {
  readonly plan: PlanDocument;
  readonly decision: ExplainedDecision;
}

/** What was decided about a language model or a service. */
export type ExplainedDecision =
  | { readonly kind: 'llm'; readonly value: WorkloadDecision }
  | { readonly kind: 'service'; readonly value: ServiceDecision };

/**
 * Finds the decision about a workload or a service.
 * @param name workload id, or a plan (file, folder, name under `plans/`) that holds exactly one workload
 * @param planTarget the plan to look in; default: the only plan under `plans/` that holds the workload
 * Errors: `plan-unknown-workload`, and those of reading plans.
 */
export async function explainWorkload(
  name: string,
  planTarget: string | undefined,
  host: EngineHost,
): Promise<Outcome<ExplainedWorkload>> {
  if (planTarget !== undefined) return inPlan(planTarget, name, host);
  const isPlanPath = /[\\/]|\.json$/.test(name);
  if (isPlanPath) return inPlan(name, undefined, host);
  const committed = committedPlans(host);
  const outcomes = await Promise.all(committed.map((folder) => inPlan(folder, name, host)));
  const found = outcomes.filter((outcome) => outcome.ok);
  const [only, second] = found;
  if (only !== undefined && second === undefined) return only;
  if (only === undefined && existsSync(planFile(name, host))) return inPlan(name, undefined, host);
  return failure(
    diagnostic('plan-unknown-workload', {
      summary:
        only === undefined
          ? `No plan under ${PLANS_FOLDER}/ holds a workload "${name}".`
          : `Several plans hold a workload "${name}": ${found.map((item) => item.value.plan.stack).join(', ')}.`,
      fix:
        only === undefined
          ? 'Run `plimsoll plan` first, or name the plan with --plan.'
          : 'Name the plan with --plan.',
    }),
  );
}

function committedPlans(host: EngineHost): readonly string[] {
  const folder = path.join(host.workingDirectory, PLANS_FOLDER);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(path.join(folder, entry.name, 'plan.json')))
    .map((entry) => path.join(folder, entry.name))
    .sort();
}

async function inPlan(
  target: string,
  workload: string | undefined,
  host: EngineHost,
): Promise<Outcome<ExplainedWorkload>> {
  const stored = await readPlan(target, host);
  if (!stored.ok) return stored;
  const { plan } = stored.value;
  const decisions = decisionsOf(plan);
  const decision =
    workload === undefined && decisions.length === 1
      ? decisions[0]
      : decisions.find((item) => item.value.workload === workload);
  if (decision !== undefined) return success({ plan, decision }, stored.diagnostics);
  const names = decisions.map((item) => item.value.workload);
  return failure(
    diagnostic('plan-unknown-workload', {
      summary:
        workload === undefined
          ? `${stored.value.shown} holds several workloads.`
          : `${stored.value.shown} holds no workload "${workload}".`,
      fix: suggestion(workload ?? '', names, `Name one of: ${listed(names)}.`),
    }),
  );
}

function decisionsOf({ decision }: PlanDocument): readonly ExplainedDecision[] {
  return [
    ...decision.workloads.map((value) => ({ kind: 'llm', value }) as const),
    ...(decision.services ?? []).map((value) => ({ kind: 'service', value }) as const),
  ];
}

/** Names listed in a sentence before the rest is counted. */
const LISTED_NAMES = 20;

function listed(names: readonly string[]): string {
  const rest = names.length - LISTED_NAMES;
  return rest > 0 ? `${names.slice(0, LISTED_NAMES).join(', ')} and ${rest} more` : names.join(', ');
}
