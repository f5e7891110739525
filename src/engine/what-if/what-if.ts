import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import { WHAT_IF_FORMAT_VERSION, changeWords } from '../../report/index.ts';
import type { VariantOutcome, VariantPlan, WhatIfReport } from '../../report/index.ts';
import { microUsd } from '../../units/index.ts';
import { loadStack } from '../load-stack.ts';
import type { EngineHost } from '../messages.ts';
import type { PlanFlags } from '../plan-flags.ts';
import { resolveStack } from '../resolve-problem.ts';
import { planVariants } from './plan-variants.ts';
import type { PlannedVariant } from './plan-variants.ts';
import { planningCrew } from './planning-crew.ts';
import type { CrewOptions } from './planning-crew.ts';
import { summarizePlan } from './summarize.ts';
import { variantsOf } from './variants.ts';
import type { VariantRequest } from './variants.ts';

/** How a stack is asked about. */
export interface WhatIfOptions extends CrewOptions {
  readonly flags?: Omit<PlanFlags, 'previous'>;
  /** Text of standard input, when the stack is `-`. */
  readonly stdin?: string;
}

/** Name of the problem as it is declared. */
export const BASE_NAME = 'as declared';

/** An answer with the plans behind it, the base first; plans are absent where nothing is feasible. */
export interface WhatIfAnswer {
  readonly report: WhatIfReport;
  readonly planned: readonly PlannedVariant[];
}

/**
 * Plans a stack as declared and with changes, and compares what comes of it. Nothing is written. The answer depends on no clock and on no number of
 * jobs, unless the flags limit the time.
 * Errors: `engine-whatif-*`, and those of loading and resolving the stack; what cannot be planned is told in its row, and with `engine-whatif-failed`.
 */
export async function whatIf(
  file: string,
  request: VariantRequest,
  options: WhatIfOptions,
  host: EngineHost,
): Promise<Outcome<WhatIfAnswer>> {
  const variants = variantsOf(request);
  if (!variants.ok) return variants;
  const loaded = await loadStack(file, host, options.stdin);
  if (!loaded.ok) return loaded;
  const flags = options.flags ?? {};
  const resolved = await resolveStack(loaded.value, flags, host);
  const early = [...loaded.diagnostics, ...resolved.diagnostics];
  if (!resolved.ok) return failure(...early);
  const crew = planningCrew(options, host);
  if (!crew.ok) return crew;
  let warnings: readonly Diagnostic[] = [];
  const asDeclared = { name: BASE_NAME, assignments: [] };
  const planned = await planVariants(
    { stack: loaded.value, resolved: resolved.value, flags },
    [asDeclared, ...variants.value],
    { crew: crew.value, host },
  ).finally(async () => {
    warnings = await crew.value.close();
  });
  if (!planned.ok) return planned;
  const [base] = planned.value;
  if (base?.decision === undefined) return failure(...early, ...(base?.diagnostics ?? []));
  const report = reportOf(loaded.value.problem.name, planned.value);
  const failed = [report.base, ...report.variants].flatMap((item) => failedVariant(item) ?? []);
  return success({ report, planned: planned.value }, [
    ...early,
    ...crew.diagnostics,
    ...warnings,
    ...planned.diagnostics,
    ...failed,
  ]);
}

/** The report of planned variants, of which the first is the base. */
export function reportOf(stack: string, [base, ...variants]: readonly PlannedVariant[]): WhatIfReport {
  if (base === undefined) throw new Error('the base was not planned');
  const declared = outcomeOf(base, undefined);
  return {
    formatVersion: WHAT_IF_FORMAT_VERSION,
    stack,
    base: declared,
    variants: variants.map((item) => outcomeOf(item, declared.plan)),
  };
}

function outcomeOf(
  { name, varied, decision, plan, diagnostics }: PlannedVariant,
  base?: VariantPlan,
): VariantOutcome {
  const summary = plan === undefined ? undefined : summarizePlan(plan);
  const isCompared = summary !== undefined && base !== undefined;
  return {
    name,
    changes: varied.differences,
    prices: varied.prices.map(({ pool, capacityTypes, factor }) => ({ pool, capacityTypes, factor })),
    status: decision?.status ?? 'failed',
    gap: decision?.gap ?? 0,
    ...(summary === undefined ? {} : { plan: summary }),
    ...(isCompared ? { delta: deltaOf(base, summary) } : {}),
    differences: isCompared ? changeWords(base, summary) : [],
    binding: decision?.bindingConstraints ?? [],
    diagnostics: decision === undefined ? diagnostics : [],
  };
}

function deltaOf(base: VariantPlan, own: VariantPlan): NonNullable<VariantOutcome['delta']> {
  const perMonth = microUsd(own.perMonth - base.perMonth);
  return { perMonth, share: base.perMonth === 0 ? 0 : perMonth / base.perMonth };
}

function failedVariant({ name, status, diagnostics }: VariantOutcome): Diagnostic | undefined {
  if (status !== 'failed') return undefined;
  const [first] = diagnostics;
  return diagnostic('engine-whatif-failed', {
    summary: `${name} could not be planned: ${first?.summary ?? 'no reason is known'}`,
    path: name,
    ...(first?.detail === undefined ? {} : { detail: first.detail }),
    fix: first?.fix,
  });
}
