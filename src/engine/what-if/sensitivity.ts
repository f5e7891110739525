import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import { changedInputs } from '../../plan/index.ts';
import { changeWords } from '../../report/index.ts';
import type { SensitivityFactor, SensitivityReport, VariantPlan } from '../../report/index.ts';
import type { ExplainedWorkload } from '../explain.ts';
import { loadPacks } from '../load-policies.ts';
import { loadStack } from '../load-stack.ts';
import type { EngineHost } from '../messages.ts';
import { recordFlags, recordedFlags } from '../plan-flags.ts';
import { currentInputs } from '../plan-stack.ts';
import { resolveStack } from '../resolve-problem.ts';
import { breakEvens } from './break-even.ts';
import type { PlanOne } from './break-even.ts';
import { planVariants } from './plan-variants.ts';
import type { PlannedVariant, VariableStack } from './plan-variants.ts';
import { planningCrew } from './planning-crew.ts';
import type { CrewOptions, PlanningCrew } from './planning-crew.ts';
import { sensitivityQuestions } from './sensitivity-questions.ts';
import type { SensitivityQuestion } from './sensitivity-questions.ts';
import { BASE_NAME, reportOf } from './what-if.ts';

/** How a sensitivity is asked for. */
export interface SensitivityOptions extends CrewOptions {
  /** The stack that the plan was made from; default the file that the plan records. */
  readonly stack?: string;
}

/**
 * What would change the decision about a workload: prices, traffic and latency limits by a share, planned anew, and break-even prices. The stack
 * is planned with the flags that the plan records.
 * Errors: those of loading and resolving the stack, `plan-unknown-workload` where it no longer declares the workload, and of an infeasible base
 * `optimize-infeasible`. The warning `engine-whatif-stale` where the stack is not what the plan was made from.
 */
export async function sensitivityOf(
  { plan, decision }: ExplainedWorkload,
  options: SensitivityOptions,
  host: EngineHost,
): Promise<Outcome<SensitivityReport>> {
  const { workload } = decision.value;
  const file = options.stack ?? plan.inputs.stackFile;
  if (file === 'stdin') return failure(noStack());
  const loaded = await loadStack(file, host);
  if (!loaded.ok) return failure(...loaded.diagnostics.map(withStackHint));
  const { previous: _previous, ...flags } = recordedFlags(plan.inputs.flags);
  const resolved = await resolveStack(loaded.value, flags, host);
  const packs = await loadPacks(loaded.value.problem.policies, loaded.value.folder, host);
  if (!resolved.ok || !packs.ok) return failure(...resolved.diagnostics, ...packs.diagnostics);
  const subject = { stack: loaded.value, resolved: resolved.value, flags };
  const ids = [...loaded.value.problem.workloads, ...loaded.value.problem.services].map((item) => item.id);
  if (!ids.includes(workload)) return failure(notDeclared(workload, file));
  const current = currentInputs({ ...subject, packs: packs.value }, recordFlags(flags));
  const changed = changedInputs(plan.inputs, current).filter((item) => item.input !== 'policies');
  const crew = planningCrew(options, host);
  if (!crew.ok) return crew;
  let warnings: readonly Diagnostic[] = [];
  const answered = await answer({ subject, workload, crew: crew.value, host }).finally(async () => {
    warnings = await crew.value.close();
  });
  const isOther = answered.ok && answered.value.base.perMonth !== plan.cost.totalPerMonth;
  const names = [
    ...changed.map((item) => item.input),
    ...(changed.length === 0 && isOther ? ['the program'] : []),
  ];
  const stale = names.length === 0 ? [] : [staleStack(names, file)];
  const diagnostics = [...crew.diagnostics, ...warnings, ...stale, ...answered.diagnostics];
  return answered.ok ? success(answered.value, diagnostics) : failure(...diagnostics);
}

interface Asked {
  readonly subject: VariableStack;
  readonly workload: string;
  readonly crew: PlanningCrew;
  readonly host: EngineHost;
}

async function answer(asked: Asked): Promise<Outcome<SensitivityReport>> {
  const base = await basePlan(asked);
  if (!base.ok) return base;
  const { plan } = base.value;
  if (plan === undefined) return failure(infeasibleBase(asked.subject.stack.shown));
  const { subject, workload, crew, host } = asked;
  const { questions, remarks } = sensitivityQuestions(plan, workload, subject.resolved);
  const planned = await planVariants(
    subject,
    questions.map((item) => item.variant),
    { crew, host },
  );
  if (!planned.ok) return planned;
  const report = reportOf(plan.stack, [base.value, ...planned.value]);
  const own = report.base.plan;
  if (own === undefined) throw new Error('the base has a plan');
  const planOne: PlanOne = async (variant) => {
    const found = await planVariants(subject, [variant], { crew, host });
    return found.ok ? found.value[0] : undefined;
  };
  return success({
    workload,
    stack: plan.stack,
    base: own,
    factors: questions.flatMap((question, index) =>
      factorOf(question, workload, [own, report.variants[index]]),
    ),
    breakEvens: await breakEvens({ plan, workload, resolved: subject.resolved }, planOne),
    remarks,
  });
}

/** The plan of the stack as declared. */
async function basePlan({ subject, crew, host }: Asked): Promise<Outcome<PlannedVariant>> {
  const planned = await planVariants(subject, [{ name: BASE_NAME, assignments: [] }], { crew, host });
  if (!planned.ok) return planned;
  const [base] = planned.value;
  return base?.decision === undefined ? failure(...(base?.diagnostics ?? [])) : success(base);
}

function factorOf(
  { kind, share }: SensitivityQuestion,
  workload: string,
  [base, outcome]: readonly [VariantPlan, SensitivityFactor['outcome'] | undefined],
): readonly SensitivityFactor[] {
  if (outcome === undefined) return [];
  const differences =
    outcome.plan === undefined
      ? []
      : changeWords(only(base, workload), only(outcome.plan, workload)).map((text) =>
          text.replace(`${workload}: `, ''),
        );
  return [{ kind, share, outcome, differences }];
}

/** A plan as if it had one workload alone. */
function only(plan: VariantPlan, workload: string): VariantPlan {
  return {
    ...plan,
    nodes: 0,
    models: plan.models.filter((item) => item.workload === workload),
    services: plan.services.filter((item) => item.workload === workload),
  };
}

function noStack(): Diagnostic {
  return diagnostic('engine-usage', {
    summary: 'The plan was made from standard input, so its stack cannot be read again.',
    fix: 'Name the stack with --stack.',
  });
}

function withStackHint(item: Diagnostic): Diagnostic {
  return item.code === 'stack-not-found' ? { ...item, fix: 'Name the stack with --stack.' } : item;
}

function notDeclared(workload: string, file: string): Diagnostic {
  return diagnostic('plan-unknown-workload', {
    summary: `${file} does not declare "${workload}" any more.`,
    fix: 'Plan the stack again, or name the one that the plan was made from with --stack.',
  });
}

function staleStack(changed: readonly string[], file: string): Diagnostic {
  return diagnostic('engine-whatif-stale', {
    summary: `${file} is not what the plan was made from: ${changed.join(', ')} changed.`,
    detail: 'What would change the answer is told for the stack as it is now, planned anew.',
    fix: 'Run `plimsoll plan` again for an explanation of one piece.',
  });
}

function infeasibleBase(shown: string): Diagnostic {
  return diagnostic('optimize-infeasible', {
    summary: `${shown} has no plan as it is now.`,
    source: { file: shown },
    fix: 'Run `plimsoll plan` to learn what stands in the way.',
  });
}
