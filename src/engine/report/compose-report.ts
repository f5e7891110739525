import { failure, hasErrors, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import type { PlanDocument } from '../../model/index.ts';
import { diffPlans } from '../../plan/index.ts';
import type { ReportDocument } from '../../report/index.ts';
import { compareText, sortedBy } from '../../units/index.ts';
import { progress } from '../messages.ts';
import type { EngineHost } from '../messages.ts';
import { readPlan } from '../plan-folder.ts';
import type { StoredPlan } from '../plan-folder.ts';
import { plannedProblem } from '../simulate-plan.ts';
import type { PlannedProblem } from '../simulate-plan.ts';
import { spotOfferings } from '../spot-simulation/planned-offerings.ts';
import { modelEvidence, plannedEvidence } from './model-evidence.ts';
import type { ModelPart, ModelSettings } from './model-evidence.ts';
import { MOST_SIMULATED } from './report-options.ts';
import type { ReportOptions } from './report-options.ts';
import type { WorkloadPart } from './report-part.ts';
import { serviceEvidence } from './service-evidence.ts';
import { serviceModels } from './service-models.ts';
import { spotTraces } from './spot-traces.ts';

/** Names that a remark lists before it counts the rest. */
const SHOWN_NAMES = 12;

/**
 * Gathers what a report of a plan shows: the plan, what is computed for it with its own seed and traffic, and what changed since
 * another plan. What cannot be computed is left out and remarked; without a time limit, same inputs give the same document.
 * Errors: those of reading the plan compared with and the traces asked for, `spot-trace-unmatched`, `spot-map-unknown`.
 */
export async function composeReport(
  stored: StoredPlan,
  options: ReportOptions,
  host: EngineHost,
): Promise<Outcome<ReportDocument>> {
  const { plan } = stored;
  progress(host, 'report', 'reading');
  const before = await comparison(stored, options.compare, host);
  const problem = options.isQuick === true ? undefined : await plannedProblem(plan, host);
  const stack = problem?.ok === true ? problem.value.stack : undefined;
  const spot = await spotTraces(options, stack, host);
  if (!before.ok || !spot.ok) return failure(...before.diagnostics, ...spot.diagnostics);
  const endsAt = host.elapsedSeconds() + (options.timeLimit ?? Infinity);
  const settings: ModelSettings = {
    plan,
    host,
    ...(spot.value === undefined ? {} : { spot: spot.value }),
    ...(options.duration === undefined ? {} : { duration: options.duration }),
    isOver: () => host.elapsedSeconds() >= endsAt,
  };
  const known = problem?.ok === true ? problem.value : undefined;
  const models = await modelParts(known, settings, options);
  const diagnostics = [
    ...before.diagnostics,
    ...spot.diagnostics,
    ...models.parts.flatMap((part) => part.diagnostics),
  ];
  if (hasErrors(diagnostics)) return failure(...diagnostics);
  const parts = sortedBy(
    [...models.parts, ...serviceParts(plan, known, host)],
    ({ evidence }) => evidence.workload,
  );
  const document: ReportDocument = {
    plan,
    evidence: parts.map(({ evidence }) => evidence),
    ...(before.value === undefined ? {} : { before: before.value }),
    remarks: [
      ...wholeRemarks(settings, options, problem?.ok === false ? problem.diagnostics : []),
      ...models.remarks,
      ...parts.flatMap(({ remarks }) => remarks),
    ],
  };
  return success(document, diagnostics);
}

async function comparison(
  stored: StoredPlan,
  target: string | undefined,
  host: EngineHost,
): Promise<Outcome<ReportDocument['before']>> {
  if (target === undefined) return success(undefined);
  const before = await readPlan(target, host);
  return before.ok
    ? success({ plan: before.value.plan, diff: diffPlans(before.value, stored) }, before.diagnostics)
    : before;
}

/** Language models, those that cost most first, and why some were not simulated. */
async function modelParts(
  problem: PlannedProblem | undefined,
  settings: ModelSettings,
  { mostSimulated = MOST_SIMULATED }: ReportOptions,
): Promise<{ readonly parts: readonly ModelPart[]; readonly remarks: readonly string[] }> {
  const { plan, host } = settings;
  const names = byFallingCost(plan);
  const parts: ModelPart[] = [];
  const late: string[] = [];
  for (const [index, id] of names.entries()) {
    const planned = problem?.workloads.find(({ workload }) => workload.id === id);
    const isCounted = index < mostSimulated;
    const isOver = isCounted && settings.isOver();
    progress(host, 'report', id, [index, names.length, index / names.length]);
    if (planned === undefined)
      parts.push({ evidence: plannedEvidence(plan, id), remarks: [], diagnostics: [] });
    else parts.push(await modelEvidence(planned, settings, isCounted && !isOver));
    if (isOver) late.push(id);
  }
  const others = problem === undefined ? [] : names.slice(mostSimulated);
  return { parts, remarks: unsimulated(others, problem === undefined ? [] : late) };
}

/** Why language models were not simulated: others cost more, or the time was up. */
function unsimulated(others: readonly string[], late: readonly string[]): readonly string[] {
  return [
    ...(late.length === 0
      ? []
      : [
          `The time was up before ${listed(late)} could be simulated; another run, or another machine, may show more.`,
        ]),
    ...(others.length === 0
      ? []
      : [`Not simulated, for others cost more: ${listed(others)}. --simulate takes in more of them.`]),
  ];
}

function listed(names: readonly string[]): string {
  const sorted = names.toSorted(compareText);
  const rest = sorted.length - SHOWN_NAMES;
  return rest > 0 ? `${sorted.slice(0, SHOWN_NAMES).join(', ')} and ${rest} more` : sorted.join(', ');
}

function byFallingCost({ decision, cost }: PlanDocument): readonly string[] {
  const perMonth = new Map<string, number>(cost.workloads.map((item) => [item.workload, item.perMonth]));
  return decision.workloads
    .map(({ workload }) => workload)
    .sort((a, b) => (perMonth.get(b) ?? 0) - (perMonth.get(a) ?? 0) || compareText(a, b));
}

function serviceParts(
  plan: PlanDocument,
  problem: PlannedProblem | undefined,
  host: EngineHost,
): readonly WorkloadPart[] {
  const services = plan.decision.services ?? [];
  if (services.length === 0) return [];
  const models = problem === undefined ? undefined : serviceModels(plan, problem.stack);
  return services.map((decision, index) => {
    progress(host, 'report', decision.workload, [index, services.length, index / services.length]);
    return serviceEvidence(plan, decision, models);
  });
}

/** Remarks on the report as a whole. */
function wholeRemarks(
  { plan, spot }: ModelSettings,
  { isQuick = false }: ReportOptions,
  unread: readonly Diagnostic[],
): readonly string[] {
  const hasSpot = plan.decision.workloads.some(({ workload }) => spotOfferings(plan, workload).length > 0);
  const errors = unread.filter(({ severity }) => severity === 'error');
  return [
    ...(isQuick ? ['Nothing was simulated (--quick): shown is what the plan itself holds.'] : []),
    ...errors.map(
      ({ summary }) =>
        `Nothing was simulated, for the declaration of the plan could not be read again: ${summary}`,
    ),
    ...(spot?.isAskedFor === true && !hasSpot
      ? [
          `No availability traces were replayed: the plan of ${plan.stack} holds no spot capacity for language models.`,
        ]
      : []),
    ...(isQuick && spot?.isAskedFor === true ? ['No availability traces were replayed (--quick).'] : []),
  ];
}
